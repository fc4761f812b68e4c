// SPDX-License-Identifier: Apache-2.0
//
// Packages that lie: made here with openssl cms and tar, by keys that are
// right where the lie needs it. Each is refused with its reason, and nothing
// of it is imported. No broker: what is refused never comes so far.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { mustYisong } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { openSide } from './stick.mjs';

const roles = { 'ecology-zaoyang': 'ecology', 'police-zaoyang': 'police', exchange: 'exchange' };
const folder = mkdtempSync(join(tmpdir(), 'yisong-courier.'));
const path = (...parts) => join(folder, ...parts);
const sides = {};

function makeOffice(authority, keys) {
  mustYisong('agencies', 'init', authority);
  for (const [id, role] of Object.entries(roles)) {
    mustYisong('agencies', 'add', authority, '--id', id, '--role', role, '--chinese', '某机关',
      '--english', 'an agency', '--region', '420683', '--level', 'county', '--out', keys(id));
  }
}

function writeSettings(id, lines) {
  const common = {
    agency: id, agencies: 'centre', key: `${id}/signing.key`, certificate: `${id}/signing.pem`,
    tls_authority: `${id}/authority.pem`, tls_certificate: `${id}/tls.pem`,
    tls_key: `${id}/tls.key`, broker_port: 1, ...lines,
  };
  writeFileSync(path(`${id}.conf`),
    Object.entries(common).map(([name, value]) => `${name} = ${value}\n`).join(''));
  sides[id] = openSide(path(`${id}.conf`), path(`${id}.stick`));
}

let good; // an honest package of the bureau, two letters

before(() => {
  makeOffice(path('centre'), (id) => path(id));
  makeOffice(path('foreign'), (id) => path('foreigners', id));
  for (const id of ['ecology-zaoyang', 'police-zaoyang']) {
    writeSettings(id, { mailbox: `${id}.db` });
  }
  writeSettings('exchange', { ledger: 'ledger.db' });
  for (let i = 1; i <= 2; i++) {
    writeFileSync(path('letter.json'), toJson(draft('criminal-case-transfer', `H-${i}`)));
    mustYisong('send', '-c', path('ecology-zaoyang.conf'), path('letter.json'));
  }
  [{ file: good }] = sides['ecology-zaoyang'].pack().packages;
});
after(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });

/** What is in a package, unpacked by a stranger's tools. */
function open(file, id) {
  const out = mkdtempSync(path('opened.'));
  openssl('cms', '-decrypt', '-inform', 'DER', '-in', file, '-recip', path(id, 'encryption.pem'),
    '-inkey', path(id, 'encryption.key'), '-out', join(out, 'archive.tar'));
  execFileSync('tar', ['-xf', 'archive.tar'], { cwd: out });
  return out;
}

const order = (at) => ['cover.xml', 'SHA256SUMS',
  ...readdirSync(join(at, 'letters')).sort().map((name) => `letters/${name}`)];
const tarWords = ['--format=ustar', '--owner=:0', '--group=:0', '--mode=0644', '--no-recursion',
  '--blocking-factor=1', '--numeric-owner'];

/** Puts the files into an archive again and seals it for `id`. */
function close(at, id, { names = order(at), more = [], keys = path(id) } = {}) {
  const name = path(`${createHash('sha256').update(at).digest('hex').slice(0, 12)}.p7m`);
  execFileSync('tar', ['-cf', 'again.tar', ...tarWords, ...more, ...names], { cwd: at });
  openssl('cms', '-encrypt', '-binary', '-stream', '-aes-256-gcm', '-outform', 'DER',
    '-in', join(at, 'again.tar'), '-recip', join(keys, 'encryption.pem'), '-out', name);
  return name;
}

function refused(id, file, code) {
  const before = sides[id].list();
  const { status, err } = sides[id].run('unpack', file);
  assert.equal(status, 1, err);
  assert.match(err, new RegExp(`: ${code}: `));
  assert.deepEqual(sides[id].list(), before, 'nothing was noted');
}

const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('a stranger opens a package with openssl, tar and sha256sum', () => {
  const at = open(good, 'exchange');
  const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: at, encoding: 'utf8' });
  assert.equal(checked.trim().split('\n').length, 4);
  assert.match(readFileSync(join(at, 'cover.xml'), 'utf8'), /<from>ecology-zaoyang<\/from>/);
  const letter = readdirSync(join(at, 'letters')).find((name) => name.endsWith('.json'));
  assert.match(mustYisong('verify', '--agencies', path('centre'), join(at, 'letters', letter)),
    /ecology-zaoyang/);
});

test('a package sealed to another is not opened', () => {
  refused('police-zaoyang', good, 'NOT_FOR_US');
});

test('a package sealed with the wrong key of the right name is not opened', () => {
  const at = open(good, 'exchange');
  refused('exchange', close(at, 'exchange', { keys: path('foreigners', 'exchange') }),
    'NOT_FOR_US');
});

test('a package that was meant for another is not taken, though it was sealed to us', () => {
  refused('police-zaoyang', close(open(good, 'exchange'), 'police-zaoyang'), 'NOT_FOR_US');
});

