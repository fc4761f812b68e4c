// SPDX-License-Identifier: Apache-2.0
//
// yisong due, at the command line: the vectors of the law, and an independent
// recount over random limits, in several time zones.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = process.env.YISONG;
const data = join(process.env.YISONG_SOURCE, 'tests', 'data', 'fields');

function due(args, { zone = 'UTC', locale = 'C.UTF-8' } = {}) {
  const env = { ...process.env, TZ: zone, LC_ALL: locale };
  const run = spawnSync(program, ['due', ...args], { env });
  assert.equal(run.error, undefined);
  const [first, ...how] = run.stdout.toString().trimEnd().split('\n');
  return { status: run.status, first, how, stderr: run.stderr.toString() };
}

const zones = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati', 'XXX-9:30'];

test('prints the last lawful instant first, in every zone', () => {
  const vectors = [
    ['P3D', '2026-11-19', true, '2026-11-23T23:59:59+08:00'],
    ['P3WD', '2026-11-19', false, '2026-11-24T23:59:59+08:00'],
    ['P5WD', '2026-11-19', false, '2026-11-26T23:59:59+08:00'],
    ['PT24H', '2026-11-20T17:00:00+08:00', true, '2026-11-21T17:00:00+08:00'],
    ['PT24H', '2026-11-20T09:00:00Z', false, '2026-11-21T17:00:00+08:00'],
    ['P7D', '2026-11-14', true, '2026-11-23T23:59:59+08:00'],
    ['P30D', '2026-09-01', true, '2026-10-08T23:59:59+08:00'],
    ['P15D', '2026-11-02', true, '2026-11-17T23:59:59+08:00'],
    ['P1M', '2026-01-31', false, '2026-02-28T23:59:59+08:00'],
    ['P1M', '2026-01-31', true, '2026-02-28T23:59:59+08:00'],
    ['P3D', '2026-11-18T16:00:00Z', true, '2026-11-23T23:59:59+08:00'],
    ['P3D', '2026-11-18T15:59:59Z', true, '2026-11-23T23:59:59+08:00'],
    ['P3D', '2026-11-17T15:59:59Z', true, '2026-11-20T23:59:59+08:00'],
  ];
  for (const [limit, from, shift, expected] of vectors) {
    for (const zone of zones) {
      const shifted = shift ? ['--shift'] : [];
      const { status, first, how } = due(['--limit', limit, '--from', from, ...shifted], { zone });
      assert.equal(first, expected, `${limit} from ${from} in ${zone}`);
      assert.equal(status, 0);
      assert.ok(how.length > 0);
    }
  }
});

// The recount knows nothing of the program: days are UTC days of Date, and the
// list of days off is read from the published table.
const dayMs = 86_400_000;
const listed = new Map(
  readFileSync(join(data, 'holidays_2015_2026.csv'), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').filter((_, i) => i === 0 || i === 4)),
);
const text = (day) => day.toISOString().slice(0, 10);
const plus = (day, days) => new Date(day.getTime() + days * dayMs);
const worked = (day) =>
  listed.has(text(day)) ? listed.get(text(day)) === 'work' : ![0, 6].includes(day.getUTCDay());

function addMonths(day, months) {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1));
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  return plus(first, Math.min(day.getUTCDate(), next.getUTCDate()) - 1);
}

function recount(limit, at, shift) {
  const [, count, unit] = limit.match(/^PT?(\d+)(H|D|WD|M|Y)$/);
  const china = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00';
  if (unit === 'H') return china(at + count * 3_600_000);
  const today = new Date(Math.floor((at + 8 * 3_600_000) / dayMs) * dayMs);
  let end = today;
  if (unit === 'D') end = plus(today, Number(count));
  if (unit === 'M') end = addMonths(today, Number(count));
  if (unit === 'Y') end = addMonths(today, 12 * count);
  for (let left = unit === 'WD' ? Number(count) : 0; left > 0; ) {
    end = plus(end, 1);
    if (worked(end)) left--;
  }
  while (shift && !worked(end)) end = plus(end, 1);
  return `${text(end)}T23:59:59+08:00`;
}

