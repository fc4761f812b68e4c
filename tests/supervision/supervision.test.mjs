// SPDX-License-Identifier: Apache-2.0
//
// supervise, stats and feedback as they are called, over a ledger that the
// real router wrote; every figure is counted again by recount.mjs, every proof
// worked out by a stranger.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { leafOf, rootFromPath } from '../ledger/stranger.mjs';
import { readCases, recount } from './recount.mjs';

const program = process.env.YISONG;
const maker = path.join(path.dirname(program), 'tests', 'routing_test_supervise');
const tests = path.join(process.env.YISONG_SOURCE, 'tests');
const AT = '2026-12-12T09:01:00+08:00';
const languages = ['C.UTF-8', 'zh_CN.UTF-8'];
let folder;
let empty;
let cases;

function run(words, { at = folder, language = 'C.UTF-8' } = {}) {
  const [command, ...rest] = words;
  const done = spawnSync(
    program, [command, '--ledger', path.join(at, 'ledger.db'), '--agencies', at, ...rest],
    { env: { ...process.env, LC_ALL: language }, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

function must(words, options) {
  const done = run(words, options);
  assert.equal(done.status, 0, `${words.join(' ')}: ${done.err}`);
  return done.out;
}

const json = (words, options) => JSON.parse(must([...words, '--json'], options));

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'yisong-planted-'));
  empty = fs.mkdtempSync(path.join(os.tmpdir(), 'yisong-empty-'));
  execFileSync(maker, ['make', folder], { cwd: tests });
  execFileSync(maker, ['empty', empty], { cwd: tests });
  const out = path.join(folder, 'exported');
  const list = JSON.parse(execFileSync(
    program, ['case', 'list', '--ledger', path.join(folder, 'ledger.db'), '--json']));
  fs.mkdirSync(out);
  for (const { id } of list) {
    execFileSync(program, ['case', 'export', '--ledger', path.join(folder, 'ledger.db'),
      '--out', path.join(out, id), id], { stdio: 'ignore' });
  }
  cases = readCases(out);
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.rmSync(empty, { recursive: true, force: true });
});

// --- supervise --------------------------------------------------------------

test('each planted thing is found under its reason and heading', () => {
  const { findings } = json(['supervise', '--at', AT]);
  const told = findings.map(({ heading, reason, caseId, agency }) =>
    [heading, reason, caseId, agency].join(' '));
  for (const line of [
    'penalty-instead penalised-not-transferred CARD-CRIME ecology-nanchang',
    'not-accepted transfer-unreceipted TR-NO-RECEIPT police-nanchang',
    'not-accepted transfer-unreceived TR-UNDELIVERED police-nanchang',
    'not-filed decision-overdue TR-NO-DECISION police-nanchang',
    'not-filed decision-late TR-LATE police-nanchang',
    'other exhibits-not-seen TR-GOOD ecology-nanchang',
    'other feedback-overdue CARD-REFUSED credit-jiangxi',
  ]) assert.ok(told.includes(line), `${line} not in\n${told.join('\n')}`);
  const fine = findings.filter(({ caseId, heading }) =>
    /GOOD|NOT-FILED|MINOR|TRANSFERRED/.test(caseId) && heading !== 'other');
  assert.deepEqual(fine, []);
});

test('each finding has its ground, its parties, since when and its age', () => {
  const { at, findings } = json(['supervise', '--at', AT]);
  assert.equal(at, AT);
  for (const finding of findings) {
    assert.match(finding.article ?? 'NONE-', /^[A-Z]\w*-/);
    assert.ok(finding.parties.length >= 2);
    assert.match(finding.letter.id, /^[0-9a-f-]{36}$/);
    const end = Date.parse(finding.done ?? at);
    assert.equal(finding.ageSeconds, (end - Date.parse(finding.since)) / 1000);
    if (finding.due) assert.ok(finding.lateSeconds > 0);
  }
});

test('JSON is the same in both languages and at every call', () => {
  for (const words of [
    ['supervise', '--at', AT, '--json'],
    ['stats', '--period', '2026-11', '--json'],
    ['feedback', '--at', AT, 'CARD-REFUSED', '--json'],
  ]) {
    const [english, chinese] = languages.map((language) => must(words, { language }));
    assert.equal(english, chinese);
    assert.equal(must(words), english);
  }
});

