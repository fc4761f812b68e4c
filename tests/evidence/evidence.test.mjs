// SPDX-License-Identifier: Apache-2.0
//
// Files beside a letter, from the sender's folder to the folders of those whom
// the letter names, through a real exchange.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { digest, listed, noise, received, sendWith, settled } from './files.mjs';

const { ecology, police, procuratorate, credit, bank } = names;

let exchange;
before(() => { exchange = openLandscape(); });
after(() => exchange?.close());

const store = () => exchange.path('exchange', 'evidence');
const stored = (agency) => {
  try {
    return readdirSync(`${store()}/${agency}`);
  } catch {
    return [];
  }
};
const inCase = (agency, caseId) =>
  exchange.agency(agency).inbox('--all').filter((row) => row.caseId === caseId);

test('files come with their letter to all whom it names, byte for byte', async () => {
  const files = { '现场照片.jpg': noise(3_000_001, 'photo'), 'empty.txt': Buffer.alloc(0) };
  const id = sendWith(exchange, ecology, 'with-files', files);
  for (const agency of [police, procuratorate]) {
    assert.deepEqual(await received(exchange, agency, 'with-files'), files);
    await settled(exchange, agency, id, 'whole');
  }
  await settled(exchange, ecology, id, 'sent');
});

test('the centre cannot read them, and deletes them when all have said that they have them', async () => {
  const photo = noise(400_000, 'secret');
  await exchange.end(police, 'SIGKILL');
  sendWith(exchange, ecology, 'sealed', { 'photo.jpg': photo });
  await received(exchange, procuratorate, 'sealed');
  const [name] = await until('it lies at the centre', () => {
    const found = stored(ecology);
    return found.length === 1 && found;
  });
  const sealed = readFileSync(`${store()}/${ecology}/${name}`);
  assert.equal(sealed.includes(photo.subarray(1000, 1032)), false);
  exchange.start(police);
  await received(exchange, police, 'sealed');
  await until('it is deleted', () => stored(ecology).length === 0);
  const history = mustYisong('evidence', 'history', '--store', store());
  const lines = history.split('\n').filter((line) => line.includes(name.replace('.', '/')));
  assert.deepEqual(lines.map((line) => line.split(' ')[2]),
    ['opened', 'whole', 'received', 'received', 'deleted']);
  assert.match(history, /chain [0-9a-f]{64}\n$/);
});

test('what was sealed opens with the standard tool', async () => {
  const photo = noise(300_000, 'standard');
  await exchange.end(police, 'SIGKILL');
  sendWith(exchange, ecology, 'standard', { 'photo.jpg': photo });
  const [name] = await until('it lies at the centre', () => {
    const found = stored(ecology);
    return found.length === 1 && exchange.log('evidence-store').includes(`${found[0].slice(0, 36)} of ${ecology} is whole`) && found;
  });
  const key = (file) => exchange.agency(police).path('keys', file);
  const opened = execFileSync('openssl', ['cms', '-decrypt', '-binary', '-inform', 'DER',
    '-in', `${store()}/${ecology}/${name}`, '-recip', key('encryption.pem'),
    '-inkey', key('encryption.key')], { maxBuffer: 1 << 24 });
  assert.equal(digest(opened), digest(photo));
  exchange.start(police);
  await received(exchange, police, 'standard');
});

test('a letter waits for its files, its case waits behind it, other cases pass', async () => {
  await exchange.end('evidence-store', 'SIGTERM');
  const files = { 'a.bin': noise(70_000, 'wait') };
  const id = sendWith(exchange, ecology, 'waits', files);
  const at = exchange.agency(ecology);
  at.put('later.json', toJson(draft('material-supplement', 'waits')));
  at.put('other.json', toJson(draft('criminal-case-transfer', 'passes')));
  await exchange.agency(police).file('in', 'passes-');
  const waiting = await until('the letter waits', () =>
    inCase(police, 'waits').find((row) => row.id === id));
  assert.equal(waiting.state, 'waiting');
  assert.equal(waiting.evidencePercent, 0);
  assert.equal(exchange.agency(police).files('in').some((name) => name.startsWith('waits-')), false);
  const chinese = runYisong(['inbox', '-c', exchange.agency(police).settings], 'zh_CN.UTF-8').out;
  assert.match(chinese, /待证据 0%/);
  exchange.start('evidence-store');
  assert.deepEqual(await received(exchange, police, 'waits'), files);
  const [row] = await settled(exchange, police, id, 'whole');
  assert.equal(digest(readFileSync(row.path)), row.sha256);
});

test('who gets a copy by procedure alone gets the letter without its files', async () => {
  const id = sendWith(exchange, ecology, 'copied', { 'a.bin': noise(1000, 'copied') },
    { type: 'card-credit-push', header: { copyTo: undefined } });
  await received(exchange, credit, 'copied');
  const at = exchange.agency(bank);
  await at.file('in', 'copied-');
  assert.deepEqual(listed(exchange, bank)
    .filter((row) => row.letter === id).map((row) => row.state), ['elsewhere']);
  const note = await at.file('in', 'copied-', '.files.txt');
  assert.match(at.read('in', note).toString(), /未发给本机关[^]*not for this agency/);
});

