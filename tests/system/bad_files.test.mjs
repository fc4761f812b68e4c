// SPDX-License-Identifier: Apache-2.0
//
// Bad input by the folder: whatever lies in out/, the adapter goes on. Each
// file gets one clear refusal and is kept, or is left aside; and after each of
// them a good letter still arrives.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync, closeSync, existsSync, ftruncateSync, lstatSync, mkdirSync, openSync, readdirSync,
  symlinkSync, writeFileSync, writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { names, openLandscape } from '../support/landscape.mjs';
import { draft, openSigner, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';

let exchange, ecology, police;
before(() => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
});
after(() => exchange?.close());

let count = 0;
const newCase = () => `FILES-${++count}`;
const transfer = (options) => draft('criminal-case-transfer', newCase(), options);
const out = (name) => ecology.spool('out', name);

async function goodLetterArrives() {
  const letter = transfer();
  ecology.put(`good-${letter.header.id}.json`, toJson(letter));
  await police.arrived(letter.header.caseId, 'criminal-case-transfer');
}

/** One refusal with one pair of reason files, under the name that the file had. */
async function isRefused(name, code) {
  await ecology.lies('refused', name);
  const sheet = ecology.sheet(name);
  assert.equal(sheet.code, code, JSON.stringify(sheet));
  assert.equal(sheet.by, 'adapter');
  assert.ok(sheet.zh && sheet.en);
  assert.match(`${ecology.read('refused', `${name}.reason.txt`)}`, new RegExp(code));
  assert.ok(!existsSync(out(name)));
}

const notSigned = (agency) => transfer({ header: { from: agency } });
const deep = 200_000;
const contents = {
  'empty.json': ['NOT_WELL_FORMED', () => ''],
  'half.json': ['NOT_WELL_FORMED', () => toJson(transfer()).slice(0, 900)],
  'zeros.json': ['NOT_WELL_FORMED', () => Buffer.alloc(5000)],
  'noise.xml': ['NOT_WELL_FORMED', () => Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x3c, 0x01])],
  'deep.json': ['TOO_LARGE', () => '{"a":'.repeat(deep)],
  'deep.xml': ['TOO_LARGE', () => '<a>'.repeat(deep)],
  'twice.json': ['NOT_WELL_FORMED', () => toJson(transfer()).replace('{', '{"header":{},')],
  'laughs.xml': ['FORBIDDEN_CONSTRUCT', () =>
    '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><m>&b;</m>'],
  'outside.xml': ['FORBIDDEN_CONSTRUCT', () =>
    '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>'],
  'other.xml': ['NOT_VALID', () => '<html xmlns="http://www.w3.org/1999/xhtml"/>'],
  'huge.json': ['TOO_LARGE', () => `{"a":"${'x'.repeat(3 << 20)}"}`],
  'unknown.json': ['UNKNOWN_TYPE', () => toJson(transfer({ header: { type: 'love-letter' } }))],
  'form.json': ['WRONG_FORM', () => toJson(transfer({ header: { type: 'acceptance-receipt' } }))],
  'not-ours.json': ['WRONG_CHANNEL', () => toJson(notSigned(names.police))],
};

for (const [name, [code, content]] of Object.entries(contents)) {
  test(`content that is no letter: ${name} is ${code}`, async () => {
    const bytes = content();
    ecology.put(name, bytes);
    await isRefused(name, code);
    assert.ok(Buffer.from(bytes).equals(ecology.read('refused', name)), 'kept as it was');
    await goodLetterArrives();
  });
}

test('links, pipes and sockets are refused and never opened', async () => {
  symlinkSync('/etc/passwd', out('link.json'));
  symlinkSync('/nowhere/at/all', out('dangling.json'));
  symlinkSync(out('loop.json'), out('loop.json'));
  execFileSync('mkfifo', [out('pipe.json')]);
  const server = createServer();
  await new Promise((resolve) => server.listen(out('socket.json'), resolve));

  for (const name of ['link', 'dangling', 'loop', 'pipe', 'socket']) {
    await isRefused(`${name}.json`, 'NO_FILE');
  }
  server.close();
  assert.ok(lstatSync(ecology.spool('refused', 'link.json')).isSymbolicLink());
  await goodLetterArrives();
});

test('a file of a tebibyte is refused without reading it', async () => {
  const sparse = openSync(out('.sparse'), 'w');
  ftruncateSync(sparse, 2 ** 40);
  closeSync(sparse);
  execFileSync('mv', [out('.sparse'), out('sparse.json')]);
  await isRefused('sparse.json', 'TOO_LARGE');
  await goodLetterArrives();
});

test('folders and drafts are left aside', async () => {
  mkdirSync(out('folder.json'));
  writeFileSync(join(out('folder.json'), 'inner.json'), toJson(transfer()));
  const drafts = ['.hidden.json', 'letter.json.part', 'letter.tmp', 'letter.json~'];
  for (const name of drafts) writeFileSync(out(name), toJson(transfer()));
  await goodLetterArrives();
  for (const name of [...drafts, 'folder.json']) assert.ok(existsSync(out(name)), name);
});

test('a file that is still being written is taken when it is whole', async () => {
  const letter = transfer();
  const bytes = Buffer.from(toJson(letter));
  const writer = openSync(out('slow.json'), 'w');
  writeSync(writer, bytes.subarray(0, 700));
  await goodLetterArrives();
  assert.ok(existsSync(out('slow.json')), 'not taken while it is open');

  writeSync(writer, bytes.subarray(700));
  closeSync(writer);
  await police.arrived(letter.header.caseId, 'criminal-case-transfer');
  assert.deepEqual(ecology.read('sent', 'slow.json'), bytes);
});

