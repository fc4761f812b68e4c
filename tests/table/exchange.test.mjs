// SPDX-License-Identifier: Apache-2.0
//
// A case through a real exchange between agencies that know nothing but a
// table of their own: the bureau on SQLite, the police on PostgreSQL, the
// credit platform with its own table of columns; the procuratorate on a folder.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { restart } from '../http/exchange.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { draft, sha256, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';
import { literal, makers } from './databases.mjs';
import { configure } from './office.mjs';

let exchange;
let bureau; // the bureau's system and database
let station; // that of the police
before(async () => {
  exchange = openLandscape();
  bureau = await connect(names.ecology, 'sqlite');
  station = await connect(names.police, 'postgres');
});
after(async () => {
  exchange?.close();
  await bureau?.close();
  await station?.close();
});

/** Gives the agency's adapter a database; more lines of its settings. */
async function connect(id, kind, more = {}) {
  const db = await makers[kind]();
  configure(exchange.agency(id).settings, { table_look: 1, ...db.settings, ...more });
  await restart(exchange, id);
  return db;
}

const asObject = (column) => (typeof column === 'string' ? JSON.parse(column) : column);

/** The letter in their incoming table, once it is there. */
const arrives = (db, id) => until(`letter ${id} is in the table`, () =>
  db.incoming(`letter_id = ${literal(id)}`)[0]);

const caseId = 'ZY-TABLE-1';
const letters = {};

test('a transfer goes from row to row: receipts in the one, the letter in the other', async () => {
  const transfer = draft('criminal-case-transfer', caseId);
  bureau.insert('2026/117', toXml(transfer, exchange.agency(names.ecology)));
  const row = await bureau.reaches('2026/117', 'delivered', 'refused');
  assert.equal(row.state, 'delivered', row.reason_en);
  assert.ok(row.position > 0);
  for (const name of ['taken_at', 'sent_at', 'submitted_at', 'delivered_at']) {
    assert.match(row[name], /^\d{4}-\d\d-\d\dT[\d:.]+\+08:00$/, name);
  }
  letters.transfer = { id: row.letter_id };

  const came = await arrives(station, row.letter_id);
  assert.equal(came.sender, names.ecology);
  assert.equal(came.case_id, caseId);
  assert.equal(came.type, 'criminal-case-transfer');
  assert.match(came.type_name, /移送/);
  assert.equal(came.taken, false);
  assert.equal(sha256(came.xml), came.sha256);
  const file = exchange.path('came.xml');
  writeFileSync(file, came.xml);
  assert.match(exchange.verify(file), new RegExp(names.ecology));
  const flat = asObject(came.flat);
  assert.equal(flat['header.id'], row.letter_id);
  assert.equal(flat['header.type'], came.type);
  assert.ok(Object.keys(flat).some((path) => /^suspects?/.test(path) || path.includes('.name')));
  assert.ok(Object.values(flat).every((text) => typeof text === 'string'));
  await exchange.agency(names.procuratorate).file('in', row.letter_id);
});

test('the police answer from their table; each side sees its receipts in its row', async () => {
  const answer = draft('acceptance-receipt', caseId, { answers: letters.transfer });
  station.insert('answer', toJson(answer));
  const row = await station.reaches('answer', 'delivered', 'refused');
  assert.equal(row.state, 'delivered', row.reason_en);
  const came = await arrives(bureau, row.letter_id);
  assert.equal(came.in_reply_to, letters.transfer.id);
  assert.ok(came.json && came.jws, 'it was signed as JSON');
  assert.equal(sha256(came.json), came.sha256);
  assert.match(came.xml, /^<\?xml|^<message/);

  const decision = draft('filing-decision-notice', caseId, { answers: letters.transfer });
  station.insert('decision', toJson(decision));
  await station.reaches('decision', 'delivered');
  assert.equal(exchange.case(caseId).state, 'FILED');
  await arrives(bureau, decision.header.id);
  const types = [...bureau.incoming(), ...station.incoming()].map(({ type }) => type);
  assert.ok(types.every((type) => !/-receipt$|^refusal$/.test(type) || type === 'acceptance-receipt'),
    `${types}`);
});

test('what the exchange refuses has code, article and what would be lawful in its row', async () => {
  const again = draft('filing-decision-notice', caseId, { answers: letters.transfer });
  station.insert('again', toJson(again));
  const row = await station.reaches('again', 'refused', 'delivered');
  assert.equal(row.state, 'refused');
  assert.equal(row.code, 'OUT_OF_TURN');
  assert.match(row.reason_zh, /\p{Script=Han}/u);
  assert.ok(row.reason_en.length > 20);
  assert.ok(row.rule, 'the rule');
  assert.ok(row.refused_at);

  const first = draft('criminal-case-transfer', 'ZY-TABLE-2');
  const second = draft('criminal-case-transfer', 'ZY-TABLE-2');
  station.insert('mended', toJson(first));
  assert.equal((await station.reaches('mended', 'refused', 'delivered')).code, 'NOT_PERMITTED');
  station.sql(`UPDATE yisong_outgoing SET state = 'new', payload = ${literal(toJson(second))}
               WHERE key = 'mended';`);
  const tried = await until('it is tried again, as another letter', () => {
    const now = station.row('mended');
    return now.state === 'refused' && now.letter_id === second.header.id && now;
  });
  assert.equal(tried.code, 'NOT_PERMITTED');
});

