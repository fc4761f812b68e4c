// SPDX-License-Identifier: Apache-2.0
//
// New keys while everything runs, at an agency and at the centre; letters that
// the old key signed; an old registry that somebody puts back; words in the
// log before a certificate ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { noise, received, sendWith } from '../evidence/files.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { renewKeys } from '../support/renewal.mjs';
import { until } from '../support/until.mjs';

const { ecology, police } = names;
let exchange;
let office;

before(() => {
  exchange = openLandscape();
  office = exchange.agency(ecology);
});
after(() => exchange?.close());

const renew = (id, ...more) => renewKeys(exchange, id, ...more);

const certificates = (id) =>
  JSON.parse(mustYisong('agencies', 'list', exchange.centre, '--json'))
    .find((agency) => agency.id === id).certificates;
const count = (id, pattern) => (exchange.log(id).match(pattern) ?? []).length;
/** How often the connection's pair was taken: once for each renewal. */
const renewals = (id) => count(id, /new keys taken: \S*tls\.pem/g);

async function sendOne(caseId) {
  office.put(`${caseId}.json`, toJson(draft('criminal-case-transfer', caseId)));
  await exchange.agency(police).arrived(caseId, 'criminal-case-transfer');
  const file = await exchange.agency(police).file('in', caseId);
  return exchange.agency(police).read('in', file).toString();
}

test('letters go on through a renewal at the agency, without a restart', async () => {
  const before = await sendOne('before-1');
  const renewed = renew(ecology);
  const [old, fresh] = certificates(ecology).map(({ fingerprint }) => fingerprint);
  assert.match(before, new RegExp(old));
  // Between approval and join the old key goes on.
  assert.match(await sendOne('between-1'), new RegExp(old));
  renewed.join();
  await until('the new keys are taken', () => renewals(ecology) === 1);
  let number = 0;
  await until('the new one signs', async () => {
    number += 1;
    return (await sendOne(`after-${number}`)).includes(fresh);
  });
  await until('it is connected with the new certificate', () =>
    exchange.log(ecology).split('connected to').length - 1 === 2);
  assert.equal(runYisong(['doctor', '-c', office.settings]).status, 0);
});

test('many letters while keys change: each arrives once', async () => {
  let many = 0;
  const put = () => {
    many += 1;
    office.put(`many-${many}.json`, toJson(draft('criminal-case-transfer', `many-${many}`)));
  };
  for (let i = 0; i < 20; i += 1) put();
  renew(ecology).join();
  await until('the new keys are taken, letters all the while', () => {
    put();
    return renewals(ecology) === 2;
  });
  for (let i = 0; i < 20; i += 1) put();
  await until('all have arrived', () => exchange.agency(police).inbox('--all')
    .filter((row) => /^many-/.test(row.caseId)).length === many);
  await until('all are delivered', () => office.outbox('--all')
    .filter((row) => /^many-/.test(row.caseId) && row.state === 'delivered').length === many);
});

test('what the old key signed can be verified after it', async () => {
  const file = await exchange.agency(police).file('in', 'before-1');
  const { spool } = { spool: exchange.path(police, 'spool', 'in', file) };
  assert.match(exchange.verify(spool), new RegExp(ecology));
});

test('after the overlap the old key signs no more; what it signed before still holds', async () => {
  const kept = exchange.path('old-keys');
  cpSync(exchange.path(police, 'keys'), kept, { recursive: true });
  const letter = exchange.path('old.xml');
  const sign = () => runYisong(['sign', '--key', `${kept}/signing.key`, '--cert', `${kept}/signing.pem`,
    '--out', letter, exchange.path('draft.xml')]);
  writeFileSync(exchange.path('draft.xml'), `<message xmlns="urn:yisong:message:1"><header>
<schemaVersion>1</schemaVersion><type>acceptance-receipt</type><caseId>c-1</caseId>
<to>exchange</to><urgency>normal</urgency></header>
<body><acceptance><acceptedAt>2026-11-21T09:00:00+08:00</acceptedAt>
<officers><officer><name>张某</name></officer></officers></acceptance></body></message>`);
  assert.equal(sign().status, 0);
  assert.equal(runYisong(['verify', '--agencies', exchange.centre, letter]).status, 0);
  const at = new Date().toISOString();
  const renewed = renew(police, '--overlap', '0');
  const late = runYisong(['verify', '--agencies', exchange.centre, letter]);
  assert.equal(late.status, 1);
  assert.match(late.err + late.out, /CERTIFICATE_EXPIRED.*replaced/s);
  assert.equal(runYisong(['verify', '--agencies', exchange.centre, '--at', at, letter]).status, 0);
  renewed.join();
  await until('the police have them', () => renewals(police) === 1);
});

