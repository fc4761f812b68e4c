// SPDX-License-Identifier: Apache-2.0
//
// Bad input by AMQP: a registered agency with a client of its own sends what
// it must not. Each letter gets one signed refusal and is kept; after each of
// them a good letter is accepted as before.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { openClient } from '../support/amqp_client.mjs';
import { mustYisong, names, openLandscape } from '../support/landscape.mjs';
import { draft, newId, openSigner, sha256, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';

let exchange, ecology, police, signer, client;
const inbox = []; // {header, body, bytes, digest} of what came for the bureau
let count = 0;

before(async () => {
  exchange = openLandscape();
  ecology = exchange.agency(names.ecology);
  police = exchange.agency(names.police);
  await exchange.end(ecology.id, 'SIGTERM');
  signer = openSigner(ecology);
  client = await openAs(ecology, inbox);
});
after(async () => {
  await client?.close();
  exchange?.close();
});

async function openAs(agency, into) {
  const opened = await openClient(exchange.port(), agency);
  await opened.consume((delivery) => into.push(readLetter(delivery)));
  return opened;
}

/** Whatever comes is signed: JSON is checked here, XML by the program. */
function readLetter({ bytes, properties }) {
  const digest = sha256(bytes);
  if (properties.contentType === 'application/json') {
    const letter = JSON.parse(bytes);
    checkJws(letter.header.from, bytes, `${properties.headers.jws}`);
    return { ...letter, bytes, jws: `${properties.headers.jws}`, digest };
  }
  const file = exchange.path(`${digest}.xml`);
  writeFileSync(file, bytes);
  exchange.verify(file);
  return { ...JSON.parse(mustYisong('convert', '--to', 'json', file)), bytes, digest };
}

/** ES256 by Node's own cryptography; SM2 is the business of other tests. */
function checkJws(from, bytes, jws) {
  const pem = readFileSync(exchange.path(from, 'keys', 'signing.pem'));
  const [header, , value] = jws.split('.');
  if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'ES256') return;
  const key = new X509Certificate(pem).publicKey;
  const input = Buffer.from(`${header}.${bytes.toString('base64url')}`);
  const signature = Buffer.from(value, 'base64url');
  assert.ok(verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature));
}

const newCase = () => `LETTERS-${++count}`;
const transfer = (options) => draft('criminal-case-transfer', newCase(), options);
const receiptsOf = (id) => inbox.filter((letter) =>
  letter.header.type === 'submission-receipt' &&
  letter.body.receipts.entry.some((entry) => entry.id === id));
const refusalsOf = (bytes, box = inbox) => box.filter((letter) =>
  letter.header.type === 'refusal' && letter.body.refusal.digest === sha256(bytes));
const logSize = () => JSON.parse(
  mustYisong('log', 'head', '--json', '--ledger', exchange.path('exchange', 'ledger.db'))).size;

async function accepted(letter) {
  await until(`a receipt for ${letter.id}`, () => {
    const [refusal] = refusalsOf(letter.bytes);
    if (refusal) throw new Error(`refused: ${JSON.stringify(refusal.body)}`);
    return receiptsOf(letter.id).length > 0;
  });
  return letter;
}

async function goodLetterArrives() {
  const letter = signer.sign(transfer());
  await client.publish(letter);
  await accepted(letter);
  await police.arrived(letter.caseId, 'criminal-case-transfer');
  return letter;
}

/** One refusal, signed by the exchange; nothing of the letter has happened. */
async function isRefused(letter, code, { by = client, box = inbox, ...properties } = {}) {
  const before = logSize();
  await by.publish(letter, properties);
  await until(`a refusal (${code})`, () => refusalsOf(letter.bytes, box).length > 0);
  const [{ header, body: { refusal } }] = refusalsOf(letter.bytes, box);
  assert.equal(refusal.code, code, JSON.stringify(refusal));
  assert.equal(header.from, 'exchange');
  assert.ok(refusal.chinese && refusal.english);
  assert.ok(logSize() >= before + 2, 'the letter is kept, and its refusal');
  await goodLetterArrives();
  assert.equal(refusalsOf(letter.bytes, box).length, 1, 'one refusal');
}

const resigned = (bytes, id = newId()) =>
  ({ bytes: Buffer.from(bytes), jws: signer.signBytes(bytes), id, type: 'x', caseId: 'LETTERS' });

// --- malformed ---------------------------------------------------------------

