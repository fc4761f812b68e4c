// SPDX-License-Identifier: Apache-2.0
//
// The seal of a package is plain CMS: what openssl sealed opens here, in each
// of the forms that it writes, as what is sealed here opens there. And a
// package that was on its way while its receiver got new keys still opens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { names, openLandscape } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';
import { renewKeys } from '../support/renewal.mjs';
import { NOWHERE, openSide, setLine } from './stick.mjs';

const crime = 'SEAL-2026-0001';
let exchange, ecology, police, branch, centre, sealed;

before(async () => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
  await setLine(exchange, names.ecology, NOWHERE);
  branch = openSide(ecology.settings, exchange.path('stick-out'));
  centre = openSide(exchange.path('exchange', 'router.conf'), exchange.path('stick-in'));
  ecology.put('transfer.json', toJson(draft('criminal-case-transfer', crime)));
  await ecology.settled('transfer.json', 'queued');
  [{ file: sealed }] = branch.pack().packages;
});
after(() => exchange?.close());

const openssl = (...words) => execFileSync('openssl', ['cms', ...words], { stdio: 'pipe' });
const pair = (name) => exchange.agency('exchange').path('keys', `encryption.${name}`);
const plain = () => exchange.path('package.tar');

test('openssl opens what is sealed here', () => {
  openssl('-decrypt', '-inform', 'DER', '-in', sealed, '-recip', pair('pem'), '-inkey', pair('key'),
    '-out', plain());
  const inside = execFileSync('tar', ['-tf', plain()], { encoding: 'utf8' }).trim().split('\n');
  assert.deepEqual(inside.slice(0, 2), ['cover.xml', 'SHA256SUMS']);
});

test('what openssl sealed opens here: in one piece, in pieces, to several', async () => {
  const forms = [[], ['-stream'], ['-stream', '-recip', ecology.path('keys', 'encryption.pem')]];
  for (const [place, more] of forms.entries()) {
    const file = exchange.path(`${place}.p7m`);
    openssl('-encrypt', '-binary', '-aes-256-gcm', '-outform', 'DER', '-in', plain(), '-out', file,
      ...more, '-recip', pair('pem'), '-keyopt', 'ecdh_kdf_md:sha256');
    const [taken] = centre.unpack(file);
    assert.deepEqual([taken.from, taken.repeat, taken.new], [names.ecology, place > 0, place ? 0 : 1]);
  }
  await police.arrived(crime, 'criminal-case-transfer');
});

test('what was sealed before a renewal opens with the key of before', async () => {
  const [{ id }] = ecology.outbox();
  const answer = police.reply(id, '--type', 'acceptance-receipt',
    '--field', 'officers=李某', '--field', 'receiptNumber=2026-15');
  await police.settled(answer.id, 'submitted');
  const { packages } = centre.pack('--for', names.ecology);
  renewKeys(exchange, names.ecology).join();
  const [taken] = branch.unpack(...packages.map(({ file }) => file));
  assert.equal(taken.quarantined, 0);
  assert.ok(taken.new >= 1);
  await ecology.arrived(crime, 'acceptance-receipt');
});
