// SPDX-License-Identifier: Apache-2.0
//
// yisong agencies enrol, approve, join: what the centre and the agency must
// refuse, judged with OpenSSL's own tools where they can.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

let folder;
const at = (...parts) => join(folder, ...parts);

function run(program, parameters, language = 'C.UTF-8') {
  const done = spawnSync(program, parameters, {
    cwd: folder, encoding: 'utf8', env: { ...process.env, LC_ALL: language },
  });
  assert.ifError(done.error);
  return { status: done.status, out: done.stdout, err: done.stderr };
}
const yisong = (...parameters) => run(process.env.YISONG, parameters);
const openssl = (...parameters) => run('openssl', parameters);

function must(done) {
  assert.equal(done.status, 0, done.out + done.err);
  return done.out;
}

const name = '南昌市生态环境局';
const enrol = (where, id, ...more) =>
  yisong('agencies', 'enrol', where, '--id', id, '--chinese', name, ...more);
const fingerprint = (out) => /^fingerprint: (.*)$/m.exec(out)[1];
const approve = (request, ...more) =>
  yisong('agencies', 'approve', 'centre', request, '--role', 'ecology', ...more);
const join_ = (...parameters) => yisong('agencies', 'join', ...parameters);
const list = (dir = 'centre') => JSON.parse(must(yisong('agencies', 'list', dir, '--json')));

/** A request, the number that is read aloud, and what the centre answers with. */
function joined(where = 'office', id = 'ecology-a', ...more) {
  const heard = fingerprint(must(enrol(where, id, ...more)));
  const told = /^fingerprint of the authority: (.*)$/m.exec(
    must(approve(`${where}/${id}.request`, '--fingerprint', heard, '--out', `${id}.package`)))[1];
  must(join_(`${id}.package`, where, '--fingerprint', told));
  return { heard, told };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yisong-joining-'));
  must(yisong('agencies', 'init', 'centre'));
});
afterEach(() => rmSync(folder, { recursive: true }));

for (const suite of ['p256', 'sm2']) {
  test(`OpenSSL holds the ${suite} requests for well made`, () => {
    must(enrol('office', 'ecology-a', '--suite', suite));
    const blocks = readFileSync(at('office', 'ecology-a.request'), 'utf8')
      .match(/-----BEGIN[\s\S]*?-----END[^\n]*\n/g);
    assert.equal(blocks.length, 3);
    blocks.forEach((block, i) => {
      writeFileSync(at('one.pem'), block);
      const more = i === 0 && suite === 'sm2' ? ['-vfyopt', 'distid:1234567812345678'] : [];
      const done = openssl('req', '-in', 'one.pem', '-verify', '-noout', ...more);
      assert.match(done.out + done.err, /verify OK/, done.err);
    });
  });
}

test('the certificates chain to the authority, each for its use', () => {
  joined();
  const check = (file, ...more) => openssl('verify', '-CAfile', 'office/agencies/authority.pem',
    ...more, `office/keys/${file}`).status;
  assert.equal(check('signing.pem'), 0);
  assert.equal(check('tls.pem', '-purpose', 'sslclient'), 0);
  assert.equal(check('encryption.pem'), 0);
  const [agency] = list('office/agencies');
  assert.equal(agency.id, 'ecology-a');
  assert.equal(agency.chinese, name);
});

test('a private key is readable by nobody else, and in no file that travels', () => {
  const { heard } = joined();
  assert.match(heard, /^\d{4}( \d{4}){5}$/);
  for (const part of ['signing', 'encryption', 'tls']) {
    assert.equal(statSync(at('office', 'keys', `${part}.key`)).mode & 0o777, 0o600);
    const body = readFileSync(at('office', 'keys', `${part}.key`), 'utf8').split('\n')[1];
    for (const file of ['ecology-a.package', 'office/ecology-a.request']) {
      assert.ok(!readFileSync(at(file), 'utf8').includes(body));
      assert.ok(!Buffer.from(readFileSync(at(file), 'utf8')).includes(Buffer.from(body)));
    }
  }
});

test('keys that wait are not made again, keys in use only to renew them', () => {
  must(enrol('office', 'ecology-a'));
  assert.match(enrol('office', 'ecology-a').err, /EXISTS/);
  rmSync(at('office'), { recursive: true });
  joined();
  assert.match(enrol('office', 'ecology-a').err, /EXISTS/);
  must(enrol('office', 'ecology-a', '--renew'));
});

