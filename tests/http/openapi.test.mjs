// SPDX-License-Identifier: Apache-2.0
//
// The published document: valid OpenAPI 3.1, the same that the adapter serves,
// and neither more nor less than what the adapter does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';

import { document, openOffice } from './office.mjs';

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)).sort();

let office;
before(async () => {
  office = openOffice();
  await office.start();
});
after(() => office?.close());

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const found = await validator.validate(structuredClone(document));
  assert.ok(found.valid, JSON.stringify(found.errors, null, 1));
  assert.equal(validator.version, '3.1');
});

test('a document with a mistake is found by the same validator', async () => {
  const wrong = structuredClone(document);
  delete wrong.paths['/inbox'].get.responses['200'].description;
  assert.equal((await new Validator().validate(wrong)).valid, false);
});

test('every reference in the document leads somewhere, and every schema is used', () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map(([, at]) => at));
  const defined = ['schemas', 'responses'].flatMap((kind) =>
    Object.keys(document.components[kind]).map((name) => `${kind}/${name}`));
  assert.deepEqual([...used].sort(), defined.sort());
});

test('the adapter serves the document to anybody', async () => {
  const answer = await office.call('GET', '/openapi.json', { as: null });
  assert.deepEqual(answer.json, document);
});

test('the document tells the routes of the program, all of them and no others', () => {
  const source = readFileSync(
    join(process.env.YISONG_SOURCE, 'broker-adapters/http/http_connector.c'), 'utf8');
  const routes = [...source.matchAll(/\{"(GET|POST|PUT|DELETE)", "([^"]+)", \w+, \w+\}/g)]
    .map(([, method, path]) => `${method} ${path}`);
  assert.deepEqual(routes.sort(), operations);
});

test('every operation is there: without a token it is 401, unless the document says so', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { security }] of Object.entries(item)) {
      const answer = await office.call(method.toUpperCase(), path.replace('{id}', 'x'), { as: null });
      assert.equal(answer.status, security?.length === 0 ? 200 : 401, `${method} ${path}`);
    }
  }
});