test('the system marks letters taken, and deletes rows; nothing comes twice', async () => {
  station.sql("UPDATE yisong_incoming SET taken = true, taken_at = now();");
  station.sql(`DELETE FROM yisong_incoming WHERE letter_id = ${literal(letters.transfer.id)};`);
  await restart(exchange, names.police);
  const next = draft('criminal-case-transfer', 'ZY-TABLE-3');
  bureau.insert('3', toJson(next));
  await arrives(station, next.header.id);
  assert.deepEqual(station.incoming(`letter_id = ${literal(letters.transfer.id)}`), []);
});

test('adapter and database of the receiver die again and again: each letter once, in order', async () => {
  const count = 40;
  const ids = Array.from({ length: count }, (_, i) => {
    const letter = draft('criminal-case-transfer', `ZY-STORM-${i}`);
    bureau.insert(`storm-${i}`, toJson(letter));
    return letter.header.id;
  });
  const there = () => station.incoming("case_id LIKE 'ZY-STORM-%'").map((row) => row.letter_id);
  for (let round = 0; round < 4; round++) {
    const begun = there().length;
    await until('some are there', () => there().length > begun || begun === count, { every: 10 });
    await exchange.end(names.police, 'SIGKILL');
    await station.kill('SIGKILL');
    exchange.start(names.police);
    await station.start();
  }
  await until('all are there', () => there().length === count);
  assert.deepEqual(there().sort(), ids.sort());
  await until('all are delivered', () => bureau.rows(
    "SELECT count(*) AS n FROM yisong_outgoing WHERE key LIKE 'storm-%' AND state = 'delivered'")[0].n === count);
});

test('rows of columns: a view of the bureau becomes cards, cards become rows of the platform', async () => {
  bureau.sql(`CREATE TABLE ledger (no INTEGER PRIMARY KEY, 企业名称 TEXT, 统一社会信用代码 TEXT, 牌色 TEXT,
      评价办法 TEXT, 文号 TEXT, 决定日期 TEXT, 决定机关 TEXT, 原因 TEXT, ready INTEGER);
    CREATE VIEW cards_to_send AS SELECT * FROM ledger WHERE ready = 1;`);
  const platform = await connect(names.credit, 'postgres', {
    table_columns_in: 'cards_of_bureau', table_mapping_in: 'cards', table_receipts: 'yes' });
  platform.admin(`CREATE TABLE cards_of_bureau (id serial, company text NOT NULL, uscc text, org_code text,
      region text, region_code text, legal_representative text, colour text, scheme text, number text,
      publish_date date, authority text, reason text, rectify_by date, valid_until date,
      grade_before text, grade_after text, source text, note text);
    GRANT INSERT ON cards_of_bureau TO yisong_adapter; GRANT USAGE ON SEQUENCE cards_of_bureau_id_seq TO yisong_adapter;`);
  configure(exchange.agency(names.ecology).settings, {
    table_columns: 'cards_to_send', table_key: 'no', table_mapping: 'cards', table_to: names.credit });
  await restart(exchange, names.ecology);
  const card = (no, colour, ready = 1) => `INSERT INTO ledger VALUES (10${no}, '枣阳某化工有限公司${no}',
    '91420683MA0000015G', '${colour}', '企业环境信用评价办法', '环牌〔2026〕${no}号', '2026-03-0${no}',
    '襄阳市生态环境局枣阳市分局', '私设暗管排放', ${ready});`;
  bureau.sql(`${card(1, '红牌')}${card(2, '紫牌')}${card(3, '黄牌')}${card(4, '红牌', 0)}`);

  await bureau.reaches('101', 'delivered');
  await bureau.reaches('103', 'delivered');
  const bad = await bureau.reaches('102', 'refused');
  const [mistake] = asObject(bad.mistakes);
  assert.equal(mistake.path, '牌色');
  assert.equal(bureau.row('104'), undefined, 'not in the view');
  bureau.sql("UPDATE ledger SET 牌色 = '红牌' WHERE no = 102; UPDATE yisong_outgoing SET state = 'new' WHERE key = '102';");
  await bureau.reaches('102', 'delivered');

  const rows = await until('all cards are rows of the platform', () => {
    const found = platform.rows('SELECT * FROM cards_of_bureau ORDER BY number');
    return found.length >= 3 && found;
  });
  assert.deepEqual(rows.map(({ company, colour, publish_date: day }) => [company, colour, day]), [
    ['枣阳某化工有限公司1', '红牌', '2026-03-01'],
    ['枣阳某化工有限公司2', '红牌', '2026-03-02'],
    ['枣阳某化工有限公司3', '黄牌', '2026-03-03'],
  ]);
  assert.equal(platform.incoming("type = 'card-credit-push'").length, 3);
  await until('receipts too, for who wants them', () =>
    platform.incoming("type = 'submission-receipt'").length > 0);
  await platform.close();
});
