// SPDX-License-Identifier: Apache-2.0
//
// yisong doctor on a whole exchange: everything green, then one thing after
// the other is really broken, said in words, and mended again.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync,
  renameSync, rmSync, statSync, writeFileSync, writeSync, closeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { draft, toJson } from '../support/letters.mjs';
import { names, openLandscape, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const { ecology, police } = names;
let exchange;
let office;

before(() => {
  exchange = openLandscape();
  office = exchange.agency(ecology);
});
after(() => exchange?.close());

/** Runs the doctor as JSON; `lines(check)` are those of one check. */
function doctor(settings, { shift, wait = 20, language = 'C.UTF-8' } = {}) {
  const env = { ...process.env, LC_ALL: language };
  if (shift) {
    Object.assign(env, {
      LD_PRELOAD: process.env.YISONG_SHIFTED_CLOCK,
      YISONG_CLOCK_SHIFT: `${shift}`,
      ASAN_OPTIONS: 'verify_asan_link_order=0',
    });
  }
  const done = spawnSync(process.env.YISONG,
    ['doctor', '-c', settings, '--json', '--wait', `${wait}`], { encoding: 'utf8', env });
  assert.ok(done.stdout.startsWith('{'), done.stdout + done.stderr);
  const report = JSON.parse(done.stdout);
  assert.equal(report.exit, done.status);
  const lines = (check) => report.lines.filter((line) => line.check === check);
  return {
    status: done.status,
    report,
    lines,
    of: (check) => lines(check)[0]?.status,
    failed: () => report.lines.filter((line) => line.status === 'fail').map((line) => line.check),
  };
}

const centreSettings = () => exchange.path('exchange', 'router.conf');

/** Settings that are like the office's but for some lines. */
function settingsWith(name, changes) {
  let text = readFileSync(office.settings, 'utf8');
  for (const [key, value] of Object.entries(changes)) {
    text = text.replace(new RegExp(`^${key} = .*\\n`, 'm'), '') + `${key} = ${value}\n`;
  }
  const path = office.path(name);
  writeFileSync(path, text);
  return path;
}

/** While `change` holds, with what it returns undone afterwards. */
async function whileFile(path, change, work) {
  const kept = `${path}.kept`;
  renameSync(path, kept);
  try {
    change(kept);
    await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
    renameSync(kept, path);
  }
}

test('a sound agency is green, and each green line is of something just tried', () => {
  const seen = doctor(office.settings);
  assert.deepEqual(seen.failed(), [], JSON.stringify(seen.report, null, 1));
  assert.equal(seen.status, 0);
  for (const check of ['registry', 'certificate', 'encryption', 'evidence', 'tls', 'disk', 'mailbox', 'spool', 'process',
    'broker', 'rights', 'queue', 'exchange', 'clock', 'partners']) {
    assert.equal(seen.of(check), 'ok', check);
  }
  for (const check of ['http', 'webhook', 'tables']) assert.equal(seen.of(check), 'skipped', check);
  const probes = office.outbox('--all').filter((row) => row.type === 'link-probe');
  assert.equal(probes.length, 1);
  assert.equal(probes[0].state, 'delivered');
});

test('a probe changes no case and is in the log like any letter', () => {
  const cases = exchange.cases().length;
  doctor(office.settings);
  assert.equal(exchange.cases().length, cases);
  assert.equal(exchange.verifyLog().status, 0);
});

test('the centre is green but for the way that only an agency can try', () => {
  const seen = doctor(centreSettings());
  assert.deepEqual(seen.failed(), [], JSON.stringify(seen.report, null, 1));
  assert.equal(seen.of('exchange'), 'skipped');
  assert.equal(seen.of('ledger'), 'ok');
  assert.equal(seen.of('queue'), 'ok');
});

test('people read it in their language', () => {
  const zh = runYisong(['doctor', '-c', office.settings], 'zh_CN.UTF-8');
  assert.equal(zh.status, 0);
  assert.match(zh.out, /正常 +往返交换中心 +检测公文/);
  const en = runYisong(['doctor', '-c', office.settings]);
  assert.match(en.out, /^OK +exchange +a probe went/m);
});

test('an adapter that does not run is a failure, and what needs it is not green', async () => {
  await exchange.end(ecology, 'SIGTERM');
  const seen = doctor(office.settings);
  assert.equal(seen.status, 1);
  assert.equal(seen.of('process'), 'fail');
  assert.equal(seen.of('exchange'), 'skipped');
  assert.equal(seen.of('clock'), 'skipped');
  assert.ok(doctor(centreSettings()).lines('queue').some(
    (line) => line.status === 'fail' && line.en.includes(`in.${ecology}`)));
  exchange.start(ecology);
  await until('it is well again', () => doctor(office.settings).status === 0);
});

test('a router that has stopped: the broker is green, the exchange is not; temporary', async () => {
  await exchange.end('router', 'SIGKILL');
  await until('the broker noticed', () => doctor(office.settings, { wait: 1 }).of('queue') === 'fail');
  const seen = doctor(office.settings, { wait: 1 });
  assert.equal(seen.of('broker'), 'ok');
  assert.equal(seen.of('exchange'), 'fail');
  assert.match(seen.lines('exchange')[0].zh, /没有答复/);
  assert.equal(seen.of('clock'), 'skipped');
  assert.equal(seen.status, 3);
  exchange.start('router');
  await until('it is well again', () => doctor(office.settings).status === 0);
});

test('a broker that has stopped: said as such, letters wait, temporary', async () => {
  await exchange.killBroker();
  const seen = doctor(office.settings, { wait: 1 });
  assert.equal(seen.lines('broker')[0].code, 'BROKER_DOWN');
  assert.equal(seen.of('rights'), 'skipped');
  assert.equal(seen.of('queue'), 'skipped');
  assert.equal(seen.of('exchange'), 'fail');
  assert.match(seen.lines('exchange')[0].en, /did not leave|did not answer/);
  assert.equal(seen.status, 3);
  assert.equal(doctor(centreSettings()).status, 3);
  await exchange.startBroker();
  await until('it is well again', () => doctor(office.settings).status === 0);
});

test('the key of another', async () => {
  const key = office.path('keys', 'signing.key');
  await whileFile(key, () => copyFileSync(office.path('keys', 'tls.key'), key), () => {
    chmodSync(key, 0o600);
    const seen = doctor(office.settings);
    assert.equal(seen.lines('certificate')[0].code, 'BAD_KEY');
    assert.equal(seen.of('exchange'), 'skipped');
    assert.equal(seen.status, 1);
  });
});

test('the certificate of another, with its key: not in the registry for us', () => {
  const settings = settingsWith('other.conf', {
    key: exchange.agency(police).path('keys', 'signing.key'),
    certificate: exchange.agency(police).path('keys', 'signing.pem'),
    tls_key: exchange.agency(police).path('keys', 'tls.key'),
    tls_certificate: exchange.agency(police).path('keys', 'tls.pem'),
  });
  const seen = doctor(settings);
  assert.equal(seen.lines('certificate')[0].code, 'CERTIFICATE_UNKNOWN');
  assert.match(seen.lines('tls')[0].en, new RegExp(police));
  assert.equal(seen.status, 1);
});

test('a key that others can read', () => {
  const key = office.path('keys', 'tls.key');
  chmodSync(key, 0o640);
  const seen = doctor(office.settings);
  chmodSync(key, 0o600);
  assert.ok(seen.lines('tls').some((line) => line.status === 'fail' && /640/.test(line.zh)));
  assert.equal(seen.status, 1);
});

const day = 86400;

test('a certificate that ends in 24 days is told before, with what to do', () => {
  const seen = doctor(office.settings, { shift: 1071 * day, wait: 1 });
  assert.equal(seen.of('certificate'), 'warn');
  assert.match(seen.lines('certificate')[0].zh, /还有 2[34] 天/);
  assert.match(seen.lines('certificate')[0].adviceZh, /enrol --renew/);
  assert.equal(doctor(centreSettings(), { shift: 1071 * day }).of('agencies'), 'warn');
});

test('an expired certificate', () => {
  const seen = doctor(office.settings, { shift: 1100 * day, wait: 1 });
  assert.equal(seen.lines('certificate')[0].code, 'CERTIFICATE_EXPIRED');
  assert.equal(seen.lines('tls')[0].code, 'CERTIFICATE_EXPIRED');
  assert.equal(seen.status, 1);
});

test('a clock that is ahead: by how much, by whose word', () => {
  const seen = doctor(office.settings, { shift: 90 });
  assert.equal(seen.of('exchange'), 'ok');
  const [clock] = seen.lines('clock');
  assert.equal(clock.status, 'fail');
  assert.ok(Math.abs(Number(/is ([\d.]+) s ahead/.exec(clock.en)[1]) - 90) < 30, clock.en);
  assert.match(clock.zh, /快/);
});

test('a clock that is behind is told too', () => {
  const [clock] = doctor(office.settings, { shift: -40 }).lines('clock');
  assert.equal(clock.status, 'warn');
  assert.match(clock.zh, /慢/);
});

test('a clock so far ahead that letters are refused: the refusal tells by how much', () => {
  const seen = doctor(office.settings, { shift: 3600 });
  assert.equal(seen.lines('exchange')[0].code, 'CLOCK_SKEW');
  const [clock] = seen.lines('clock');
  assert.equal(clock.status, 'fail');
  assert.ok(Math.abs(Number(/is ([\d.]+) s ahead/.exec(clock.en)[1]) - 3600) < 60, clock.en);
});

test('a registry that was altered is not believed', async () => {
  const settings = settingsWith('altered.conf', { agencies: 'altered' });
  cpSync(exchange.centre, office.path('altered'), { recursive: true });
  const path = office.path('altered', 'registry.xml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('公安局', '税务局'));
  const seen = doctor(settings);
  assert.equal(seen.lines('registry')[0].code, 'BAD_REGISTRY');
  assert.equal(seen.of('certificate'), 'skipped');
  assert.equal(seen.status, 1);
});

test('an agency that is not in the registry', () => {
  const seen = doctor(settingsWith('stranger.conf', { agency: 'ecology-nowhere' }));
  assert.equal(seen.lines('registry')[0].code, 'UNKNOWN_AGENCY');
});

test('a mailbox that is damaged', () => {
  const settings = settingsWith('damaged.conf', { mailbox: 'damaged.db' });
  runYisong(['send', '-c', settings, '/dev/null']); // makes it
  const path = office.path('damaged.db');
  const file = openSync(path, 'r+');
  for (let at = 4096; at + 64 < statSync(path).size; at += 512) {
    writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, at);
  }
  closeSync(file);
  const seen = doctor(settings);
  assert.equal(seen.of('mailbox'), 'fail', JSON.stringify(seen.lines('mailbox')));
});

test('a folder that cannot be written into', async () => {
  const folder = office.path('spool', 'receipts');
  await whileFile(folder, () => writeFileSync(folder, 'a file'), () => {
    const seen = doctor(office.settings);
    assert.equal(seen.of('spool'), 'fail');
    assert.match(seen.lines('spool')[0].en, /receipts/);
  });
});

test('a disk that is full', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-full.'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    t.skip('may not mount a small disk here');
    return;
  }
  try {
    const settings = settingsWith('full.conf', { mailbox: join(folder, 'mailbox.db') });
    runYisong(['send', '-c', settings, '/dev/null']);
    const almost = doctor(settings);
    assert.equal(almost.of('disk'), 'fail', 'less than 64 MiB');
    spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k']);
    const seen = doctor(settings);
    assert.equal(seen.lines('disk')[0].code, 'DISK_FAILED');
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
});