test('a file that was missing can be added later, and no other', async () => {
  const bytes = noise(5000, 'missing');
  const letter = draft('criminal-case-transfer', 'missing');
  const path = exchange.path('late.bin');
  writeFileSync(path, bytes);
  const sm3 = /SM3.*= ([0-9a-f]{64})/.exec(
    execFileSync('openssl', ['dgst', '-sm3', path], { encoding: 'utf8' }))[1];
  letter.attachments = [{ name: 'late.bin', mediaType: 'application/octet-stream',
    size: bytes.length, sha256: digest(bytes), sm3, carried: true }];
  const at = exchange.agency(ecology);
  at.put('missing.json', toJson(letter));
  await settled(exchange, ecology, letter.header.id, 'missing');
  const wrong = exchange.path('wrong.bin');
  writeFileSync(wrong, 'something else');
  assert.equal(at.run('evidence add', wrong).status, 1);
  assert.equal(at.run('evidence add', path).status, 0);
  assert.deepEqual(await received(exchange, police, 'missing'), { 'late.bin': bytes });
});

test('a file that came by hand is taken in, if it is the one that the letter lists', async () => {
  await exchange.end('evidence-store', 'SIGTERM');
  const bytes = noise(80_000, 'by hand');
  const id = sendWith(exchange, ecology, 'by-hand', { 'disk.bin': bytes });
  const at = exchange.agency(police);
  await until('the letter waits', () =>
    inCase(police, 'by-hand').some((row) => row.id === id && row.state === 'waiting'));
  const path = exchange.path('USB');
  writeFileSync(path, bytes.subarray(1));
  assert.equal(at.run('evidence add', path).status, 1);
  writeFileSync(path, bytes);
  assert.equal(at.run('evidence add', path).status, 0);
  assert.deepEqual(await received(exchange, police, 'by-hand'), { 'disk.bin': bytes });
  exchange.start('evidence-store');
  assert.deepEqual(await received(exchange, procuratorate, 'by-hand'), { 'disk.bin': bytes });
  await until('it is deleted', () => stored(ecology).length === 0);
});

test('the files of a refused letter go nowhere', async () => {
  const id = sendWith(exchange, bank, 'refused', { 'a.bin': noise(1000, 'refused') });
  await settled(exchange, bank, id, 'dropped');
  assert.deepEqual(stored(bank), []);
  const kept = exchange.agency(bank).path('attachments');
  await until('nothing is kept', () => readdirSync(kept).length === 0);
});

test('sealed copies and attachments do not stay on the disk of their sender', async () => {
  for (const place of ['attachments', 'evidence/going']) {
    const folder = exchange.agency(ecology).path(place);
    await until(`${place} is empty`, () => readdirSync(folder).length === 0);
  }
  for (const agency of [police, procuratorate]) {
    const folder = exchange.agency(agency).path('evidence/coming');
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('a centre whose disk is full lets senders wait, and loses nothing', async () => {
  const conf = exchange.path('exchange', 'evidence-store.conf');
  const text = readFileSync(conf, 'utf8');
  const restart = async (settings) => {
    await exchange.end('evidence-store', 'SIGTERM');
    writeFileSync(conf, settings);
    exchange.start('evidence-store');
  };
  await restart(`${text}reserve_mb = 100000000\n`);
  const files = { 'a.bin': noise(50_000, 'full') };
  const id = sendWith(exchange, ecology, 'full', files);
  await until('the sender hears that there is no room', () =>
    listed(exchange, ecology).some((row) => row.letter === id && row.code === 'STORE_BUSY'));
  await restart(text);
  assert.deepEqual(await received(exchange, police, 'full'), files);
});

test('a second store on the same folder is turned away', () => {
  const second = runYisong(['evidence-store', '-c', exchange.path('exchange', 'evidence-store.conf')]);
  assert.equal(second.status, 3);
  assert.match(second.err, /STORE_BUSY/);
});

test('a log of the store that was changed is found out', async () => {
  const copy = exchange.path('copy');
  await exchange.end('evidence-store', 'SIGTERM');
  cpSync(store(), copy, { recursive: true });
  exchange.start('evidence-store');
  assert.equal(runYisong(['evidence', 'history', '--store', copy]).status, 0);
  const file = join(copy, 'evidence.db');
  const bytes = readFileSync(file);
  const at = bytes.indexOf(` whole ${ecology}/`);
  bytes.write(' WHOLE', at);
  writeFileSync(file, bytes);
  const told = runYisong(['evidence', 'history', '--store', copy]);
  assert.equal(told.status, 1);
  assert.match(told.err, /PROOF_FAILED/);
});

// Last: it leaves the mailbox of the police with times that are still to come.
test('a letter that waited too long goes on without its file, which is laid beside it later',
  { skip: !process.env.YISONG_SHIFTED_CLOCK }, async () => {
    await exchange.end('evidence-store', 'SIGTERM');
    const files = { 'late.bin': noise(90_000, 'late') };
    const id = sendWith(exchange, ecology, 'late', files);
    await until('the letter waits', () =>
      inCase(police, 'late').some((row) => row.id === id && row.state === 'waiting'));
    await exchange.end(police, 'SIGTERM');
    process.env.LD_PRELOAD = process.env.YISONG_SHIFTED_CLOCK;
    process.env.YISONG_CLOCK_SHIFT = String(80 * 3600);
    exchange.start(police);
    delete process.env.LD_PRELOAD;
    delete process.env.YISONG_CLOCK_SHIFT;
    const at = exchange.agency(police);
    const letter = await at.file('in', 'late-', '.json');
    const note = await at.file('in', 'late-', '.files.txt');
    assert.match(at.read('in', note).toString(), /先行移交[^]*without them/);
    const folder = letter.replace(/\.json(\.jws)?$/, '.files');
    assert.equal(at.files('in').includes(folder), false);
    exchange.start('evidence-store');
    await at.lies('in', folder);
    assert.deepEqual(await received(exchange, police, 'late'), files);
  });
