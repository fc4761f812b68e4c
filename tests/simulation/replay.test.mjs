// SPDX-License-Identifier: Apache-2.0
//
// yisong simulate --cases: published cases through the real exchange.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'yisong-replay-'));
after(() => rmSync(folder, { recursive: true }));

function simulate(...args) {
  const run = spawnSync(process.env.YISONG, ['simulate', ...args]);
  assert.equal(run.error, undefined);
  return { status: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

function replay(...args) {
  const { status, out, err } = simulate('--json', '--cases', ...args);
  assert.equal(status, 0, err);
  return JSON.parse(out);
}

function write(name, text) {
  const path = join(folder, name);
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
  return path;
}

const builtin = replay('builtin');
const find = (id) => builtin.cases.find((one) => one.id === id);
const steps = (one) => one.steps.map(({ step, outcome }) => `${step} ${outcome}`);

function caseOf(id, ...rows) {
  const named = rows.map(([date, step]) => ({ date, step, actor: '', text: '', precision: 'day' }));
  const names = { title: id, region: '', transferor: '', police: '', crime: '污染环境罪', source: '' };
  return { id, ...names, steps: named };
}

test('a transfer is lawful, and a decision without an acceptance is out of turn', () => {
  const zaoyang = find('hb-zaoyang-2023');
  assert.deepEqual(steps(zaoyang).slice(-2), ['transferred lawful', 'criminal_filed refused']);
  const decision = zaoyang.steps.at(-1);
  assert.equal(decision.code, 'OUT_OF_TURN');
  assert.equal(decision.rule, 'case-transfer/SENT');
  assert.match(decision.article, /^W17-/);
  assert.match(decision.lawfulChinese, /回执/);
  assert.equal(zaoyang.state, 'SENT');
});

test('a clock that no published step ended has run out', () => {
  const { expired } = find('hb-shashi-2024');
  assert.deepEqual(
    expired.map(({ limit, owner, due }) => [limit, owner, due]),
    [['acceptance', 'police', '2024-05-15T12:00:01+08:00']],
  );
});

test('a decision about a case that nobody transferred is refused', () => {
  for (const id of ['he-fengrun-2015', 'zj-hangzhou-2024', 'nm-guyang-2021']) {
    const decision = find(id).steps.find(({ step }) => step === 'criminal_filed');
    assert.equal(decision.code, 'UNKNOWN_CASE', id);
    assert.equal(find(id).state, '', id);
  }
});

test('a court that the transfer did not reach is not a party', () => {
  const judged = find('hb-shashi-2024').steps.filter(({ step }) => step.startsWith('judged'));
  assert.deepEqual(judged.map(({ code }) => code), ['NOT_A_PARTY', 'NOT_A_PARTY']);
});

test('nothing is sent whose day is not known, nothing that is no letter', () => {
  const transferred = find('zj-hangzhou-2024').steps.find(({ step }) => step === 'transferred');
  assert.equal(transferred.outcome, 'no-date');
  for (const one of builtin.cases) {
    for (const step of one.steps) {
      if (step.outcome === 'no-letter') assert.equal(step.type, '');
      if (!/^\d{4}-\d\d-\d\d$/.test(step.date)) assert.match(step.outcome, /^no-/);
    }
  }
});

test('what stands on a paper that was not published is refused, and it says which', () => {
  const step = (id, kind) => find(id).steps.find((each) => each.step === kind);
  for (const [id, kind, rule] of [
    ['jp20', 'tax_measure', 'joint-punishment/START'],
    ['card113', 'listing_released', 'supervised-listing/START'],
  ]) {
    assert.equal(step(id, kind).outcome, 'refused');
    assert.equal(step(id, kind).code, 'UNKNOWN_CASE');
    assert.equal(step(id, kind).rule, rule);
  }
  assert.equal(step('jp05', 'blacklisted').outcome, 'lawful');
  assert.equal(step('gd-zhongshan-luo-2019', 'procuratorate_request').outcome, 'lawful');
});

test('cards are pushed on the day of their publication', () => {
  const cards = builtin.cases.filter(({ id }) => id.startsWith('card0'));
  assert.equal(cards.length, 19);
  for (const card of cards) {
    const [push] = card.steps;
    assert.equal(push.outcome, 'lawful', card.id);
    assert.equal(card.state, push.step === 'card_red' ? 'RED' : 'YELLOW');
  }
});

test('the summary counts what stands above it', () => {
  const outcomes = builtin.cases.flatMap((one) => one.steps.map(({ outcome }) => outcome));
  for (const name of ['lawful', 'late', 'refused', 'no-letter', 'no-date']) {
    const expected = outcomes.filter((outcome) => outcome === name).length;
    assert.equal(builtin.summary[name], expected, name);
  }
  assert.equal(builtin.summary.cases, builtin.cases.length);
});

// 24 hours for the receipt; three days from acceptance, over the May holidays.
test('a whole case in time, and one that is late by so much', () => {
  const file = write('two.json', {
    cases: [
      caseOf('IN-TIME', ['2025-04-21', 'transferred'], ['2025-04-21', 'received'], ['2025-04-24', 'criminal_filed']),
      caseOf('LATE', ['2025-04-25', 'transferred'], ['2025-04-28', 'received'], ['2025-05-07', 'criminal_filed']),
    ],
  });
  const [inTime, late] = replay(file).cases;
  assert.deepEqual(inTime.steps.map(({ outcome }) => outcome), ['lawful', 'lawful', 'lawful']);
  assert.equal(inTime.state, 'FILED');
  assert.deepEqual(late.steps.map(({ outcome }) => outcome), ['lawful', 'late', 'late']);
  const [, receipt, decision] = late.steps;
  assert.equal(receipt.limit, 'acceptance');
  assert.equal(receipt.lateSeconds, 2 * 86400 - 1);
  assert.equal(decision.limit, 'filing-decision');
  assert.equal(decision.due, '2025-05-06T23:59:59+08:00'); // 1 May and the days off behind it
  assert.equal(decision.article, 'W17-9');
  assert.equal(late.state, 'FILED');
});

test('prints a table in the language of the reader', () => {
  const env = { ...process.env, LC_ALL: 'zh_CN.UTF-8' };
  const run = spawnSync(process.env.YISONG, ['simulate', '--cases', 'builtin'], { env });
  assert.match(run.stdout.toString(), /2023-10-05 +transferred +criminal-case-transfer +合法/);
  assert.match(simulate('--cases', 'builtin').out, /criminal-case-transfer +lawful/);
});

test('files that are no cases are refused', () => {
  const broken = [
    ['no.json', 'not json', 1],
    ['list.json', '[]', 1],
    ['text.json', { cases: [{ id: 'X' }] }, 1],
    ['steps.json', { cases: [{ ...caseOf('X'), steps: 1 }] }, 1],
  ];
  for (const [name, text, status] of broken) {
    assert.equal(simulate('--cases', write(name, text)).status, status, name);
  }
  assert.equal(simulate('--cases', join(folder, 'missing.json')).status, 2);
  assert.equal(simulate().status, 2);
});