test('rights that are too wide are found by using them', async () => {
  const broker = (...words) => execFileSync(
    join(process.env.YISONG_SOURCE, 'landscape', 'broker.sh'),
    ['ctl', exchange.folder, '-q', ...words], { encoding: 'utf8' });
  const set = (...rights) => broker('set_permissions', '-p', 'yisong', ecology, ...rights);
  set('^$', `^(out\\.${ecology}|deliver)$`, `^in\\.${ecology}$`);
  await until('the right is too wide', () => doctor(office.settings).of('rights') === 'fail');
  const wide = doctor(office.settings);
  assert.match(wide.lines('rights')[0].zh, /deliver/);
  assert.equal(wide.status, 1);
  set('^$', `^out\\.${ecology}$`, `^in\\.${ecology}$`);
  await until('the rights are right', () => doctor(office.settings).of('rights') === 'ok');
  // What got through lies where the centre sees it.
  const [unroutable] = doctor(centreSettings()).lines('queue').filter((line) => line.status === 'warn');
  assert.match(unroutable.en, /unroutable/);
});

test('a partner that is silent is named, with since when', async () => {
  await exchange.end(police, 'SIGTERM');
  const { id } = (office.put('silent.json', toJson(draft('criminal-case-transfer', 'silent-1'))),
  await office.settled('silent.json', 'submitted'));
  assert.ok(id);
  const seen = doctor(office.settings, { shift: 2 * day, wait: 1 });
  assert.equal(seen.of('partners'), 'warn');
  assert.match(seen.lines('partners')[0].zh, new RegExp(`${police}.*1 件未签收`));
  exchange.start(police);
  await office.settled('silent.json', 'delivered');
  assert.equal(doctor(office.settings, { shift: 2 * day, wait: 1 }).of('partners'), 'ok');
});

