// SPDX-License-Identifier: Apache-2.0
//
// Files beside a letter in out/: NAME.files/ goes with NAME.json, whatever
// lies in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { mustYisong, names, openLandscape } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { noise, putWith, received } from './files.mjs';

const { ecology, police } = names;

let exchange;
let at;
before(() => {
  exchange = openLandscape();
  at = exchange.agency(ecology);
});
after(() => exchange?.close());

test('a folder of files beside the letter goes with it, in JSON and in XML', async () => {
  const files = { '照片 一.jpg': noise(700_000, 'one'), 'log.csv': noise(10, 'csv'), 'empty': Buffer.alloc(0) };
  putWith(exchange, ecology, 'beside', files);
  assert.deepEqual(await received(exchange, police, 'beside'), files);
  await at.lies('sent', 'beside.files');
  assert.deepEqual(readdirSync(at.spool('sent', 'beside.files')).sort(), Object.keys(files).sort());
  assert.equal(existsSync(at.spool('out', 'beside.files')), false);

  mkdirSync(at.spool('out', 'xml.files'));
  writeFileSync(at.spool('out', 'xml.files', 'a.bin'), 'abc');
  const json = exchange.path('xml.json');
  const { header, ...rest } = draft('criminal-case-transfer', 'beside-xml');
  writeFileSync(json, toJson({ header: { ...header, from: ecology, sentAt: new Date().toISOString() }, ...rest }));
  at.put('xml.xml', mustYisong('convert', '--to', 'xml', json));
  const file = await exchange.agency(police).file('in', 'beside-xml', '.xml');
  const folder = exchange.agency(police).spool('in', file.replace(/xml$/, 'files'));
  assert.equal(readFileSync(`${folder}/a.bin`, 'utf8'), 'abc');
});

test('the letter waits while somebody still copies', async () => {
  mkdirSync(at.spool('out', 'slow.files'));
  writeFileSync(at.spool('out', 'slow.files', 'a.bin.part'), 'ab');
  at.put('slow.json', toJson(draft('criminal-case-transfer', 'slow')));
  at.put('after.json', toJson(draft('criminal-case-transfer', 'after')));
  await at.lies('sent', 'after.json');
  assert.equal(existsSync(at.spool('out', 'slow.json')), true);
  writeFileSync(at.spool('out', 'slow.files', 'a.bin.part'), 'abc');
  renameSync(at.spool('out', 'slow.files', 'a.bin.part'), at.spool('out', 'slow.files', 'a.bin'));
  assert.deepEqual(await received(exchange, police, 'slow'), { 'a.bin': Buffer.from('abc') });
});

test('a link, a pipe or a folder among the files is refused with the letter', async () => {
  const acts = {
    link: (path) => symlinkSync('/etc/passwd', path),
    pipe: (path) => execFileSync('mkfifo', [path]),
    folder: (path) => mkdirSync(path),
  };
  for (const [name, act] of Object.entries(acts)) {
    mkdirSync(at.spool('out', `${name}.files`));
    act(at.spool('out', `${name}.files`, 'x.pdf'));
    at.put(`${name}.json`, toJson(draft('criminal-case-transfer', `bad-${name}`)));
    await at.lies('refused', `${name}.json.reason.json`);
    assert.equal(at.sheet(`${name}.json`).code, 'NO_FILE');
    await at.lies('refused', `${name}.files`);
  }
});

test('files of a refused letter go to refused/ with it, and nothing of them is kept', async () => {
  mkdirSync(at.spool('out', 'wrong.files'));
  writeFileSync(at.spool('out', 'wrong.files', 'a.bin'), noise(1000, 'wrong'));
  const letter = draft('criminal-case-transfer', 'wrong');
  delete letter.body.caseTransfer.charges;
  at.put('wrong.json', toJson(letter));
  await at.lies('refused', 'wrong.json');
  assert.deepEqual(readdirSync(at.spool('refused', 'wrong.files')), ['a.bin']);
  await until('nothing is kept', () => readdirSync(at.path('attachments')).length === 0);
});

test('files that are put there a thousand at a time are refused, not half sent', async () => {
  mkdirSync(at.spool('out', 'many.files'));
  for (let i = 0; i < 201; i++) writeFileSync(at.spool('out', 'many.files', `${i}`), `${i}`);
  at.put('many.json', toJson(draft('criminal-case-transfer', 'many')));
  await at.lies('refused', 'many.json.reason.json');
  assert.equal(at.sheet('many.json').code, 'TOO_LARGE');
});
