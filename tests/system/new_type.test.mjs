// SPDX-License-Identifier: Apache-2.0
//
// A type of letter and a procedure that nobody foresaw, on real parts: two
// files at the centre, one at each agency, and the letter goes from a bureau
// through the router to a court, which answers it. Nothing is built anew.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { names, openLandscape, runYisong } from '../support/landscape.mjs';

const source = process.env.YISONG_SOURCE;
const added = join(source, 'tests/procedures/added');
const folder = join(added, 'procedures');
const caseId = 'EXPERT-2026-0001';

let exchange, ecology, court, procuratorate;

before(() => {
  exchange = openLandscape();
  [ecology, court, procuratorate] =
    [names.ecology, names.court, names.procuratorate].map(exchange.agency);
});
after(() => exchange?.close());

const catalogue = () => exchange.path('catalogue.xml');
const without = (...words) => runYisong(words);
const withTypes = (...words) => runYisong([...words, '--catalogue', catalogue()]);

/** The settings get a line, and the process begins again with it. */
async function restart(name, settings, line) {
  await exchange.end(name, 'SIGTERM');
  appendFileSync(settings, `${line}\n`);
  exchange.start(name);
}

test('a program that was not told knows nothing of the type', () => {
  copyFileSync(join(added, 'catalogue.xml'), catalogue());
  assert.equal(without('example', 'expert-pool-nomination').status, 1);
  const refused = without('procedures', 'check', folder);
  assert.equal(refused.status, 1);
  assert.match(refused.err, /expert-pool\.xml:\d+: .*no such type.*expert-pool-nomination/);
});

test('the file makes it known: name, form, example in both encodings, page', () => {
  for (const encoding of ['xml', 'json']) {
    const file = exchange.path(`example.${encoding}`);
    const example = withTypes('example', 'expert-pool-nomination', '--to', encoding);
    assert.equal(example.status, 0, example.err);
    writeFileSync(file, example.out);
    assert.equal(withTypes('validate', file).status, 0);
    assert.match(without('validate', file).out, /UNKNOWN_TYPE/);
  }
  assert.equal(withTypes('procedures', 'check', folder).status, 0);
  const page = runYisong(
    ['catalogue', 'expert-pool-nomination', '--procedures', folder, '--catalogue', catalogue()],
    'zh_CN.UTF-8').out;
  assert.match(page, /环境资源审判专家库推荐函/);
  assert.match(page, /专家库推荐/);
});

test('centre and agencies take it up by a line in their settings', async () => {
  const procedures = exchange.path('procedures');
  mkdirSync(procedures);
  const carried = join(source, 'routing/procedures');
  for (const name of readdirSync(carried).filter((file) => file.endsWith('.xml'))) {
    copyFileSync(join(carried, name), join(procedures, name));
  }
  copyFileSync(join(folder, 'expert-pool.xml'), join(procedures, 'expert-pool.xml'));
  await restart('router', exchange.path('exchange', 'router.conf'),
    `catalogue = ${catalogue()}\nprocedures = ${procedures}`);
  for (const agency of [ecology, court, procuratorate]) {
    await restart(agency.id, agency.settings, `catalogue = ${catalogue()}`);
  }
});

test('the new letter goes from the bureau to the court, copied by the new rule', async () => {
  const letter = JSON.parse(withTypes('example', 'expert-pool-nomination', '--to', 'json').out);
  Object.assign(letter.header, { caseId, from: ecology.id, to: [court.id] });
  for (const name of ['id', 'sequence', 'sentAt', 'copyTo', 'certificate']) {
    delete letter.header[name];
  }
  const file = exchange.path('nomination.json');
  writeFileSync(file, JSON.stringify(letter));

  const sent = ecology.send(file);

  const row = await ecology.settled(sent.id, 'delivered', 'refused');
  assert.equal(row.state, 'delivered', row.code);
  for (const agency of [court, procuratorate]) {
    await agency.arrived(caseId, 'expert-pool-nomination');
  }
  const inbox = runYisong(['inbox', '-c', court.settings], 'zh_CN.UTF-8').out;
  assert.match(inbox, /环境资源审判专家库推/);
  assert.equal(exchange.cases().find(({ id }) => id === caseId).state, 'NOMINATED');
});

test('the court answers in the new procedure, and its clock is met', async () => {
  const came = await court.arrived(caseId, 'expert-pool-nomination');
  const reply = court.reply(came.id, '--type', 'expert-pool-reply',
    '--field', 'subject=专家库', '--field', 'result=agreed', '--field', 'statement=同意入库。');

  const row = await court.settled(reply.id, 'delivered', 'refused');

  assert.equal(row.state, 'delivered', row.code);
  await ecology.arrived(caseId, 'expert-pool-reply');
  const found = JSON.parse(withTypes('case', 'show', '--ledger',
    exchange.path('exchange', 'ledger.db'), '--agencies', exchange.centre,
    '--procedures', exchange.path('procedures'), '--json', caseId).out);
  assert.equal(found.state, 'ANSWERED');
  assert.deepEqual(found.deadlines.map(({ limit, status }) => [limit, status]), [['reply', 'met']]);
});

test('a catalogue with faults keeps the router from starting, each told with its line', async () => {
  const broken = exchange.path('broken.xml');
  writeFileSync(broken, [
    '<catalogue xmlns="urn:yisong:catalogue:1">',
    '<type id="refusal" form="notice" certainty="N"><chinese>甲</chinese><english>a</english></type>',
    '<type id="new-one" form="novel" certainty="N"><chinese>乙</chinese><english>b</english>',
    '<needs path="body/novel/chapter"/></type>',
    '</catalogue>'].join('\n'));
  const done = runYisong(['procedures', 'check', '--catalogue', broken]);
  assert.equal(done.status, 2);
  assert.deepEqual(done.err.trim().split('\n').map((line) => line.slice(broken.length)), [
    ':2: BAD_SETTINGS: the type is there already: refusal',
    ':3: BAD_SETTINGS: no such body form: novel',
    ':4: BAD_SETTINGS: message.xsd has no such place: body/novel/chapter',
  ]);
  const settings = exchange.path('exchange', 'broken.conf');
  copyFileSync(exchange.path('exchange', 'router.conf'), settings);
  const router = runYisong(['router', '-c', settings, '--catalogue', broken]);
  assert.equal(router.status, 2);
  assert.match(router.err, /broken\.xml:2: BAD_SETTINGS/);
});