test('names of any bytes are taken, or refused under a name that can be read', async () => {
  const strange = [
    Buffer.from('-rf .json'), Buffer.from('a\nb\t"$(id)`.json'), Buffer.from([0xff, 0xfe, 0x2e]),
    Buffer.from('移送'.repeat(42)), Buffer.from('%n%s%00.json'), Buffer.from('con\u202Egnp.json'),
  ];
  const sentBefore = ecology.files('sent').length;
  const refusedBefore = ecology.files('refused').length;
  const folder = Buffer.from(`${ecology.spool('out')}/`);
  const cases = strange.map((name) => {
    const letter = transfer();
    writeFileSync(Buffer.concat([folder, name]), toJson(letter));
    return letter.header.caseId;
  });
  for (const id of cases) await police.arrived(id, 'criminal-case-transfer');
  await until('all moved', () => ecology.files('sent').length === sentBefore + strange.length);
  assert.equal(ecology.files('refused').length, refusedBefore);
  assert.ok(ecology.files('sent').every((name) => !/[\n\t\ufffd]/.test(name)));
  await goodLetterArrives();
});

test('a letter signed by another key, or with a broken signature beside it, is refused', async () => {
  const court = openSigner(exchange.agency(names.court));
  const signer = openSigner(ecology);
  const mine = signer.sign(transfer());
  const forged = signer.sign(transfer());

  ecology.put('stranger.json', mine.bytes, court.signBytes(mine.bytes));
  ecology.put('changed.json', `${forged.bytes} `, forged.jws);
  ecology.put('long.json', signer.sign(transfer()).bytes, 'x'.repeat(100_000));
  mkdirSync(out('beside.json.jws'));
  ecology.put('beside.json', toJson(transfer()));

  await isRefused('stranger.json', 'BAD_SIGNATURE');
  await isRefused('changed.json', 'BAD_SIGNATURE');
  await isRefused('long.json', 'SIGNATURE_PROFILE');
  await isRefused('beside.json', 'SIGNATURE_PROFILE');
  await goodLetterArrives();
});

test('a letter that was signed elsewhere goes as it is', async () => {
  const signer = openSigner(ecology);
  const letter = signer.sign(transfer());
  ecology.put('signed.json', letter.bytes, letter.jws);
  const row = await police.arrived(letter.caseId, 'criminal-case-transfer');
  assert.equal(row.sha256, letter.digest);
});

test('the same file again is no second letter, the same id with other content is refused', async () => {
  const letter = transfer();
  ecology.put('once.json', toJson(letter));
  await ecology.settled(letter.header.id, 'delivered');
  ecology.put('again.json', toJson(letter));
  await ecology.lies('sent', 'again.json');

  letter.body.caseTransfer.caseName = '另一案件';
  ecology.put('other.json', toJson(letter));
  await isRefused('other.json', 'ID_REUSED');
  const rows = ecology.outbox().filter((row) => row.id === letter.header.id);
  assert.equal(rows.length, 1);
  assert.equal(exchange.case(letter.header.caseId).letters
    .filter((row) => row.sender === names.ecology).length, 1);
});

test('each refusal keeps its own reasons when a name comes twice', async () => {
  const first = transfer({ header: { type: 'love-letter' } });
  ecology.put('same.json', toJson(first));
  await isRefused('same.json', 'UNKNOWN_TYPE');

  const second = draft('card-removal-decision', 'CARD-NONE');
  const bytes = toJson(second);
  ecology.put('same.json', bytes);
  await ecology.settled(second.header.id, 'refused');
  const other = await until('the second one in refused/', () =>
    ecology.files('refused').find((name) => /^same-.*\.json$/.test(name) &&
      `${ecology.read('refused', name)}` === bytes));
  assert.equal(ecology.sheet(other).code, 'UNKNOWN_CASE');
  await isRefused('same.json', 'UNKNOWN_TYPE');
});

test('a file that nobody may read stops nobody', async () => {
  writeFileSync(out('.locked.json'), 'not a letter');
  chmodSync(out('.locked.json'), 0);
  execFileSync('mv', [out('.locked.json'), out('locked.json')]);
  await ecology.lies('refused', 'locked.json');
  assert.match(ecology.sheet('locked.json').code, /^(NO_FILE|NOT_WELL_FORMED)$/);
  await goodLetterArrives();
});

test('an XML letter may carry what it likes but must be whole', async () => {
  const letter = transfer();
  const text = toXml(letter, ecology);
  ecology.put('cut.xml', text.slice(0, text.length / 2));
  await isRefused('cut.xml', 'NOT_WELL_FORMED');
  ecology.put('comment.xml', text.replace('<body>', '<!-- note --><body>'));
  await isRefused('comment.xml', 'FORBIDDEN_CONSTRUCT');
  ecology.put('whole.xml', text);
  await police.arrived(letter.header.caseId, 'criminal-case-transfer');
});

test('after all of it nothing is left over and the log holds', async () => {
  await until('nothing in flight', () =>
    ecology.outbox().every((row) => ['delivered', 'refused'].includes(row.state)));
  const left = readdirSync(ecology.spool('out')).sort();
  assert.deepEqual(left, [
    '.hidden.json', 'folder.json', 'letter.json.part', 'letter.json~', 'letter.tmp',
  ]);
  assert.equal(exchange.verifyLog().status, 0);
});
