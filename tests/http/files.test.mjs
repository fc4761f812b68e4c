// SPDX-License-Identifier: Apache-2.0
//
// Evidence between two agencies that have HTTP and no folder, through a real
// exchange: given before or after the letter, taken whole or in parts, and
// what harm callers can do with it.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import {
  linkSync, readFileSync, readdirSync, renameSync, rmSync, statfsSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { digest, noise } from '../evidence/files.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { connect } from './exchange.mjs';
import { dial, head, statusOf } from './raw.mjs';

const MB = 1 << 20;

let exchange;
let ecology;
let police;

/** An agency that has HTTP alone: no spool folder. */
async function connectAlone(id) {
  const { settings } = exchange.agency(id);
  const lines = readFileSync(settings, 'utf8').split('\n').filter((line) => !/^spool\s*=/.test(line));
  writeFileSync(settings, `${lines.join('\n')}\nspool =\n`);
  const office = await connect(exchange, id);
  await office.start();
  return office;
}

before(async () => {
  exchange = openLandscape();
  ecology = await connectAlone(names.ecology);
  police = await connectAlone(names.police);
});
after(() => exchange?.close());

const give = (bytes, { sha256 = digest(bytes), headers } = {}) =>
  ecology.call('PUT', `/files/${sha256}`, { body: bytes, headers });
const kept = () => readdirSync(ecology.path('attachments'));

/** The bytes as they came; status, headers, body. */
async function fetchFile(office, path, headers = {}) {
  const answer = await fetch(office.base + path,
    { headers: { Authorization: `Bearer ${office.token}`, ...headers } });
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
}

/** Submits a letter whose list says what `given` (answers of PUT) told; its id. */
async function submit(caseId, files, { type = 'criminal-case-transfer', ...rest } = {}) {
  const letter = draft(type, caseId, rest);
  const list = Object.entries(files).map(([name, { mediaType, sha256, sm3, size }]) =>
    ({ name, mediaType, size, sha256, sm3, carried: true }));
  if (list.length > 0) letter.attachments = list;
  const { status, text, json } = await ecology.submit(toJson(letter), { type: 'application/json' });
  assert.equal(status, 202, text);
  return json.id;
}

const listed = async (office, id) =>
  (await office.get('/inbox?limit=1000')).json.letters.find((row) => row.id === id);