for (const [what, id, chinese] of [
  ['an id with capitals', 'Ecology', name],
  ['an empty name', 'ecology-a', ''],
  ['a name with a line break', 'ecology-a', '甲\n乙'],
]) {
  test(`enrol refuses ${what}, and makes nothing`, () => {
    const done = yisong('agencies', 'enrol', 'office', '--id', id, '--chinese', chinese);
    assert.equal(done.status, 1, done.err);
    assert.ok(!existsSync(at('office', 'keys')));
  });
}

test('numbers that were misheard approve nothing', () => {
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  const wrong = heard.replace(/\d$/, (digit) => (Number(digit) + 1) % 10);
  const done = approve('office/ecology-a.request', '--fingerprint', wrong);
  assert.equal(done.status, 1);
  assert.match(done.err, /DIGEST_MISMATCH/);
  for (const short of ['', heard.slice(0, 9), `${heard} 1`]) {
    assert.notEqual(approve('office/ecology-a.request', '--fingerprint', short).status, 0, short);
  }
  assert.deepEqual(list(), []);
});

test('the numbers may be typed as they are spoken', () => {
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  const spoken = heard.replace(/\d/g, (digit) => '洞幺二三四五六七八九'[digit]).replaceAll(' ', '-');
  must(approve('office/ecology-a.request', '--fingerprint', spoken));
  assert.equal(list().length, 1);
});

test('a request that was altered on its way proves nothing', () => {
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  const blocks = readFileSync(at('office', 'ecology-a.request'), 'utf8')
    .match(/-----BEGIN[\s\S]*?-----END[^\n]*\n/g);
  must(enrol('evil', 'ecology-a'));
  const others = readFileSync(at('evil', 'ecology-a.request'), 'utf8')
    .match(/-----BEGIN[\s\S]*?-----END[^\n]*\n/g);
  // Somebody else's signing key in the middle of the agency's request.
  writeFileSync(at('mixed'), [others[0], blocks[1], blocks[2]].join(''));
  assert.match(approve('mixed', '--fingerprint', heard).err, /DIGEST_MISMATCH/);
  // The public key changed, the proof of the old one kept.
  const der = Buffer.from(blocks[0].replace(/-----.*-----|\n/g, ''), 'base64');
  const other = Buffer.from(others[0].replace(/-----.*-----|\n/g, ''), 'base64');
  const keyAt = (bytes) => bytes.indexOf(Buffer.from('034200', 'hex')) + 3;
  other.copy(der, keyAt(der), keyAt(other), keyAt(other) + 65);
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;
  writeFileSync(at('forged'), [pem, blocks[1], blocks[2]].join(''));
  assert.match(approve('forged').err, /BAD_SIGNATURE/);
  for (const [file, text] of [['less', blocks.slice(0, 2).join('')], ['more', blocks.join('') + blocks[0]],
    ['none', ''], ['twice', blocks[1] + blocks[1] + blocks[2]], ['noise', 'x'.repeat(100)]]) {
    writeFileSync(at(file), text);
    const done = approve(file);
    assert.equal(done.status, 1, `${file}: ${done.err}`);
    assert.match(done.err, /BAD_REQUEST/, file);
  }
});

test('what a stranger writes into a request does not steer the terminal', () => {
  const blocks = ['a', 'b', 'c'].map((file) => {
    must(openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8',
      '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', '/C=CN/O=\u001b[2J恶/CN=ecology-a'));
    return readFileSync(at(`${file}.csr`), 'utf8');
  });
  writeFileSync(at('steering'), blocks.join(''));
  const done = approve('steering');
  assert.match(done.err, /BAD_REQUEST/);
  assert.ok(!(done.out + done.err).includes('\u001b'));
});

test('id, name, credit code and key belong to one agency', () => {
  const { heard } = joined();
  const again = (file, number, ...more) => approve(file, '--fingerprint', number, '--out', 'x.package', ...more);
  assert.match(again('office/ecology-a.request', heard).err, /EXISTS/);
  const sameName = fingerprint(must(enrol('second', 'ecology-b')));
  assert.match(again('second/ecology-b.request', sameName).err, /EXISTS.*南昌市/s);
  assert.match(again('office/ecology-a.request', heard, '--renew').err, /EXISTS.*key/s);
  assert.equal(list().length, 1);
  assert.ok(!existsSync(at('x.package')));
});

