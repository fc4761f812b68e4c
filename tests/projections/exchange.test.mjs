// SPDX-License-Identifier: Apache-2.0
//
// Through a whole exchange: a bureau's lists at the credit platform and the
// bank, what they answer by themselves, what anybody may ask of them and what
// the public sees.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { connect, restart } from '../http/exchange.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { newId, sha256, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { formatCsv, parseCsv } from '../mapping/tables.mjs';
import {
  asGb18030, cardLetter, cardTable, companies, day, fullWidth, penaltyTable, person, punishmentList,
} from './lists.mjs';

let exchange, ecology, credit, bank;
const table = cardTable(companies.slice(0, 24));
const clean = companies.slice(100, 130);

before(async () => {
  exchange = openLandscape();
  ecology = await connect(exchange, names.ecology, { csv_to: names.credit });
  credit = await connect(exchange, names.credit);
  bank = await connect(exchange, names.bank, { card_measure: '审慎授信' });
  for (const office of [ecology, credit, bank]) await office.start();
});
after(() => exchange?.close());

async function lookup(office, code, query = '') {
  const answer = await office.get(`/blacklist/${encodeURIComponent(code)}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

async function send(letter) {
  const answer = await ecology.submit(toJson(letter), { type: 'application/json' });
  assert.equal(answer.status, 202, answer.text);
  await ecology.settled(letter.header.id, 'delivered');
  return letter.header;
}

test('a list in GB18030 stands at platform and bank, card by card', async () => {
  ecology.put('红黄牌.csv', asGb18030(table.text));
  for (const office of [credit, bank]) {
    for (const card of table.cards) {
      const answer = await until(`${office.id} lists ${card.code}`, async () => {
        const found = await lookup(office, card.code);
        return found.listed && found;
      });
      assert.equal(answer.entries.length, 1);
      const [entry] = answer.entries;
      assert.deepEqual(
        [entry.name, entry.kind, entry.number, entry.validFrom, entry.from],
        [card.name, card.colour, card.number, card.from, names.ecology]);
    }
  }
  for (const { code } of clean) assert.equal((await lookup(bank, code)).listed, false);
});

test('a code is found however it is written, and what is none is refused', async () => {
  const { code, name } = table.cards[0];
  for (const form of [code.toLowerCase(), fullWidth(code), ` ${code.slice(0, 8)} ${code.slice(8)}`,
    code.slice(8, 17), `${code.slice(8, 16)}-${code[16]}`]) {
    assert.equal((await lookup(bank, form)).listed, true, form);
  }
  const named = await bank.get(`/blacklist?name=${encodeURIComponent(` ${name}　`)}`);
  assert.equal(named.json.listed, true);

  const wrong = `${code.slice(0, 17)}${code[17] === '0' ? '1' : '0'}`;
  const refused = await bank.get(`/blacklist/${wrong}`);
  assert.deepEqual([refused.status, refused.json.code], [422, 'BAD_FIELD']);
  assert.equal((await bank.get('/blacklist/%00')).status, 400);
  assert.equal((await bank.get('/blacklist')).status, 400);
});

test('a file of customers is answered row by row, in CSV and in JSON', async () => {
  const asked = [...table.cards, ...clean].map(({ code, name }) => [code, name]);
  asked.push(['911101085****5082Q', '某公司'], ['', table.cards[1].name], ['', '没有的公司']);
  const expected = asked.map(([code, name]) => {
    if (/\*/.test(code)) return 'bad-code';
    const listed = table.cards.some((card) => (code ? card.code === code : card.name === name));
    return listed ? (code ? 'listed' : 'name-only') : 'clear';
  });
  const text = formatCsv([['统一社会信用代码', '客户名称'], ...asked]);

  const json = await bank.call('POST', '/blacklist/check',
    { body: asGb18030(text), headers: { 'Content-Type': 'text/csv' } });
  assert.deepEqual(json.json.customers.map(({ result }) => result), expected);
  assert.equal(json.json.listed, table.cards.length);
  assert.deepEqual(json.json.customers.map(({ line }) => line), asked.map((_, i) => i + 2));

  const csv = await bank.call('POST', '/blacklist/check', {
    body: JSON.stringify(asked.map(([creditCode, name]) => ({ creditCode, name }))),
    headers: { 'Content-Type': 'application/json', Accept: 'text/csv' },
  });
  assert.deepEqual(parseCsv(csv.text.trim()).rows.map((row) => row[3]), expected);

  const file = bank.path('客户.csv');
  appendFileSync(file, asGb18030(text));
  const done = bank.run('blacklist check', file);
  assert.equal(done.status, 0, done.err);
  assert.deepEqual(parseCsv(done.out.trim()).rows.map((row) => row[3]), expected);
});

/** Everything behind a cursor, page by page. */
async function follow(office, since) {
  const changes = [];
  for (let more = true; more;) {
    const { json } = await office.get(`/blacklist/changes?since=${since}&limit=5`);
    changes.push(...json.changes);
    ({ next: since, more } = json);
  }
  return { changes, next: since };
}

test('a lifted card leaves every list at once, and stays in the history with its proof', async () => {
  const [card] = table.cards;
  const [entry] = (await lookup(bank, card.code)).entries;
  const { next } = await follow(bank, 0);
  const before = new Date().toISOString();

  const removal = await send(cardLetter('card-removal-decision', entry.caseId, card,
    { colour: card.colour, number: card.number, decidedOn: day(0) }));
  for (const office of [credit, bank]) {
    await until(`${office.id} lifted it`, async () => !(await lookup(office, card.code)).listed);
    const page = (await office.get(`/lists/cards?limit=1000`)).json;
    assert.ok(!page.entries.some(({ creditCode }) => creditCode === card.code));
    assert.equal(office.run('blacklist lookup', card.code).status, 1);
    const past = JSON.parse(office.run('blacklist lookup', '--history', '--json', card.code).out);
    assert.deepEqual(past.map(({ end, endedBy }) => [end, endedBy]), [['removed', removal.id]]);
  }

  const { changes } = await follow(bank, next);
  assert.deepEqual(changes.map(({ change, entry: { endedBy } }) => [change, endedBy]),
    [['ended', removal.id]]);

  const then = await lookup(bank, card.code, `?asOf=${day(0)}&knownAt=${encodeURIComponent(before)}`);
  assert.equal(then.listed, true, 'what the bank knew before the removal came');
  assert.equal((await lookup(bank, card.code, `?asOf=${day(-2)}`)).listed, true);
  assert.equal((await lookup(bank, card.code, `?asOf=${day(-100)}`)).listed, false);
});

test('an entry can be proved: the signed letter, our receipt, the receipt of the exchange', async () => {
  const [entry] = (await lookup(bank, table.cards[2].code)).entries;
  const folder = bank.path('proof');
  await until('our answer is in the log', () => {
    rmSync(folder, { recursive: true, force: true });
    const done = bank.run('blacklist proof', '--out', folder, entry.letter);
    assert.equal(done.status, 0, done.err);
    return readdirSync(folder).some((name) => name.startsWith('answer'));
  });
  const file = (start) => join(folder, readdirSync(folder).find(
    (name) => name.startsWith(start) && !name.endsWith('.jws')));
  assert.equal(sha256(readFileSync(file('letter'))), entry.sha256);
  assert.match(exchange.verify(file('letter')), new RegExp(names.ecology));
  assert.match(exchange.verify(file('delivery')), new RegExp(names.bank));
  assert.match(exchange.verify(file('answer')), new RegExp(names.bank));
  assert.ok(readFileSync(file('answer'), 'utf8').includes(entry.sha256));
  assert.match(exchange.verify(file('submission')), /exchange/);
  const summary = JSON.parse(readFileSync(file('proof'), 'utf8'));
  assert.equal(summary.entries[0].letter, entry.letter);
  assert.ok(summary.answerPosition > 0 && summary.logSize >= summary.answerPosition);
  assert.ok(readFileSync(file('submission'), 'utf8').includes(summary.logRoot));
});

test('what was taken in, applied or refused is answered by itself, with the reason', async () => {
  const [, card] = table.cards;
  const [entry] = (await lookup(bank, card.code)).entries;
  const again = await send(cardLetter('card-credit-push', `again-${newId()}`, card,
    { colour: card.colour, number: card.number, decidedOn: card.from }));
  const said = await until('both say no', async () => {
    const found = (await ecology.get(`/letters/${again.id}`)).json.answers;
    return found.length >= 2 && found;
  });
  for (const one of said) {
    const raw = ecology.run('inbox show', '--raw', one.id).out;
    assert.match(raw, /not-ingested/);
    assert.match(raw, new RegExp(`LISTED_ALREADY.*${entry.letter}`, 's'));
  }

  const first = await until('taken in and applied', async () => {
    const found = (await ecology.get(`/letters/${entry.letter}`)).json.answers;
    return found.length >= 3 && found;
  });
  const raws = first.map((one) => [one.type, one.from, ecology.run('inbox show', '--raw', one.id).out]);
  assert.ok(raws.every(([type, , raw]) => type !== 'punishment-acceptance' || /ingested/.test(raw)));
  const measure = raws.find(([type]) => type === 'punishment-feedback');
  assert.equal(measure[1], names.bank);
  assert.match(measure[2], /审慎授信/);
});

test('a removal of a card that is not there is answered with the reason', async () => {
  const [company] = clean;
  const caseId = `ghost-${newId()}`;
  const card = await send(cardLetter('card-credit-push', caseId, company,
    { colour: 'red', number: '枣环红牌〔2026〕900号', decidedOn: day(-1) }));
  const removal = (number) => cardLetter('card-removal-decision', caseId, clean[1],
    { colour: 'yellow', number, decidedOn: day(0), outcome: 'removed' });
  const gone = await send(removal('枣环红牌〔2026〕901号'));
  const [one] = await until('an answer', async () => {
    const found = (await ecology.get(`/letters/${gone.id}`)).json.answers;
    return found.length && found;
  });
  assert.match(ecology.run('inbox show', '--raw', one.id).out, /not-ingested[^]*NOT_FOUND/);
  assert.equal((await lookup(bank, company.code)).entries[0].letter, card.id);
});

test('a lifted card lifts the punishment list that was built on it', async () => {
  const company = clean[3];
  const caseId = `red-${newId()}`;
  await send(cardLetter('card-credit-push', caseId, company,
    { colour: 'red', number: '枣环红牌〔2026〕800号', decidedOn: day(-2) }));
  const letter = cardLetter('card-credit-push', `list-${newId()}`, company);
  letter.header.type = 'punishment-list';
  letter.header.parentCase = caseId;
  letter.header.to = [names.credit, names.bank];
  delete letter.header.copyTo;
  delete letter.header.documentNumber;
  letter.body = punishmentList(company);
  await send(letter);
  await until('card and list stand', async () => (await lookup(bank, company.code)).entries.length === 2);

  await send(cardLetter('card-removal-decision', caseId, company,
    { colour: 'red', number: '枣环红牌〔2026〕800号', decidedOn: day(0), outcome: 'removed' }));
  for (const office of [credit, bank]) {
    await until(`${office.id}: nothing stands`, async () => !(await lookup(office, company.code)).listed);
    const page = (await office.get('/lists/punishments?history=true')).json;
    assert.equal(page.entries.find(({ creditCode }) => creditCode === company.code).end, 'removed');
  }
});

test('penalties go to the platform, and the public sees them without personal data', async () => {
  const penalties = penaltyTable();
  assert.ok(penalties.units.length >= 3, 'whole rows of the real list');
  ecology.put('行政处罚.csv', asGb18030(penalties.text));
  await ecology.lies('sent', '行政处罚.csv');
  const count = penalties.units.length + 1;
  await until('all penalties are listed', async () =>
    (await credit.get('/lists/penalties?limit=1000')).json.entries.length === count);

  const folder = credit.path('public');
  const done = credit.run('publish', '--out', folder);
  assert.equal(done.status, 0, done.err);
  const files = readdirSync(folder);
  assert.deepEqual(files.sort(), ['cards.csv', 'index.html', 'penalties.csv', 'public.json']);
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.doesNotMatch(text, new RegExp(`${person.name}|${person.id}|${person.phone}|138.{0,8}8000|4206831980`), name);
    assert.doesNotMatch(text, new RegExp(table.cards[0].code), `${name}: a lifted card`);
  }
  const { rows } = parseCsv(readFileSync(join(folder, 'penalties.csv'), 'utf8').trim());
  assert.deepEqual(rows.map((row) => row[2]).sort(),
    [...penalties.units.map((row) => row[6]), '枣环罚〔2026〕99号'].sort());
  assert.ok(rows.some(([name]) => /^欧阳[*某]/.test(name)));
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<script|https?:|javascript:/);
  for (const name of ['cards.csv', 'penalties.csv', 'public.json']) {
    assert.ok(page.includes(sha256(readFileSync(join(folder, name)))), name);
  }
});

test('the feed goes on where it stood after the adapter was killed', async () => {
  const { changes, next } = await follow(bank, 0);
  const numbers = changes.map(({ number }) => number);
  assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
  const { said } = await restart(exchange, names.bank, 'SIGKILL');
  bank.base = `http://127.0.0.1:${/http: \S+, port (\d+)/.exec(said)[1]}`;

  const after = await follow(bank, 0);
  assert.deepEqual(after.changes, changes);
  const open = new Map();
  for (const { change, entry } of changes) {
    const key = `${entry.list} ${entry.letter} ${entry.creditCode ?? entry.name}`;
    if (change === 'listed') open.set(key, entry);
    else open.delete(key);
  }
  const listed = (await bank.get('/lists/cards?limit=1000')).json.entries;
  assert.equal([...open.values()].filter(({ list }) => list === 'cards').length, listed.length);
  for (const { code } of table.cards.slice(1)) assert.equal((await lookup(bank, code)).listed, true);
  assert.deepEqual((await follow(bank, next)).changes, []);
});

