// SPDX-License-Identifier: Apache-2.0
//
// The running adapter without a broker: it goes on taking files, whatever lies
// in the folder, and survives kill -9 at any moment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync, closeSync, mkdirSync, openSync, readFileSync, symlinkSync, truncateSync,
  writeSync,
} from 'node:fs';
import { after, before, test } from 'node:test';

import { until } from '../support/until.mjs';
import { letter, openDesk, openSilentPort } from './desk.mjs';

let desk;
before(() => { desk = openDesk(); });
after(() => desk?.close());

test('takes letters from the folder while the broker is away, and stops when told', async () => {
  const child = await desk.start();
  const { id, text } = letter(1);
  desk.put('移送书.xml', text);
  await until('the file is taken', () => desk.lies('sent', '移送书.xml'));

  assert.equal(readFileSync(desk.spool('sent', '移送书.xml'), 'utf8'), text);
  const row = desk.list('outbox').find((one) => one.id === id);
  assert.equal(row.state, 'queued');
  assert.equal(row.file, '移送书.xml');
  child.kill('SIGTERM');
  assert.deepEqual(await child.ended, { status: 0, signal: null });
});

test('a second adapter on the same mailbox does not start, exit 3', async () => {
  const first = await desk.start();
  const second = await desk.start();
  assert.deepEqual(await second.ended, { status: 3, signal: null });
  assert.match(second.said, /STORE_BUSY/);
  first.kill('SIGTERM');
  await first.ended;
});

test('nothing that lies in out/ stops it', async () => {
  const child = await desk.start();
  const out = (name) => desk.spool('out', name);
  symlinkSync('/etc/passwd', out('link.xml'));
  execFileSync('mkfifo', [out('pipe.xml')]);
  mkdirSync(out('folder.xml'));
  desk.put('huge.xml', '');
  truncateSync(out('huge.xml'), 2 ** 40);
  desk.put(`${'长'.repeat(80)}.xml`, 'rubbish');
  desk.put('new\nline.xml', 'rubbish');
  desk.put('empty.xml', '');
  desk.put('half.xml', letter(2).text.slice(0, 500));
  desk.put('draft.xml.part', 'not yet');
  execFileSync('sh', ['-c', 'echo rubbish >"$(printf "bytes\\377.xml")"'], { cwd: out('') });
  desk.put('good.xml', letter(3).text);

  await until('the good one is taken', () => desk.lies('sent', 'good.xml'));
  await until('all others are refused', () => desk.files('out').length === 2);
  assert.deepEqual(desk.files('out'), ['draft.xml.part', 'folder.xml']);
  const refused = desk.files('refused');
  for (const name of ['link.xml', 'pipe.xml', 'huge.xml', 'new%0Aline.xml', 'empty.xml',
    'half.xml', 'bytes%FF.xml']) {
    assert.ok(refused.includes(name), name);
    assert.ok(refused.includes(`${name}.reason.txt`), name);
    assert.ok(JSON.parse(readFileSync(desk.spool('refused', `${name}.reason.json`))).code);
  }
  assert.equal(child.exitCode, null);
  child.kill('SIGTERM');
  await child.ended;
});

test('a file is taken only when its writer has closed it', async () => {
  const child = await desk.start();
  const { text } = letter(4);
  const middle = text.length >> 1;
  const file = openSync(desk.spool('out', 'slow.xml'), 'w');
  writeSync(file, text.slice(0, middle));
  desk.put('other.xml', letter(5).text);
  await until('another one is taken', () => desk.lies('sent', 'other.xml'));
  assert.ok(desk.lies('out', 'slow.xml'));

  writeSync(file, text.slice(middle));
  closeSync(file);
  await until('now it is taken', () => desk.lies('sent', 'slow.xml'));
  child.kill('SIGTERM');
  await child.ended;
});

test('a file written in two pieces by two programs is taken whole', async () => {
  const child = await desk.start();
  const { text } = letter(6);
  desk.put('pieces.xml', text.slice(0, 100));
  desk.put('marker.xml', letter(7).text);
  await until('the look has passed it', () => desk.lies('sent', 'marker.xml'));
  appendFileSync(desk.spool('out', 'pieces.xml'), text.slice(100));

  await until('it is taken', () => desk.lies('sent', 'pieces.xml'));
  assert.ok(!desk.lies('refused', 'pieces.xml'));
  child.kill('SIGTERM');
  await child.ended;
});

test('kill -9 at any moment loses no file and sends none twice', async () => {
  const killed = openDesk();
  try {
    const count = 200; // several batches
    // Letters without an id: only the bookkeeping can tell a repeat.
    const text = letter(8).text.replace(/<id>[^<]*<\/id>/, '').replace(/<caseId>[^<]*<\/caseId>/, '');
    for (let i = 0; i < count; i++) killed.put(`${i}.xml`, text);
    for (let round = 0; killed.files('out').length > 0; round++) {
      assert.ok(round < 100);
      const child = await killed.start();
      const moved = killed.files('out').length;
      await until('some files are gone', () =>
        killed.files('out').length < moved || killed.files('out').length === 0);
      child.kill('SIGKILL');
      await child.ended;
    }
    const last = await killed.start();
    last.kill('SIGTERM');
    await last.ended;
    assert.equal(killed.list('outbox').length, count);
    assert.equal(killed.files('sent').length, count);
    assert.equal(new Set(killed.list('outbox').map((row) => row.file)).size, count);
  } finally {
    killed.close();
  }
});

test('a broker that is frozen does not keep files from being taken', async () => {
  const silent = await openSilentPort();
  const frozen = openDesk(silent.address().port);
  try {
    const child = await frozen.start();
    frozen.put('a.xml', letter(9).text);
    await until('the file is taken', () => frozen.lies('sent', 'a.xml'));
    child.kill('SIGKILL');
    await child.ended;
  } finally {
    frozen.close();
    silent.close();
  }
});
