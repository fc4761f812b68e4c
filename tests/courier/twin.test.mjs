// SPDX-License-Identifier: Apache-2.0
//
// 72 hours and many letters without the line, packed in three packages that
// come to the centre in the wrong order, twice, as copies, and then once more
// over the line: the state of everybody equals that of a twin who was always
// connected. YISONG_TWIN_LETTERS=10000 is the long form.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { openClient } from '../support/amqp_client.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { draft, openSigner } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { NOWHERE, openSide, setLine } from './stick.mjs';

const count = Number(process.env.YISONG_TWIN_LETTERS ?? 240);
const patience = { seconds: 120 + count / 20, every: 300 };
const hours = 3600;
const parts = [0, 36 * hours, 72 * hours]; // when each third is written

/** The letters of the story: transfers, and cards that are lifted again. */
function write() {
  const letters = [];
  for (let i = 0; letters.length < count; i++) {
    const caseId = `TWIN-${String(i).padStart(5, '0')}`;
    const types = i % 3 ? ['card-credit-push', 'card-removal-decision'] : ['criminal-case-transfer'];
    types.forEach((type, place) => {
      // The removal is written a part later than its card.
      letters.push({ draft: draft(type, caseId), sequence: place + 1,
        part: Math.min(2, Math.floor((3 * letters.length) / count) + place) });
    });
  }
  return letters.sort((a, b) => a.part - b.part);
}

const story = write();
let online, offline;
const sizes = {};
let repeats = 0;

before(async () => {
  online = openLandscape();
  offline = openLandscape();
  for (const exchange of [online, offline]) {
    await exchange.end('router', 'SIGTERM');
    await at(parts[2], () => exchange.start('router')); // three days later
  }
});
after(() => {
  online?.close();
  offline?.close();
});

function put(exchange, part) {
  const ecology = exchange.agency(names.ecology);
  const signer = openSigner(ecology);
  const sentAt = new Date(Date.now() + parts[part] * 1000).toISOString();
  for (const letter of story.filter((one) => one.part === part)) {
    const signed = signer.sign(letter.draft, { sequence: letter.sequence, sentAt });
    letter[exchange.folder] = signed;
    ecology.put(`${String(story.indexOf(letter)).padStart(6, "0")}.json`, signed.bytes, signed.jws);
  }
}

const outbox = (exchange) => exchange.agency(names.ecology).outbox();

/** Whether the bank answers a card before it is lifted is its own affair. */
const isRace = (limit, status) => limit === 'ingest' && ['met', 'cancelled'].includes(status);
/** And whether it had the card by then: such a clock may have ended before it began. */
const isOff = (limit, status) => status === 'cancelled' || isRace(limit, status);

const day = (at) => new Date(Date.parse(at) + 8 * hours * 1000).toISOString().slice(0, 10);

/**
 * A clock without the minutes by which the twins are apart: it began when the
 * letter that started it came (to the centre, or to the clock's owner), or else
 * at the instant that the letter names. Hours run from there to the millisecond,
 * days end with the same second of the same day, if they began on the same.
 */
function clockOf({ limit, owner, status, from, start, due }, letters) {
  if (isOff(limit, status)) return `${limit} ${owner} ${isRace(limit, status) ? 'ended' : status}`;
  const { type, receivedAt, deliveries } = letters.find(({ position }) => position === from);
  const came = [receivedAt, deliveries.find(({ recipient }) => recipient === owner)?.deliveredAt];
  const isOfDays = /T23:59:59/.test(due);
  const end = isOfDays ? `${day(start)} to ${due}` : `+${Date.parse(due) - Date.parse(start)}`;
  return [limit, owner, status, type, came.includes(start) ? 'came' : start, due ? end : ''].join(' ');
}

/** A letter as the log has it; ours under its own id, what answers it under its kind. */
const entryOf = ({ id, type, sender, outcome, code, sequence, late, deliveries }) => [
  sender === names.ecology ? id : '', type, sender, outcome, code, sequence, late ? 'late' : 'in time',
  deliveries.map(({ recipient, deliveredAt }) => `${recipient}${deliveredAt ? '+' : ''}`).sort(),
].join(' ');

/** The case with its letters: ours in their order, the others' in any. */
function caseOf(exchange, { id, state, procedure }) {
  const whole = exchange.case(id);
  const accepted = whole.letters.filter(({ outcome }) => outcome === 'accepted');
  const own = accepted.filter(({ sender }) => sender === names.ecology);
  return {
    id, state, procedure,
    own: own.map(entryOf),
    others: accepted.filter((one) => !own.includes(one)).map(entryOf).sort(),
    clocks: whole.deadlines.map((one) => clockOf(one, accepted)).sort(),
  };
}

