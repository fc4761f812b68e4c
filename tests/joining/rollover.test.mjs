// SPDX-License-Identifier: Apache-2.0
//
// New keys while everything runs, at an agency and at the centre; letters that
// the old key signed; an old registry that somebody puts back; words in the
// log before a certificate ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { after, before, test } from 'node:test';

import { draft, toJson } from '../support/letters.mjs';
import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const { ecology, police } = names;
let exchange;
let office;

before(() => {
  exchange = openLandscape();
  office = exchange.agency(ecology);
});
after(() => exchange?.close());

/** New keys for an agency whose folder has keys/, by request and approval. */
function renew(id, ...more) {
  const folder = exchange.path(id);
  // The landscape's agencies never enrolled: what a renewal reads is made up.
  const request = exchange.path(id, `${id}.request`);
  const known = JSON.parse(mustYisong('agencies', 'list', exchange.centre, '--json'))
    .find((agency) => agency.id === id);
  mkdirSync(exchange.path('scratch'), { recursive: true });
  mustYisong('agencies', 'enrol', exchange.path('scratch', id), '--id', id, '--chinese', known.chinese);
  cpSync(exchange.path('scratch', id, `${id}.request`), request);
  const heard = /fingerprint: (.*)/.exec(mustYisong('agencies', 'enrol', folder, '--id', id, '--renew'))[1];
  const out = exchange.path(`${id}-${Date.now()}.package`);
  const told = /of the authority: (.*)/.exec(mustYisong('agencies', 'approve', exchange.centre, request,
    '--renew', '--fingerprint', heard, '--out', out, ...more))[1];
  rmSync(exchange.path('scratch', id), { recursive: true });
  return { out, told, join: () => mustYisong('agencies', 'join', out, folder, '--fingerprint', told) };
}

const certificates = (id) =>
  JSON.parse(mustYisong('agencies', 'list', exchange.centre, '--json'))
    .find((agency) => agency.id === id).certificates;
const taken = (id) => exchange.log(id).split('new keys taken').length - 1;

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
  await until('both pairs are taken', () => taken(ecology) === 2);
  assert.match(await sendOne('after-1'), new RegExp(fresh));
  await until('it is connected with the new certificate', () =>
    exchange.log(ecology).split('connected to').length - 1 === 2);
  assert.equal(runYisong(['doctor', '-c', office.settings]).status, 0);
});

test('many letters while keys change: each arrives once', async () => {
  let count = 0;
  const put = () => {
    count += 1;
    office.put(`many-${count}.json`, toJson(draft('criminal-case-transfer', `many-${count}`)));
  };
  for (let i = 0; i < 20; i += 1) put();
  renew(ecology).join();
  await until('both pairs are taken, letters all the while', () => {
    put();
    return taken(ecology) === 4;
  });
  for (let i = 0; i < 20; i += 1) put();
  await until('all have arrived', () => exchange.agency(police).inbox('--all')
    .filter((row) => /^many-/.test(row.caseId)).length === count);
  await until('all are delivered', () => office.outbox('--all')
    .filter((row) => /^many-/.test(row.caseId) && row.state === 'delivered').length === count);
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
  await until('the police have them', () => taken(police) === 2);
});

test('new keys at the centre: the router takes them, and all believe it', async () => {
  renew('exchange').join();
  await until('both pairs are taken', () => taken('router') === 2);
  const [, fresh] = certificates('exchange').map(({ fingerprint }) => fingerprint);
  await sendOne('centre-1');
  await office.settled('centre-1.json', 'delivered');
  const receipts = office.files('receipts').map((name) => office.read('receipts', name).toString());
  assert.ok(receipts.some((text) => text.includes(fresh)));
});

test('an old registry that is put back is not taken, by nobody, with the reason', async () => {
  const registry = exchange.path('centre', 'registry.xml');
  const kept = exchange.path('kept.xml');
  cpSync(registry, kept);
  const readings = (name) => exchange.log(name).split('registry read again').length - 1;
  const all = ['router', ecology].map((name) => [name, readings(name)]);
  mustYisong('agencies', 'revoke', exchange.centre, names.court, '--reason', 'x');
  for (const [name, count] of all) {
    await until(`${name} has it`, () => readings(name) > count);
  }
  const now = readFileSync(registry);
  const seen = (name) => exchange.log(name).split('REGISTRY_OLD').length - 1;
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
  const before = taken(ecology);
  writeFileSync(key, readFileSync(exchange.path(ecology, 'keys', 'tls.key')), { mode: 0o600 });
  await until('the log says so', () => /new keys not taken: .*BAD_KEY/.test(exchange.log(ecology)));
  await sendOne('unfit-1');
  writeFileSync(key, kept);
  await until('it is taken again', () => taken(ecology) > before);
});

test('the log warns once before a certificate ends: 30, 7, 1 days, and after', async () => {
  const day = 86400;
  const terms = (name, text) => exchange.log(name).split(text).length - 1;
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
    await until(text, () => terms(ecology, `signing.pem ${text}`) === 1);
    assert.equal(terms(ecology, `tls.pem ${text}`), 1, 'the connection\'s certificate too');
  }
  await exchange.end(ecology, 'SIGTERM');
  exchange.start(ecology);
});

test('the keys before are kept apart, so that a mistake can be undone', () => {
  const names_ = readdirSync(exchange.path(ecology, 'keys', 'before')).sort();
  assert.deepEqual(names_, ['encryption.key', 'encryption.pem', 'signing.key', 'signing.pem',
    'tls.key', 'tls.pem']);
});
