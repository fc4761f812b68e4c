// SPDX-License-Identifier: Apache-2.0
//
// A county branch with no network at all does a whole case over a USB stick:
// its letters, the answers, all receipts and a refusal travel in packages,
// while everybody else is on the line. Every test goes on where the one
// before it ended.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';

import { names, openLandscape } from '../support/landscape.mjs';
import { draft, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { NOWHERE, openSide, packagesIn, setLine } from './stick.mjs';

const crime = 'USB-2026-0001';
const letters = {};
let exchange, ecology, police, branch, centre;

before(async () => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
  await setLine(exchange, names.ecology, NOWHERE);
  branch = openSide(ecology.settings, exchange.path('stick-out'));
  centre = openSide(exchange.path('exchange', 'router.conf'), exchange.path('stick-in'));
});
after(() => exchange?.close());

const there = () => centre.unpack(...branch.pack().packages.map(({ file }) => file));
const back = () =>
  branch.unpack(...centre.pack('--for', names.ecology).packages.map(({ file }) => file));
const stateOf = (id) => ecology.outbox('--all').find((row) => row.id === id).state;

test('a letter that nothing can send waits in the mailbox', async () => {
  ecology.put('transfer.xml', toXml(draft('criminal-case-transfer', crime), ecology));
  await ecology.lies('sent', 'transfer.xml');
  const [row] = ecology.outbox();
  letters.transfer = row.id;
  assert.equal(row.state, 'queued');
});

test('the package is one file that says from whom, to whom, which number, what day', () => {
  const made = branch.pack();
  assert.equal(made.packages.length, 1);
  assert.equal(made.packages[0].number, 1);
  assert.equal(made.packages[0].letters, 1);
  assert.equal(made.unconfirmed, '1');
  assert.match(basename(made.packages[0].file),
    /^ecology-zaoyang_exchange_000001_20\d{6}\.p7m$/);
  assert.deepEqual(readdirSync(branch.stick), [basename(made.packages[0].file)]);
  assert.deepEqual(branch.pack().packages, [], 'nothing is packed twice');
});

test('the centre takes it in as if it had come over the line', async () => {
  const [taken] = centre.unpack(...packagesIn(branch.stick));
  assert.deepEqual([taken.from, taken.number, taken.new, taken.repeat],
    [names.ecology, 1, 1, false]);
  await police.arrived(crime, 'criminal-case-transfer');
  assert.equal(exchange.case(crime).state, 'SENT');
});

test('a second import of the same package changes nothing and says so', () => {
  copyFileSync(packagesIn(branch.stick)[0], exchange.path('copy of it.p7m'));
  const again = centre.unpack(...packagesIn(branch.stick), exchange.path('copy of it.p7m'));
  assert.deepEqual(again.map(({ repeat, new: fresh }) => [repeat, fresh]), [[true, 0], [true, 0]]);
  assert.match(centre.say('zh_CN.UTF-8', 'unpack', ...packagesIn(branch.stick)),
    /此前已导入（.*），这次没有改动/);
});

test('the police answer on the line; receipts and answers go back in a package', async () => {
  const { id } = police.reply(letters.transfer, '--type', 'acceptance-receipt',
    '--field', 'officers=李某', '--field', 'receiptNumber=2026-15',
    '--copy', names.procuratorate);
  letters.acceptance = id;
  await police.settled(id, 'submitted', 'delivered');
  const [taken] = back();
  assert.equal(taken.from, 'exchange');
  assert.equal(taken.confirmed, 1);
  assert.equal(taken.quarantined, 0);
  const row = await ecology.arrived(crime, 'acceptance-receipt');
  assert.equal(row.id, letters.acceptance);
  assert.notEqual(stateOf(letters.transfer), 'queued');
  assert.equal(branch.list()[0].unconfirmed, '');
});

test('the delivery receipt of the branch reaches the police', async () => {
  const [taken] = there();
  assert.ok(taken.new >= 1);
  await police.settled(letters.acceptance, 'delivered');
});

test('a refusal comes back with its reason', async () => {
  const unlawful = draft('criminal-case-transfer', crime); // a second time
  ecology.put('unlawful.json', toJson(unlawful));
  await ecology.lies('sent', 'unlawful.json');
  there();
  await until('the refusal', () => centre.pack('--for', names.ecology).packages.length > 0);
  branch.unpack(...packagesIn(centre.stick));
  await ecology.lies('refused', 'unlawful.json');
  assert.equal(ecology.sheet('unlawful.json').code, 'CASE_EXISTS');
});

test('the police decide, and the case is over', async () => {
  const decision = draft('filing-decision-notice', crime, { answers: { id: letters.transfer } });
  police.put('decision.json', toJson(decision));
  const { id } = await police.settled('decision.json', 'submitted', 'delivered');
  back();
  await ecology.arrived(crime, 'filing-decision-notice');
  there();
  await police.settled(id, 'delivered');
  assert.equal(exchange.case(crime).state, 'FILED');
  assert.equal(stateOf(letters.transfer), 'delivered');
});

test('when the line comes back, nothing is there twice', async () => {
  const before = ecology.inbox().length;
  await setLine(exchange, names.ecology, exchange.port());
  ecology.put('more.json', toJson(draft('criminal-case-transfer', 'USB-2026-0002')));
  await ecology.settled('more.json', 'delivered');
  assert.equal(ecology.inbox().length, before);
  assert.equal(exchange.verifyLog().status, 0);
});
