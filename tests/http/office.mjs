// SPDX-License-Identifier: Apache-2.0
//
// An agency's machine that is called over HTTP: the real adapter, a token, and
// calls that check each answer against the published document.
//
//     const office = openOffice();  await office.start();
//     const answer = await office.call('GET', '/inbox');   office.close();
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openDesk } from '../adapter/desk.mjs';
import { makeChecker } from './document.mjs';

export const document = JSON.parse(readFileSync(
  join(process.env.YISONG_SOURCE, 'broker-adapters/http/openapi.json'), 'utf8'));
const check = makeChecker(document);

/** `more`: further lines of the settings file. */
export function openOffice(more = {}, port = 1) {
  const desk = openDesk(port);
  const lines = { http_listen: '127.0.0.1:0', ...more };
  appendFileSync(desk.settings,
    Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`).join(''));
  return withHttp(desk);
}

/** Lets a desk, or an agency of a landscape, be called. */
export function withHttp(desk) {
  const made = desk.run('http-token', 'tests');
  assert.equal(made.status, 0, made.err);
  const token = made.out.trim();
  const start = desk.start;
  const office = {
    ...desk, token, base: '',
    async start() {
      const child = await start();
      const found = /http: \S+, port (\d+)/.exec(child.said);
      assert.ok(found, child.said);
      office.port = Number(found[1]);
      office.base = `http://127.0.0.1:${office.port}`;
      return child;
    },
    /** {status, headers, text, json}; checked against the document. */
    async call(method, path, { body, headers = {}, as = token } = {}) {
      const answer = await fetch(office.base + path, {
        method, body,
        headers: { ...(as && { Authorization: `Bearer ${as}` }), ...headers },
      });
      const text = await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      const json = /json/.test(type) ? JSON.parse(text) : undefined;
      check(method, path, answer.status, type, json);
      return { status: answer.status, headers: answer.headers, text, json };
    },
    get: (path) => office.call('GET', path),
    submit: (text, { key = randomUUID(), type = 'application/xml', ...headers } = {}) =>
      office.call('POST', '/letters', {
        body: text,
        headers: { 'Content-Type': type, ...(key && { 'Idempotency-Key': key }), ...headers },
      }),
  };
  return office;
}
