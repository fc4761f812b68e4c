// SPDX-License-Identifier: Apache-2.0
//
// The commands of certs/JOINING.md, as they stand there, on two machines (two
// folders) and a real broker. Only what travels between the two people (the
// request, the package, two numbers read over the telephone) is carried here.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const source = process.env.YISONG_SOURCE;
const page = readFileSync(join(source, 'certs', 'JOINING.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh (\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)]
  .map(([, who, how, text]) => ({ who, how, text }));

let exchange;
const children = [];
const at = (...parts) => exchange.path('joining', ...parts);
const telephone = {};

/** Those to whom the page's example is addressed have joined before. */
let partner;
function addPartner(id, role, chinese) {
  mustYisong('agencies', 'add', exchange.centre, '--id', id, '--role', role, '--chinese', chinese,
    '--english', id, '--region', '360100', '--level', 'city', '--out', exchange.path(id, 'keys'));
  const model = readFileSync(exchange.agency(names.police).settings, 'utf8');
  writeFileSync(exchange.path(id, 'adapter.conf'), model.replace(names.police, id));
  return exchange.agency(id);
}

before(() => {
  exchange = openLandscape();
  mkdirSync(at('agency'), { recursive: true });
  addPartner('procuratorate-nanchang', 'procuratorate', '南昌市人民检察院');
  partner = addPartner('police-nanchang', 'police', '南昌市公安局');
});
after(() => {
  for (const child of children) child.kill('SIGTERM');
  exchange?.close();
});

/** The centre works where its authority lies, under the name of the page. */
const folderOf = (who) => (who === 'centre' ? exchange.folder : at('agency'));

function environment() {
  const bin = at('bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'yisong'), `#!/bin/sh\nexec '${process.env.YISONG}' "$@"\n`, { mode: 0o755 });
  return {
    ...process.env, ...telephone, LC_ALL: 'zh_CN.UTF-8',
    PATH: `${bin}:${process.env.PATH}`, BROKER: `localhost:${exchange.port()}`,
  };
}

function runBlock({ who, how, text }) {
  const options = { cwd: folderOf(who), env: environment(), encoding: 'utf8' };
  if (how === 'background') {
    const child = spawn('bash', ['-c', `exec ${text}`], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (bytes) => { log += bytes; });
    children.push(child);
    return { log: () => log };
  }
  const done = spawnSync('bash', ['-euo', 'pipefail', '-c', text], options);
  if (how === 'fails') assert.notEqual(done.status, 0, text);
  else assert.equal(done.status, 0, `${text}\n${done.stdout}${done.stderr}`);
  return { out: done.stdout, err: done.stderr };
}

/** The block whose text begins so, in the order of the page. */
let next = 0;
function run(beginning) {
  const block = blocks[next];
  next += 1;
  assert.ok(block.text.startsWith(beginning), `${beginning}: the page has ${block.text}`);
  return runBlock(block);
}

const heard = (out, what) => new RegExp(`${what}：(.*)`).exec(out)[1];
const carry = (name, from, to) => copyFileSync(join(from, name), join(to, name.split('/').pop()));

test('the agency makes keys that only it can read, and a request', () => {
  const { out } = run('yisong agencies enrol');
  telephone.HEARD = heard(out, '电话读作');
  const keys = at('agency', 'ecology-nanchang', 'keys', 'next');
  for (const name of readdirSync(keys)) {
    assert.match(name, /^(signing|encryption|tls)\.key$/);
    assert.equal(statSync(join(keys, name)).mode & 0o777, 0o600);
  }
  const request = readFileSync(at('agency', 'ecology-nanchang', 'ecology-nanchang.request'), 'utf8');
  assert.doesNotMatch(request, /PRIVATE/);
  carry('ecology-nanchang/ecology-nanchang.request', at('agency'), exchange.folder);
});

test('without the number from the telephone nothing is approved', () => {
  const { out } = run('yisong agencies approve');
  assert.match(out, /南昌市生态环境局/);
  assert.ok(!existsSync(exchange.path('ecology-nanchang.package')));
});

test('the centre approves, RabbitMQ and the registry know the agency', () => {
  const { out } = run('yisong agencies approve');
  telephone.TOLD = heard(out, '请在电话中报给该机关');
  run('yisong topology');
  execFileSync(join(source, 'landscape', 'broker.sh'),
    ['ctl', exchange.folder, '-q', 'import_definitions', exchange.path('definitions.json')]);
  run('yisong agencies package');
  carry('ecology-nanchang.package', exchange.folder, at('agency'));
  exchange.start(partner.id);
});

test('the agency lays the package into place and is green', async () => {
  run('yisong agencies join');
  const adapter = run('yisong adapter');
  await until('the adapter is connected', () => /connected to/.test(adapter.log()));
  const { out } = run('yisong doctor');
  assert.match(out, /正常 +往返交换中心/);
  assert.match(out, /故障 0/);
});

test('its first letter is recorded and reaches the police', async () => {
  const { out } = run('yisong example');
  assert.match(out, /案件移送书/);
  await until('the police have it', () =>
    partner.inbox('--all').some((row) => row.type === 'criminal-case-transfer'));
});

test('new keys while it runs: nothing stops, the new ones sign', async () => {
  const settings = at('agency', 'ecology-nanchang', 'adapter.conf');
  const before = readFileSync(at('agency', 'ecology-nanchang', 'keys', 'signing.pem'), 'utf8');
  telephone.HEARD = heard(run('yisong agencies enrol').out, '申请指纹');
  carry('ecology-nanchang/ecology-nanchang.request', at('agency'), exchange.folder);
  run('yisong agencies approve');
  carry('renewed.package', exchange.folder, at('agency'));
  run('yisong agencies join');
  const now = readFileSync(at('agency', 'ecology-nanchang', 'keys', 'signing.pem'), 'utf8');
  assert.notEqual(now, before);
  const report = runYisong(['doctor', '-c', settings]);
  assert.equal(report.status, 0, report.out);
});

test('the Chinese page has the same commands, word for word', () => {
  const chinese = readFileSync(join(source, 'certs', 'JOINING.zh-CN.md'), 'utf8');
  const commands = (text) => [...text.matchAll(/^```[\s\S]*?^```$/gm)].map(([block]) => block);
  assert.deepEqual(commands(chinese), commands(page));
});

test('every command of the page was run', () => {
  assert.equal(next, blocks.length);
  const told = [...page.matchAll(/`([A-Z_]{6,})` at/g)].map(([, code]) => code);
  const known = readFileSync(join(source, 'base', 'reason.def'), 'utf8');
  for (const code of told) assert.match(known, new RegExp(`REASON\\(${code},`));
});