test('renewing somebody who is not registered, or no longer', () => {
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  const renew = () => approve('office/ecology-a.request', '--fingerprint', heard, '--renew',
    '--out', 'x.package');
  assert.match(renew().err, /UNKNOWN_AGENCY/);
  must(approve('office/ecology-a.request', '--fingerprint', heard));
  must(yisong('agencies', 'revoke', 'centre', 'ecology-a', '--reason', 'x'));
  rmSync(at('office', 'keys'), { recursive: true });
  const fresh = fingerprint(must(enrol('office', 'ecology-a')));
  assert.match(approve('office/ecology-a.request', '--fingerprint', fresh, '--renew',
    '--out', 'y.package').err, /AGENCY_REVOKED/);
});

test('a package is believed only by the number that was told', () => {
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  must(approve('office/ecology-a.request', '--fingerprint', heard));
  const without = join_('ecology-a.package', 'office');
  assert.equal(without.status, 2);
  const wrong = join_('ecology-a.package', 'office', '--fingerprint', '0000 0000 0000 0000 0000 0000');
  assert.match(wrong.err, /DIGEST_MISMATCH/);
  assert.doesNotMatch(wrong.err, /\d{4} \d{4}/, 'the number must come by telephone');
  assert.ok(!existsSync(at('office', 'agencies')));
});

test('a package of another authority, or altered, is refused', () => {
  const { told } = joined();
  const text = readFileSync(at('ecology-a.package'), 'utf8');
  writeFileSync(at('altered'), text.replace('<agency>ecology-a', '<agency>ecology-b'));
  assert.match(join_('altered', 'office').err, /BAD_SIGNATURE/);
  writeFileSync(at('unsigned'), text.replace(/<ds:Signature|<Signature/, (x) => `${x.replace('Signature', 'X')}`));
  assert.notEqual(join_('unsigned', 'office').status, 0);
  must(yisong('agencies', 'init', 'elsewhere'));
  must(yisong('agencies', 'package', 'elsewhere', '--out', 'elsewhere.package'));
  assert.match(join_('elsewhere.package', 'office').err, /SIGNATURE/);
  assert.match(join_('elsewhere.package', 'fresh', '--fingerprint', told).err, /DIGEST_MISMATCH/);
});

test('a package for other keys is refused and changes nothing', () => {
  const { told } = joined();
  const before = readFileSync(at('office', 'keys', 'signing.pem'), 'utf8');
  must(enrol('office', 'ecology-a', '--renew'));
  assert.match(join_('ecology-a.package', 'office').err, /BAD_KEY/);
  assert.equal(readFileSync(at('office', 'keys', 'signing.pem'), 'utf8'), before);
  must(enrol('other', 'ecology-b'));
  assert.match(join_('ecology-a.package', 'other', '--fingerprint', told).err, /BAD_KEY/);
});

test('joining again does no harm; settings that are there stay', () => {
  joined();
  writeFileSync(at('office', 'adapter.conf'), 'mine\n');
  must(join_('ecology-a.package', 'office'));
  assert.equal(readFileSync(at('office', 'adapter.conf'), 'utf8'), 'mine\n');
});

test('the registry of a package does not go back', () => {
  joined();
  must(yisong('agencies', 'package', 'centre', '--out', 'old.package'));
  joined2();
  must(yisong('agencies', 'package', 'centre', '--out', 'new.package'));
  must(join_('new.package', 'office'));
  assert.equal(list('office/agencies').length, 2);
  const done = join_('old.package', 'office');
  assert.match(done.err, /REGISTRY_OLD/);
  assert.equal(list('office/agencies').length, 2);

  function joined2() {
    const out = must(yisong('agencies', 'enrol', 'b', '--id', 'ecology-b', '--chinese', '九江市生态环境局'));
    must(approve('b/ecology-b.request', '--fingerprint', fingerprint(out), '--out', 'b.package'));
  }
});