test('an object of the agency\'s own system becomes a letter, and a letter such an object', async () => {
  const company = clean[5];
  const row = {
    企业名称: company.name, 统一社会信用代码: company.code, 红黄牌: '黄牌', 评价办法: '环保红（黄）牌警示',
    文号: '枣环黄牌〔2026〕77号', 决定日期: day(-1).replaceAll('-', '/'), 决定机关: '枣阳市分局', 事由: '超标',
  };
  const post = (body, key = newId()) => ecology.call('POST', '/letters?mapping=cards', {
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
  });
  const key = newId();
  const made = await post(row, key);
  assert.equal(made.status, 202, made.text);
  assert.equal((await post(row, key)).headers.get('idempotency-replayed'), 'true');
  await until('it is listed', async () => (await lookup(credit, company.code)).listed);

  const back = await until('it lies in the inbox', async () => {
    const answer = await credit.get(`/inbox/${made.json.id}?mapping=cards`);
    return answer.status === 200 && answer;
  });
  assert.equal(back.json[0].uscc, company.code);
  assert.equal(back.json[0].number, row.文号);

  const wrong = await post({ ...row, 统一社会信用代码: '123', 红黄牌: '绿牌' });
  assert.equal(wrong.status, 422);
  const columns = wrong.json.mistakes.map(({ path }) => path);
  assert.ok(columns.includes('红黄牌') && columns.includes('统一社会信用代码'), wrong.text);
  assert.equal((await ecology.call('POST', '/letters?mapping=none', {
    body: '{}', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': newId() },
  })).status, 400);
});