test('one reason can be asked for, an unknown one is wrong use', () => {
  const { findings } = json(['supervise', '--at', AT, '--reason', 'decision-late']);
  assert.deepEqual(findings.map(({ caseId }) => caseId), ['TR-LATE']);
  const two = json(['supervise', '--at', AT, '--reason', 'decision-late',
    '--reason', 'decision-overdue']);
  assert.equal(two.findings.length, 2);
  assert.equal(run(['supervise', '--reason', 'no-such']).status, 2);
  assert.equal(run(['supervise', '--at', 'yesterday']).status, 2);
});

test('the list reads in Chinese and in English, ids never cut', () => {
  const chinese = must(['supervise', '--at', AT], { language: 'zh_CN.UTF-8' });
  for (const text of ['有案不移', '有案不接', '有案不立', '以罚代刑', '南昌市公安局', '已逾期']) {
    assert.ok(chinese.includes(text), text);
  }
  const english = must(['supervise', '--at', AT]);
  assert.doesNotMatch(english.replaceAll(/about .*/g, ''), /\p{Script=Han}/u);
  const { findings } = json(['supervise', '--at', AT]);
  for (const { caseId, letter } of findings) {
    for (const page of [chinese, english]) {
      assert.ok(page.includes(caseId));
      assert.ok(page.includes(letter.id));
    }
  }
});

test('the summary counts what the list has, and nothing else', () => {
  const { findings } = json(['supervise', '--at', AT]);
  const summary = must(['supervise', '--at', AT, '--summary']);
  assert.match(summary, new RegExp(`in all +${findings.length}\n$`));
  for (const { caseId } of findings) assert.ok(!summary.includes(caseId));
  const late = must(['supervise', '--at', AT, '--summary', '--reason', 'decision-late']);
  assert.match(late, /in all +1\n$/);
});

test('the rules say what they stand on and what they cannot see', () => {
  const done = spawnSync(program, ['supervise', '--rules', '--json'], { encoding: 'utf8' });
  const { rules, thresholds } = JSON.parse(done.stdout);
  assert.ok(rules.length >= 10);
  assert.ok(rules.find(({ id }) => id === 'penalised-not-transferred').blindZh);
  for (const { article, zh, en, reads } of thresholds) {
    assert.match(article, /^JI2023-/);
    assert.ok(zh && en && ['figures', 'words'].includes(reads));
  }
});

// --- stats ------------------------------------------------------------------

const day = (text) => Date.parse(`${text}T00:00:00+08:00`);
const periods = {
  '2026': ['2026-01-01', '2027-01-01'],
  '2025': ['2025-01-01', '2026-01-01'],
  '2026-Q3': ['2026-07-01', '2026-10-01'],
  '2026-Q4': ['2026-10-01', '2027-01-01'],
  '2026-11': ['2026-11-01', '2026-12-01'],
  '2026-12': ['2026-12-01', '2027-01-01'],
  '2026-W47': ['2026-11-16', '2026-11-23'],
  '2026-W53': ['2026-12-28', '2027-01-04'],
  '2026-11-21': ['2026-11-21', '2026-11-22'],
};

/** The figures of `yisong stats` in the form of recount, zeros left out. */
function figuresOf({ tables }, key = 'agency') {
  const figures = {};
  for (const { id, rows } of tables) {
    for (const row of rows) {
      for (const [column, number] of Object.entries(row.figures)) {
        if (number) (figures[`${id}.${column}`] ??= {})[row[key]] = number;
      }
    }
  }
  return figures;
}

/** Only the columns that recount.mjs knows how to count. */
const counted =
  /^(transfers|acts)\.(transferred|accepted|corrections-asked|corrected|filed|not-filed|expired)$|^(lateness|cards|punishment|signatories)\./;
const known = (figures) =>
  Object.fromEntries(Object.entries(figures).filter(([cell]) => counted.test(cell)));

for (const [period, [from, until]] of Object.entries(periods)) {
  test(`the figures of ${period} are those of an independent recount`, () => {
    const told = json(['stats', '--period', period]);
    assert.equal(Date.parse(told.from), day(from));
    assert.equal(Date.parse(told.until), day(until));
    assert.deepEqual(known(figuresOf(told)), recount(cases, day(from), day(until)));
  });
}