test('evidence that was sealed to the keys of before is opened with them', async () => {
  await exchange.end(police, 'SIGTERM');
  const { receiver, files } = { receiver: police, files: { 'photo.jpg': noise(300000, 'rollover') } };
  const id = sendWith(exchange, ecology, 'sealed-1', files);
  await until('the centre has the file', () => exchange.log('evidence-store').includes(id)
    && /is whole/.test(exchange.log('evidence-store').split(id).pop()));
  renew(receiver).join();
  exchange.start(police);
  const came = await received(exchange, police, 'sealed-1');
  assert.ok(came['photo.jpg'].equals(files['photo.jpg']));
  // And what is sealed from now on, with the new ones.
  sendWith(exchange, ecology, 'sealed-2', files);
  assert.ok((await received(exchange, police, 'sealed-2'))['photo.jpg'].equals(files['photo.jpg']));
});

test('new keys at the centre: the router takes them, and all believe it', async () => {
  renew('exchange').join();
  await until('the new keys are taken', () => renewals('router') === 1);
  const [, fresh] = certificates('exchange').map(({ fingerprint }) => fingerprint);
  await sendOne('centre-1');
  await office.settled('centre-1.json', 'delivered');
  await until('a receipt under the new key', () => office.files('receipts')
    .some((name) => office.read('receipts', name).toString().includes(fresh)));
});

test('an old registry that is put back is not taken, by nobody, with the reason', async () => {
  const registry = exchange.path('centre', 'registry.xml');
  const kept = exchange.path('kept.xml');
  cpSync(registry, kept);
  const readings = (name) => count(name, /registry read again/g);
  const all = ['router', ecology].map((name) => [name, readings(name)]);
  mustYisong('agencies', 'revoke', exchange.centre, names.court, '--reason', 'x');
  for (const [name, before] of all) {
    await until(`${name} has it`, () => readings(name) > before);
  }
  const now = readFileSync(registry);
  const seen = (name) => count(name, /REGISTRY_OLD/g);
  writeFileSync(`${registry}.new`, readFileSync(kept));
  renameSync(`${registry}.new`, registry);
  await until('the router refuses it', () => seen('router') > 0);
  await until('the adapter refuses it', () => seen(ecology) > 0);
  const report = runYisong(['doctor', '-c', office.settings, '--json', '--wait', '1']);
  assert.equal(report.status, 1);
  assert.equal(JSON.parse(report.out).lines[0].code, 'REGISTRY_OLD');
  // Nor does a process that starts anew take it.
  await exchange.end(ecology, 'SIGTERM');
  const started = spawnSync(process.env.YISONG, ['adapter', '-c', office.settings],
    { encoding: 'utf8', timeout: 20000 });
  assert.equal(started.status, 2);
  assert.match(started.stderr, /REGISTRY_OLD/);
  writeFileSync(`${registry}.new`, now);
  renameSync(`${registry}.new`, registry);
  exchange.start(ecology);
  await until('it is well again', () => runYisong(['doctor', '-c', office.settings]).status === 0);
});

test('a pair that does not fit is not taken; the one before goes on', async () => {
  const key = exchange.path(ecology, 'keys', 'signing.key');
  const kept = readFileSync(key);
  const before = count(ecology, /new keys taken/g);
  writeFileSync(key, readFileSync(exchange.path(ecology, 'keys', 'tls.key')), { mode: 0o600 });
  await until('the log says so', () => /new keys not taken: .*BAD_KEY/.test(exchange.log(ecology)));
  await sendOne('unfit-1');
  writeFileSync(key, kept);
  await until('it is well again', () => runYisong(['doctor', '-c', office.settings]).status === 0);
  assert.equal(count(ecology, /new keys taken/g), before, 'they were the same keys');
});

test('the log warns once before a certificate ends: 30, 7, 1 days, and after', async () => {
  const day = 86400;
  const terms = (name, text) => count(name, new RegExp(text, 'g'));
  for (const [left, text] of [[25, 'ends within 30 days'], [5, 'ends within 7 days'],
    [0.5, 'ends within 1 days'], [-3, 'has ended']]) {
    await exchange.end(ecology, 'SIGTERM');
    writeFileSync(exchange.path('log', `${ecology}.log`), '');
    const shift = Math.round((1095 - left) * day);
    process.env.LD_PRELOAD = process.env.YISONG_SHIFTED_CLOCK;
    process.env.YISONG_CLOCK_SHIFT = `${shift}`;
    process.env.ASAN_OPTIONS = 'verify_asan_link_order=0';
    exchange.start(ecology);
    for (const name of ['LD_PRELOAD', 'YISONG_CLOCK_SHIFT', 'ASAN_OPTIONS']) delete process.env[name];
    await until(text, () => terms(ecology, `tls.pem ${text}`) === 1);
    assert.equal(terms(ecology, `signing.pem ${text}`), 1);
  }
  await exchange.end(ecology, 'SIGTERM');
  exchange.start(ecology);
});

test('the keys before are kept apart, so that a mistake can be undone', () => {
  const names_ = readdirSync(exchange.path(ecology, 'keys', 'before')).sort();
  assert.deepEqual(names_, ['encryption.key', 'encryption.pem', 'signing.key', 'signing.pem',
    'tls.key', 'tls.pem']);
});
