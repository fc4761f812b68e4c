// SPDX-License-Identifier: Apache-2.0
//
// The HTTP interface over TLS: 1.3 only, and callers known by certificate.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { openOffice } from './office.mjs';
import { makeAuthority } from './papers.mjs';
import { dial, head, statusOf } from './raw.mjs';

const folder = mkdtempSync(join(tmpdir(), 'yisong-tls.'));
let office;
let authority;
let server;
before(async () => {
  authority = makeAuthority(folder, 'house');
  server = authority.issue('server');
  office = openOffice({
    http_certificate: server.certPath, http_key: server.keyPath,
    http_client_authority: authority.path,
  });
  await office.start();
});
after(() => {
  office?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The status, or the code of what went wrong. */
const ask = (options = {}) => new Promise((resolve) => {
  const { headers = {}, ...tls } = options;
  request({
    host: '127.0.0.1', port: office.port, path: '/inbox', ca: authority.pem, agent: false,
    headers, ...tls,
  }, (answer) => {
    answer.resume();
    const protocol = answer.socket.getProtocol();
    answer.on('end', () => resolve({ status: answer.statusCode, protocol }));
  }).on('error', ({ code }) => resolve({ code })).end();
});

test('a token is enough over TLS 1.3', async () => {
  const headers = { Authorization: `Bearer ${office.token}` };
  assert.deepEqual(await ask({ headers }), { status: 200, protocol: 'TLSv1.3' });
  assert.equal((await ask({ headers: {} })).status, 401);
});

test('older versions of TLS and plain text get nothing', async () => {
  const old = await ask({ maxVersion: 'TLSv1.2' });
  assert.ok(old.code && !old.status, JSON.stringify(old));
  const said = await dial(office.port, head('GET', '/openapi.json')).ended;
  assert.equal(statusOf(said), 0);
});

test('a certificate that stands in the list is let in, others are not', async () => {
  const known = authority.issue('gateway');
  appendFileSync(office.path('http-clients.csv'), `gateway,certificate,${known.sha256}\n`);
  assert.equal((await ask({ cert: known.cert, key: known.key })).status, 200);

  const unlisted = authority.issue('other');
  assert.equal((await ask({ cert: unlisted.cert, key: unlisted.key })).status, 401);
});

test('a certificate of another authority is not let in, though it stands in the list', async () => {
  const foreign = makeAuthority(folder, 'foreign').issue('gateway');
  appendFileSync(office.path('http-clients.csv'), `foreign,certificate,${foreign.sha256}\n`);
  const answer = await ask({ cert: foreign.cert, key: foreign.key });
  assert.notEqual(answer.status, 200);
});

test('the fingerprint of a certificate is no token', async () => {
  const headers = { Authorization: `Bearer ${server.sha256}` };
  assert.equal((await ask({ headers })).status, 401);
});
