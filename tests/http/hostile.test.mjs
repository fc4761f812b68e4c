// SPDX-License-Identifier: Apache-2.0
//
// Callers that mean harm, or do not know better: nobody gets in without a
// token, nothing they send stops the others, nothing is kept by mistake.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { letter } from '../adapter/desk.mjs';
import { document, openOffice } from './office.mjs';
import { dial, head, statusOf } from './raw.mjs';

let office;
let child;
before(async () => {
  office = openOffice();
  child = await office.start();
});
after(() => office?.close());

const alive = async () => {
  const made = await office.submit(letter(Math.floor(Math.random() * 1e9)).text
    .replace(/<caseId>[^<]*</, `<caseId>${randomUUID()}<`));
  assert.equal(made.status, 202, made.text);
  assert.equal(child.exitCode, null);
};
const ask = (...words) => dial(office.port, head(...words)).ended;
const bearer = () => `Authorization: Bearer ${office.token}`;

test('nobody gets in without a token that stands in the file', async () => {
  for (const as of [null, 'wrong', '', office.token.slice(0, -1), `${office.token}x`,
    office.token.toUpperCase(), 'x'.repeat(20000)]) {
    for (const [method, path] of [['GET', '/inbox'], ['POST', '/letters'], ['GET', '/health']]) {
      const { status, json } = await office.call(method, path, { as });
      assert.equal(status, 401);
      assert.equal(json.code, 'NO_CREDENTIALS');
    }
  }
  assert.equal(statusOf(await ask('GET', '/inbox', `Authorization: Basic ${office.token}`)), 401);
});

test('the file of clients holds no token, only its digest, and is private', () => {
  const file = office.path('http-clients.csv');
  assert.ok(!readFileSync(file, 'utf8').includes(office.token));
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('removing a line ends the access at once; a damaged file lets nobody in', async () => {
  const file = office.path('http-clients.csv');
  const lines = readFileSync(file, 'utf8');
  const as = office.run('http-token', 'leaver').out.trim();
  assert.equal((await office.call('GET', '/inbox', { as })).status, 200);
  writeFileSync(file, lines);
  assert.equal((await office.call('GET', '/inbox', { as })).status, 401);
  appendFileSync(file, 'name,token,not-a-digest\n');
  assert.equal((await office.get('/inbox')).status, 401);
  writeFileSync(file, lines);
  assert.equal((await office.get('/inbox')).status, 200);
});

test('paths are taken as they are written: no trick leads anywhere', async () => {
  for (const path of ['/', '//inbox', '/inbox/', '/inbox/../letters', '/inbox/%2e%2e/letters',
    '/%69nbox', '/inbox%00', '/inbox/..%2f..%2fetc%2fpasswd', '/letters/', '/LETTERS',
    `/letters/${'a'.repeat(500)}`, '/inbox/x/taken/y', '/openapi.json/', '/\u00ff']) {
    const said = await ask('GET', path, bearer());
    assert.equal(statusOf(said), 404, `${path}: ${said}`);
  }
  for (const id of ['*', "1' OR '1'='1", '%25', '..', 'none', randomUUID()]) {
    const said = await ask('GET', `/letters/${encodeURIComponent(id)}`, bearer());
    assert.equal(statusOf(said), 404, id);
  }
});

test('another method is 405 and names the ones there are', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    const real = path.replace('{id}', randomUUID());
    const answer = await office.call('DELETE', real);
    assert.equal(answer.status, 405, path);
    assert.deepEqual(answer.headers.get('allow').split(', ').sort(),
      Object.keys(item).map((name) => name.toUpperCase()).sort(), path);
  }
});

test('wrong parameters and headers are told, with 400', async () => {
  for (const path of ['/inbox?limit=0', '/inbox?limit=1001', '/inbox?limit=x', '/inbox?after=-1',
    '/inbox?after=99999999999999999999', '/inbox?only=all', '/letters?state=lost',
    '/inbox?limit=', '/inbox?after=1%20']) {
    const answer = await office.get(path);
    assert.equal(answer.status, 400, path);
    assert.equal(answer.json.code, 'BAD_REQUEST');
  }
  const { text } = letter(21);
  assert.equal((await office.submit(text, { key: '' })).status, 400);
  assert.equal((await office.submit(text, { key: 'two words' })).status, 400);
  assert.equal((await office.submit(text, { key: 'x'.repeat(256) })).status, 400);
  assert.equal((await office.submit(text, { type: 'text/plain' })).status, 415);
  assert.equal((await office.submit(text, { type: 'application/xmlish' })).status, 415);
});

