// SPDX-License-Identifier: Apache-2.0
//
// A link that acts, on real parts: a red card, a joint punishment that was
// built on it, and the removal of the card. The punishment follows in the same
// instant, whoever was told to punish gets the removal and finds his own case
// in the notice of the exchange, and answers in it by himself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { names, openLandscape, runYisong } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';

const card = 'CARD-2026-0009';
const list = 'LIST-2026-0009';

let exchange, ecology, credit, bank;

before(() => {
  exchange = openLandscape();
  [ecology, credit, bank] = [names.ecology, names.credit, names.bank].map(exchange.agency);
});
after(() => exchange?.close());

async function say(file, letter) {
  ecology.put(file, toJson(letter));
  const row = await ecology.settled(file, 'delivered', 'refused');
  assert.equal(row.state, 'delivered', `${file}: ${row.code}`);
  return row;
}

const state = (id) => exchange.cases().find((row) => row.id === id)?.state;

/** The program's own example of a list, for our agencies and the card's case. */
function makeList() {
  const letter = JSON.parse(runYisong(['example', 'punishment-list', '--to', 'json']).out);
  const { schemaVersion, type, urgency } = letter.header;
  letter.header = {
    schemaVersion, type, urgency,
    caseId: list, parentCase: card, from: ecology.id, to: [credit.id, bank.id],
  };
  return letter;
}

test('a list that is built on a red card is taken in by those whom it tells', async () => {
  await say('card.json', draft('card-credit-push', card));
  await say('list.json', makeList());

  for (const agency of [credit, bank]) await agency.arrived(list, 'punishment-list');
  assert.equal(state(list), 'LISTED');
});

test('the removal of the card moves the list in the same transaction', async () => {
  const removal = await say('removal.json', draft('card-removal-decision', card));

  assert.equal(state(card), 'REMOVED');
  const found = exchange.case(list);
  assert.notEqual(found.state, 'LISTED');
  const moved = found.letters.find(({ id }) => id === removal.id);
  assert.equal(moved.linkedCase, card);
  assert.equal(moved.stateBefore, 'LISTED');
  assert.equal(moved.stateAfter, 'LIFTING');
});

test('who was told to punish is told, in his own case, and answers there by himself', async () => {
  for (const agency of [credit, bank]) await agency.arrived(list, 'linked-case-notice');
  await until('both said in the case of the list that they took it in', () =>
    [credit.id, bank.id].every((from) => exchange.case(list).letters.some((letter) =>
      letter.type === 'punishment-acceptance' && letter.sender === from &&
      letter.inReplyTo === exchange.case(list).letters.find(({ linkedCase }) => linkedCase).id)));
  for (const agency of [credit, bank]) {
    assert.deepEqual(agency.outbox('--all').filter((row) => row.state === 'refused'), []);
  }
});

test('the page of the case says in words what happened, and its export can be checked', () => {
  const chinese = exchange.caseText(list, 'zh_CN.UTF-8');
  assert.match(chinese, new RegExp(`关联案件 ${card}`));
  assert.match(chinese, /关联案件变动告知/);
  assert.match(chinese, /解除中/);
  const folder = exchange.path('exported');
  exchange.exportCase(list, folder);
  const done = runYisong(['case', 'check', folder, '--authority',
    `${exchange.centre}/authority.pem`]);
  assert.equal(done.status, 0, done.out + done.err);
  assert.equal(exchange.verifyLog().status, 0);
});
