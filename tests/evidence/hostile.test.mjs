// SPDX-License-Identifier: Apache-2.0
//
// An agency with good certificates and bad manners: what it may write into the
// store, what it learns, and whom it harms.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { mustYisong, names, openLandscape } from '../support/landscape.mjs';
import { draft, newId, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { digest, noise, received, writeFiles } from './files.mjs';
import { openStranger } from './stranger.mjs';

const { ecology, police, bank, procuratorate } = names;

let exchange;
let villain; // the bureau, without its adapter
before(async () => {
  exchange = openLandscape();
  appendFileSync(exchange.path('exchange', 'evidence-store.conf'), 'quota_gb = 1\n');
  await exchange.end('evidence-store', 'SIGTERM');
  exchange.start('evidence-store');
});
after(async () => {
  await villain?.close();
  exchange?.close();
});

const GB = 1_000_000_000;
const store = (...parts) => exchange.path('exchange', 'evidence', ...parts);
const files = () => readdirSync(store(), { recursive: true })
  .map(String).filter((name) => !name.startsWith('evidence.db')).sort();

/** A letter of the bureau that the exchange accepts and whose file never comes. */
async function announce(caseId, size) {
  const letter = draft('criminal-case-transfer', caseId);
  const bytes = noise(1000, caseId);
  letter.attachments = [{ name: 'a.bin', mediaType: 'application/octet-stream', size,
    sha256: digest(bytes), sm3: digest(bytes), carried: true }];
  exchange.agency(ecology).put(`${caseId}.json`, toJson(letter));
  await exchange.agency(ecology).settled(letter.header.id, 'submitted', 'delivered');
  return `${ecology}/${letter.header.id}/${digest(bytes)}`;
}

test('a file that no accepted letter lists is not taken', async () => {
  const listed = await announce('listed', 1000);
  await exchange.end(ecology, 'SIGTERM'); // from here on the villain speaks for it
  villain = await openStranger(exchange.port(), exchange.agency(ecology));
  const bytes = noise(2000, 'unknown');
  const unknown = `${ecology}/${newId()}/${digest(bytes)}`;
  await villain.offer(unknown, bytes);
  assert.equal((await villain.answer(unknown, ['go', 'wait', 'refused'])).word, 'wait');
  const other = listed.replace(/[^/]+$/, digest(bytes));
  await villain.offer(other, bytes);
  const answer = await villain.answer(other, ['go', 'wait', 'refused']);
  assert.deepEqual([answer.word, answer.note], ['refused', 'NOT_PERMITTED']);
  await villain.chunk(unknown, 0, bytes);
  await villain.chunk(other, 0, bytes);
  await villain.offer(listed, bytes, 5 * GB);
  assert.equal((await villain.answer(listed, ['go', 'wait', 'refused'])).note, 'TOO_LARGE');
  assert.deepEqual(files(), []);
});

test('names that lead out of the store are no names', async () => {
  const bytes = Buffer.from('x');
  const id = newId();
  for (const transfer of [
    `../${id}/${digest(bytes)}`, `${ecology}/../../../tmp/x/${digest(bytes)}`,
    `${ecology}/${id}/../../evidence.db`, `/etc/passwd`, `${ecology}/${id}/${'A'.repeat(64)}`,
    `${ecology}/${id}/${digest(bytes)}/more`, '', 'a/b', `..\\${id}\\x`, `${ecology}//`,
  ]) {
    await villain.offer(transfer, bytes);
    await villain.chunk(transfer, 0, bytes);
    await villain.say('ask', transfer);
    await villain.say('have', transfer, { bytes: Buffer.alloc(64) });
  }
  for (const word of ['nonsense', 'whole', 'go', 'noted', '']) {
    await villain.say(word, `${ecology}/${id}/${digest(bytes)}`, { note: digest(bytes) });
  }
  assert.deepEqual(files(), []);
  assert.ok(exchange.isRunning('evidence-store'));
});

test('wrong chunks change nothing: digest, place, size, owner', async () => {
  exchange.start(ecology);
  const transfer = await announce('chunks', 600_000);
  await exchange.end(ecology, 'SIGTERM');
  const bytes = noise(600_000, 'chunks, sealed');
  await villain.offer(transfer, bytes);
  assert.equal((await villain.answer(transfer, ['go'])).number, 0);
  const piece = bytes.subarray(0, 262_144);
  let from = villain.heard.length;
  await villain.chunk(transfer, 0, piece, digest(Buffer.from('other')));
  assert.equal((await villain.answer(transfer, ['go'], from)).number, 0);
  await villain.chunk(transfer, -5, piece);
  await villain.chunk(transfer, 0, noise(262_145, 'too large'));
  await villain.chunk(transfer, 0, Buffer.alloc(0));
  const stranger = await openStranger(exchange.port(), exchange.agency(bank));
  await stranger.offer(transfer, bytes);
  await stranger.chunk(transfer, 0, piece);
  await villain.chunk(transfer, 0, piece);
  from = villain.heard.length;
  await villain.chunk(transfer, 400_000, piece.subarray(0, 1000));
  assert.equal((await villain.answer(transfer, ['go'], from)).number, 262_144);
  await stranger.say('ask', transfer);
  assert.equal((await stranger.answer(transfer, ['wait', 'refused', 'chunk'])).note, 'NOT_PERMITTED');
  const secret = `${ecology}/${newId()}/${digest(bytes)}`;
  await stranger.say('ask', secret);
  assert.equal((await stranger.answer(secret, ['wait', 'refused'])).note, 'NOT_PERMITTED');
  await stranger.say('have', transfer, { note: 'a'.repeat(64), bytes: Buffer.alloc(64) });
  await stranger.close();
});

test('nobody writes where another speaks, or reads where another listens', async () => {
  const never = () => {};
  const acts = {
    'the exchange of the centre': ({ channel }) =>
      channel.publish('evidence.in', police, Buffer.from('x'), { userId: bank }),
    'the exchange of another': ({ channel }) =>
      channel.publish(`evidence.out.${ecology}`, '', Buffer.from('x'), { userId: bank }),
    'the name of another': ({ channel }) =>
      channel.publish(`evidence.out.${bank}`, '', Buffer.from('x'), { userId: ecology }),
    'the words to another': ({ channel }) =>
      channel.consume(`evidence.in.${police}`, never).catch(never),
    'its own words': ({ channel }) =>
      channel.consume(`evidence.out.${bank}`, never).catch(never),
  };
  for (const [what, act] of Object.entries(acts)) {
    const stranger = await openStranger(exchange.port(), exchange.agency(bank));
    const code = new Promise((resolve) => {
      stranger.channel.once('error', (error) => resolve(error.code));
    });
    act(stranger);
    assert.ok([403, 406].includes(await code), what);
    await stranger.close();
  }
});

test('what was sent is not what was offered: refused, and offered again', async () => {
  exchange.start(ecology);
  const transfer = await announce('mismatch', 1000);
  await exchange.end(ecology, 'SIGTERM');
  const bytes = noise(1500, 'mismatch');
  await villain.say('offer', transfer, { number: bytes.length, note: digest(Buffer.from('else')) });
  await villain.answer(transfer, ['go']);
  await villain.chunk(transfer, 0, bytes);
  assert.equal((await villain.answer(transfer, ['refused', 'whole'])).note, 'DIGEST_MISMATCH');
  const from = villain.heard.length;
  await villain.offer(transfer, bytes);
  await villain.answer(transfer, ['go'], from);
  await villain.chunk(transfer, 0, bytes);
  await villain.answer(transfer, ['whole'], from);
});

test('what is sealed to nobody keeps its own letter waiting, and says why', async () => {
  const row = await until('the police cannot open it', () => {
    const rows = JSON.parse(exchange.agency(police).run('evidence list', '--json').out);
    return rows.find((one) => one.code && one.state === 'awaited');
  });
  assert.equal(row.code, 'NOT_WELL_FORMED');
  assert.equal(exchange.agency(police).files('in').some((name) => name.startsWith('mismatch')), false);
});

test('promises fill the quota of the one who makes them only', async () => {
  exchange.start(ecology);
  const first = await announce('promise.1', 0.6 * GB);
  const second = await announce('promise.2', 0.6 * GB);
  await exchange.end(ecology, 'SIGTERM');
  await villain.offer(first, noise(10, 'p'), 0.6 * GB);
  await villain.answer(first, ['go']);
  await villain.offer(second, noise(10, 'p'), 0.6 * GB);
  const answer = await villain.answer(second, ['go', 'wait', 'refused']);
  assert.deepEqual([answer.word, answer.note], ['wait', 'STORE_BUSY']);
  await othersGoOn('quota');
});

/** An honest agency asks another for advice, with a file. */
async function othersGoOn(caseId) {
  const files = { 'plan.pdf': noise(3_000_000, caseId) };
  const letter = JSON.parse(mustYisong('example', 'case-consultation-request', '--to', 'json'));
  const { id, from, sequence, sentAt, inReplyTo, ...header } = letter.header;
  const draftOf = { ...letter, header: { ...header, id: newId(), caseId, to: [procuratorate] } };
  const path = exchange.path(`${caseId}.json`);
  writeFileSync(path, toJson(draftOf));
  exchange.agency(police).send(path, ...writeFiles(exchange, files));
  assert.deepEqual(await received(exchange, procuratorate, caseId), files);
}

test('a flood stops at the own queue, and others go on meanwhile', async () => {
  const bytes = noise(262_144, 'flood');
  const transfer = `${ecology}/${newId()}/${digest(bytes)}`;
  await exchange.end('evidence-store', 'SIGKILL'); // nobody empties the queue for a while
  while (villain.counts.nacked === 0) {
    await Promise.all(Array.from({ length: 20 }, (_, place) =>
      villain.chunk(transfer, place * bytes.length, bytes)));
  }
  const full = (await exchange.queues()).find(({ name }) => name === `evidence.out.${ecology}`);
  assert.ok(full.count <= 128, `${full.count} chunks in the queue`);
  exchange.start('evidence-store');
  let stop = false;
  const flood = (async () => {
    while (!stop) {
      await Promise.all(Array.from({ length: 20 }, (_, place) =>
        villain.chunk(transfer, place * bytes.length, bytes)));
    }
  })();
  await othersGoOn('flooded');
  stop = true;
  await flood;
});

test('the store has not died of any of it', () => {
  const log = exchange.log('evidence-store');
  assert.doesNotMatch(log, /starting again|Sanitizer/);
});