test('the year is not empty, and regions add up to agencies', () => {
  const byAgency = figuresOf(json(['stats', '--period', '2026']));
  const byRegion = figuresOf(json(['stats', '--period', '2026', '--by', 'region']), 'region');
  const sum = (row) => Object.values(row).reduce((a, b) => a + b, 0);
  assert.ok(sum(byAgency['transfers.transferred']) === 6);
  assert.deepEqual(Object.keys(byRegion).sort(), Object.keys(byAgency).sort());
  for (const [cell, row] of Object.entries(byAgency)) assert.equal(sum(row), sum(byRegion[cell]));
  const names = must(['stats', '--period', '2026', '--by', 'region']);
  assert.ok(names.includes('南昌市'));
});

test('behind every figure stand as many cases', () => {
  const told = json(['stats', '--period', '2026-Q4']);
  for (const [cell, rows] of Object.entries(figuresOf(told))) {
    for (const [agency, number] of Object.entries(rows)) {
      const shown = json(['stats', '--period', '2026-Q4', '--explain', `${cell}.${agency}`]);
      assert.equal(shown.cases.length, number, `${cell}.${agency}`);
      assert.ok(shown.cases.every(({ caseId, id }) => caseId && id));
    }
  }
});

test('CSV has a mark for Excel where it is asked for, and the same figures', () => {
  const words = ['stats', '--period', '2026-11', '--csv'];
  const plain = must(words, { language: 'zh_CN.UTF-8' });
  const marked = must([...words, '--bom'], { language: 'zh_CN.UTF-8' });
  assert.equal(marked, `\uFEFF${plain}`);
  const lines = plain.split('\r\n');
  assert.ok(lines.includes(
    '机关代码,机关,移送,受理,要求补正,补正,立案,不予立案')
    || lines.some((line) => line.startsWith('机关代码,机关,移送,受理')));
  const row = lines.find((line) => line.startsWith('ecology-nanchang,南昌市生态环境局,6,'));
  assert.ok(row, plain);
});

test('figures are told with the head of the log that they were counted from', () => {
  const { log } = json(['stats', '--period', '2026']);
  const head = JSON.parse(execFileSync(
    program, ['log', 'head', '--ledger', path.join(folder, 'ledger.db'), '--json']));
  assert.deepEqual(log, { size: head.size, root: head.root });
});

test('a period, table or figure that is not there is wrong use', () => {
  for (const period of ['', '26', '2026-13', '2026-Q5', '2026-W54', '2025-W53', '2026-02-30',
    '2026-1', '1899', '2026-11 ', '2026-10-05-01-02-03']) {
    assert.equal(run(['stats', '--period', period]).status, 2, period);
  }
  assert.equal(run(['stats']).status, 2);
  assert.equal(run(['stats', '--period', '2026', '--table', 'x']).status, 2);
  for (const cell of ['x', 'transfers', 'transfers.x', 'transfer.filed', '.']) {
    assert.equal(run(['stats', '--period', '2026', '--explain', cell]).status, 2, cell);
  }
});

// --- feedback ---------------------------------------------------------------

test('who was told, who acted, who refused and why, who is silent', () => {
  const { notices } = json(['feedback', '--at', AT, 'CARD-REFUSED']);
  const [credit, bank] = notices[0].addressees;
  assert.equal(credit.agency, 'credit-jiangxi');
  assert.equal(credit.standing, 'silent');
  assert.equal(credit.silentSince, credit.deliveredAt);
  assert.deepEqual(credit.clocks.map(({ limit, status }) => `${limit} ${status}`),
    ['ingest running', 'measure running']);
  assert.deepEqual(credit.reminders.map(({ limit }) => limit).sort(), ['ingest', 'measure']);
  assert.equal(bank.standing, 'refused');
  assert.equal(bank.answers[0].measures[0].reason, '该措施不在国家清单内。');
});

test('the newest answer counts, a receipt only where there is no other', () => {
  const { notices } = json(['feedback', '--at', AT, 'CARD-MINOR']);
  const standing = Object.fromEntries(
    notices[0].addressees.map((each) => [each.agency, each.standing]));
  assert.deepEqual(standing, { 'credit-jiangxi': 'received', 'bank-nanchang': 'acted' });
});