test('a cut package is refused at every length', () => {
  const whole = readFileSync(good);
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    copyFileSync(good, path('cut.p7m'));
    truncateSync(path('cut.p7m'), Math.floor(whole.length * share));
    refused('exchange', path('cut.p7m'), share > 0.1 ? 'SEAL_BROKEN' : '(SEAL_BROKEN|NOT_WELL_FORMED)');
  }
  writeFileSync(path('empty.p7m'), '');
  refused('exchange', path('empty.p7m'), 'NOT_WELL_FORMED');
});

test('a changed byte breaks the seal', () => {
  const bytes = readFileSync(good);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(path('changed.p7m'), bytes);
  refused('exchange', path('changed.p7m'), 'SEAL_BROKEN');
});

test('letters that were swapped are another ones', () => {
  const at = open(good, 'exchange');
  const [first, , second] = order(at).slice(2).map((name) => join(at, name));
  const bytes = readFileSync(first);
  writeFileSync(first, readFileSync(second));
  writeFileSync(second, bytes);
  refused('exchange', close(at, 'exchange'), 'DIGEST_MISMATCH');
});

test('letters that were swapped together with their sums are not what was signed', () => {
  const at = open(good, 'exchange');
  const sums = join(at, 'SHA256SUMS');
  const lines = readFileSync(sums, 'utf8').split('\n');
  [lines[0], lines[2]] = [lines[2].slice(0, 66) + lines[0].slice(66),
    lines[0].slice(0, 66) + lines[2].slice(66)];
  writeFileSync(sums, lines.join('\n'));
  refused('exchange', close(at, 'exchange'), 'DIGEST_MISMATCH');
});

test('a cover that was changed is not signed', () => {
  const at = open(good, 'exchange');
  const cover = join(at, 'cover.xml');
  writeFileSync(cover, readFileSync(cover, 'utf8').replace('<number>1<', '<number>2<'));
  refused('exchange', close(at, 'exchange'), 'BAD_SIGNATURE');
});

test('a package of the agency of the same name under another authority is not known', () => {
  const conf = readFileSync(path('ecology-zaoyang.conf'), 'utf8')
    .replace(/= ecology-zaoyang\//g, '= foreigners/ecology-zaoyang/')
    .replace('agencies = centre', 'agencies = foreign')
    .replace('ecology-zaoyang.db', 'foreign.db');
  writeFileSync(path('foreign.conf'), conf);
  mustYisong('send', '-c', path('foreign.conf'), path('letter.json'));
  const [{ file }] = openSide(path('foreign.conf'), path('foreign.stick')).pack().packages;
  const at = mkdtempSync(path('opened.'));
  openssl('cms', '-decrypt', '-inform', 'DER', '-in', file,
    '-recip', path('foreigners', 'exchange', 'encryption.pem'),
    '-inkey', path('foreigners', 'exchange', 'encryption.key'), '-out', join(at, 'a.tar'));
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: at });
  refused('exchange', close(at, 'exchange'), 'CERTIFICATE_UNKNOWN');
});

test('names that climb, links and files too many stay in the archive', () => {
  const at = open(good, 'exchange');
  const names = order(at);
  refused('exchange', close(at, 'exchange', { names, more: ['--transform=s,^letters/,../../,'] }),
    'NOT_WELL_FORMED');
  refused('exchange', close(open(good, 'exchange'), 'exchange',
    { names: [...names, 'archive.tar'] }), 'NOT_WELL_FORMED');
  refused('exchange', close(open(good, 'exchange'), 'exchange', { names: names.slice(0, -1) }),
    'NOT_WELL_FORMED');
  refused('exchange', close(open(good, 'exchange'), 'exchange',
    { names, more: ['--mode=0777'] }), 'NOT_WELL_FORMED');
});

test('a sheet of sums that is too large is not read', () => {
  const at = open(good, 'exchange');
  writeFileSync(join(at, 'SHA256SUMS'), Buffer.alloc(17 * 1024 * 1024, 'a'));
  refused('exchange', close(at, 'exchange'), 'TOO_LARGE');
});

test('an agency takes packages of the centre alone', () => {
  const out = path('other.stick');
  mkdirSync(out, { recursive: true });
  // The cover is honest, for the centre; no agency can sign one for another.
  const { status, err } = sides['ecology-zaoyang'].run('pack', '--for', 'police-zaoyang',
    '--out', out);
  assert.equal(status, 2, err);
});

test('the centre hands nothing over that names another sender than the packer', () => {
  const at = open(good, 'exchange');
  const [first] = order(at).slice(2);
  const text = readFileSync(join(at, first), 'utf8').replace('"from":"ecology-zaoyang"',
    '"from":"police-zaoyang"');
  writeFileSync(join(at, first), text);
  const sums = join(at, 'SHA256SUMS');
  writeFileSync(sums, readFileSync(sums, 'utf8').replace(/^[0-9a-f]{64}/, sum(text)));
  const cover = join(at, 'cover.xml');
  const page = readFileSync(cover, 'utf8')
    .replace(/<sums>[0-9a-f]{64}/, `<sums>${sum(readFileSync(sums))}`);
  writeFileSync(cover, page);
  refused('exchange', close(at, 'exchange'), 'BAD_SIGNATURE');
});

test('without a broker nothing is noted, and the package can come again', () => {
  const { status, err } = sides.exchange.run('unpack', good);
  assert.equal(status, 3, err);
  assert.match(err, /BROKER_DOWN/);
  assert.deepEqual(sides.exchange.list(), []);
});
