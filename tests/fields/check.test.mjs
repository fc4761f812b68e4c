// SPDX-License-Identifier: Apache-2.0
//
// yisong check, at the command line: first line, exit status, languages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const program = process.env.YISONG;
const data = join(process.env.YISONG_SOURCE, 'tests', 'data', 'fields');

function check(args, { input, locale = 'C.UTF-8' } = {}) {
  const env = { ...process.env, LC_ALL: locale };
  const run = spawnSync(program, ['check', ...args], { input, env });
  assert.equal(run.error, undefined);
  const lines = run.stdout.toString().replace(/\n$/, '').split('\n');
  return { status: run.status, lines, stderr: run.stderr.toString(), text: run.stdout.toString() };
}

/** Rows of a CSV file whose quoted cells hold no line ends. */
function rows(name) {
  const text = readFileSync(join(data, name), 'utf8').trimEnd();
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .slice(1)
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
        cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
      ),
    );
}

test('prints the normal form on the first line and exits 0', () => {
  const cases = [
    ['credit-code', '９１３６０１０８ ０９１０７５１２xx', '9136010809107512XX'],
    ['citizen-id', '11010519491231002x', '11010519491231002X'],
    ['document-number', '东环罚[2018]13号', '东环罚〔2018〕13号'],
    ['date', '2025 年 1 月 15 日', '2025-01-15'],
    ['amount', '19000.00 元(大写:壹万玖仟圆整 )', '19000'],
    ['region', '360122', '360112'],
  ];
  for (const [kind, value, normal] of cases) {
    const { status, lines, stderr } = check([kind, value]);
    assert.deepEqual({ status, lines, stderr }, { status: 0, lines: [normal], stderr: '' });
  }
});

test('prints the fault on the first line of standard output and exits 1', () => {
  const cases = [
    ['credit-code', '91430102**********', 'AMBIGUOUS'],
    ['credit-code', '91420684179660622T', 'BAD_FIELD'],
    ['document-number', '环罚〔20XX〕____号', 'AMBIGUOUS'],
    ['document-number', '(环发〔2013150号)', 'AMBIGUOUS'],
    ['date', '2021-02-30', 'BAD_FIELD'],
    ['amount', '12,50 多万元', 'AMBIGUOUS'],
    ['region', '鼓楼区', 'AMBIGUOUS'],
  ];
  for (const [kind, value, code] of cases) {
    const { status, lines, stderr } = check([kind, value]);
    assert.equal(status, 1);
    assert.match(lines[0], new RegExp(`^${kind}: ${code}: .+: .+`));
    assert.equal(lines.length, 1);
    assert.equal(stderr, '');
  }
});

test('reads every string of the tables as decided, many at a time', () => {
  const byKind = new Map();
  for (const row of rows('readings.csv')) {
    byKind.set(row[0], [...(byKind.get(row[0]) ?? []), row]);
  }
  assert.equal(byKind.size, 6);
  for (const [kind, found] of byKind) {
    const { status, lines } = check([kind, '--', ...found.map(([, written]) => written)]);
    assert.equal(status, 1);
    assert.equal(lines.length, found.length);
    found.forEach(([, written, reading], i) => {
      const got = lines[i].match(/^[a-z-]+: ([A-Z_]+): /)?.[1] ?? lines[i];
      assert.equal(got, reading, written);
    });
  }
});

test('counts the check character of credit codes as an independent counter does', () => {
  const symbols = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const expected = (code) => {
    let sum = 0;
    let weight = 1;
    for (const symbol of code.slice(0, 17)) {
      sum += symbols.indexOf(symbol) * weight;
      weight = (weight * 3) % 31;
    }
    return symbols[(31 - (sum % 31)) % 31];
  };
  const codes = [];
  for (const [code] of rows('uscc_valid_sample.csv')) {
    assert.equal(code[17], expected(code));
    codes.push(code);
    for (let place = 8; place < 17; place++) {
      const other = symbols[(symbols.indexOf(code[place]) + 7) % 31];
      const changed = code.slice(0, place) + other + code.slice(place + 1, 17);
      codes.push(changed + expected(changed));
    }
  }
  const { status, lines } = check(['credit-code', '-'], { input: codes.join('\n') });
  assert.deepEqual(lines, codes);
  assert.equal(status, 0);
});

test('reads values from the lines of standard input', () => {
  const input = '2021-9-7\r\n2017.10.24\n二〇二一年九月二十七日';
  const { status, lines } = check(['date', '-'], { input });
  assert.deepEqual(lines, ['2021-09-07', '2017-10-24', '2021-09-27']);
  assert.equal(status, 0);
  assert.equal(check(['date', '-'], { input: '' }).text, '');
});

test('a line that is too long or broken stops no other', () => {
  const input = Buffer.concat([
    Buffer.from(`${'9'.repeat(100000)}\n2021-9-7\n\n2021-9-8`),
    Buffer.from([0, 10, 0xff, 10]),
    Buffer.from('2021-9-9\n'),
  ]);
  const { status, lines } = check(['date', '-'], { input });
  assert.equal(status, 1);
  assert.deepEqual(
    lines.map((line) => line.replace(/^date: BAD_FIELD: .*/, 'bad')),
    ['bad', '2021-09-07', 'bad', 'bad', 'bad', '2021-09-09'],
  );
});

test('takes what begins with a hyphen behind --', () => {
  const { status, lines } = check(['amount', '--', '-5万元', '5万元']);
  assert.equal(status, 1);
  assert.match(lines[0], /BAD_FIELD.*negative/);
  assert.equal(lines[1], '50000');
});

test('prints JSON', () => {
  const run = check(['amount', '--json', '5.25万元', '100余元', '"\\"']);
  assert.equal(run.status, 1);
  const told = JSON.parse(run.text);
  assert.deepEqual(told[0], { kind: 'amount', value: '5.25万元', good: true, normal: '52500' });
  assert.equal(told[1].good, false);
  assert.equal(told[1].code, 'AMBIGUOUS');
  assert.equal(told[2].value, '"\\"');
  assert.deepEqual(JSON.parse(check(['date', '--json', '-'], { input: '' }).text), []);
});

test('tells faults in the language of the reader', () => {
  const chinese = check(['amount', '100余元'], { locale: 'zh_CN.UTF-8' }).lines[0];
  const english = check(['amount', '100余元']).lines[0];
  assert.match(chinese, /^amount: AMBIGUOUS: .*不是确定的金额/);
  assert.match(english, /^amount: AMBIGUOUS: .*not a definite sum/);
});

test('says which kinds there are', () => {
  const run = check(['colour', 'red']);
  assert.equal(run.status, 2);
  assert.match(run.stderr, /credit-code citizen-id document-number date amount region/);
  assert.equal(check(['date']).status, 2);
});
