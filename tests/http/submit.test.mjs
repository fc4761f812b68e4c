// SPDX-License-Identifier: Apache-2.0
//
// Letters submitted over HTTP while the centre is down: kept, signed, known
// again by their key, refused with all mistakes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { letter, sample } from '../adapter/desk.mjs';
import { mustYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';
import { openOffice } from './office.mjs';
import { dial } from './raw.mjs';

let office;
before(async () => {
  office = openOffice();
  await office.start();
});
after(() => office?.close());

/** A letter without anything that the adapter fills in. */
const anonymous = () =>
  letter(1).text.replace(/<id>[^<]*<\/id>/, '').replace(/<caseId>[^<]*<\/caseId>/, '');

test('a letter is taken while the centre is down: 202, an id, and it is queued', async () => {
  const { id, text } = letter(11);
  const made = await office.submit(text);
  assert.equal(made.status, 202);
  assert.equal(made.json.id, id);
  assert.equal(made.json.state, 'queued');
  assert.equal(made.headers.get('location'), `/letters/${id}`);

  const found = await office.get(made.headers.get('location'));
  assert.deepEqual(found.json, made.json);
  assert.ok(office.list('outbox').some((row) => row.id === id && row.state === 'queued'));
});

test('a letter in JSON is taken as well', async () => {
  const made = await office.submit(sample('criminal-case-transfer.json'),
    { type: 'application/json; charset=utf-8' });
  assert.equal(made.status, 202, made.text);
});

test('the same key gives the same letter, though the letter has no id of its own', async () => {
  const key = randomUUID();
  const text = anonymous();
  const first = await office.submit(text, { key });
  const again = await office.submit(text, { key });
  assert.equal(first.status, 202, first.text);
  assert.equal(again.status, 202);
  assert.equal(again.json.id, first.json.id);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const other = await office.submit(text, {});
  assert.notEqual(other.json.id, first.json.id);
});

test('the same key with other content is refused, and nothing is kept', async () => {
  const key = randomUUID();
  await office.submit(letter(12).text, { key });
  const count = office.list('outbox').length;
  const other = await office.submit(letter(13).text, { key });
  assert.equal(other.status, 422);
  assert.equal(other.json.code, 'ID_REUSED');
  assert.equal(office.list('outbox').length, count);
});

test('a key of one client is nothing to another', async () => {
  const key = randomUUID();
  const as = office.run('http-token', 'second').out.trim();
  const mine = await office.submit(anonymous(), { key });
  const theirs = await office.call('POST', '/letters', {
    as, body: anonymous(),
    headers: { 'Content-Type': 'application/xml', 'Idempotency-Key': key },
  });
  assert.equal(theirs.status, 202, theirs.text);
  assert.notEqual(theirs.json.id, mine.json.id);
});

test('a refused letter: 422 with every mistake, in Chinese and English', async () => {
  const text = letter(14).text
    .replace(/<sentAt>[^<]*</, '<sentAt>yesterday<')
    .replace(/<urgency>[^<]*</, '<urgency>very<')
    .replace(/<decidedAt>[^<]*</, '<decidedAt>long ago<');
  const answer = await office.submit(text);
  assert.equal(answer.status, 422);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.json.type, `urn:yisong:reason:${answer.json.code}`);
  assert.ok(answer.json.mistakes.length >= 2, answer.text);
  for (const mistake of answer.json.mistakes) {
    assert.match(mistake.zh, /\p{Script=Han}/u);
    assert.match(mistake.en, /[a-z]/);
    assert.match(mistake.path, /^\/message\//);
  }
});

test('the refusal has the code and the mistakes that the folder gives', async () => {
  const text = letter(15).text.replace(/<urgency>[^<]*</, '<urgency>very<');
  const answer = await office.submit(text);
  office.put('wrong.xml', text);
  await until('the sheet is there', () => office.lies('refused', 'wrong.xml.reason.json'));
  const sheet = JSON.parse(readFileSync(office.spool('refused', 'wrong.xml.reason.json')));
  assert.equal(answer.json.code, sheet.code);
  assert.deepEqual(answer.json.mistakes, sheet.mistakes);
});

test('a letter of another agency, and a signed one that was changed, are refused', async () => {
  const foreign = await office.submit(letter(16).text.replaceAll(
    '<from>ecology-zaoyang<', '<from>police-zaoyang<'));
  assert.equal(foreign.json.code, 'WRONG_CHANNEL');

  const { id, text } = letter(17);
  const signed = mustYisong('sign', '--key', office.path('keys/signing.key'),
    '--cert', office.path('keys/signing.pem'), office.write('letter.xml', text));
  const forged = await office.submit(signed.replace('<urgency>urgent<', '<urgency>critical<'));
  assert.equal(forged.status, 422, id);
  assert.equal(forged.json.code, 'BAD_SIGNATURE');
});

test('a hundred callers at once: each letter once, in one order', async () => {
  const count = 100;
  const before = office.list('outbox').length;
  const answers = await Promise.all(Array.from({ length: count }, (_, i) =>
    office.submit(letter(1000 + i).text.replace(/<caseId>[^<]*</, `<caseId>C-${i}<`))));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, count);
  assert.equal(office.list('outbox').length, before + count);
});

test('one key from many callers at once makes one letter', async () => {
  const key = randomUUID();
  const text = anonymous();
  const answers = await Promise.all(Array.from({ length: 20 }, () => office.submit(text, { key })));
  assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1);
});

test('letters are listed page by page, and by state', async () => {
  const seen = [];
  for (let after = '0', more = true; more;) {
    const page = (await office.get(`/letters?after=${after}&limit=7&state=queued`)).json;
    seen.push(...page.letters.map(({ id }) => id));
    ({ next: after, more } = page);
  }
  assert.deepEqual(seen, office.list('outbox', '--all').map(({ id }) => id));
  assert.deepEqual((await office.get('/letters?state=delivered')).json.letters, []);
});

test('it stops when told, though callers are connected and wait', async () => {
  const stopped = openOffice();
  try {
    const child = await stopped.start();
    await stopped.submit(letter(30).text); // the connection is kept
    const half = dial(stopped.port, 'POST /letters HTTP/1.1\r\n');
    const asked = stopped.get('/health').then(({ status }) => status, () => 'cut');
    child.kill('SIGTERM');
    assert.deepEqual(await child.ended, { status: 0, signal: null });
    assert.ok([200, 503, 'cut'].includes(await asked));
    await half.ended;
    assert.doesNotMatch(child.said, /Sanitizer|runtime error/);
  } finally {
    stopped.close();
  }
});

test('kill -9 between keeping and answering: the same key gives the same id', async () => {
  const killed = openOffice();
  try {
    let child = await killed.start();
    const text = anonymous();
    for (let round = 0; round < 10; round++) {
      const key = randomUUID();
      const lost = killed.submit(text, { key }).then(({ json }) => json.id, () => null);
          await until('it is kept', () => killed.list('outbox').length > round, { every: 1 });
      child.kill('SIGKILL');
      await child.ended;
      const told = await lost;
      child = await killed.start();
      const again = await killed.submit(text, { key });
      assert.equal(again.status, 202);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
      if (told) assert.equal(again.json.id, told);
      assert.equal(killed.list('outbox').length, round + 1);
    }
  } finally {
    killed.close();
  }
});
