// SPDX-License-Identifier: Apache-2.0
//
// yisong agencies, sign, verify: as somebody at a shell meets them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

let folder;
const at = (name) => join(folder, name);

function run(program, parameters, language = 'C.UTF-8') {
  const done = spawnSync(program, parameters, {
    cwd: folder, env: { ...process.env, LC_ALL: language },
  });
  assert.ifError(done.error);
  return { status: done.status, out: `${done.stdout}`, err: `${done.stderr}` };
}

const yisong = (...parameters) => run(process.env.YISONG, parameters);

function must(done) {
  assert.equal(done.status, 0, done.out + done.err);
  return done.out;
}

const names = ['--chinese', '南昌市生态环境局', '--english', 'Nanchang Ecology Bureau'];

const add = (id, ...more) =>
  yisong('agencies', 'add', at('dir'), '--id', id, '--role', 'ecology', ...names, ...more);

const list = () => JSON.parse(must(yisong('agencies', 'list', at('dir'), '--json')));

const body = {
  acceptance: {
    acceptedAt: '2026-11-21T09:00:00+08:00',
    officers: [{ name: '张某' }],
  },
};

/** A letter without id, sender, time and certificate: the signer knows them. */
const draft = {
  header: {
    schemaVersion: '1', type: 'acceptance-receipt', caseId: 'NC-2026-0001',
    to: ['exchange'], urgency: 'normal',
  },
  body,
};

const draftXml = `<message xmlns="urn:yisong:message:1"><header>
<schemaVersion>1</schemaVersion><type>acceptance-receipt</type>
<caseId>NC-2026-0001</caseId><to>exchange</to><urgency>normal</urgency></header>
<body><acceptance><acceptedAt>2026-11-21T09:00:00+08:00</acceptedAt>
<officers><officer><name>张某</name></officer></officers></acceptance></body></message>`;

const sign = (id, name, ...more) => yisong('sign', '--key', at(`dir/keys/${id}/signing.key`),
  '--cert', at(`dir/keys/${id}/signing.pem`), ...more, at(name));

const verify = (...parameters) => yisong('verify', '--agencies', at('dir'), ...parameters);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yisong-certs-'));
  must(yisong('agencies', 'init', at('dir')));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('init makes an empty registry once, and keeps its keys to itself', () => {
  assert.deepEqual(list(), []);
  for (const suite of ['p256', 'sm2']) {
    const { mode } = statSync(at(`dir/authority/authority-${suite}.key`));
    assert.equal(mode & 0o777, 0o600);
  }
  const again = yisong('agencies', 'init', at('dir'));
  assert.equal(again.status, 2);
  assert.match(again.err, /EXISTS/);
});

test('add registers an agency and leaves what it needs in its key folder', () => {
  must(add('ecology-nanchang', '--region', '360100', '--level', 'city', '--suite', 'sm2',
    '--out', at('keys')));
  const [agency] = list();
  assert.equal(agency.chinese, '南昌市生态环境局');
  assert.equal(agency.certificates[0].suite, 'sm2');
  for (const name of ['signing.key', 'signing.pem', 'tls.key', 'tls.pem', 'authority.pem']) {
    assert.ok(existsSync(at(`keys/${name}`)), name);
  }
  must(run('openssl', ['verify', '-purpose', 'sslclient', '-CAfile', at('keys/authority.pem'),
    at('keys/tls.pem')]));
});

for (const [what, id, more, code] of [
  ['an id with capital letters', 'Ecology', [], /BAD_FIELD.*id 'Ecology'/s],
  ['an unknown level', 'ecology-a', ['--level', 'village'], /BAD_FIELD.*level/s],
  ['a region that is none', 'ecology-a', ['--region', '999999'], /BAD_FIELD/],
  ['a credit code with a wrong check digit', 'ecology-a',
    ['--credit-code', '91360000158263740A'], /BAD_FIELD/],
]) {
  test(`add refuses ${what}`, () => {
    const done = add(id, ...more);
    assert.equal(done.status, 1);
    assert.match(done.err, code);
    assert.deepEqual(list(), []);
  });
}

test('add refuses a suite that there is not, and a missing name', () => {
  assert.equal(add('ecology-a', '--suite', 'rsa').status, 2);
  const done = yisong('agencies', 'add', at('dir'), '--id', 'a1', '--role', 'ecology');
  assert.equal(done.status, 2);
  assert.match(done.err, /--chinese/);
});

test('several adds at once all arrive', async () => {
  const { spawn } = await import('node:child_process');
  const started = Array.from({ length: 8 }, (_, i) => spawn(process.env.YISONG, [
    'agencies', 'add', at('dir'), '--id', `agency-${i}`, '--role', 'bank', ...names,
  ], { stdio: 'ignore' }));
  const codes = await Promise.all(started.map(
    (child) => new Promise((done) => { child.on('exit', done); })));
  assert.deepEqual(codes, Array(8).fill(0));
  assert.equal(list().length, 8);
});

