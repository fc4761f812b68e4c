// SPDX-License-Identifier: Apache-2.0
//
// A whole exchange of a test's own: RabbitMQ, router and six adapters, made by
// landscape/up.sh in a folder that goes away with it. A guard outside of this
// process takes it down even if the test is killed.
//
//     const exchange = openLandscape();
//     exchange.agency('police-zaoyang').inbox(); ...
//     exchange.close();
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync, mkdtempSync, openSync, closeSync, readFileSync, readdirSync, renameSync,
  rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { until } from './until.mjs';

const source = process.env.YISONG_SOURCE;
const script = (name) => join(source, 'landscape', name);
const execute = promisify(execFile);

/** The agencies of the landscape by what they are, so that tests read well. */
export const names = {
  ecology: 'ecology-zaoyang',
  police: 'police-zaoyang',
  procuratorate: 'procuratorate-zaoyang',
  court: 'court-zaoyang',
  credit: 'credit-xiangyang',
  bank: 'bank-zaoyang',
};

export function runYisong(words, language = 'C.UTF-8') {
  const done = spawnSync(process.env.YISONG, words, {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: language },
  });
  if (done.error) throw done.error;
  return { status: done.status, out: done.stdout, err: done.stderr };
}

export function mustYisong(...words) {
  const done = runYisong(words);
  if (done.status !== 0) throw new Error(`yisong ${words.join(' ')}: ${done.out}${done.err}`);
  return done.out;
}