test('agrees with an independent recount over random limits', () => {
  let seed = 20261121;
  const random = (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const units = [
    ['PT', 'H', 400],
    ['P', 'D', 90],
    ['P', 'WD', 60],
    ['P', 'M', 18],
    ['P', 'Y', 3],
  ];
  const start = Date.UTC(2014, 11, 20);
  const span = (Date.UTC(2026, 10, 30) - start) / 1000;
  for (let i = 0; i < 400; i++) {
    const [prefix, suffix, most] = units[random(units.length)];
    const limit = `${prefix}${1 + random(most)}${suffix}`;
    const at = start + random(span) * 1000;
    const from = new Date(at).toISOString().replace('.000', '');
    const shift = random(2) === 1;
    const args = ['--limit', limit, '--from', from, ...(shift ? ['--shift'] : [])];
    const { first } = due(args, { zone: zones[i % zones.length] });
    assert.equal(first, recount(limit, at, shift), args.join(' '));
  }
});

test('takes a plain day as a day of China', () => {
  const whole = due(['--limit', 'P3D', '--from', '2026-11-19T00:00:00+08:00']);
  assert.deepEqual(due(['--limit', 'P3D', '--from', '2026-11-19']), whole);
  assert.equal(
    due(['--limit', 'PT24H', '--from', '2026-11-19']).first,
    '2026-11-20T00:00:00+08:00',
  );
});

test('counts by another calendar', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-due-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, '2019.csv');
  // Labour Day before it was made longer by the second notice of 2019.
  writeFileSync(file, 'date,holiday,day_type\n2019-05-01,劳动节,off\n2019-10-01,国庆节,off\n');
  const args = ['--limit', 'P1D', '--from', '2019-04-30', '--shift'];
  assert.equal(due(args).first, '2019-05-05T23:59:59+08:00');
  for (const path of [file, folder]) {
    assert.equal(due([...args, '--calendar', path]).first, '2019-05-02T23:59:59+08:00');
  }
  const published = join(data, 'holidays_2015_2026.csv');
  assert.equal(due([...args, '--calendar', published]).first, '2019-05-05T23:59:59+08:00');
});

test('a broken calendar is named with its line', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-due-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bad.csv');
  writeFileSync(file, 'date,day_type\n2026-02-30,off\n');
  const run = due(['--limit', 'P1D', '--from', '2019-04-30', '--calendar', file]);
  assert.equal(run.status, 2);
  assert.match(run.stderr, /bad\.csv:2: /);
  assert.equal(due(['--limit', 'P1D', '--from', '2019-04-30', '--calendar', '/no']).status, 2);
});

test('says how it was counted, in the language of the reader', () => {
  const args = ['--limit', 'P30D', '--from', '2026-09-01', '--shift'];
  assert.deepEqual(due(args).how, [
    'counted from 2026-09-01 (Tuesday), 30 days, without that day',
    'ends on 2026-10-01 (Thursday, 国庆节)',
    'a day off: moved to the first working day after it, 2026-10-08 (Thursday)',
  ]);
  assert.deepEqual(due(args, { locale: 'zh_CN.UTF-8' }).how, [
    '自 2026-09-01（星期二）起算 30 日，当日不计入',
    '届满日 2026-10-01（星期四，国庆节）',
    '届满日是节假日，顺延至其后第一个工作日 2026-10-08（星期四）',
  ]);
  assert.match(due(['--limit', 'P1D', '--from', '2031-01-01']).how.join('\n'), /2031 are not known/);
});

test('prints JSON', () => {
  const args = ['--limit', 'P3WD', '--from', '2026-11-19', '--json'];
  const run = spawnSync(program, ['due', ...args], { env: { ...process.env, LC_ALL: 'C' } });
  const told = JSON.parse(run.stdout.toString());
  assert.equal(told.due, '2026-11-24T23:59:59+08:00');
  assert.equal(told.limit, 'P3WD');
  assert.equal(told.from, '2026-11-19T00:00:00+08:00');
  assert.equal(told.how.length, 3);
});

test('refuses limits and times that it cannot read', () => {
  const wrong = [
    [],
    ['--limit', 'P3D'],
    ['--from', '2026-11-19'],
    ['--limit', 'P1M3D', '--from', '2026-11-19'],
    ['--limit', 'PT30M', '--from', '2026-11-19'],
    ['--limit', 'P0D', '--from', '2026-11-19'],
    ['--limit', 'P3D', '--from', '2026-11-31'],
    ['--limit', 'P3D', '--from', '2026-11-19T10:00:00'],
    ['--limit', 'P3D', '--from', 'tomorrow'],
  ];
  for (const args of wrong) {
    const run = due(args);
    assert.equal(run.status, 2, args.join(' '));
    assert.equal(run.first, '');
    assert.notEqual(run.stderr, '');
  }
});
