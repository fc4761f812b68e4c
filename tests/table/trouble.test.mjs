// SPDX-License-Identifier: Apache-2.0
//
// What goes wrong with an agency's database: it dies, hangs, is locked, lacks
// tables or rights. No letter is lost or sent twice, and nothing else of the
// adapter waits for it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';

import { letter } from '../adapter/desk.mjs';
import { mustYisong, runYisong } from '../support/landscape.mjs';
import { chooseSeed, openRandom } from '../support/random.mjs';
import { until } from '../support/until.mjs';
import { holdLock, literal, makers } from './databases.mjs';
import { openTableOffice } from './office.mjs';

const gb18030 = (text) => execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text });

const anonymous = (number = 1) =>
  letter(1).text.replace(/<id>[^<]*<\/id>/, '')
    .replace(/<caseId>[^<]*<\/caseId>/, `<caseId>table-${number}</caseId>`);

async function withOffice(kind, more, work) {
  const office = await openTableOffice(kind, more);
  try {
    await work(office, office.db);
  } finally {
    await office.close();
  }
}

/** The folder is worked on, whatever the database does. */
async function folderWorks(office, number) {
  office.put(`beside-${number}.xml`, letter(number).text);
  await until('a letter of the folder is taken', () => office.lies('sent', `beside-${number}.xml`));
}

/** Every row is one letter of its own, and there are no others. */
function isExactlyOnce(office, db, count) {
  const rows = db.rows('SELECT key, letter_id, state FROM yisong_outgoing');
  assert.equal(rows.length, count);
  assert.deepEqual(rows.filter(({ state }) => state !== 'taken'), []);
  const ids = new Set(rows.map(({ letter_id: id }) => id));
  assert.equal(ids.size, count);
  const sent = office.outbox().map(({ id }) => id);
  assert.equal(new Set(sent).size, sent.length);
  assert.deepEqual(new Set(sent), ids);
}

const allTaken = (db, count) => until('all rows are taken', () =>
  db.rows("SELECT count(*) AS n FROM yisong_outgoing WHERE state = 'taken'")[0].n === count);

for (const kind of Object.keys(makers)) {
  describe(kind, () => {
    test('the adapter is killed again and again: each row is one letter', () =>
      withOffice(kind, {}, async (office, db) => {
        const seed = chooseSeed();
        const random = openRandom(seed);
        console.log(`# YISONG_SEED=${seed}`);
        const writing = db.write(Array.from({ length: 300 }, (_, i) =>
          `INSERT INTO yisong_outgoing (key, payload)
           VALUES ('k${i}', ${literal(anonymous(i))});\n`));
        for (let round = 0; round < 12; round++) {
          const child = await office.start();
          const goal = random.below(40);
          const begun = office.outbox().length;
          await until('some are taken', () => {
            const now = office.outbox().length;
            return now >= begun + goal || now === 300;
          }, { every: 5 });
          child.kill('SIGKILL');
          await child.ended;
        }
        await writing;
        await office.start();
        await allTaken(db, 300);
        isExactlyOnce(office, db, 300);
      }));

    test('a new row is taken at once, though the adapter hardly ever looks', () =>
      withOffice(kind, { table_look: 3600 }, async (office, db) => {
        await office.start();
        db.insert('first', anonymous());
        await db.reaches('first', 'taken');
        db.insert('second', anonymous());
        await db.reaches('second', 'taken');
      }));

    test('without tables the adapter says so, works on, and begins when they are there', () =>
      withOffice(kind, {}, async (office, db) => {
        db.admin('DROP TABLE yisong_outgoing; DROP TABLE yisong_incoming;');
        const child = await office.start();
        await until('it is told', () => /table: outgoing: STORE_UNFIT: .*yisong_outgoing/.test(child.said));
        const check = office.run('table check');
        assert.equal(check.status, 2, check.out + check.err);
        assert.match(check.out, /WRONG +the outgoing table cannot be read/);
        await folderWorks(office, 61);
        const told = child.said.match(/table: outgoing/g).length;
        if (kind === 'postgres') db.admin('DROP FUNCTION yisong_ring CASCADE;');
        db.admin(mustYisong('table', 'ddl', `--${kind}`));
        db.insert('begins', anonymous());
        await db.reaches('begins', 'taken');
        assert.ok(told <= 2, `told ${told} times`);
      }));

    test('a row that their own rule does not let be written stops no other', () =>
      withOffice(kind, {}, async (office, db) => {
        db.admin(db.kind === 'SQLite'
          ? `CREATE TRIGGER stubborn BEFORE UPDATE ON yisong_outgoing WHEN OLD.key = 'stubborn'
             BEGIN SELECT RAISE(ABORT, 'no'); END;`
          : `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no'; END $$;
             CREATE TRIGGER stubborn BEFORE UPDATE ON yisong_outgoing FOR EACH ROW
             WHEN (OLD.key = 'stubborn') EXECUTE FUNCTION no();`);
        await office.start();
        db.insert('stubborn', anonymous(1));
        db.insert('willing', anonymous(2));
        await db.reaches('willing', 'taken');
        assert.equal(db.row('stubborn').state, 'new');
        assert.equal(office.outbox().length, 2, 'it is sent, once');
        db.insert('another', anonymous(3));
        await db.reaches('another', 'taken');
        assert.equal(office.outbox().length, 3);
      }));
  });
}

