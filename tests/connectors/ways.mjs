// SPDX-License-Identifier: Apache-2.0
//
// The ways in which an agency's own system can reach its adapter, each behind
// the same calls, so that one battery of tests, and the bench, run over all:
//
//     give(name, text, jws)  a letter for sending, under a name of the system's own
//     giveAll([[name, text]]) many at once, where that is another thing
//     outcome(name)          {state, id, code, mistakes} once it is decided
//     received(id)           the signed bytes of a letter that came, or undefined
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { connect as connectHttp, restart } from '../http/exchange.mjs';
import { until } from '../support/until.mjs';
import { literal, makers } from '../table/databases.mjs';

const callers = 16;
const decided = ['delivered', 'refused'];
const isJson = (text) => `${text}`.trimStart().startsWith('{');
const mediaType = (text) => (isJson(text) ? 'application/json' : 'application/xml');
const fileName = (name, text) => `${name}.${isJson(text) ? 'json' : 'xml'}`;

/** Mistakes as all ways tell them: where, what, in both languages. */
const plain = (mistakes = []) =>
  mistakes.map(({ path, code, zh, en }) => ({ path, code, zh, en }));

const fromOutbox = (agency, id) => until(`${id} is decided`, () =>
  agency.outbox('--all').find((row) => row.id === id && decided.includes(row.state)));

const asOutcome = ({ state, id, code }) => ({ state, id, code, mistakes: [] });

async function openFolder(exchange, agency) {
  const given = new Map();
  return {
    give(name, text, jws) {
      given.set(name, fileName(name, text));
      agency.put(given.get(name), text, jws);
    },
    async outcome(name) {
      const file = given.get(name);
      await until(`${file} is taken`, () =>
        ['sent', 'refused'].some((folder) => agency.files(folder).includes(file)));
      const id = /"id":\s*"([^"]*)|<id>([^<]*)/.exec(agency.files('sent').includes(file)
        ? agency.read('sent', file) : '')?.slice(1).find(Boolean);
      const end = id && await fromOutbox(agency, id);
      if (end?.state === 'delivered') return asOutcome(end);
      await agency.lies('refused', `${file}.reason.json`);
      const { code, mistakes } = agency.sheet(file);
      return { state: 'refused', code, mistakes: plain(mistakes) };
    },
    received: (id) => {
      const file = agency.files('in').find((one) => one.includes(id) && !one.endsWith('.jws'));
      return file && agency.read('in', file);
    },
    close: async () => {},
  };
}

async function openCommand(exchange, agency) {
  const given = new Map();
  return {
    give(name, text, jws) {
      const file = join(exchange.folder, fileName(name, text));
      writeFileSync(file, text);
      if (jws) writeFileSync(`${file}.jws`, jws);
      given.set(name, agency.run('send', '--json', file));
    },
    async outcome(name) {
      const { status, out } = given.get(name);
      const said = JSON.parse(out);
      if (status === 0) return asOutcome(await fromOutbox(agency, said.id));
      return { state: 'refused', code: said.code, mistakes: plain(said.mistakes) };
    },
    received(id) {
      const { status, out } = agency.run('inbox show', '--raw', id);
      return status === 0 ? Buffer.from(out) : undefined;
    },
    close: async () => {},
  };
}

async function openHttp(exchange, agency) {
  const office = await connectHttp(exchange, agency.id);
  await office.start();
  const given = new Map();
  return {
    give(name, text, jws) {
      given.set(name, office.submit(text,
        { key: name, type: mediaType(text), ...(jws && { 'Yisong-JWS': jws }) }));
    },
    async giveAll(letters) {
      const left = letters.values();
      const work = async () => {
        for (const [name, text] of left) {
          await office.submit(text, { key: name, type: mediaType(text) });
        }
      };
      await Promise.all(Array.from({ length: callers }, work));
    },
    async outcome(name) {
      const { status, json } = await given.get(name);
      if (status !== 202) return { state: 'refused', code: json.code, mistakes: plain(json.mistakes) };
      const end = await until(`${json.id} is decided`, async () => {
        const found = (await office.get(`/letters/${json.id}`)).json;
        return decided.includes(found.state) && found;
      });
      return { ...asOutcome(end), code: end.refusal?.code };
    },
    async received(id) {
      const answer = await office.get(`/inbox/${id}`);
      return answer.status === 200 ? Buffer.from(answer.text) : undefined;
    },
    close: async () => {},
  };
}

const openTable = (kind) => async (exchange, agency) => {
  const db = await makers[kind]();
  const kept = readFileSync(agency.settings, 'utf8').split('\n')
    .filter((line) => !line.startsWith('table'));
  const lines = Object.entries({ table_look: 1, ...db.settings })
    .map(([name, value]) => `${name} = ${value}`);
  writeFileSync(agency.settings, [...kept, ...lines, ''].join('\n'));
  await restart(exchange, agency.id);
  return {
    give: (name, text, jws) => db.insert(name, `${text}`, jws && { jws }),
    giveAll: (letters) => db.write(['BEGIN;', ...letters.map(([name, text]) =>
      `INSERT INTO yisong_outgoing (key, payload) VALUES (${literal(name)}, ${literal(text)});`), 'COMMIT;']),
    async outcome(name) {
      const row = await db.reaches(name, ...decided);
      const mistakes = typeof row.mistakes === 'string' ? JSON.parse(row.mistakes) : row.mistakes;
      return { state: row.state, id: row.letter_id, code: row.code, mistakes: plain(mistakes ?? []) };
    },
    received(id) {
      const [row] = db.incoming(`letter_id = ${literal(id)}`);
      return row && Buffer.from(row.json ?? row.xml);
    },
    close: () => db.close(),
  };
};

export const ways = {
  'the folder': openFolder,
  'the command line': openCommand,
  HTTP: openHttp,
  'a table in PostgreSQL': openTable('postgres'),
  'a table in SQLite': openTable('sqlite'),
};