const text = () => `${signer.sign(transfer()).bytes}`;
const malformed = {
  'half a letter': ['NOT_WELL_FORMED', () => text().slice(0, 1000)],
  'the empty letter': ['NOT_WELL_FORMED', () => ''],
  'zeros': ['NOT_WELL_FORMED', () => Buffer.alloc(100)],
  'a name twice': ['NOT_WELL_FORMED', () => text().replace('{', '{"body":{},')],
  'two letters in one': ['NOT_WELL_FORMED', () => text() + text()],
  'nothing but depth': ['TOO_LARGE', () => '{"a":'.repeat(100_000)],
  'a document type': ['FORBIDDEN_CONSTRUCT', () => '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  'another vocabulary': ['NOT_VALID', () => '<html xmlns="http://www.w3.org/1999/xhtml"/>'],
  'two mebibytes': ['TOO_LARGE', () => text().replace('}', ' '.repeat(2 << 20) + '}')],
};
for (const [what, [code, content]] of Object.entries(malformed)) {
  test(`malformed: ${what} is ${code}`, () => isRefused(resigned(content()), code));
}

test('oversized: what is larger than the broker lets through hurts its sender alone', async () => {
  const second = await openClient(exchange.port(), ecology);
  await assert.rejects(second.publish(resigned(Buffer.alloc(5 << 20, 0x20))));
  await second.close();
  await goodLetterArrives();
});

// --- forged ------------------------------------------------------------------

test('forged: a letter without signature, or with one that is none', async () => {
  const plain = () => signer.sign(transfer());
  await isRefused({ ...plain(), jws: undefined }, 'NOT_SIGNED');
  await isRefused({ ...plain(), jws: 'a.b.c' }, 'SIGNATURE_PROFILE');
  await isRefused({ ...plain(), jws: `${'e'.repeat(20_000)}` }, 'NOT_SIGNED');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  await isRefused({ ...plain(), jws: `${none}..` }, 'SIGNATURE_PROFILE');
});

test('forged: a letter changed after it was signed', async () => {
  const letter = signer.sign(transfer());
  const bytes = Buffer.from(`${letter.bytes}`.replace('57.21', '5.721'));
  await isRefused({ ...letter, bytes }, 'BAD_SIGNATURE');
});

test('forged: a letter signed with a key that nobody registered', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const letter = signer.sign(transfer());
  const header = letter.jws.split('.')[0];
  const input = Buffer.from(`${header}.${letter.bytes.toString('base64url')}`);
  const value = sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const jws = `${header}..${value.toString('base64url')}`;
  await isRefused({ ...letter, jws }, 'BAD_SIGNATURE');

  const unknown = signer.sign(transfer(), { certificate: sha256('some certificate') });
  await isRefused(unknown, 'CERTIFICATE_UNKNOWN');
});

test('forged: an XML letter without a signature, or with that of another letter', async () => {
  const asXml = (bytes) => ({ ...resigned(bytes), jws: undefined });
  const xml = { contentType: 'application/xml' };
  const file = exchange.path('mine.xml');
  writeFileSync(file, toXml(transfer(), ecology));
  mustYisong('sign', '--key', ecology.path('keys', 'signing.key'),
    '--cert', ecology.path('keys', 'signing.pem'), '--out', `${file}.signed`, file);
  const signed = readFileSync(`${file}.signed`, 'utf8');

  await isRefused(asXml(readFileSync(file)), 'NOT_SIGNED', xml);
  await isRefused(asXml(signed.replace('57.21', '5.721')), 'BAD_SIGNATURE', xml);
  await isRefused(asXml(signed.replace(/<(\w+:)?Signature[ >].*Signature>/s, '')), 'NOT_SIGNED', xml);
});

test('forged: a letter in the name of another, or of nobody', async () => {
  await isRefused(signer.sign(transfer(), { from: names.police }), 'WRONG_CHANNEL');
  await isRefused(signer.sign(transfer(), { from: 'nobody-here' }), 'WRONG_CHANNEL');
});

test('forged: the genuine letter of another stays the other one\'s', async () => {
  const { caseId, id } = await goodLetterArrives();
  const { id: theirs } = police.reply(id, '--type', 'acceptance-receipt',
    '--field', 'officers=李某');
  const genuine = await until('the acceptance', () =>
    inbox.find((letter) => letter.header.id === theirs));
  await isRefused({ ...genuine, id: theirs, caseId }, 'WRONG_CHANNEL');
  await police.settled(theirs, 'submitted', 'delivered');
});