const arrived = (office, id) => until(`${id} is in the inbox`, () => listed(office, id));
const memory = (office) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pidOf(office)}/status`, 'utf8'))[1]) / 1024;
const pidOf = (office) => Number(readFileSync(exchange.path('run', `${office.id}.pid`), 'utf8'));

test('64 MB go from one system to another over HTTP alone, and memory stays flat', async () => {
  const film = noise(64 * MB, 'film');
  const photo = noise(300_001, 'photo');
  const files = {
    '监控录像 “东门”.mp4': { mediaType: 'video/mp4', ...(await give(film)).json },
    'photo.jpg': { mediaType: 'image/jpeg', ...(await give(photo)).json },
    'empty.txt': { mediaType: 'text/plain', ...(await give(Buffer.alloc(0))).json },
  };
  const id = await submit('http-film', files);
  const row = await arrived(police, id);
  assert.deepEqual(row.files.map(({ name, mediaType, size, state, percent }) =>
    [name, mediaType, size, state, percent]), [
    ['监控录像 “东门”.mp4', 'video/mp4', film.length, 'whole', 100],
    ['photo.jpg', 'image/jpeg', photo.length, 'whole', 100],
    ['empty.txt', 'text/plain', 0, 'whole', 100],
  ]);
  assert.deepEqual((await police.get(`/inbox/${id}/files`)).json, { files: row.files });
  for (const [index, bytes] of [film, photo, Buffer.alloc(0)].entries()) {
    const { status, headers, body } = await fetchFile(police, row.files[index].href);
    assert.equal(status, 200);
    assert.ok(body.equals(bytes), row.files[index].name);
    assert.equal(headers.get('content-type'), row.files[index].mediaType);
    assert.equal(headers.get('content-length'), String(bytes.length));
    assert.equal(headers.get('repr-digest'),
      `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`);
    const told = /filename\*=UTF-8''(\S+)$/.exec(headers.get('content-disposition'))[1];
    assert.equal(decodeURIComponent(told), row.files[index].name);
  }
  const sent = await until('both are at the centre', async () => {
    const { files: going } = (await ecology.get(`/letters/${id}`)).json;
    return going.every(({ state, percent }) => state === 'sent' && percent === 100) && going;
  });
  assert.equal(sent.length, 2);
  const isSanitized = readFileSync(process.env.YISONG).includes('__asan_init'); // keeps what is freed
  for (const office of isSanitized ? [] : [ecology, police]) {
    assert.ok(memory(office) < 64, `${office.id}: ${memory(office)} MB`);
  }
});

test('a part of a file is what its range says, and a range beyond it is 416', async () => {
  const bytes = noise(100_000, 'range');
  const id = await submit('http-range', { 'a.bin': { mediaType: 'text/html', ...(await give(bytes)).json } });
  const { href, sha256 } = (await arrived(police, id)).files[0];
  const parts = [['bytes=0-0', 0, 1], ['bytes=5-', 5], ['bytes=-7', -7], ['bytes=99999-200000', 99_999],
    ['bytes=-200000', 0]];
  for (const [range, first, end] of parts) {
    const { status, headers, body } = await fetchFile(police, href, { Range: range });
    const part = bytes.subarray(first, end);
    assert.equal(status, 206, range);
    assert.ok(body.equals(part), range);
    const from = (first + bytes.length) % bytes.length;
    assert.equal(headers.get('content-range'), `bytes ${from}-${from + part.length - 1}/100000`);
  }
  for (const range of ['bytes=100000-', 'bytes=-0', 'bytes=99999999999999999999-']) {
    const answer = await police.call('GET', href, { headers: { Range: range } });
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers.get('content-range'), 'bytes */100000');
  }
  for (const range of ['bytes=', 'bytes=-', 'bytes=3-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=x-']) {
    assert.equal((await fetchFile(police, href, { Range: range })).body.length, bytes.length, range);
  }
  const same = { Range: 'bytes=1-2', 'If-Range': `"${sha256}"` };
  assert.equal((await fetchFile(police, href, same)).status, 206);
  assert.equal((await fetchFile(police, href, { ...same, 'If-Range': '"x"' })).status, 200);
});

test('nothing but the files of this letter can be read', async () => {
  const bytes = noise(1000, 'own');
  const id = await submit('http-own', { 'a.bin': { mediaType: 'text/html', ...(await give(bytes)).json } });
  const { href, sha256 } = (await arrived(police, id)).files[0];
  const other = await submit('http-other', {});
  await arrived(police, other);
  for (const path of [`/inbox/${other}/files/${sha256}`, `/inbox/${id}/files/${digest('x')}`,
    `/inbox/${id}/files/a.bin`, `/inbox/${id}/files/${sha256.toUpperCase()}`,
    `/inbox/${randomUUID()}/files/${sha256}`, `/inbox/${id}/files/`, `/inbox/${id}/files/${sha256}/x`,
    `/inbox/${id}/files/..%2f..%2fmailbox.db`, `/inbox/${id}/files/%2e%2e`, `/inbox/../files/${sha256}`]) {
    const said = await dial(police.port, head('GET', path, `Authorization: Bearer ${police.token}`)).ended;
    assert.equal(statusOf(said), 404, path);
  }
  assert.equal((await police.get(`/inbox/${randomUUID()}/files`)).status, 404);
  assert.deepEqual((await police.get(`/inbox/${other}/files`)).json, { files: [] });

  const root = police.path('evidence', 'in');
  const folder = readdirSync(root).find((name) => name.includes('http-own'));
  const file = join(root, folder, 'a.bin');
  const secret = police.path('secret.bin');
  writeFileSync(secret, Buffer.alloc(1000));
  renameSync(file, `${file}.kept`);
  symlinkSync(secret, file);
  assert.equal((await police.get(href)).status, 404);
  rmSync(file);
  writeFileSync(file, 'of another size');
  assert.equal((await police.get(href)).status, 404);
  rmSync(file);
  linkSync(`${file}.kept`, file);
  renameSync(join(root, folder), join(root, `x${folder}`));
  symlinkSync(join(root, `x${folder}`), join(root, folder));
  assert.equal((await police.get(href)).status, 404);
  rmSync(join(root, folder));
  renameSync(join(root, `x${folder}`), join(root, folder));
  assert.ok((await fetchFile(police, href)).body.equals(bytes));
});

test('a letter may go before its file, and waits for it', async () => {
  const bytes = noise(2000, 'later');
  const early = noise(2000, 'made known');
  const known = (await give(early)).json;
  const sm3 = (await give(bytes)).json;
  rmSync(ecology.path('attachments', sm3.sha256));
  const id = await submit('http-later', {
    'a.bin': { mediaType: 'text/plain', ...known }, 'b.bin': { mediaType: 'text/plain', ...sm3 },
  });
  const states = async () => Object.fromEntries(
    (await ecology.get(`/letters/${id}`)).json.files.map(({ name, state }) => [name, state]));
  await until('one is missing', async () => (await states())['b.bin'] === 'missing');
  assert.equal((await ecology.get(`/files/${sm3.sha256}`)).status, 404);
  assert.equal((await give(bytes)).status, 201);
  const [first, second] = (await arrived(police, id)).files;
  assert.ok((await fetchFile(police, first.href)).body.equals(early));
  assert.ok((await fetchFile(police, second.href)).body.equals(bytes));
  assert.deepEqual(await until('sent', async () => {
    const now = await states();
    return Object.values(now).every((state) => state === 'sent') && now;
  }), { 'a.bin': 'sent', 'b.bin': 'sent' });
});

test('a file that did not come in time is 409 until it comes', async () => {
  await exchange.end('evidence-store', 'SIGTERM');
  const bytes = noise(70_000, 'late');
  const id = await submit('http-late', { 'a.bin': { mediaType: 'text/plain', ...(await give(bytes)).json } });
  await until('the letter waits', () => exchange.agency(police.id).inbox('--all')
    .some((row) => row.id === id && row.state === 'waiting'));
  Object.assign(process.env, {
    LD_PRELOAD: process.env.YISONG_SHIFTED_CLOCK, YISONG_CLOCK_SHIFT: `${80 * 3600}`,
    ASAN_OPTIONS: 'verify_asan_link_order=0',
  });
  await police.start();
  for (const name of ['LD_PRELOAD', 'YISONG_CLOCK_SHIFT', 'ASAN_OPTIONS']) delete process.env[name];
  const [file] = (await arrived(police, id)).files;
  assert.deepEqual([file.state, file.percent, file.href], ['awaited', 0, undefined]);
  const answer = await police.get(`/inbox/${id}/files/${file.sha256}`);
  assert.deepEqual([answer.status, answer.json.code], [409, 'NOT_HERE_YET']);
  assert.ok(answer.headers.get('retry-after'));
  await police.start();
  exchange.start('evidence-store');
  const { href } = await until('it is whole', async () =>
    (await listed(police, id)).files.find(({ state }) => state === 'whole'));
  assert.ok((await fetchFile(police, href)).body.equals(bytes));
});

test('the same file again is the same file, and who asks first need not send it', async () => {
  const bytes = noise(5 * MB, 'again');
  const first = await give(bytes);
  assert.equal(first.status, 201);
  const again = await give(bytes);
  assert.deepEqual([again.status, again.json], [200, first.json]);
  assert.deepEqual((await ecology.get(`/files/${first.json.sha256}`)).json, first.json);
  const asked = await dial(ecology.port, head('PUT', `/files/${first.json.sha256}`,
    `Authorization: Bearer ${ecology.token}`, `Content-Length: ${bytes.length}`,
    'Expect: 100-continue')).ended;
  assert.equal(statusOf(asked), 200, asked);
  assert.ok(!asked.includes('100 Continue'));
  assert.equal((await ecology.get(`/files/${digest('never given')}`)).status, 404);
});

test('what is not what it says, too large, or more than the disk has is refused and leaves nothing', async () => {
  const before = kept();
  const wrong = await give(noise(9 * MB, 'wrong'), { sha256: digest('another') });
  assert.deepEqual([wrong.status, wrong.json.code], [422, 'DIGEST_MISMATCH']);
  assert.equal((await ecology.call('PUT', '/files/x', { body: 'x' })).status, 400);
  assert.equal((await ecology.call('PUT', `/files/${digest('x')}`, { body: 'x', as: 'nobody' })).status, 401);
  const ask = (length, ...more) => dial(ecology.port, head('PUT', `/files/${digest(`${length}`)}`,
    `Authorization: Bearer ${ecology.token}`, `Content-Length: ${length}`, ...more)).ended;
  const large = await ask(2 ** 36 + 1, 'Expect: 100-continue');
  assert.equal(statusOf(large), 413, large);
  const { bavail, bsize } = statfsSync(ecology.path());
  const beyond = Math.min(bavail * bsize + MB, 2 ** 36);
  if (bavail * bsize < beyond) {
    const full = await ask(beyond, 'Expect: 100-continue');
    assert.equal(statusOf(full), 507, full);
    assert.match(full, /DISK_FULL/);
  }
  assert.deepEqual(kept(), before);
});

test('a body that is cut or stalls costs its own connection and leaves nothing', async () => {
  const before = kept();
  const lines = Array.from({ length: 20 }, (_, number) => dial(ecology.port,
    head('PUT', `/files/${digest(`cut ${number}`)}`, `Authorization: Bearer ${ecology.token}`,
      'Content-Length: 1000000'), 'x'.repeat(100_000)));
  await until('they are on the disk', () => kept().length === before.length + lines.length);
  assert.equal((await give(noise(MB, 'meanwhile'))).status, 201);
  for (const { socket } of lines) socket.destroy();
  await until('they are gone', () => kept().length === before.length + 1);
});

test('what a crash leaves of a body is cleared when the adapter starts', async () => {
  const before = kept();
  const line = dial(ecology.port, head('PUT', `/files/${digest('crash')}`,
    `Authorization: Bearer ${ecology.token}`, 'Content-Length: 1000000'), 'x'.repeat(100_000));
  await until('it is on the disk', () => kept().length === before.length + 1);
  await exchange.end(ecology.id, 'SIGKILL');
  await line.ended;
  assert.equal(kept().length, before.length + 1);
  await ecology.start();
  assert.deepEqual(kept(), before);
});
