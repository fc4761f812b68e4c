// SPDX-License-Identifier: Apache-2.0
//
// Without a line the mailbox goes on, and the limits of the law go on, too:
// `yisong outbox` says what waits since when, which limit each letter is to
// meet and how long is left, counted from what lies on this machine alone.
// Every test goes on where the one before it ended.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { names, openLandscape, runYisong } from '../support/landscape.mjs';
import { draft, newId, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { NOWHERE, setLine } from './stick.mjs';

const hour = 3600 * 1000;
const crime = 'WAIT-2026-0001';
const later = 'WAIT-2026-0002';
let exchange, ecology, police, transfer;

before(async () => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
  ecology.put('transfer.json', toJson(draft('criminal-case-transfer', crime)));
  transfer = await ecology.settled('transfer.json', 'delivered');
  await police.arrived(crime, 'criminal-case-transfer');
});
after(() => exchange?.close());

/** What `outbox` says, `hours` from now by the machine's clock. */
function tell(agency, { hours = 0, language = 'C.UTF-8', words = [] } = {}) {
  process.env.YISONG_CLOCK_SHIFT = String(hours * 3600);
  process.env.LD_PRELOAD = process.env.YISONG_SHIFTED_CLOCK;
  try {
    const done = runYisong(['outbox', '-c', agency.settings, ...words], language);
    assert.equal(done.status, 0, done.err);
    return done.out;
  } finally {
    delete process.env.LD_PRELOAD;
    delete process.env.YISONG_CLOCK_SHIFT;
  }
}

const limitsOf = (agency, id, more) =>
  JSON.parse(tell(agency, { ...more, words: ['--json'] })).find((row) => row.id === id).limits;
const lines = (text, pattern) => text.split('\n').filter((line) => pattern.test(line));

test('with the line up and nothing waiting, it says so and no more', () => {
  const text = tell(ecology);
  assert.match(text, /^line: up, the exchange was reached at 20/);
  assert.doesNotMatch(text, /queued:|limit/);
  assert.equal(limitsOf(ecology, transfer.id), undefined, 'only of letters that wait');
});

test('a letter that waits shows its limit, to the second, and how long is left', async () => {
  await setLine(exchange, names.ecology, NOWHERE);
  const letter = draft('criminal-case-transfer', later);
  ecology.put('later.json', toJson(letter));
  const { id, queuedAt } = await ecology.settled('later.json', 'queued');
  const [limit, ...others] = limitsOf(ecology, id);
  assert.deepEqual(others, []);
  assert.equal(limit.limit, 'transfer');
  assert.equal(limit.period, 'PT24H');
  assert.equal(Date.parse(limit.due), Date.parse(letter.header.decidedAt) + 24 * hour);
  assert.deepEqual([limit.late, limit.decided], [false, false]);
  const text = tell(ecology);
  const since = queuedAt.slice(0, 19).replace('T', ' ');
  assert.equal(lines(text, /^queued: 1, the oldest since /)[0], `queued: 1, the oldest since ${since}`);
  assert.match(text, /limit: transfer after the decision to transfer, by .*, 23 h 5\d min left/);
});

test('three days later it is late, and the line is down since when it was', async () => {
  await until('the adapter knows', () => /^line: down/.test(tell(ecology)));
  const text = tell(ecology, { hours: 72 });
  assert.match(text, /^line: down, the exchange was last reached at 20.* \(3 d.* ago\)/);
  assert.match(text, /^limits run on: 1 late$/m);
  assert.match(text, /, 2 d late \(/);
});

test('and in Chinese', () => {
  const text = tell(ecology, { hours: 72, language: 'zh_CN.UTF-8' });
  assert.match(text, /^线路：不通，最近一次连着交换中心是 20.*（3天.*前）/);
  assert.match(text, /^待发送：1 件，最早的 20.* 入箱$/m);
  assert.match(text, /^期限不因线路不通而停：已逾期 1 项$/m);
  assert.match(text, /^ {2}期限：作出移送决定后的移送期限，最迟 20.*，已逾期 2天（.*第六条.*）$/m);
});

test('what came before the line went starts the clocks of the answers', async () => {
  await setLine(exchange, names.police, NOWHERE);
  const came = police.inbox().find(({ id }) => id === transfer.id);
  const { id } = police.reply(transfer.id, '--type', 'acceptance-receipt',
    '--field', 'officers=李某', '--field', 'receiptNumber=2026-15');
  const [limit] = limitsOf(police, id);
  assert.equal(limit.limit, 'acceptance');
  assert.equal(Date.parse(limit.due), Date.parse(came.receivedAt) + 24 * hour);
  assert.equal(limitsOf(police, id, { hours: 30 })[0].late, true);
});

test('a limit met by its decision is not lost by the line', async () => {
  const decision = draft('filing-decision-notice', crime, { answers: { id: transfer.id } });
  police.put('decision.json', toJson(decision));
  const { id } = await police.settled('decision.json', 'queued');
  const limits = limitsOf(police, id, { hours: 240 });
  const filing = limits.find(({ limit }) => limit === 'filing-decision');
  assert.deepEqual([filing.decided, filing.late], [true, false]);
  assert.match(tell(police, { hours: 240 }),
    /limit: decision whether to file, by .* 23:59:59, decided in time/);
});

test('where letters of the case are missing here, it says that it does not know', async () => {
  const answers = { id: newId(), digest: '0'.repeat(64) };
  police.put('strange.json', toJson(draft('filing-decision-notice', 'WAIT-2026-0009', { answers })));
  const { id } = await police.settled('strange.json', 'queued');
  assert.equal(limitsOf(police, id), null);
  assert.match(tell(police), /limit: not known, letters of the case are missing here/);
  assert.match(tell(police, { language: 'zh_CN.UTF-8' }), /期限：本机没有此案全部公文，无法推算/);
});

test('without the registry it still lists, and does not guess', () => {
  const settings = police.path('without.conf');
  writeFileSync(settings, readFileSync(police.settings, 'utf8')
    .replace(/^agencies = .*$/m, `agencies = ${police.path('nowhere')}`));
  const done = runYisong(['outbox', '-c', settings]);
  assert.equal(done.status, 0);
  assert.match(done.err, /^limits: /);
  assert.equal(lines(done.out, /limit: not known without the registry/).length, 3);
});

test('the centre counts the same limits, once the line is back', async () => {
  const [row] = ecology.outbox().filter(({ state }) => state === 'queued');
  await setLine(exchange, names.ecology, exchange.port());
  await ecology.settled(row.id, 'submitted', 'delivered');
  const clock = exchange.case(later).deadlines.find(({ limit }) => limit === 'transfer');
  assert.equal(Date.parse(clock.due), Date.parse(row.limits[0].due));
  assert.match(tell(ecology), /^line: up/);
});