/** Ends the landscape when this process ends, however it ends. */
function openGuard(folder) {
  return spawn('/bin/sh', ['-c', 'cat >/dev/null; "$0" --now "$1"', script('down.sh'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

function makeAgency(folder, id) {
  const path = (...parts) => join(folder, id, ...parts);
  const settings = path('adapter.conf');
  const spool = (...parts) => path('spool', ...parts);
  const must = (command, ...words) => mustYisong(command, '-c', settings, ...words);
  const list = (command, ...words) =>
    JSON.parse(must(command, '--json', '--most', '1000000', ...words));
  const files = (name) =>
    readdirSync(spool(name)).filter((entry) => !entry.startsWith('.')).sort();
  return {
    id, path, settings, spool, files,
    read: (name, file) => readFileSync(spool(name, file)),
    sheet: (file) => JSON.parse(readFileSync(spool('refused', `${file}.reason.json`))),
    /** There at once or not at all, as a well-behaved system does it. */
    put(file, bytes, jws) {
      if (jws) writeFileSync(spool('out', `${file}.jws`), jws);
      writeFileSync(spool('out', `.${file}`), bytes);
      renameSync(spool('out', `.${file}`), spool('out', file));
    },
    run: (command, ...words) => runYisong([...command.split(' '), '-c', settings, ...words]),
    send: (...words) => JSON.parse(must('send', '--json', ...words)),
    reply: (...words) => JSON.parse(must('reply', '--json', ...words)),
    inbox: (...words) => list('inbox', ...words),
    outbox: (...words) => list('outbox', ...words),
    /** The letter of this id as the outbox tells it, once it is in one of these states. */
    settled: (letter, ...states) =>
      until(`${id}: ${letter} is ${states.join(' or ')}`, () =>
        list('outbox', '--all').find(
          (row) => (row.id === letter || row.file === letter) && states.includes(row.state))),
    /** The letter of this case and type, once it came. */
    arrived: (caseId, type) =>
      until(`${id}: ${type} of ${caseId}`, () =>
        list('inbox', '--all').find((row) => row.caseId === caseId && row.type === type)),
    /** Waits until a file of exactly this name lies in the folder. */
    lies: (name, file) =>
      until(`${id}: ${name}/${file}`, () => files(name).includes(file)),
    /** The file (not a folder of evidence) whose name holds all these pieces, once it lies there. */
    file: (name, ...pieces) =>
      until(`${id}: a file in ${name}/ named ${pieces.join(' ')}`, () =>
        files(name).find((file) => !file.endsWith('.files') &&
          pieces.every((piece) => file.includes(piece)))),
  };
}

/** The router and the adapters as processes that die and come back. */
function makeProcesses(folder) {
  const pidFile = (name) => join(folder, 'run', `${name}.pid`);
  const command = (name) =>
    ['router', 'evidence-store'].includes(name)
      ? [name, '-c', join(folder, 'exchange', `${name}.conf`)]
      : ['adapter', '-c', join(folder, name, 'adapter.conf')];
  const pid = (name) => Number(readFileSync(pidFile(name), 'utf8'));
  const isThere = (id) => {
    try {
      return !/^State:\s*Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  return {
    isRunning: (name) => isThere(pid(name)),
    async end(name, signal) {
      const id = pid(name);
      if (isThere(id)) process.kill(id, signal);
      await until(`${name} is gone`, () => !isThere(id));
    },
    start(name) {
      const log = openSync(join(folder, 'log', `${name}.log`), 'a');
      const child = spawn(process.env.YISONG, command(name), {
        detached: true,
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      child.unref();
      writeFileSync(pidFile(name), `${child.pid}\n`);
    },
  };
}

/** What a sanitizer or a log said that nobody may overlook. */
function complaints(folder) {
  return readdirSync(join(folder, 'log')).flatMap((name) =>
    readFileSync(join(folder, 'log', name), 'utf8')
      .split('\n')
      .filter((line) => /Sanitizer|runtime error/.test(line))
      .map((line) => `${name}: ${line}`));
}

export function openLandscape() {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-landscape.'));
  const guard = openGuard(folder);
  try {
    execFileSync(script('up.sh'), [folder], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    guard.stdin.end();
    throw new Error(`up.sh: ${error.stdout}${error.stderr}`);
  }
  const path = (...parts) => join(folder, ...parts);
  const broker = (action, ...words) => execute(script('broker.sh'), [action, folder, ...words]);
  const ledger = ['--ledger', path('exchange', 'ledger.db')];
  const centre = path('centre');
  const about = [...ledger, '--agencies', centre];
  const agencies = new Map();
  return {
    folder, path, centre,
    ...makeProcesses(folder),
    agency(id) {
      if (!agencies.has(id)) agencies.set(id, makeAgency(folder, id));
      return agencies.get(id);
    },
    log: (name) => readFileSync(path('log', `${name}.log`), 'utf8'),
    port: () => Number(/AMQPS_PORT=(\d+)/.exec(readFileSync(path('broker', 'ports'), 'utf8'))[1]),
    killBroker: () => broker('kill'),
    startBroker: () => broker('start'),
    queues: async () =>
      (await broker('ctl', '-q', '--vhost', 'yisong', 'list_queues', 'name', 'messages',
        '--no-table-headers')).stdout.trim().split('\n')
        .map((line) => line.split('\t'))
        .map(([name, count]) => ({ name, count: Number(count) })),
    cases: (...words) =>
      JSON.parse(mustYisong('case', 'list', ...ledger, '--most', '1000000', '--json', ...words)),
    case: (id) => JSON.parse(mustYisong('case', 'show', ...about, '--json', id)),
    caseText: (id, language) => runYisong(['case', 'show', ...about, id], language).out,
    exportCase: (id, out) => mustYisong('case', 'export', ...about, '--out', out, id),
    verifyLog: (...words) => runYisong(['log', 'verify', ...ledger, ...words]),
    /** Who signed a file, as the program says; throws if nobody did. */
    verify: (file) => mustYisong('verify', '--agencies', centre, file),
    revoke: (id) => mustYisong('agencies', 'revoke', centre, id, '--reason', 'test'),
    keep: (to) => copyFileSync(path('exchange', 'ledger.db'), to),
    /** Ends everything in an orderly way; what the logs complain about. */
    close() {
      execFileSync(script('down.sh'), ['--now', folder], { stdio: 'pipe' });
      const found = complaints(folder);
      if (process.env.YISONG_KEEP) console.error(`kept: ${folder}`);
      else rmSync(folder, { recursive: true, force: true });
      guard.stdin.end();
      guard.unref();
      if (found.length) throw new Error(found.join('\n'));
    },
  };
}