test('what is no letter is refused with 422', async () => {
  for (const [text, type] of [['', 'application/xml'], ['<', 'application/xml'],
    ['{', 'application/json'], ['{"header":1}', 'application/json'],
    ['{"header":{},"header":{}}', 'application/json'], ['[]', 'application/json'],
    [`${'['.repeat(50000)}`, 'application/json'], ['null', 'application/json'],
    ['{"a":"\\ud800"}', 'application/json'], ['\u0000\u0001', 'application/xml'],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'application/xml']]) {
    const answer = await office.submit(text, { type });
    assert.equal(answer.status, 422, `${text.slice(0, 40)}: ${answer.text}`);
  }
  await alive();
});

test('a body above the ceiling is 413; one without end is cut off', async () => {
  assert.equal((await office.submit('x'.repeat(1024 * 1024 + 1))).status, 413);
  const endless = dial(office.port, head('POST', '/letters', bearer(), 'Idempotency-Key: k',
    'Content-Type: application/xml', 'Transfer-Encoding: chunked'));
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const feed = setInterval(() => endless.socket.writable && endless.socket.write(chunk), 1);
  await endless.ended;
  clearInterval(feed);
  await alive();
});

test('headers without end, no HTTP at all, and half requests harm nobody', async () => {
  const huge = await ask('GET', '/inbox', bearer(), `X: ${'y'.repeat(200000)}`);
  assert.ok([0, 413, 431].includes(statusOf(huge)), huge.slice(0, 100));
  const junk = dial(office.port, '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'.repeat(100), '\r\n\r\n');
  junk.socket.end();
  await junk.ended;
  const both = dial(office.port, head('POST', '/letters', bearer(), 'Content-Length: 5',
    'Transfer-Encoding: chunked'), '0\r\n\r\nGET /inbox HTTP/1.1\r\n\r\n');
  both.socket.end();
  await both.ended;
  for (const length of ['-1', '99999999999999999999', 'x']) {
    const said = await ask('POST', '/letters', bearer(), `Content-Length: ${length}`);
    assert.ok([0, 400, 413].includes(statusOf(said)), said.slice(0, 100));
  }
  await alive();
});

test('callers who never finish, or never read, are let go and keep nobody waiting', async () => {
  const slow = Array.from({ length: 100 }, () =>
    dial(office.port, 'POST /letters HTTP/1.1\r\nHost: x\r\nX-Slow: '));
  const deaf = dial(office.port);
  deaf.socket.pause();
  const wishes = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50);
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('z');
    if (deaf.socket.writableLength < 100000) deaf.socket.write(wishes);
  }, 200);
  await alive();
  // Each is hung up when its time is over, though none ever fell silent.
  await Promise.all([deaf, ...slow].map(({ ended }) => ended));
  clearInterval(drip);
  await alive();
});

test('callers who hang up early leave nothing behind', async () => {
  for (let i = 0; i < 200; i++) {
    const line = dial(office.port, head('POST', '/letters', bearer(), `Idempotency-Key: ${i}`,
      'Content-Type: application/xml', 'Content-Length: 100000'), 'x'.repeat(i * 10));
    line.socket.on('connect', () => line.socket.resetAndDestroy?.() ?? line.socket.destroy());
    await line.ended;
  }
  await alive();
});

test('the settings are judged at the start', async () => {
  for (const [more, said] of [
    [{ http_listen: '0.0.0.0:0' }, /loopback/],
    [{ http_listen: 'localhost' }, /ADDRESS:PORT/],
    [{ http_certificate: 'none.pem', http_key: 'none.key' }, /none\.pem/],
    [{ http_client_authority: 'keys/authority.pem' }, /server certificate/],
    [{ webhook_url: 'http://127.0.0.1:1/', webhook_secret: 'adapter.conf' }, /whsec_/],
  ]) {
    const wrong = openOffice(more);
    const text = await wrong.start().then(({ said: told }) => told, ({ message }) => message);
    assert.match(text, said);
    assert.match(text, /BAD_SETTINGS|NO_FILE/);
    wrong.close();
  }
});
