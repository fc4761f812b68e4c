// SPDX-License-Identifier: Apache-2.0
//
// The generated catalogue and the examples, as the IT person of an agency has
// them: every type has names, a form, a place in a procedure or a reason why
// not; every example is valid, in both encodings, for us and for ajv.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';

const program = process.env.YISONG;
const source = process.env.YISONG_SOURCE;

function yisong(words, locale = 'C.UTF-8') {
  const env = { ...process.env, LC_ALL: locale };
  return spawnSync(program, words, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

const types = yisong(['catalogue', '--json'])
  .stdout.trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const ids = types.map((type) => type.id);

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), 'yisong-catalogue-'))));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the catalogue has the types of the notices, sorted, once each', () => {
  assert.ok(ids.length > 190);
  assert.deepEqual(ids, [...new Set(ids)].sort());
  const listed = yisong(['catalogue']).stdout.trimEnd().split('\n');
  assert.deepEqual(listed.map((line) => line.split(' ')[0]), ids);
});

test('every type has a Chinese and an English name', () => {
  for (const { id, zh, en } of types) {
    assert.match(zh, /\p{Script=Han}/u, id);
    assert.match(en, /^[\x20-\x7e]+$/, id);
  }
});

test('who writes and who reads are roles of the registry', () => {
  const xsd = readFileSync(join(source, 'certs/registry.xsd'), 'utf8');
  const roles = new Set([...xsd.matchAll(/enumeration value="([^"]+)"/g)].map((m) => m[1]));
  for (const type of types.filter((row) => !row.crossCutting)) {
    assert.ok(type.from.length > 0 && type.to.length > 0, type.id);
    for (const role of [...type.from, ...type.to, ...type.copy])
      assert.ok(roles.has(role), `${type.id}: ${role}`);
  }
});

test('every basis is an article of law.xml; no basis only where none is known', () => {
  const text = readFileSync(join(source, 'routing/law.xml'), 'utf8');
  const articles = new Set();
  for (const [, law, inside] of text.matchAll(/<law id="([^"]+)"(.*?)<\/law>/gs))
    for (const [, article] of inside.matchAll(/<article id="([^"]+)"/g))
      articles.add(`${law}-${article}`);
  for (const type of types) {
    for (const article of type.basis) assert.ok(articles.has(article), `${type.id}: ${article}`);
    if (type.basis.length === 0) assert.equal(type.certainty, 'N', type.id);
  }
});

test('every example is valid in both encodings, for ajv too', () => {
  const schema = JSON.parse(execFileSync(program, ['schema', 'json'], { encoding: 'utf8' }));
  const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
  assert.equal(yisong(['example', '--folder', folder]).status, 0);
  const files = ids.flatMap((id) => [`${id}.xml`, `${id}.json`]).map((name) => join(folder, name));
  for (const id of ids) {
    const letter = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'));
    assert.ok(validate(letter), `${id}: ${JSON.stringify(validate.errors)}`);
  }
  const { status, stderr } = yisong(['validate', ...files]);
  assert.equal(status, 0, stderr);
});

test('an example says the same in both encodings', () => {
  for (const id of ids.filter((_, place) => place % 20 === 0)) {
    const json = yisong(['example', id, '--to', 'json']).stdout;
    const path = join(folder, `${id}.both.xml`);
    writeFileSync(path, yisong(['example', id]).stdout);
    const converted = yisong(['convert', '--to', 'json', path]).stdout;
    assert.deepEqual(JSON.parse(converted), JSON.parse(json), id);
  }
});

test('the page of a type tells its law, its procedure and its limits', () => {
  const page = yisong(['catalogue', 'case-consultation-reply'], 'zh_CN.UTF-8').stdout;
  assert.match(page, /第二十四条/);
  assert.match(page, /案件咨询与会商：已咨询/);
  assert.match(page, /履行：书面咨询答复期限 7日/);
  assert.match(page, /<type>case-consultation-reply<\/type>/);
});

test('the catalogue as a web page has a section for every type', () => {
  const html = yisong(['catalogue', '--html']).stdout;
  for (const id of ids) assert.ok(html.includes(`<section id="${id}">`), id);
  assert.doesNotMatch(html, /<script/);
});

test('an unknown type and two formats at once are refused', () => {
  assert.notEqual(yisong(['catalogue', 'no-such-type']).status, 0);
  assert.notEqual(yisong(['example', 'no-such-type']).status, 0);
  assert.equal(yisong(['catalogue', '--json', '--html']).status, 2);
  assert.equal(yisong(['example', 'refusal', '--to', 'yaml']).status, 2);
  assert.equal(yisong(['example']).status, 2);
  assert.equal(yisong(['example', 'refusal', '--folder', folder]).status, 2);
});

test('cards and credit grades are two scales, by region', () => {
  const jiangxi = yisong(['cards', '--region', '360100']).stdout;
  assert.match(jiangxi, /^jiangxi-cards .*\[card\]$/m);
  assert.match(jiangxi, /^national-grades .*\[credit grade\]$/m);
  assert.doesNotMatch(jiangxi, /tianjin/);
  const jiangsu = yisong(['cards', '--region', '320100']).stdout;
  assert.match(jiangsu, /colours: green blue yellow red black/);
});
