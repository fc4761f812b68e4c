// SPDX-License-Identifier: Apache-2.0
//
// A case between agencies that connect over HTTP, through a real exchange: one
// by 50 lines of shell and curl, one by a webhook, one by polling.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { letter } from '../adapter/desk.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';
import { connect, openReceiver, restart } from './exchange.mjs';

const script = join(process.env.YISONG_SOURCE, 'tests/http/stranger.sh');

let exchange;
let ecology;
let police;
let receiver;
before(async () => {
  exchange = openLandscape();
  ecology = await connect(exchange, names.ecology);
  await ecology.start();
  receiver = await openReceiver(exchange.agency(names.police));
  police = await connect(exchange, names.police, receiver.settings);
  await police.start();
});
after(() => {
  receiver?.close();
  exchange?.close();
});

const transfer = (number, caseId) => {
  const { id, text } = letter(number);
  return { id, text: text.replace(/<caseId>[^<]*</, `<caseId>${caseId}<`) };
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function stranger(office, folder) {
  execFileSync(script, [office.base, office.token, folder], { stdio: 'pipe' });
  return {
    files: (name) => readdirSync(join(folder, name)).sort(),
    read: (name, file) => readFileSync(join(folder, name, file), 'utf8'),
  };
}

test('a stranger with curl sends a letter, and takes over receipts and answer', async () => {
  const folder = exchange.path('stranger');
  mkdirSync(join(folder, 'out'), { recursive: true });
  const { id, text } = transfer(100, 'http-100');
  writeFileSync(join(folder, 'out', 'transfer.xml'), text);
  writeFileSync(join(folder, 'out', 'wrong.xml'), text.replace(/<urgency>[^<]*</, '<urgency>x<')
    .replace(id, transfer(101, 'x').id));
  let theirs = stranger(ecology, folder);
  assert.deepEqual(theirs.files('out'), []);
  assert.ok(JSON.parse(theirs.read('refused', 'wrong.xml.problem.json')).mistakes.length > 0);
  assert.equal(JSON.parse(theirs.read('sent', 'transfer.xml.answer.json')).id, id);

  await until('it is delivered', async () =>
    (await ecology.get(`/letters/${id}`)).json.state === 'delivered');
  const reply = exchange.agency(names.police).reply(id, '--type', 'acceptance-receipt',
    '--field', 'officers.name=李某', '--field', 'materialsComplete=true');
  await until('the answer is in the inbox', async () => {
    theirs = stranger(ecology, folder);
    return theirs.files('in').includes(`${reply.id}.xml`);
  });
  const answered = (await ecology.get(`/letters/${id}`)).json;
  assert.deepEqual(answered.answers.map((one) => one.type), ['acceptance-receipt']);
  assert.ok(answered.addressees.every(({ deliveredAt }) => deliveredAt), JSON.stringify(answered));
  assert.ok(answered.position > 0);
  for (const file of theirs.files('in').filter((name) => name.endsWith('.xml'))) {
    assert.match(execFileSync(process.env.YISONG,
      ['verify', '--agencies', exchange.centre, join(folder, 'in', file)], { encoding: 'utf8' }), /./);
  }
  assert.deepEqual((await ecology.get('/inbox?only=waiting')).json.letters, []);
});

test('the inbox gives each letter once, in order, as the bytes that were signed', async () => {
  const seen = [];
  for (let after = '0', more = true; more;) {
    const page = (await ecology.get(`/inbox?after=${after}&limit=2`)).json;
    assert.ok(page.letters.length <= 2);
    seen.push(...page.letters);
    ({ next: after, more } = page);
  }
  assert.ok(seen.length >= 3);
  assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length);
  for (const row of seen) {
    const whole = await fetch(`${ecology.base}/inbox/${row.id}`,
      { headers: { Authorization: `Bearer ${ecology.token}` } });
    assert.equal(sha256(Buffer.from(await whole.arrayBuffer())), row.sha256);
    assert.equal(whole.headers.get('content-type'), row.mediaType);
    assert.equal(whole.headers.get('yisong-from'), row.from);
    assert.equal((await ecology.call('POST', `/inbox/${row.id}/taken`)).status, 204);
  }
  const missing = transfer(999, 'x').id;
  assert.equal((await ecology.get(`/inbox/${missing}`)).status, 404);
  assert.equal((await ecology.call('POST', `/inbox/${missing}/taken`)).status, 404);
});

test('a letter is posted to the webhook with a signature that holds, and is taken', async () => {
  const { id, text } = transfer(110, 'http-110');
  assert.equal((await ecology.submit(text)).status, 202);
  const post = await until('it is posted', () =>
    receiver.accepted().find((one) => one.id === `${names.ecology}_${id}`));
  assert.deepEqual(receiver.bad, []);
  assert.equal(post.headers['content-type'], 'application/xml');
  assert.equal(post.caseId, 'http-110');
  const row = await until('it is taken', async () =>
    (await police.get('/inbox?limit=1000')).json.letters
      .find((one) => one.id === id && one.takenBy));
  assert.equal(row.takenBy, 'webhook');
  assert.equal(row.sha256, sha256(post.body));
});