test('forged: the broker lets nobody take the name of another user', async () => {
  const second = await openClient(exchange.port(), ecology);
  await assert.rejects(second.publish(signer.sign(transfer()), { userId: names.police }));
  await second.close();
  const third = await openClient(exchange.port(), ecology);
  await assert.rejects(third.publish(signer.sign(transfer()), { exchange: 'deliver' }));
  await third.close();
  await goodLetterArrives();
});

test('forged: a letter that does not say whose it is, is kept and answered to nobody', async () => {
  const before = logSize();
  const letter = signer.sign(transfer());
  await client.publish(letter, { userId: undefined });
  await until('it is in the log', () => logSize() > before);
  await goodLetterArrives();
  assert.deepEqual(refusalsOf(letter.bytes), []);
});

test('what stands on the envelope counts for nothing', async () => {
  const letter = signer.sign(transfer());
  await client.publish(letter, {
    messageId: newId(), type: 'refusal', contentType: 'text/html', correlationId: 'other-case',
    timestamp: 1, expiration: '60000000', priority: 9, replyTo: 'in.police-zaoyang',
    headers: { jws: letter.jws, sequence: 'many', 'x-delay': {}, CC: ['in.bank-zaoyang'] },
  });
  await accepted(letter);
});

// --- replayed ----------------------------------------------------------------

test('replayed: the same bytes again get the same receipt again and change nothing', async () => {
  const letter = await goodLetterArrives();
  await client.publish(letter);
  await until('the receipt again', () => receiptsOf(letter.id).length === 2);
  const [first, again] = receiptsOf(letter.id);
  assert.deepEqual(again.bytes, first.bytes);
  const rows = exchange.case(letter.caseId).letters.filter((row) => row.sender === ecology.id);
  assert.equal(rows.length, 1);
  assert.equal(police.inbox().filter((row) => row.id === letter.id).length, 1);
});

test('replayed: the same id with other content is refused, the first one stays', async () => {
  const letter = await goodLetterArrives();
  const other = signer.sign(transfer({ header: { id: letter.id } }));
  await isRefused(other, 'ID_REUSED');
  const [row] = exchange.case(letter.caseId).letters;
  assert.equal(row.digest, letter.digest);
});

test('replayed: a refused letter gets its refusal again', async () => {
  const letter = signer.sign(transfer({ header: { to: ['nobody-here'] } }));
  await isRefused(letter, 'UNKNOWN_ADDRESSEE');
  await client.publish(letter);
  await until('the refusal again', () => refusalsOf(letter.bytes).length === 2);
  const [first, again] = refusalsOf(letter.bytes);
  assert.deepEqual(again.bytes, first.bytes);
});

// --- not lawful --------------------------------------------------------------

test('form: what the schema, the catalogue or the clock forbids', async () => {
  const lawless = async (options, code, more) =>
    isRefused(signer.sign(transfer(options), more), code);
  await lawless({ header: { type: 'love-letter' } }, 'UNKNOWN_TYPE');
  await lawless({ header: { type: 'acceptance-receipt' } }, 'WRONG_FORM');
  await lawless({ body: { charges: [] } }, 'NOT_VALID');
  await lawless({ header: { caseId: '../../etc' } }, 'NOT_VALID');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  await lawless({}, 'CLOCK_SKEW', { sentAt: tomorrow });
});

test('out of turn: what the case does not take from this agency now', async () => {
  const { caseId, id, digest } = await goodLetterArrives();
  const next = (type, options, sequence = 2) =>
    signer.sign(draft(type, caseId, { answers: { id, digest }, ...options }), { sequence });
  await isRefused(next('criminal-case-transfer', { answers: undefined }), 'CASE_EXISTS');
  await isRefused(next('material-supplement'), 'OUT_OF_TURN');
  await isRefused(next('filing-decision-notice', { header: { to: [names.police] } }), 'OUT_OF_TURN');

  police.reply(id, '--type', 'acceptance-receipt', '--field', 'officers=李某');
  const notice = police.reply(id, '--type', 'material-deficiency-notice', '--field', 'subject=补正',
    '--field', 'reason=照片未注明', '--field', 'items.name=照片', '--field', 'items.requirement=注明');
  const came = await until('the notice', () =>
    inbox.find((letter) => letter.header.id === notice.id));
  const answers = { id: notice.id, digest: came.digest };
  await isRefused(next('material-deficiency-notice', { header: { to: [names.police] } }),
    'NOT_PERMITTED');
  await isRefused(next('material-supplement', { answers: { id: newId(), digest } }), 'UNKNOWN_MESSAGE');
  await isRefused(next('material-supplement', { answers: { id: notice.id, digest } }), 'DIGEST_MISMATCH');
  await isRefused(next('material-supplement', { answers }, 1), 'OUT_OF_SEQUENCE');

  const supplement = next('material-supplement', { answers });
  await client.publish(supplement);
  await accepted(supplement);
});

