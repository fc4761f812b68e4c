// SPDX-License-Identifier: Apache-2.0
//
// The databases of an agency's own system, with the tables of `yisong table
// ddl`: a private PostgreSQL, never as root, and an SQLite file. Both answer
// to the same calls, so that one battery of tests runs over both.
//
//     const db = await makers.postgres();   db.insert('k1', letter);   db.row('k1');
//     await db.close();
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mustYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const nobody = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};

export const literal = (text) => `'${text.replaceAll("'", "''")}'`;

/** Debian has the server's programs in a folder of their version. */
function serverProgram(name) {
  const place = '/usr/lib/postgresql';
  const versions = existsSync(place) ? readdirSync(place).sort((a, b) => b - a) : [];
  return [...versions.map((one) => join(place, one, 'bin', name)), name].find(
    (path) => path === name || existsSync(path));
}

function must(done, what) {
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${what}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

const freePort = () => new Promise((resolve) => {
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Runs statements one after the other in a session beside this process. */
const runBeside = (program, words, statements, env = process.env) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'inherit'], env });
    child.on('error', reject);
    child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${program}: ${status}`))));
    child.stdin.end(statements.length === 1 ? statements[0] : statements.join('\n'));
  });

/** What both can do, made of `sql` and `rows`. */
const withTables = (db) => ({
  ...db,
  /** A letter for sending, as the agency's system writes it. */
  insert: (key, payload, more = {}) => {
    const names = ['key', 'payload', ...Object.keys(more)];
    const values = [key, payload, ...Object.values(more)];
    db.sql(`INSERT INTO yisong_outgoing (${names.join(', ')})
            VALUES (${values.map((one) => (one === null ? 'NULL' : literal(one))).join(', ')});`);
  },
  row: (key) => db.rows(`SELECT * FROM yisong_outgoing WHERE key = ${literal(key)}`)[0],
  /** The row of this key, once it is in one of these states. */
  reaches: (key, ...states) => until(`row ${key} is ${states.join(' or ')}`, () => {
    const [row] = db.rows(`SELECT * FROM yisong_outgoing WHERE key = ${literal(key)}`);
    return row && states.includes(row.state) && row;
  }),
  incoming: (where = '1 = 1') =>
    db.rows(`SELECT * FROM yisong_incoming WHERE ${where} ORDER BY id`),
});

// --- PostgreSQL --------------------------------------------------------------

const superuser = 'postgres';

function makeCluster(folder) {
  const data = join(folder, 'data');
  const options = { encoding: 'utf8', cwd: folder, ...nobody, env: { ...process.env, HOME: folder } };
  must(spawnSync(serverProgram('initdb'), ['-D', data, '-U', superuser, '-A', 'trust', '-E', 'UTF8',
    '--locale=C.UTF-8', '--no-sync'], options), 'initdb');
  writeFileSync(join(data, 'pg_hba.conf'),
    'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
  return data;
}

/** Ends the server when this process ends, however it ends. */
function openGuard(folder) {
  return spawn('/bin/sh', ['-c',
    'cat >/dev/null; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"; rm -rf "$0"', folder],
  { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

async function openPostgres({ password = 'a secret: 秘密' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-postgres.'));
  if (nobody.uid) chownSync(folder, nobody.uid, nobody.gid);
  chmodSync(folder, 0o755);
  const data = makeCluster(folder);
  const guard = openGuard(folder);
  const port = await freePort();
  let server;
  const words = (user, database) => ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
    '-h', folder, '-p', String(port), '-U', user, database];
  const psql = (user, text, database = 'cases') => spawnSync('psql', words(user, database),
    { input: text, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, PGCLIENTENCODING: 'UTF8' } });
  const admin = (text, database) => must(psql(superuser, text, database), 'psql');
  const isReady = () => psql(superuser, 'SELECT 1', 'postgres').status === 0;
  const db = {
    kind: 'PostgreSQL', admin,
    sql: (text) => must(psql('intake_system', text), 'psql'),
    /** As the system, with bytes as they are. */
    raw: (bytes, encoding) => runBeside('psql', words('intake_system', 'cases'), [bytes],
      { ...process.env, PGCLIENTENCODING: encoding }),
    write: (statements) => runBeside('psql', words('intake_system', 'cases'), statements),
    rows: (query) => JSON.parse(
      must(psql(superuser, `SELECT coalesce(json_agg(t), '[]') FROM (${query}) AS t`), 'psql')),
    settings: {
      table: `postgresql://yisong_adapter@127.0.0.1:${port}/cases`,
      table_passfile: join(folder, 'passfile'),
    },
    password,
    /** Processes of the server that serve the adapter. */
    sessions: () => db.rows("SELECT pid FROM pg_stat_activity WHERE usename = 'yisong_adapter'")
      .map(({ pid }) => pid),
    async start() {
      await until('PostgreSQL is up', async () => {
        if (!server || server.exitCode !== null || server.signalCode !== null) {
          server = spawn(serverProgram('postgres'), ['-D', data, '-p', String(port), '-k', folder,
            '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
          { stdio: 'ignore', cwd: folder, ...nobody });
        }
        return isReady();
      }, { every: 200 });
    },
    async kill(signal = 'SIGKILL') {
      server.kill(signal);
      await until('PostgreSQL is gone', () => server.exitCode !== null || server.signalCode !== null);
    },
    async close() {
      guard.stdin.end();
      await new Promise((resolve) => { guard.on('exit', resolve); });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await db.start();
  admin(`CREATE ROLE yisong_adapter LOGIN PASSWORD ${literal(password)};
         CREATE ROLE intake_system LOGIN; CREATE DATABASE cases;`, 'postgres');
  admin(mustYisong('table', 'ddl', '--postgres'));
  writeFileSync(db.settings.table_passfile,
    `127.0.0.1:${port}:cases:yisong_adapter:${password.replaceAll(':', '\\:')}\n`, { mode: 0o600 });
  return withTables(db);
}

// --- SQLite ------------------------------------------------------------------

async function openSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-sqlite.'));
  const path = join(folder, 'intake.db');
  const shell = (text, ...words) => must(spawnSync('sqlite3', ['-bail', ...words, path],
    { input: `.timeout 20000\n${text}`, encoding: 'utf8', maxBuffer: 1 << 28 }), 'sqlite3');
  const db = {
    kind: 'SQLite', path, folder,
    sql: (text) => shell(text),
    admin: (text) => shell(text),
    raw: (bytes) => runBeside('sqlite3', ['-bail', path], [bytes]),
    write: (statements) => runBeside('sqlite3', ['-bail', path], ['.timeout 20000', ...statements]),
    rows: (query) => JSON.parse(shell(`${query};`, '-json') || '[]'),
    settings: { table: path },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
  shell(mustYisong('table', 'ddl', '--sqlite'));
  return withTables(db);
}

export const makers = { postgres: openPostgres, sqlite: openSqlite };

/** Another process holds a lock on the file until it is told to let go. */
export function holdLock(db) {
  const holder = spawn('sqlite3', [db.path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const holds = new Promise((resolve) => { holder.stdout.once('data', resolve); });
  holder.stdin.write('.timeout 20000\nBEGIN EXCLUSIVE;\nSELECT 1;\n');
  return {
    holds,
    async release() {
      holder.stdin.end('COMMIT;\n');
      await new Promise((resolve) => { holder.on('exit', resolve); });
    },
  };
}