test('a receiver that fails some times gets the letter all the same', async () => {
  const outcomes = [500, 0, 302, 404, 200];
  receiver.answer = ({ caseId }) => (caseId === 'http-120' ? outcomes.shift() ?? 200 : 200);
  const { id, text } = transfer(120, 'http-120');
  await ecology.submit(text);
  await until('it is accepted', () =>
    receiver.accepted().some((one) => one.id.endsWith(id)));
  assert.deepEqual(receiver.posts.filter((one) => one.id.endsWith(id)).map((one) => one.status),
    [500, 0, 302, 404, 200]);
});

test('a case that is not accepted holds back its own letters and no others', async () => {
  receiver.answer = ({ caseId }) => (caseId === 'http-130' ? 503 : 200);
  const first = transfer(130, 'http-130');
  await ecology.submit(first.text);
  await until('it is tried', () => receiver.posts.some(({ caseId }) => caseId === 'http-130'));
  const other = transfer(131, 'http-131');
  await ecology.submit(other.text);
  await until('the other case goes on', () =>
    receiver.accepted().some((one) => one.id.endsWith(other.id)));
  // The next one is posted when the mark of the one before is on disk.
  const last = transfer(132, 'http-132');
  await ecology.submit(last.text);
  await until('and on', () => receiver.accepted().some((one) => one.id.endsWith(last.id)));

  await restart(exchange, names.police, 'SIGKILL'); // what waits is on disk
  receiver.answer = () => 200;
  await until('then it is accepted', () =>
    receiver.accepted().some((one) => one.id.endsWith(first.id)));
  const times = receiver.accepted().filter((one) => one.id.endsWith(other.id)).length;
  assert.equal(times, 1, 'what was accepted does not come again');
});

test('no letter is posted to somebody else at the address; then all come', async () => {
  receiver.present(false);
  const count = receiver.posts.length;
  const letters = Array.from({ length: 12 }, (_, i) => transfer(140 + i, `http-${140 + i}`));
  for (const { text } of letters) await ecology.submit(text);
  await until('it is told', () =>
    /webhook: PARTNER_DOWN: .*certificate/.test(exchange.log(names.police)));
  for (const { id } of letters) {
    await until('all are delivered', async () =>
      (await ecology.get(`/letters/${id}`)).json.state === 'delivered');
  }
  assert.equal(receiver.posts.length, count);
  receiver.present(true);
  await until('all are accepted', () =>
    letters.every(({ id }) => receiver.accepted().some((one) => one.id.endsWith(id))));
});

test('letters of one case come in its order, though the first is rejected for a while', async () => {
  let rejected = 0;
  receiver.answer = ({ caseId }) => (caseId === 'http-170' && rejected++ < 3 ? 500 : 200);
  const { id, text } = transfer(170, 'http-170');
  await ecology.submit(text);
  await until('it is delivered', async () =>
    (await ecology.get(`/letters/${id}`)).json.state === 'delivered');
  exchange.agency(names.police).reply(id, '--type', 'acceptance-receipt', '--field',
    'officers=李某');
  const notice = exchange.agency(names.police).reply(id, '--type', 'material-deficiency-notice',
    '--field', 'subject=补正', '--field', 'reason=照片未注明', '--field', 'items.name=照片',
    '--field', 'items.requirement=注明');
  await until('the notice is in the inbox', async () =>
    (await ecology.get('/inbox?limit=1000')).json.letters.some((row) => row.id === notice.id));
  const supplement = exchange.agency(names.ecology).reply(notice.id, '--type', 'material-supplement',
    '--field', 'subject=补正', '--field', 'result=supplied', '--field', 'statement=附上检测报告');
  await until('both are accepted', () =>
    receiver.accepted().some((one) => one.id.endsWith(supplement.id)));
  assert.deepEqual(
    receiver.accepted().filter(({ caseId, type }) =>
      caseId === 'http-170' && !type.endsWith('-receipt')).map(({ type }) => type),
    ['criminal-case-transfer', 'material-supplement']);
});

test('the health says pass of what was probed, and warn when the broker is gone', async () => {
  await ecology.start(); // a port of its own again
  const well = (await ecology.get('/health')).json;
  assert.equal(well.status, 'pass');
  await until('the health counts what the inbox lists', async () =>
    (await ecology.get('/health')).json.waiting.count ===
    (await ecology.get('/inbox?only=waiting&limit=1000')).json.letters.length);
  assert.deepEqual(well.checks, { mailbox: { status: 'pass' }, broker: { status: 'pass' } });
  await exchange.killBroker();
  const ill = await ecology.get('/health');
  assert.equal(ill.status, 200);
  assert.equal(ill.json.status, 'warn');
  assert.equal(ill.json.checks.broker.status, 'fail');
  assert.equal(ill.json.checks.broker.code, 'BROKER_DOWN');

  const { id, text } = transfer(160, 'http-160');
  assert.equal((await ecology.submit(text)).status, 202);
  const waits = (await ecology.get('/health')).json;
  assert.ok(waits.queued.count >= 1 && waits.queued.since);
  await exchange.startBroker();
  await until('it goes on', async () =>
    (await ecology.get(`/letters/${id}`)).json.state === 'delivered');
  assert.equal((await ecology.get('/health')).json.status, 'pass');
});