test('PostgreSQL dies and comes back: nothing lost, nothing twice, the folder goes on', () =>
  withOffice('postgres', {}, async (office, db) => {
    await office.start();
    for (let round = 0; round < 5; round++) {
      const writing = db.write(Array.from({ length: 30 }, (_, i) =>
        `INSERT INTO yisong_outgoing (key, payload)
         VALUES ('r${round}-${i}', ${literal(anonymous(round * 100 + i))});\n`));
      await writing;
      await until('some are taken', () => office.outbox().length > round * 31, { every: 5 });
      await db.kill('SIGKILL');
      await folderWorks(office, 200 + round);
      await db.start();
    }
    await allTaken(db, 150);
    const rows = db.rows('SELECT letter_id FROM yisong_outgoing');
    const sent = office.outbox().map(({ id }) => id);
    assert.equal(new Set(rows.map(({ letter_id: id }) => id)).size, 150);
    assert.equal(sent.length, 155);
    assert.equal(new Set(sent).size, 155);
  }));

test('a server that does not answer costs table_wait and nothing else', () =>
  withOffice('postgres', { table_wait: 1 }, async (office, db) => {
    const child = await office.start();
    db.insert('before', anonymous(1));
    await db.reaches('before', 'taken');
    const pids = db.sessions();
    assert.equal(pids.length, 1);
    process.kill(pids[0], 'SIGSTOP');
    db.insert('meanwhile', anonymous(2));
    await folderWorks(office, 63);
    await db.reaches('meanwhile', 'taken'); // over another connection
    assert.match(child.said, /TIMED_OUT/);
    process.kill(pids[0], 'SIGKILL');
  }));

test('an adapter that waits for a server that does not answer can be stopped', () =>
  withOffice('postgres', { table_wait: 300 }, async (office, db) => {
    const child = await office.start();
    db.insert('before', anonymous(1));
    await db.reaches('before', 'taken');
    const [pid] = db.sessions();
    process.kill(pid, 'SIGSTOP');
    db.insert('meanwhile', anonymous(2));
    child.kill('SIGTERM');
    assert.deepEqual(await child.ended, { status: 0, signal: null });
    process.kill(pid, 'SIGKILL');
  }));

test('a row that somebody has locked is waited for, not longer than table_wait', () =>
  withOffice('postgres', { table_wait: 1 }, async (office, db) => {
    const child = await office.start();
    await until('it is connected', () => /table: PostgreSQL/.test(child.said));
    const locking = db.write([
      `INSERT INTO yisong_outgoing (key, payload) VALUES ('locked', ${literal(anonymous(1))});`,
      'BEGIN; LOCK TABLE yisong_outgoing IN SHARE ROW EXCLUSIVE MODE;',
      'SELECT pg_sleep(4); COMMIT;']);
    await until('it is told', () => /STORE_BUSY|TIMED_OUT/.test(child.said));
    await folderWorks(office, 64);
    await locking;
    await db.reaches('locked', 'taken');
    assert.equal(office.outbox().length, 2);
  }));