test('the case of others, and the letters that only the exchange may write', async () => {
  const court = exchange.agency(names.court);
  await exchange.end(court.id, 'SIGTERM');
  const box = [];
  const by = await openAs(court, box);
  const theirs = openSigner(court);
  const { caseId, id, digest } = await goodLetterArrives();
  const options = { answers: { id, digest }, header: { to: [ecology.id], copyTo: undefined } };
  await isRefused(theirs.sign(draft('acceptance-receipt', caseId, options)), 'NOT_A_PARTY', { by, box });

  for (const type of ['submission-receipt', 'refusal', 'overdue-reminder']) {
    const forged = draft(type, caseId, { header: { to: [names.police] } });
    await isRefused(theirs.sign(forged, { sequence: undefined }), 'NOT_PERMITTED', { by, box });
  }
  await by.close();
  exchange.start(court.id);
});

/** A delivery receipt for letters of the bureau, as a recipient would sign it. */
const receipt = (by, ...letters) => openSigner(by).sign({
  header: {
    schemaVersion: '1', id: newId(), type: 'delivery-receipt', caseId: 'none',
    to: [ecology.id], urgency: 'normal',
  },
  body: {
    receipts: {
      entry: letters.map((letter) => ({
        id: letter.id, digest: letter.digest, type: letter.type, caseId: letter.caseId,
        at: new Date().toISOString(),
      })),
    },
  },
}, { sequence: undefined });

test('a receipt for what was never sent to its signer changes nothing', async () => {
  const mine = await goodLetterArrives();
  await isRefused(receipt(ecology, mine), 'NOT_A_PARTY');
  await isRefused(receipt(ecology, { ...mine, digest: sha256('other') }), 'DIGEST_MISMATCH');
  await isRefused(receipt(ecology, { ...mine, id: newId() }), 'UNKNOWN_MESSAGE');
});

test('a receipt is taken whole or not at all', async () => {
  const reader = exchange.agency(names.procuratorate);
  await exchange.end(reader.id, 'SIGTERM');
  const box = [];
  const by = await openAs(reader, box);
  const theirs = await goodLetterArrives();
  const card = signer.sign(draft('card-credit-push', newCase()));
  await client.publish(card);
  await accepted(card);
  const isReceipted = () => exchange.case(theirs.caseId).letters
    .find((row) => row.id === theirs.id).deliveries
    .find((row) => row.recipient === reader.id).deliveredAt !== undefined;

  await isRefused(receipt(reader, theirs, card), 'NOT_A_PARTY', { by, box });
  assert.equal(isReceipted(), false);

  await by.publish(receipt(reader, theirs));
  await until('the receipt counts', isReceipted);
  await by.close();
  exchange.start(reader.id);
});

// --- revoked -----------------------------------------------------------------

test('revoked: an agency that loses its registration is heard no more, the others are', async () => {
  const bank = exchange.agency(names.bank);
  const letter = () => draft('acceptance-receipt', 'NO-SUCH-CASE', {
    answers: { id: newId(), digest: sha256('') }, header: { to: [ecology.id] },
  });
  bank.put('before.json', toJson(letter()));
  assert.equal((await bank.settled('before.json', 'refused')).code, 'UNKNOWN_CASE');

  exchange.revoke(bank.id);
  await until('the router reads the registry again', () =>
    /registry read again/.test(exchange.log('router')));
  bank.put('after.json', toJson(letter()));
  const row = await bank.settled('after.json', 'refused');
  assert.equal(row.code, 'AGENCY_REVOKED');
  await goodLetterArrives();
});

test('after all of it the log holds and nothing lies in the queues of the lost', async () => {
  assert.equal(exchange.verifyLog().status, 0);
  const lost = ['dead', 'unroutable', 'submit.0', 'submit.1'];
  await until(`nothing in ${lost.join(', ')}`, async () =>
    (await exchange.queues()).every((row) => !lost.includes(row.name) || row.count === 0));
});
