// SPDX-License-Identifier: Apache-2.0
//
// A landscape's broker for node tests: an authority, keys, definitions and a
// private RabbitMQ in one folder, made with the program itself.
//
//     const broker = makeBroker(['ecology-nanchang', 'police-nanchang']);
//     broker.start(); ... broker.kill(); broker.remove();
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(process.env.YISONG_SOURCE, 'landscape', 'broker.sh');

export function yisong(...words) {
  return execFileSync(process.env.YISONG, words, { encoding: 'utf8' });
}

function addAgency(centre, id, role, out) {
  yisong('agencies', 'add', centre, '--id', id, '--role', role,
    '--chinese', '测试机关', '--english', 'Test agency',
    '--region', '360100', '--level', 'city', '--out', out);
}

export function makeBroker(agencies) {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-broker.'));
  const path = (...parts) => join(folder, ...parts);
  const run = (action, ...words) =>
    execFileSync(script, [action, folder, ...words], { encoding: 'utf8', stdio: 'pipe' });
  const centre = path('centre');
  yisong('agencies', 'init', centre);
  addAgency(centre, 'exchange', 'exchange', path('exchange'));
  for (const id of agencies) addAgency(centre, id, 'ecology', path(id));
  yisong('agencies', 'broker', centre, '--host', 'localhost',
    '--host', '127.0.0.1', '--out', path('tls'));
  const define = () =>
    writeFileSync(path('definitions.json'), yisong('topology', '--agencies', centre));
  define();

  return {
    folder, path, define,
    definitions: () => JSON.parse(readFileSync(path('definitions.json'), 'utf8')),
    start() {
      this.port = Number(run('start').trim().split(':').pop());
      return this.port;
    },
    stop: () => run('stop'),
    kill: () => run('kill'),
    status: () => run('status'),
    ctl: (...words) => run('ctl', '-q', ...words),
    revoke(id) {
      yisong('agencies', 'revoke', centre, id, '--reason', 'test');
      const lists = readdirSync(path('centre', 'revoked')).filter((name) => name.endsWith('.crl'));
      run('revoke', ...lists.map((name) => path('centre', 'revoked', name)));
    },
    // What a TLS client needs; `certificate` is the folder of an agency.
    tls: (certificate) => ({
      ca: readFileSync(path('tls', 'authority.pem')),
      ...(certificate && {
        cert: readFileSync(path(certificate, 'tls.pem')),
        key: readFileSync(path(certificate, 'tls.key')),
      }),
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