test('the broker certificate is good for each of its hosts and no other', () => {
  must(yisong('agencies', 'broker', at('dir'), '--host', 'localhost', '--host', '127.0.0.1',
    '--host', 'mq.example', '--out', at('broker')));
  const check = (...parameters) => run('openssl', ['verify', '-purpose', 'sslserver',
    '-CAfile', at('broker/authority.pem'), ...parameters, at('broker/server.pem')]).status;
  assert.equal(check('-verify_hostname', 'localhost'), 0);
  assert.equal(check('-verify_hostname', 'mq.example'), 0);
  assert.equal(check('-verify_ip', '127.0.0.1'), 0);
  assert.notEqual(check('-verify_hostname', 'evil.example'), 0);
  const bad = yisong('agencies', 'broker', at('dir'), '--host', 'a,DNS:b', '--out', at('b'));
  assert.equal(bad.status, 2);
});

test('a revoked agency is marked, listed as revoked, and signs no more', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('a.signed.xml')));
  must(verify(at('a.signed.xml')));
  must(yisong('agencies', 'revoke', at('dir'), 'ecology-a', '--reason', '机构撤并'));
  assert.equal(list()[0].revoked, true);
  const done = verify(at('a.signed.xml'));
  assert.equal(done.status, 1);
  assert.match(done.out, /AGENCY_REVOKED.*机构撤并/);
  assert.match(run('openssl', ['crl', '-noout', '-CAfile', at('dir/authority.pem'), '-in',
    at('dir/revoked/authority-p256.crl')]).err, /verify OK/);
  assert.equal(yisong('agencies', 'revoke', at('dir'), 'ecology-a', '--reason', 'x').status, 1);
  assert.equal(yisong('agencies', 'revoke', at('dir'), 'nobody', '--reason', 'x').status, 1);
});

test('after a renewal old and new certificate both hold', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('old.xml')));
  must(yisong('agencies', 'renew', at('dir'), 'ecology-a', '--suite', 'sm2',
    '--out', at('dir/keys/new')));
  must(sign('new', 'a.xml', '--out', at('new.xml')));
  assert.deepEqual(JSON.parse(must(verify('--json', at('old.xml'), at('new.xml'))))
    .map(({ suite }) => suite), ['p256', 'sm2']);
});

test('sign fills in what only the signer knows', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.json'), JSON.stringify(draft));
  must(sign('ecology-a', 'a.json', '--out', at('b.json')));
  const { header } = JSON.parse(readFileSync(at('b.json'), 'utf8'));
  assert.equal(header.from, 'ecology-a');
  assert.equal(header.certificate, list()[0].certificates[0].fingerprint);
  assert.match(header.id, /^[0-9a-f-]{36}$/);
  assert.match(must(verify(at('b.json'))), /signature valid: ecology-a/);
});

test('sign shows the JWS of a complete JSON letter, and only of that', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.json'), JSON.stringify(draft));
  assert.equal(sign('ecology-a', 'a.json').status, 2);
  must(sign('ecology-a', 'a.json', '--out', at('b.json')));
  const shown = must(sign('ecology-a', 'b.json'));
  assert.match(shown, /^eyJhbGciOiJFUzI1NiJ9\.\.[\w-]{86}\n$/);
  writeFileSync(at('shown.jws'), shown);
  must(verify('--jws', at('shown.jws'), at('b.json')));
});

test('sign changes no letter that names another certificate or is signed', () => {
  must(add('ecology-a'));
  must(add('ecology-b'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('b.xml')));
  for (const id of ['ecology-a', 'ecology-b']) {
    const done = sign(id, 'b.xml');
    assert.equal(done.status, 1);
    assert.match(done.err, /SIGNATURE_PROFILE|CERTIFICATE_UNKNOWN/);
  }
});

test('verify tells about every file and fails as the first that fails', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('good.xml')));
  writeFileSync(at('bad.xml'), '<message');
  const done = verify('--json', at('good.xml'), at('a.xml'), at('bad.xml'), at('none.xml'));
  assert.equal(done.status, 1);
  assert.deepEqual(JSON.parse(done.out).map(({ reason }) => reason),
    ['OK', 'NOT_SIGNED', 'NOT_WELL_FORMED', 'NO_FILE']);
  assert.equal(verify(at('none.xml')).status, 2);
});

test('verify judges by the time that is asked for', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('b.xml')));
  const reason = (time) =>
    JSON.parse(verify('--json', '--at', time, at('b.xml')).out)[0].reason;
  assert.equal(reason('2001-01-01T00:00:00Z'), 'CERTIFICATE_EXPIRED');
  assert.equal(reason('2101-01-01T00:00:00Z'), 'CERTIFICATE_EXPIRED');
  assert.equal(verify('--at', 'yesterday', at('b.xml')).status, 2);
});

test('verify speaks the language of the reader', () => {
  must(add('ecology-a'));
  writeFileSync(at('a.xml'), draftXml);
  must(sign('ecology-a', 'a.xml', '--out', at('b.xml')));
  const { out } = run(process.env.YISONG,
    ['verify', '--agencies', at('dir'), at('b.xml')], 'zh_CN.UTF-8');
  assert.match(out, /签名有效: ecology-a 南昌市生态环境局, p256, 证书 [0-9a-f]{64}/);
});

test('a registry that somebody wrote into is believed by no command', () => {
  must(add('ecology-a'));
  const text = readFileSync(at('dir/registry.xml'), 'utf8');
  writeFileSync(at('dir/registry.xml'), text.replace('南昌市', '九江市'));
  for (const done of [yisong('agencies', 'list', at('dir')), verify(at('a.xml')),
    add('ecology-b')]) {
    assert.equal(done.status, 2);
    assert.match(done.err, /BAD_REGISTRY/);
  }
});
