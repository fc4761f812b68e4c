// SPDX-License-Identifier: Apache-2.0
//
// The log and case commands, as they are called; and an exported case judged
// by a program that knows nothing of ours (stranger.mjs).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { judge, leafOf, rootFromPath, rootsFromConsistency } from './stranger.mjs';

const program = process.env.YISONG;
const maker = path.join(
  path.dirname(program), 'tests', 'routing_test_ledger_export');
const tests = path.join(process.env.YISONG_SOURCE, 'tests');
const CASE = 'NC-2026-0001';
let folder;
let ledger;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'yisong-evidence-'));
  ledger = path.join(folder, 'ledger.db');
  execFileSync(maker, ['make', folder], { cwd: tests });
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(args, { language = 'C.UTF-8', input } = {}) {
  const env = { ...process.env, LC_ALL: language };
  const done = spawnSync(program, args, { env, input, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

function must(args, options) {
  const done = run(args, options);
  assert.equal(done.status, 0, `${args.join(' ')}: ${done.err}`);
  return done.out;
}

const head = (size) =>
  JSON.parse(must(['log', 'head', '--ledger', ledger, '--json',
    ...(size ? ['--size', String(size)] : [])]));

function exportCase(name) {
  const out = path.join(folder, name);
  must(['case', 'export', '--ledger', ledger, '--agencies', folder,
    '--out', out, CASE]);
  return out;
}

const check = (out, ...more) =>
  run(['case', 'check', out, '--authority', path.join(folder, 'authority.pem'),
    ...more]);

test('every letter of the log is proved to a stranger', () => {
  const { size, root } = head();
  assert.ok(size > 10);
  for (let position = 1; position <= size; position++) {
    const proof = JSON.parse(must(
      ['log', 'prove', '--ledger', ledger, '--position', String(position)]));
    assert.equal(proof.root, root);
    assert.equal(
      rootFromPath(leafOf(proof.entry), position - 1, size, proof.nodes), root);
  }
});

test('log prove finds a letter by its id and by its digest, and nothing else', () => {
  const prove = (letter, ...more) =>
    run(['log', 'prove', '--ledger', ledger, '--letter', letter, ...more]);
  const { size, root } = head();
  const { letters } = JSON.parse(must(['case', 'show', '--ledger', ledger, '--json', CASE]));
  assert.ok(letters.length > 3);
  for (const { id, digest, position } of letters) {
    const proof = must(['log', 'prove', '--ledger', ledger, '--position', String(position)]);
    const byId = prove(id);
    assert.equal(byId.out, proof, byId.err);
    assert.equal(prove(digest).out, proof);
    assert.equal(prove(digest.toUpperCase()).status, 1, 'a digest is written one way');
    const { entry, nodes } = JSON.parse(proof);
    assert.equal(rootFromPath(leafOf(entry), position - 1, size, nodes), root);
    assert.ok(entry.includes(digest), entry);
  }
  const [{ id, position }] = letters;
  const earlier = JSON.parse(prove(id, '--size', String(position)).out);
  assert.equal(earlier.root, head(position).root);
  for (const unknown of [`${id.slice(0, -1)}x`, '0'.repeat(64), 'f'.repeat(63), id.slice(0, 8), "' OR 1"]) {
    const done = prove(unknown);
    assert.equal(done.status, 1, unknown);
    assert.match(done.err, /NOT_FOUND/);
    assert.equal(done.out, '');
  }
  assert.equal(prove(id, '--position', '1').status, 2);
});

test('every earlier head is proved to be continued', () => {
  const { size, root } = head();
  for (let earlier = 1; earlier <= size; earlier++) {
    const proof = JSON.parse(must(
      ['log', 'prove', '--ledger', ledger, '--consistency',
        String(earlier), String(size)]));
    assert.equal(proof.earlierRoot, head(earlier).root);
    assert.deepEqual(
      rootsFromConsistency(earlier, size, proof.earlierRoot, proof.nodes),
      [proof.earlierRoot, root]);
  }
});

test('log check judges a proof without a ledger', () => {
  const proof = must(['log', 'prove', '--ledger', ledger, '--position', '3']);
  const told = run(['log', 'check', '-', '--json'], { input: proof });
  assert.equal(told.status, 0);
  assert.equal(JSON.parse(told.out).position, 3);
  const bent = proof.replace(' accepted ', ' refused ');
  const failed = run(['log', 'check', '-'], { input: bent });
  assert.equal(failed.status, 1);
  assert.match(failed.err, /PROOF_FAILED/);
  for (const junk of ['', '{', '[]', '{"format": "x"}', 'null'])
    assert.equal(run(['log', 'check', '-'], { input: junk }).status, 1, junk);
});

test('log verify is satisfied, also against a receipt and a held head', () => {
  const out = exportCase('for-receipt');
  const receipts = path.join(out, 'receipts');
  const [receipt] = fs.readdirSync(receipts);
  must(['log', 'verify', '--ledger', ledger,
    '--receipt', path.join(receipts, receipt)]);
  const { root } = head(4);
  must(['log', 'verify', '--ledger', ledger, '--size', '4', '--root', root]);
  const other = run(['log', 'verify', '--ledger', ledger, '--size', '5',
    '--root', root]);
  assert.equal(other.status, 1);
  assert.match(other.err, /PROOF_FAILED/);
});

test('log verify names the position that was bent', () => {
  const copy = path.join(folder, 'bent.db');
  const bytes = fs.readFileSync(ledger);
  const place = bytes.indexOf('<urgency>normal');
  assert.ok(place > 0);
  bytes.write('urgent', place + '<urgency>'.length);
  fs.writeFileSync(copy, bytes);
  const done = run(['log', 'verify', '--ledger', copy]);
  assert.equal(done.status, 1);
  assert.match(done.err, /PROOF_FAILED.*position \d+:/);
});

test('a stranger finds the exported case whole', () => {
  const out = exportCase('whole');
  const seen = judge(out);
  assert.equal(seen.index.caseId, CASE);
  assert.ok(seen.letters >= 12);
  assert.ok(seen.es256 >= 1);
  assert.equal(seen.index.signedHeads.length, 3);
  const told = JSON.parse(check(out, '--json').out);
  assert.equal(told.whole, true);
  assert.equal(told.proofs, seen.letters);
});

test('a stranger and case check both refuse a bent letter', () => {
  const out = exportCase('bent');
  const letters = path.join(out, 'letters');
  for (const name of fs.readdirSync(letters)) {
    const file = path.join(letters, name);
    const text = fs.readFileSync(file);
    text[text.length >> 1] ^= 1;
    fs.writeFileSync(file, text);
    assert.throws(() => judge(out), name);
    const done = check(out);
    assert.equal(done.status, 1, name);
    assert.ok(done.err.includes(name.replace(/\.jws$/, '')), done.err);
    text[text.length >> 1] ^= 1;
    fs.writeFileSync(file, text);
  }
  assert.equal(check(out).status, 0);
});

test('case check never leaves the folder', () => {
  const out = exportCase('hostile');
  const index = path.join(out, 'case.json');
  const text = fs.readFileSync(index, 'utf8');
  for (const name of ['/etc/passwd', '../ledger.db', 'letters/../case.json',
    'letters/.hidden', 'letters/', 'letters/a\\u0000b']) {
    fs.writeFileSync(index,
      text.replace(/"file": "[^"]+"/, `"file": "${name}"`));
    const done = check(out);
    assert.equal(done.status, 1, name);
    assert.doesNotMatch(done.err, /root:/);
  }
});

test('case list and case show tell the same as JSON and as text', () => {
  const rows = JSON.parse(must(['case', 'list', '--ledger', ledger, '--json']));
  assert.deepEqual(rows.map(({ id }) => id).sort(), [CASE, 'NC-2026-0002']);
  const filed = rows.find(({ id }) => id === CASE);
  assert.equal(filed.state, 'FILED');
  assert.equal(filed.letters, 3);
  const told = JSON.parse(
    must(['case', 'show', '--ledger', ledger, '--json', CASE]));
  assert.equal(told.state, 'FILED');
  const refused = told.letters.filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual(refused.map(({ code }) => code), ['OUT_OF_TURN']);
  assert.ok(told.letters[0].deliveries.some(({ deliveredAt }) => deliveredAt));
  const chinese = must(
    ['case', 'show', '--ledger', ledger, '--agencies', folder, CASE],
    { language: 'zh_CN.UTF-8' });
  for (const word of ['案件移送书', '南昌市公安局', '已立案', '【逾期】', '被拒绝',
    '洪环罪移〔2026〕1号', '送达'])
    assert.ok(chinese.includes(word), word);
  assert.doesNotMatch(chinese, /\x1b/);
});

test('case list keeps to the agency and the state that were asked for', () => {
  const ids = (...more) =>
    JSON.parse(must(['case', 'list', '--ledger', ledger, '--json', ...more]))
      .map(({ id }) => id);
  assert.deepEqual(ids('--state', 'FILED'), [CASE]);
  assert.equal(ids('--agency', 'police-nanchang').length, 2);
  assert.deepEqual(ids('--agency', 'bank-nanchang'), []);
  assert.equal(ids('--most', '1').length, 1);
});

test('what is not there is 1, wrong use is 2', () => {
  const rows = [
    [1, ['case', 'show', '--ledger', ledger, 'NONE']],
    [1, ['case', 'export', '--ledger', ledger, '--out',
      path.join(folder, 'none'), 'NONE']],
    [1, ['log', 'prove', '--ledger', ledger, '--position', '999']],
    [1, ['log', 'head', '--ledger', ledger, '--size', '999']],
    [2, ['log', 'prove', '--ledger', ledger]],
    [2, ['log', 'prove', '--ledger', ledger, '--consistency', '3']],
    [2, ['log', 'verify', '--ledger', ledger, '--size', '3']],
    [2, ['log', 'head']],
    [2, ['case', 'show', '--ledger', path.join(folder, 'no.db'), CASE]],
    [2, ['case', 'check', folder]],
    [2, ['case', 'check', path.join(folder, 'nowhere'), '--authority',
      path.join(folder, 'authority.pem')]],
  ];
  for (const [status, args] of rows)
    assert.equal(run(args).status, status, args.join(' '));
});
