// SPDX-License-Identifier: Apache-2.0
//
// One agency's machine without a broker: an authority, keys, settings, and the
// commands and the adapter over them.
//
//     const desk = openDesk();   desk.run('send', file)   desk.close()
import { spawn } from 'node:child_process';
import {
  existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mustYisong, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

export const agency = 'ecology-zaoyang';

export const sample = (name) =>
  readFileSync(join(process.env.YISONG_SOURCE, 'tests/data/messages', name), 'utf8');

/** A sample with an id of its own, so that it is another letter. */
export function letter(number, name = 'criminal-case-transfer.xml') {
  const id = `019306e0-0001-7a10-8b20-${String(number).padStart(12, '0')}`;
  return { id, text: sample(name).replace(/019306e0-0001-7a10-8b20-[0-9a-f]{12}/, id) };
}

function writeSettings(folder, port) {
  const lines = {
    agency, mailbox: 'mailbox.db', spool: 'spool', agencies: 'centre',
    key: 'keys/signing.key', certificate: 'keys/signing.pem',
    tls_authority: 'keys/authority.pem', tls_certificate: 'keys/tls.pem',
    tls_key: 'keys/tls.key', broker_port: port, look_seconds: 1,
  };
  writeFileSync(join(folder, 'adapter.conf'),
    Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`).join(''));
}

/** `port`: where nobody listens, so that the adapter works without a broker. */
export function openDesk(port = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-desk.'));
  const path = (...parts) => join(folder, ...parts);
  const settings = path('adapter.conf');
  const children = new Set();
  mustYisong('agencies', 'init', path('centre'));
  mustYisong('agencies', 'add', path('centre'), '--id', agency, '--role', 'ecology',
    '--chinese', '某局', '--english', 'a bureau', '--region', '420683', '--level', 'county',
    '--suite', 'p256', '--out', path('keys'));
  writeSettings(folder, port);
  const spool = (...parts) => path('spool', ...parts);
  const desk = {
    path, settings, spool,
    files: (name) => readdirSync(spool(name)).filter((one) => !one.startsWith('.')).sort(),
    run: (command, ...words) => runYisong([...command.split(' '), '-c', settings, ...words]),
    list: (command, ...words) => JSON.parse(
      mustYisong(command, '-c', settings, '--json', ...words)),
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
    put(name, text) {
      mkdirSync(spool('out'), { recursive: true });
      writeFileSync(spool('out', name), text);
    },
    /** Starts the adapter and waits until it works. */
    async start() {
      const child = spawn(process.env.YISONG, ['adapter', '-c', settings],
        { stdio: ['ignore', 'ignore', 'pipe'] });
      children.add(child);
      child.said = '';
      child.stderr.on('data', (piece) => { child.said += piece; });
      child.ended = new Promise((resolve) => {
        child.on('exit', (status, signal) => {
          children.delete(child);
          resolve({ status, signal });
        });
      });
      await until('the adapter is ready', () =>
        / ready: /.test(child.said) || child.exitCode !== null);
      return child;
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
    lies: (...parts) => existsSync(spool(...parts)),
  };
  return desk;
}

/** A port that takes connections and never says a word, as a frozen broker. */
export function openSilentPort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
