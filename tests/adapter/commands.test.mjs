// SPDX-License-Identifier: Apache-2.0
//
// send, inbox, outbox, reply, blacklist over a mailbox: what they print, what
// they refuse, how they exit.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { runYisong } from '../support/landscape.mjs';
import { letter, openDesk, sample } from './desk.mjs';

let desk;
before(() => { desk = openDesk(); });
after(() => desk?.close());

test('send queues a letter and outbox shows it', () => {
  const { id, text } = letter(1);
  const done = desk.run('send', desk.write('one.xml', text));
  assert.equal(done.status, 0, done.err);
  assert.match(done.out, new RegExp(id));

  const row = desk.list('outbox').find((one) => one.id === id);
  assert.equal(row.state, 'queued');
  assert.equal(row.caseId, 'zaoyang-2023-0908');
  assert.match(desk.run('outbox').out, /queued/);
});

test('send takes the same file twice as one letter', () => {
  const { id, text } = letter(2);
  const file = desk.write('two.xml', text);
  desk.run('send', file);
  const again = JSON.parse(desk.run('send', '--json', file).out);

  assert.deepEqual([again.id, again.repeat], [id, true]);
  assert.equal(desk.list('outbox').filter((one) => one.id === id).length, 1);
});

test('send refuses another content under the same id', () => {
  const { text } = letter(3);
  desk.run('send', desk.write('three.xml', text));
  const other = desk.write('other.xml', text.replace('<facts>', '<facts>另：'));

  const done = desk.run('send', other);
  assert.equal(done.status, 1);
  assert.match(done.err, /ID_REUSED/);
});

test('send tells every mistake with its line, and queues nothing', () => {
  const before = desk.list('outbox').length;
  const { text } = letter(4);
  const lines = text.split('\n');
  const place = lines.findIndex((line) => line.includes('<urgency>'));
  const broken = text
    .replace(/<urgency>\w+</, '<urgency>often<')
    .replace(/<caseId>[^<]*</, '<caseId>no case<');
  const done = desk.run('send', desk.write('broken.xml', broken));

  assert.equal(done.status, 1);
  assert.match(done.err, new RegExp(`broken\\.xml:${place + 1}: NOT_VALID: /message/header/urgency`));
  assert.match(done.err, /NOT_VALID: \/message\/header\/caseId/);
  assert.equal(desk.list('outbox').length, before);
});

test('send adds the manifest of attachments and keeps the files', () => {
  const { text } = letter(5, 'criminal-case-transfer.json');
  const report = desk.write('检测报告.pdf', 'the report');
  const done = desk.run('send', '--json', desk.write('five.json', text), report);
  assert.equal(done.status, 0, done.err);

  const digest = createHash('sha256').update('the report').digest('hex');
  assert.ok(existsSync(desk.path('attachments', digest)));
});

test('send refuses a missing attachment, exit 2', () => {
  const { text } = letter(6);
  const done = desk.run('send', desk.write('six.xml', text), desk.path('none.pdf'));
  assert.equal(done.status, 2);
  assert.match(done.err, /NO_FILE/);
});

test('a command without settings says so, exit 2', () => {
  const done = runYisong(['outbox']);
  assert.equal(done.status, 2);
  assert.match(done.err, /-c/);
});

test('all faults of a settings file are told at once, with their lines', () => {
  const file = desk.write('bad.conf', 'agency = a\nnonsense = 1\nbroker_port = many\n');
  const done = runYisong(['inbox', '-c', file]);
  assert.equal(done.status, 2);
  assert.match(done.err, /bad\.conf:2: BAD_SETTINGS/);
  assert.match(done.err, /bad\.conf:3: BAD_SETTINGS/);
  assert.match(done.err, /agencies/);
});

test('reply tells the fields of a type in both languages', () => {
  const english = runYisong(['reply', '--type', 'acceptance-receipt', '--fields']);
  const chinese = runYisong(['reply', '--type', 'acceptance-receipt', '--fields'], 'zh_CN.UTF-8');
  assert.equal(english.status, 0, english.err);
  assert.match(english.out, /officers\* .*\.name\*/);
  assert.match(chinese.out, /^接受案件回执\n/);
});

test('reply to a letter that is not there: exit 1', () => {
  const done = desk.run('reply', '--type', 'acceptance-receipt', '019306e0');
  assert.equal(done.status, 1);
  assert.match(done.err, /NOT_FOUND/);
});

test('reply with an unknown type: exit 1', () => {
  const done = desk.run('reply', '--type', 'no-such-type', '019306e0');
  assert.equal(done.status, 1);
  assert.match(done.err, /UNKNOWN_TYPE/);
});

test('blacklist lookup: exit 1 for a code that is not listed or not a code', () => {
  const free = desk.run('blacklist lookup', '91110108551385082Q');
  assert.equal(free.status, 1);
  assert.match(free.out, /91110108551385082Q: not listed/);
  assert.equal(desk.run('blacklist lookup', '--json', '91110108551385082Q').out, '[]\n');

  const wrong = desk.run('blacklist lookup', '911101085****5082Q');
  assert.equal(wrong.status, 1);
  assert.match(wrong.err, /AMBIGUOUS|BAD_FIELD/);
});

test('reading a mailbox that is not there makes none, exit 2', () => {
  const file = desk.write('none.conf', [
    'agency = a', 'mailbox = none.db', 'agencies = centre', 'key = k', 'certificate = c',
    'tls_authority = a', 'tls_certificate = c', 'tls_key = k', ''].join('\n'));
  const done = runYisong(['inbox', '-c', file]);
  assert.equal(done.status, 2);
  assert.match(done.err, /NO_FILE/);
  assert.ok(!existsSync(desk.path('none.db')));
});

test('a sample of another agency is refused', () => {
  const done = desk.run('send', desk.write('other-agency.xml', sample('acceptance-receipt.xml')));
  assert.equal(done.status, 1);
  assert.match(done.err, /WRONG_CHANNEL/);
});
