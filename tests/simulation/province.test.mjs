// SPDX-License-Identifier: Apache-2.0
//
// yisong simulate --province, at the command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'yisong-province-'));
after(() => rmSync(folder, { recursive: true }));

function yisong(...args) {
  const run = spawnSync(process.env.YISONG, args);
  assert.equal(run.error, undefined);
  return { status: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

const small = ['simulate', '--province', '--cities', '2', '--counties', '5', '--cases', '200'];
const ledger = join(folder, 'year.db');

test('a year of a small province: both books agree, the ledger is kept', () => {
  const { status, out, err } = yisong(...small, '--json', '--ledger', ledger,
    '--agencies', join(folder, 'year'));
  assert.equal(status, 0, err);
  const rows = JSON.parse(out);
  assert.equal(rows.differs, false);
  assert.ok(rows.cases.found >= 200, "and cases that came of them");
  for (const name of ['late', 'refused', 'expired', 'reminders', 'repeated', 'cells', 'findings']) assert.ok(rows[name].found > 0, name);
  for (const [name, row] of Object.entries(rows)) assert.equal(row.found, row.expected, name);
});

test('the kept ledger is one like any other', () => {
  const { status, out } = yisong('log', 'verify', '--ledger', ledger);
  assert.equal(status, 0, out);
});

test('what is kept can be read with the names of its agencies', () => {
  const year = ['--ledger', ledger, '--agencies', join(folder, 'year')];
  const { status, out } = yisong('supervise', ...year, '--at', '2026-01-01T00:00:00+08:00', '--summary');
  assert.equal(status, 0);
  assert.match(out, /in all +\d+/);
  const stats = yisong('stats', ...year, '--period', '2025', '--csv');
  assert.match(stats.out, /police-210102/);
});

test('a new procedure is walked with no more than its file', () => {
  const extra = join(process.env.YISONG_SOURCE, 'tests', 'procedures', 'extra');
  const { status, out, err } = yisong('simulate', '--province', '--cities', '2', '--counties', '3',
    '--cases', '60', '--procedures', extra, '--acts');
  assert.equal(status, 0, err);
  assert.match(err, /tables and findings were not compared/);
  assert.doesNotMatch(out, /!/);
  const acts = out.split('\n').map((line) => /^ *(\d+) \S+ (\S+) (\S+)$/.exec(line)).filter(Boolean);
  const done = acts.filter(([, count]) => Number(count) > 0).map(([, , type]) => type);
  for (const type of ['criminal-case-transfer', 'filing-decision-notice', 'card-credit-push', 'punishment-feedback']) {
    assert.ok(done.includes(type), type);
  }
});

test('a ledger that is there already is not touched, nor wrong use excused', () => {
  assert.equal(yisong(...small, '--ledger', ledger).status, 2);
  assert.equal(yisong('simulate', '--province', '--cities', '0').status, 2);
  assert.equal(yisong('simulate', '--province', '--region', '99').status, 2);
  assert.equal(yisong('simulate', '--province', '--region', '2').status, 2);
  assert.equal(yisong('simulate', '--province', '--region', '21x').status, 2);
  assert.equal(yisong('simulate', '--province', '--from', '2025-02-30').status, 2);
  assert.equal(yisong('simulate', '--province', '--from', '2025-02-02', '--to', '2025-02-01').status, 2);
});