test('the settings of a package start with what the layout is', () => {
  joined();
  const text = readFileSync(at('office', 'adapter.conf'), 'utf8');
  assert.match(text, /^agency = ecology-a$/m);
  assert.match(text, /^# 交换文件夹，空为不用$/m);
  assert.match(text, /^#webhook_url = $/m);
  const help = must(yisong('adapter', '--settings'));
  for (const [, key] of help.matchAll(/^ {2}(\w+) /gm)) {
    assert.match(text, new RegExp(`^#?${key} = `, 'm'), key);
  }
});

// --- licensed issuers -------------------------------------------------------

/** An issuer that is not ours, made with OpenSSL alone. */
function makeIssuer() {
  must(openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '365', '-subj', '/C=CN/O=Licensed/CN=Licensed CA',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'));
}

function issueFor(request, subject, out = 'foreign.pem') {
  writeFileSync(at('usage'), 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n');
  must(openssl('req', '-in', request, '-out', 'first.csr'));
  must(openssl('x509', '-req', '-in', 'first.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', subject,
    '-days', '90', '-extfile', 'usage', '-out', out));
}

test('a licensed issuer\'s certificate counts by the registry, whatever its name', () => {
  makeIssuer();
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  issueFor('office/ecology-a.request', '/C=CN/O=x/CN=113600000000000001@CA');
  const take = () => approve('office/ecology-a.request', '--fingerprint', heard,
    '--certificate', 'foreign.pem');
  assert.match(take().err, /CERTIFICATE_INVALID.*issuer/s);
  must(yisong('agencies', 'issuer', 'centre', 'ca.pem'));
  const told = /^fingerprint of the authority: (.*)$/m.exec(must(take()))[1];
  must(join_('ecology-a.package', 'office', '--fingerprint', told));

  writeFileSync(at('letter.xml'), `<message xmlns="urn:yisong:message:1"><header>
<schemaVersion>1</schemaVersion><type>acceptance-receipt</type><caseId>c-1</caseId>
<from>ecology-a</from><to>exchange</to><urgency>normal</urgency></header>
<body><acceptance><acceptedAt>2026-11-21T09:00:00+08:00</acceptedAt>
<officers><officer><name>张某</name></officer></officers></acceptance></body></message>`);
  must(yisong('sign', '--key', 'office/keys/signing.key', '--cert', 'office/keys/signing.pem',
    '--out', 'signed.xml', 'letter.xml'));
  must(yisong('verify', '--agencies', 'office/agencies', 'signed.xml'));
});

test('a licensed certificate for another key, or of nobody, is refused', () => {
  makeIssuer();
  must(yisong('agencies', 'issuer', 'centre', 'ca.pem'));
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  must(enrol('other', 'ecology-b'));
  issueFor('other/ecology-b.request', '/CN=x');
  const done = approve('office/ecology-a.request', '--fingerprint', heard, '--certificate', 'foreign.pem');
  assert.match(done.err, /CERTIFICATE_INVALID.*another key/s);
  assert.deepEqual(list(), []);
});

test('a licensed issuer can neither sign the registry nor be an agency\'s certificate', () => {
  makeIssuer();
  must(yisong('agencies', 'issuer', 'centre', 'ca.pem'));
  cpSync(at('centre'), at('stolen'), { recursive: true });
  // The issuer signs a registry: nobody takes it.
  cpSync(at('ca.key'), at('stolen', 'authority', 'authority-p256.key'));
  cpSync(at('ca.pem'), at('stolen', 'authority', 'authority-p256.pem'));
  yisong('agencies', 'add', 'stolen', '--id', 'evil', '--role', 'bank', '--chinese', '恶', '--english', 'e', '--out', 'k');
  const done = yisong('agencies', 'list', 'stolen');
  assert.match(done.err, /BAD_REGISTRY/);
  must(enrol('office', 'ecology-a'));
  const plain = yisong('agencies', 'issuer', 'centre', 'office/keys/next/signing.key');
  assert.notEqual(plain.status, 0);
});

test('what a licensed issuer revokes is revoked, from then on', () => {
  makeIssuer();
  must(yisong('agencies', 'issuer', 'centre', 'ca.pem'));
  const heard = fingerprint(must(enrol('office', 'ecology-a')));
  issueFor('office/ecology-a.request', '/CN=someone');
  must(approve('office/ecology-a.request', '--fingerprint', heard, '--certificate', 'foreign.pem'));
  writeFileSync(at('index.txt'), '');
  writeFileSync(at('ca.cnf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\ndefault_crl_days=30\n');
  must(openssl('ca', '-config', 'ca.cnf', '-revoke', 'foreign.pem'));
  must(openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'centre/revoked/licensed.crl'));
  must(yisong('agencies', 'list', 'centre'));
  writeFileSync(at('stranger.crl'), '');
  // A list of somebody who is no issuer of ours is refused.
  must(openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '9', '-subj', '/CN=Nobody',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign'));
  must(openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'centre/revoked/nobody.crl'));
  assert.match(yisong('agencies', 'list', 'centre').err, /BAD_REGISTRY/);
});
