// SPDX-License-Identifier: Apache-2.0
//
// However an agency is connected, it gets the same: the same letters go, the
// same are refused for the same reasons in the same words, the same bytes
// arrive. The folder is the measure of the others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { names, openLandscape } from '../support/landscape.mjs';
import { draft, openSigner, sha256, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { ways } from './ways.mjs';

const transfer = (caseId, more) => draft('criminal-case-transfer', caseId, more);

let exchange, ecology, police;
let opened; // {id, digest} of a letter that has a case
before(async () => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
  ecology.put('opening.json', toJson(transfer('BATTERY-OPEN')));
  const { id, sha256: digest } = await ecology.settled('opening.json', 'delivered');
  opened = { id, digest };
});
after(() => exchange?.close());

/** Letters that may not go: what each is refused for is said by the folder. */
const bad = {
  'an empty letter': () => '',
  'half a letter': (caseId) => toJson(transfer(caseId)).slice(0, 900),
  'no letter at all': () => '<html xmlns="http://www.w3.org/1999/xhtml"/>',
  'a name twice': (caseId) => toJson(transfer(caseId)).replace('{', '{"header":{},'),
  'a document type': () => '<!DOCTYPE m [<!ENTITY a "ha">]><m>&a;</m>',
  'an unknown type': (caseId) => toJson(transfer(caseId, { header: { type: 'love-letter' } })),
  'another form': (caseId) => toJson(transfer(caseId, { header: { type: 'acceptance-receipt' } })),
  'another agency': (caseId) => toJson(transfer(caseId, { header: { from: names.police } })),
  'three mistakes': (caseId) => toXml(transfer(caseId), ecology)
    .replace(/<urgency>[^<]*</, '<urgency>very<')
    .replace(/<decidedAt>[^<]*</, '<decidedAt>long ago<')
    .replace(/<documentNumber>[^<]*</, '<documentNumber><'),
  'a case that is not there': (caseId) => toJson(draft('card-removal-decision', caseId)),
  "a step that is another's": () => toJson(draft('filing-decision-notice', 'BATTERY-OPEN', { answers: opened })),
};

const measure = new Map();

let count = 0;
for (const [means, open] of Object.entries(ways)) {
  const series = `BATTERY-${++count}`;
  const key = (name) => `${series} ${name}`.replaceAll(' ', '-');
  let way;

  test(`${means}: it opens`, async () => {
    way = await open(exchange, ecology);
  });

  for (const [encoding, write] of [['XML', (letter) => toXml(letter, ecology)], ['JSON', toJson]]) {
    test(`${means}: a letter in ${encoding} is delivered, with its receipts`, async () => {
      const letter = transfer(`${series}-${encoding}`);
      way.give(key(encoding), write(letter));
      const { state, id } = await way.outcome(key(encoding));
      assert.equal(state, 'delivered');
      assert.equal(id, letter.header.id);
      const [row] = ecology.outbox('--all').filter((one) => one.id === id);
      for (const at of ['queuedAt', 'sentAt', 'submittedAt', 'deliveredAt']) assert.ok(row[at], at);
      assert.ok(row.position > 0);
      await police.arrived(letter.header.caseId, 'criminal-case-transfer');
    });
  }

  for (const [name, make] of Object.entries(bad)) {
    test(`${means}: ${name} is refused as everywhere`, async () => {
      way.give(key(name), make(`${series}-BAD`));
      const { state, code, mistakes } = await way.outcome(key(name));
      assert.equal(state, 'refused');
      assert.ok(code);
      const told = { code, mistakes };
      if (!measure.has(name)) measure.set(name, told);
      assert.deepEqual(told, measure.get(name));
    });
  }

  test(`${means}: the same letter under another name is no second letter`, async () => {
    const letter = transfer(`${series}-TWICE`);
    way.give(key('once'), toJson(letter));
    await way.outcome(key('once'));
    way.give(key('twice'), toJson(letter));
    assert.equal((await way.outcome(key('twice'))).id, letter.header.id);
    assert.equal(exchange.case(letter.header.caseId).letters
      .filter(({ sender }) => sender === ecology.id).length, 1);
  });

  test(`${means}: a letter signed by the agency's own system goes as it is, once forged it is refused`, async () => {
    const signer = openSigner(ecology);
    const whole = signer.sign(transfer(`${series}-SIGNED`));
    way.give(key('signed'), whole.bytes, whole.jws);
    assert.equal((await way.outcome(key('signed'))).state, 'delivered');
    assert.equal((await police.arrived(whole.caseId, 'criminal-case-transfer')).sha256, whole.digest);

    const forged = signer.sign(transfer(`${series}-FORGED`));
    way.give(key('forged'), `${forged.bytes} `, forged.jws);
    assert.equal((await way.outcome(key('forged'))).code, 'BAD_SIGNATURE');
  });

  test(`${means}: what arrives is what was signed`, async () => {
    const letter = transfer(`${series}-ANSWER`);
    way.give(key('answer'), toJson(letter));
    await way.outcome(key('answer'));
    const row = await police.arrived(letter.header.caseId, 'criminal-case-transfer');
    const answer = draft('acceptance-receipt', letter.header.caseId,
      { answers: { id: row.id, digest: row.sha256 } });
    police.put(`${series}.json`, toJson(answer));
    const came = await ecology.arrived(letter.header.caseId, 'acceptance-receipt');
    const bytes = await until('it is handed over', () => way.received(came.id));
    assert.equal(sha256(bytes), came.sha256);
  });

  test(`${means}: it closes`, () => way.close());
}

test('the battery tells reasons apart', () => {
  const codes = new Set([...measure.values()].map(({ code }) => code));
  assert.ok(codes.size >= 8, `${[...codes]}`);
  assert.ok(measure.get('three mistakes').mistakes.length >= 2);
});

test('after all of it the log holds', () => {
  assert.equal(exchange.verifyLog().status, 0);
});