/** What everybody knows in the end, without what only tells when it was. */
function stateOf(exchange) {
  const cases = exchange.cases().map((one) => caseOf(exchange, one))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const inboxes = Object.fromEntries(
    [names.police, names.procuratorate, names.credit, names.bank].map((id) => [id,
      exchange.agency(id).inbox()
        .filter(({ from }) => from === names.ecology)
        .sort((a, b) => a.caseId.localeCompare(b.caseId) || a.place - b.place)
        .map(({ caseId, type, id: letter, state }) => [caseId, type, letter, state].join(' '))]));
  const sent = outbox(exchange).filter(({ caseId }) => caseId.startsWith('TWIN'))
    .map(({ id, state, code, to }) =>
      [id, state, code ?? '', to.split(' ').sort().join(' ')].join(' ')).sort();
  return { cases, inboxes, sent };
}

const isOver = (exchange) => () => {
  const rows = outbox(exchange).filter(({ caseId }) => caseId.startsWith('TWIN'));
  return rows.length === count && rows.every(({ state }) => ['delivered', 'refused'].includes(state));
};

/** Runs with the machine's clock as it was then. */
async function at(seconds, run) {
  process.env.YISONG_CLOCK_SHIFT = String(seconds);
  process.env.LD_PRELOAD = process.env.YISONG_SHIFTED_CLOCK;
  try {
    return await run();
  } finally {
    delete process.env.LD_PRELOAD;
    delete process.env.YISONG_CLOCK_SHIFT;
  }
}

test('the twin on the line', async () => {
  for (const part of parts.keys()) put(online, part);
  await until('the twin has all receipts', isOver(online), patience);
});

test('72 hours without the line: three packages', async () => {
  const branch = openSide(offline.agency(names.ecology).settings, offline.path('out'));
  for (const [part, shift] of parts.entries()) {
    await at(shift, async () => {
      await setLine(offline, names.ecology, NOWHERE);
      put(offline, part);
      const due = story.filter((one) => one.part <= part).length;
      await until('all are in the mailbox', () => outbox(offline).length === due, patience);
      const { packages } = branch.pack();
      assert.equal(packages.length, 1);
      sizes[part + 1] = packages[0];
    });
  }
  assert.ok(outbox(offline).every(({ state }) => state === 'queued'));
  const written = outbox(offline).map(({ queuedAt }) => Date.parse(queuedAt));
  assert.ok(Math.max(...written) - Math.min(...written) > 71 * hours * 1000);
});

test('in the wrong order, twice, as copies, and over the line as well', () => at(parts[2], async () => {
  const centre = openSide(offline.path('exchange', 'router.conf'), offline.path('in'));
  const branch = openSide(offline.agency(names.ecology).settings, offline.path('out'));
  const file = (number) => sizes[number].file;
  const copy = offline.path('copy of 1.p7m');
  copyFileSync(file(1), copy);
  const [third] = centre.unpack(file(3));
  assert.deepEqual([third.held, third.missing], [true, '']);
  const first = centre.unpack(file(1), copy);
  assert.deepEqual(first.map(({ held, repeat }) => [held, repeat]), [[false, false], [false, true]]);
  const rest = centre.unpack(file(2), file(1), file(2));
  assert.deepEqual(rest.map(({ number, repeat }) => [number, repeat]),
    [[2, false], [3, false], [1, true], [2, true]]);
  centre.unpack('--again', file(2)); // the disk once more, all the way to the router

  // And by the network: every fifth letter published again, byte for byte.
  const client = await openClient(offline.port(), offline.agency(names.ecology));
  for (const one of story.filter((letter, i) => i % 5 === 0)) {
    await client.publish(one[offline.folder]);
    repeats++;
  }
  await client.close();

  await until('receipts for all', async () => {
    const { packages } = centre.pack('--for', names.ecology);
    if (packages.length) branch.unpack(...packages.map((one) => one.file));
    return isOver(offline)();
  }, patience);
  assert.deepEqual(branch.list()[0].missing, '');
}));

test('then the line comes back, with everything waiting in its queue', async () => {
  await setLine(offline, names.ecology, offline.port());
  await until('the queue is empty', async () =>
    (await offline.queues()).find(({ name }) => name === `in.${names.ecology}`).count === 0, patience);
});

test('the state equals that of the twin', (t) => {
  const [mine, other] = [stateOf(offline), stateOf(online)];
  assert.equal(mine.sent.length, count);
  assert.deepEqual(mine.sent, other.sent);
  assert.deepEqual(mine.inboxes, other.inboxes);
  assert.deepEqual(mine.cases, other.cases);
  assert.equal(offline.verifyLog().status, 0);
  const clocks = mine.cases.flatMap((one) => one.clocks);
  t.diagnostic(`${count} letters, ${repeats} of them published again, ${mine.cases.length} cases, ` +
    `${mine.sent.filter((row) => / delivered /.test(row)).length} delivered, ` +
    `${clocks.filter((text) => / (came|20)/.test(text)).length} of ${clocks.length} clocks by the instant`);
});