test('a removal is a notice of its own; a letter id shows that notice alone', () => {
  const both = json(['feedback', '--at', AT, 'CARD-REMOVED']).notices;
  assert.deepEqual(both.map(({ type }) => type), ['card-credit-push', 'card-removal-decision']);
  const one = json(['feedback', '--at', AT, both[1].id]).notices;
  assert.deepEqual(one.map(({ id }) => id), [both[1].id]);
  assert.equal(run(['feedback', 'NO-SUCH']).status, 1);
});

test('every letter of the page is proved to a head that the centre signed', () => {
  const { proof, notices } = json(['feedback', '--at', AT, 'CARD-REFUSED']);
  const out = path.join(folder, 'exported', 'CARD-REFUSED');
  const files = new Map(fs.readdirSync(path.join(out, 'letters')).map((name) =>
    [createHash('sha256').update(fs.readFileSync(path.join(out, 'letters', name))).digest('hex'),
      name]));
  assert.ok(proof.signedIn.position > proof.size);
  let proved = 0;
  for (const { position, nodes, entry, digest } of proof.evidence) {
    assert.ok(entry.split(' ').includes(digest));
    if (!nodes) {
      assert.ok(position > proof.size);
      continue;
    }
    assert.equal(rootFromPath(leafOf(entry), position - 1, proof.size, nodes), proof.root);
    proved++;
  }
  assert.ok(proved >= 4);
  const notice = proof.evidence.find(({ id }) => id === notices[0].id);
  assert.ok(files.get(notice.digest).includes('card-credit-push'));
});

test('the page for paper needs nothing from elsewhere and reads in both languages', () => {
  for (const language of languages) {
    const page = must(['feedback', '--at', AT, 'CARD-REFUSED', '--html'], { language });
    assert.match(page, /^<!DOCTYPE html>/);
    assert.doesNotMatch(page, /<script|src=|href=|url\(/);
    assert.ok(page.includes('南昌银行') || page.includes('Bank of Nanchang'));
  }
  const chinese = must(['feedback', '--at', AT, 'CARD-REFUSED'], { language: 'zh_CN.UTF-8' });
  for (const text of ['未反馈', '不予实施', '催办', '证明']) assert.ok(chinese.includes(text), text);
});

test('a case without notices says so', () => {
  assert.deepEqual(json(['feedback', '--at', AT, 'TR-GOOD']).notices, []);
  assert.match(must(['feedback', '--at', AT, 'TR-GOOD']), /no notice of joint punishment/);
});

// --- nothing, and too much --------------------------------------------------

test('an empty ledger gives empty answers', () => {
  const at = empty;
  assert.deepEqual(json(['supervise'], { at }).findings, []);
  const { tables } = json(['stats', '--period', '2026'], { at });
  assert.ok(tables.length >= 6);
  assert.ok(tables.every(({ rows }) => rows.length === 0));
  for (const language of languages) {
    assert.ok(must(['supervise'], { at, language }).length > 0);
    assert.match(must(['stats', '--period', '2026'], { at, language }), / 0/);
  }
  assert.equal(run(['feedback', 'ANY'], { at }).status, 1);
});

test('ages of eight thousand years are told, and periods far away are empty', () => {
  const { findings } = json(['supervise', '--at', '9999-12-31T23:59:59+08:00']);
  assert.ok(findings.some(({ ageSeconds }) => ageSeconds > 250e9));
  assert.deepEqual(figuresOf(json(['stats', '--period', '1900'])), {});
});

// --- rules of one's own -----------------------------------------------------

test('a table and a rule of one\'s own need no code', () => {
  const own = path.join(folder, 'own');
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, 'statistics.xml'),
    `<statistics xmlns="urn:yisong:supervision:1">
      <table id="mine" of="actor" zh="本地" en="mine">
        <column id="refusals" zh="不立案" en="not filed"><letters types="non-filing-notice"/></column>
      </table></statistics>`);
  const words = ['stats', '--period', '2026', '--rule-files', own];
  assert.deepEqual(figuresOf(json(words)), { 'mine.refusals': { 'police-nanchang': 1 } });
  fs.writeFileSync(path.join(own, 'statistics.xml'), '<statistics/>');
  const broken = run(words);
  assert.equal(broken.status, 2);
  assert.match(broken.err, /statistics\.xml:1: BAD_PROCEDURE/);
});