/** A receiver of webhooks that answers everybody alike. */
async function withReceiver(status, work) {
  const server = createServer((request, answer) => answer.writeHead(status).end());
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  try {
    await work(`http://127.0.0.1:${server.address().port}/hook`);
  } finally {
    server.close();
  }
}

/** The doctor beside this process, which must go on serving meanwhile. */
async function doctorBeside(settings) {
  const { execFile } = await import('node:child_process');
  const out = await new Promise((done) => {
    execFile(process.env.YISONG, ['doctor', '-c', settings, '--json', '--wait', '1'],
      { env: { ...process.env, LC_ALL: 'C.UTF-8' } }, (error, stdout) => done(stdout));
  });
  return JSON.parse(out).lines;
}

test('a webhook receiver: one that refuses strangers, one that does not, none', async () => {
  const ask = async (url) => (await doctorBeside(settingsWith('hook.conf', { webhook_url: url })))
    .find((line) => line.check === 'webhook');
  let gone;
  await withReceiver(401, async (url) => assert.equal((await ask(url)).status, 'ok'));
  await withReceiver(200, async (url) => {
    gone = url;
    assert.match((await ask(url)).en, /without a signature/);
  });
  assert.equal((await ask(gone)).code, 'PARTNER_DOWN');
});

test('an HTTP interface that nobody serves', () => {
  const seen = doctor(settingsWith('http.conf', { http_listen: '127.0.0.1:9' }), { wait: 1 });
  assert.equal(seen.lines('http')[0].code, 'PARTNER_DOWN');
});

