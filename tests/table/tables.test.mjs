// SPDX-License-Identifier: Apache-2.0
//
// Letters that an agency's own system writes into a table, while the centre is
// down: one battery over PostgreSQL and SQLite.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { letter, sample } from '../adapter/desk.mjs';
import { until } from '../support/until.mjs';
import { literal, makers } from './databases.mjs';
import { openTableOffice } from './office.mjs';

/** A letter without anything that the adapter fills in. */
const anonymous = () =>
  letter(1).text.replace(/<id>[^<]*<\/id>/, '').replace(/<caseId>[^<]*<\/caseId>/, '');
const wrong = (text) => text.replace(/<urgency>[^<]*</, '<urgency>very<');

for (const kind of Object.keys(makers)) {
  describe(kind, () => {
    let office;
    let db;
    before(async () => {
      office = await openTableOffice(kind);
      ({ db } = office);
      await office.start();
    });
    after(() => office?.close());

    const of = (id) => office.outbox().filter((row) => row.id === id);

    test('a letter in a row is taken, signed and queued, and the row says so', async () => {
      const { id, text } = letter(11);
      db.insert('case-11', text);
      const row = await db.reaches('case-11', 'taken');
      assert.equal(row.letter_id, id);
      assert.ok(row.case_id);
      assert.match(row.taken_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
      assert.equal(row.code, null);
      assert.equal(of(id)[0].state, 'queued');
    });

    test('a letter in JSON, and one without an id, are taken as well', async () => {
      db.insert('json', sample('criminal-case-transfer.json'));
      db.insert('anonymous', anonymous());
      await db.reaches('json', 'taken');
      const row = await db.reaches('anonymous', 'taken');
      assert.equal(of(row.letter_id).length, 1);
    });

    test('a draft is left alone until it is new', async () => {
      db.insert('draft', anonymous(), { state: 'draft' });
      db.insert('behind the draft', anonymous());
      await db.reaches('behind the draft', 'taken');
      assert.equal(db.row('draft').state, 'draft');
      db.sql("UPDATE yisong_outgoing SET state = 'new' WHERE key = 'draft';");
      await db.reaches('draft', 'taken');
    });

    test('a refused row has code and every mistake, in both languages, as the folder tells them', async () => {
      const text = wrong(letter(14).text).replace(/<decidedAt>[^<]*</, '<decidedAt>long ago<');
      db.insert('refused', text);
      db.insert('behind the refused', anonymous());
      await db.reaches('behind the refused', 'taken');
      const row = await db.reaches('refused', 'refused');
      assert.match(row.reason_zh, /\p{Script=Han}/u);
      assert.match(row.reason_en, /[a-z]/);
      assert.ok(row.refused_at);
      office.put('wrong.xml', text);
      await until('the sheet is there', () => office.lies('refused', 'wrong.xml.reason.json'));
      const sheet = JSON.parse(readFileSync(office.spool('refused', 'wrong.xml.reason.json')));
      const mistakes = typeof row.mistakes === 'string' ? JSON.parse(row.mistakes) : row.mistakes;
      assert.equal(row.code, sheet.code);
      assert.ok(mistakes.length >= 2);
      assert.deepEqual(mistakes, sheet.mistakes);
    });

    test('a row that was mended and is new again is taken', async () => {
      db.insert('mended', wrong(anonymous()));
      await db.reaches('mended', 'refused');
      db.sql(`UPDATE yisong_outgoing SET payload = ${literal(anonymous())}, state = 'new'
              WHERE key = 'mended';`);
      const row = await db.reaches('mended', 'taken');
      assert.equal(row.code, null);
      assert.equal(of(row.letter_id).length, 1);
    });

    test('a row that is new again without a change is told again and not sent again', async () => {
      db.insert('again', anonymous());
      const first = await db.reaches('again', 'taken');
      const count = office.outbox().length;
      db.sql("UPDATE yisong_outgoing SET state = 'new' WHERE key = 'again';");
      const second = await db.reaches('again', 'taken');
      assert.equal(second.letter_id, first.letter_id);
      assert.equal(office.outbox().length, count);
    });

    test('the same key with other content is refused, and the letter stays', async () => {
      db.insert('reused', letter(16).text);
      const first = await db.reaches('reused', 'taken');
      db.sql(`UPDATE yisong_outgoing SET payload = ${literal(letter(17).text)}, state = 'new'
              WHERE key = 'reused';`);
      const second = await db.reaches('reused', 'refused');
      assert.equal(second.code, 'ID_REUSED');
      assert.ok(second.reason_en.includes(first.letter_id));
      assert.equal(of(first.letter_id).length, 1);
      assert.equal(of(letter(17).id).length, 0);
    });

    test('a row that they deleted was sent all the same, and its key is known', async () => {
      db.insert('deleted', anonymous());
      const first = await db.reaches('deleted', 'taken');
      db.sql("DELETE FROM yisong_outgoing WHERE key = 'deleted';");
      db.insert('deleted', wrong(anonymous()));
      const second = await db.reaches('deleted', 'refused');
      assert.equal(second.code, 'ID_REUSED');
      assert.equal(of(first.letter_id).length, 1);
    });

    test('hostile rows are refused, each with its reason, and stop nobody', async () => {
      const cases = {
        'no xml': ['<message', 'NOT_WELL_FORMED'],
        'a word': ['hello', 'NOT_WELL_FORMED'],
        empty: ['', 'NOT_WELL_FORMED'],
        nothing: [null, 'NOT_WELL_FORMED'],
        dtd: ['<!DOCTYPE m [<!ENTITY a "b">]><m>&a;</m>', 'FORBIDDEN_CONSTRUCT'],
        'five MiB': [`<message>${'x'.repeat(5 << 20)}</message>`, 'TOO_LARGE'],
        deep: ['<a>'.repeat(10000), null],
        'somebody else': [letter(18).text.replaceAll('<from>ecology-zaoyang<', '<from>police-zaoyang<'), 'WRONG_CHANNEL'],
        "a quote ' in the key": ['{"header":1}', null],
        'key; DROP TABLE yisong_outgoing': ['{}', null],
      };
      for (const [key, [payload]] of Object.entries(cases)) db.insert(key, payload);
      db.insert('behind the hostile', anonymous());
      await db.reaches('behind the hostile', 'taken');
      for (const [key, [, code]] of Object.entries(cases)) {
        const row = await db.reaches(key, 'refused');
        if (code) assert.equal(row.code, code, key);
        assert.ok(row.reason_zh, key);
      }
    });

    test('many writers at once: every row is one letter', async () => {
      const count = office.outbox().length;
      const keys = Array.from({ length: 200 }, (_, i) => `many-${i}`);
      await Promise.all([0, 1, 2, 3].map((i) => db.write(keys
        .filter((_, at) => at % 4 === i)
        .map((key) => `INSERT INTO yisong_outgoing (key, payload)
                       VALUES (${literal(key)}, ${literal(anonymous())});\n`))));
      await until('all are taken', () => db.rows(
        "SELECT count(*) AS n FROM yisong_outgoing WHERE key LIKE 'many-%' AND state = 'taken'")[0].n === 200);
      const ids = db.rows("SELECT DISTINCT letter_id FROM yisong_outgoing WHERE key LIKE 'many-%'");
      assert.equal(ids.length, 200);
      assert.equal(office.outbox().length, count + 200);
    });

    test('table check finds nothing wrong, and the log holds no password', async () => {
      const made = office.run('table check', '--json');
      assert.equal(made.status, 0, made.out + made.err);
      const marks = JSON.parse(made.out);
      assert.ok(marks.length >= 4);
      assert.ok(marks.every(({ mark }) => mark !== 'wrong'), made.out);
      const text = office.run('table check');
      assert.ok(!text.out.includes('secret') && !text.err.includes('secret'));
    });
  });
}