test('rights that are missing are told in words, and taken up when they are given', () =>
  withOffice('postgres', {}, async (office, db) => {
    db.admin('REVOKE UPDATE ON yisong_outgoing FROM yisong_adapter; REVOKE INSERT ON yisong_incoming FROM yisong_adapter;');
    await office.start();
    db.insert('no right', anonymous());
    await until('it is sent, though the row cannot say so', () => office.outbox().length === 1);
    const check = office.run('table check', '--json');
    assert.equal(check.status, 2);
    const wrong = JSON.parse(check.out).filter(({ mark }) => mark === 'wrong');
    assert.deepEqual(wrong.map((one) => one.check), ['outgoing write', 'incoming write']);
    assert.ok(wrong.every(({ text }) => /permission denied/.test(text)), check.out);
    assert.equal(db.row('no right').state, 'new');
    db.admin('GRANT UPDATE ON yisong_outgoing TO yisong_adapter; GRANT INSERT ON yisong_incoming TO yisong_adapter;');
    await db.reaches('no right', 'taken');
    assert.equal(office.outbox().length, 1);
    assert.equal(office.run('table check').status, 0);
  }));

test('a wrong password and a wrong address are told without the password', () =>
  withOffice('postgres', {}, async (office, db) => {
    const address = db.settings.table;
    const text = readFileSync(office.settings, 'utf8').replace(/table_passfile = .*/, '')
      .replace(/table = .*/, `table = ${address.replace('yisong_adapter', 'yisong_adapter:verysecret')}`);
    const other = office.write('other.conf', text);
    const login = runYisong(['table', 'check', '-c', other]);
    assert.equal(login.status, 3);
    assert.match(login.out, /password authentication failed/);
    const bad = office.write('bad.conf', text.replace('127.0.0.1', '[127.0.0.1'));
    const parse = runYisong(['table', 'check', '-c', bad]);
    assert.notEqual(parse.status, 0);
    for (const said of [login, parse]) {
      assert.ok(!said.out.includes('verysecret') && !said.err.includes('verysecret'), said.out + said.err);
    }
  }));

test('without its trigger new rows are found by looking', () =>
  withOffice('postgres', { table_look: 1 }, async (office, db) => {
    db.admin('DROP TRIGGER yisong_outgoing_ring ON yisong_outgoing;');
    await office.start();
    db.insert('unheard', anonymous());
    await db.reaches('unheard', 'taken');
    assert.match(office.run('table check').out, /note +the outgoing table has no trigger/);
  }));

test('letters in bytea, and a system that writes GB18030, are read', () =>
  withOffice('postgres', {}, async (office, db) => {
    db.admin('ALTER TABLE yisong_outgoing ALTER payload TYPE bytea USING convert_to(payload, \'UTF8\');');
    await office.start();
    db.sql(`INSERT INTO yisong_outgoing (key, payload) VALUES
      ('bytes', convert_to(${literal(anonymous(1))}, 'UTF8')),
      ('nul', '\\x3c6d00'::bytea)`);
    await db.reaches('bytes', 'taken');
    assert.equal((await db.reaches('nul', 'refused')).code, 'NOT_WELL_FORMED');
    db.admin("DELETE FROM yisong_outgoing WHERE key = 'nul';");
    db.admin('ALTER TABLE yisong_outgoing ALTER payload TYPE text USING convert_from(payload, \'UTF8\');');
    const text = anonymous(2);
    assert.match(text, /\p{Script=Han}/u);
    await db.raw(gb18030(`INSERT INTO yisong_outgoing (key, payload)
      VALUES ('枣阳', ${literal(text)});`), 'GB18030');
    const { letter_id: id } = await db.reaches('枣阳', 'taken');
    assert.ok(office.outbox().some((row) => row.id === id && row.caseId === 'table-2'));
  }));

test('an SQLite file that is locked, moved away or replaced is waited for', () =>
  withOffice('sqlite', { table_wait: 1 }, async (office, db) => {
    const child = await office.start();
    db.insert('first', anonymous(1));
    await db.reaches('first', 'taken');
    const lock = holdLock(db);
    await lock.holds;
    await until('it is told', () => /STORE_BUSY/.test(child.said));
    await folderWorks(office, 65);
    await lock.release();
    db.insert('after the lock', anonymous(2));
    await db.reaches('after the lock', 'taken');

    copyFileSync(db.path, `${db.path}.copy`);
    rmSync(db.path);
    await until('it is told', () => /STORE_UNFIT: .*intake.db/.test(child.said));
    await folderWorks(office, 66);
    renameSync(`${db.path}.copy`, db.path);
    db.insert('after the restore', anonymous(3));
    await db.reaches('after the restore', 'taken');
    assert.equal(office.outbox().length, 5);
  }));