test('a database that is not there, and the store of evidence', async () => {
  const seen = doctor(settingsWith('table.conf', { table: 'sqlite:/nonexistent/theirs.db' }), { wait: 1 });
  assert.equal(seen.of('tables'), 'fail', JSON.stringify(seen.lines('tables')));
  await exchange.end('evidence-store', 'SIGTERM');
  await until('the broker noticed', () => doctor(office.settings, { wait: 1 }).of('evidence') === 'warn');
  assert.equal(doctor(office.settings).status, 0, 'letters go on');
  exchange.start('evidence-store');
});

test('an encryption key that is not the registered one', async () => {
  const key = office.path('keys', 'encryption.key');
  await whileFile(key, () => copyFileSync(office.path('keys', 'tls.key'), key), () => {
    chmodSync(key, 0o600);
    assert.equal(doctor(office.settings).lines('encryption')[0].code, 'BAD_KEY');
  });
});

test('a revoked agency is told by the registry and by the broker', async () => {
  exchange.revoke(ecology);
  execFileSync(join(process.env.YISONG_SOURCE, 'landscape', 'broker.sh'), ['revoke',
    exchange.folder, join(exchange.centre, 'revoked', 'authority-p256.crl')]);
  await until('the broker knows', () => doctor(office.settings, { wait: 1 }).of('broker') === 'fail');
  const seen = doctor(office.settings, { wait: 1 });
  assert.equal(seen.lines('registry')[0].code, 'AGENCY_REVOKED');
  assert.equal(seen.lines('tls')[0].code, 'CERTIFICATE_REVOKED');
  assert.equal(seen.lines('broker')[0].code, 'BROKER_REFUSED');
  assert.equal(seen.status, 1);
});

test('wrong use is exit 2', () => {
  assert.equal(runYisong(['doctor']).status, 2);
  assert.equal(runYisong(['doctor', '-c', '/nonexistent']).status, 2);
  mkdirSync(office.path('empty'), { recursive: true });
  writeFileSync(office.path('empty', 'x.conf'), 'agency = x\n');
  assert.equal(runYisong(['doctor', '-c', office.path('empty', 'x.conf')]).status, 2);
});
