// SPDX-License-Identifier: Apache-2.0
//
// Identity numbers, in odd writings too, planted in a whole exchange: in none
// of the places where something is printed are they seen whole. And what a
// receiver may see is judged when procedures are loaded and over each letter.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { connect } from '../http/exchange.mjs';
import { names, openLandscape, runYisong } from '../support/landscape.mjs';
import { draft, toJson } from '../support/letters.mjs';

const caseId = 'ZY-2026-0777';
const planted = ['420683198003120015', '42068319850709002X', '420683198509070027',
  '420683850709002', '13971234567', '４２０６８３１９８００３１２００１５'];
const spaced = '420683 19800312 0015';
let exchange, ecology, police;

before(() => {
  exchange = openLandscape();
  [ecology, police] = [names.ecology, names.police].map(exchange.agency);
});
after(() => exchange?.close());

function hides(text, where) {
  for (const number of [...planted, spaced, '4206831980031200'])
    assert.ok(!text.includes(number), `${where}: ${number}`);
}

/** Every text member of the body whose name fits carries the numbers. */
function plant(value) {
  for (const [name, inner] of Object.entries(value ?? {})) {
    if (name === 'facts' || name === 'title' || name === 'reasons')
      if (typeof inner === 'string')
        value[name] = `${inner}（${planted.join('；')}；${spaced}）`;
    if (typeof inner === 'object') plant(inner);
  }
}

function letter(id, change = () => {}) {
  const made = draft('criminal-case-transfer', id, {
    header: { to: [names.police], copyTo: [names.procuratorate] },
  });
  plant(made.body);
  change(made);
  return toJson(made);
}

test('a letter with planted numbers goes through; no list, view or log shows one', async () => {
  ecology.put('transfer.json', letter(caseId));
  const row = await ecology.settled('transfer.json', 'delivered', 'refused');
  assert.equal(row.state, 'delivered', JSON.stringify(row));
  const came = await police.arrived(caseId, 'criminal-case-transfer');
  const signed = police.run('inbox show', '--raw', came.id).out;
  assert.ok(signed.includes(planted[0]), 'the signed letter itself is whole');
  assert.ok(police.run('inbox show', '--full', came.id).out.includes(planted[0]));
  const ledger = ['--ledger', exchange.path('exchange', 'ledger.db')];
  const outputs = {
    show: police.run('inbox show', came.id).out,
    inbox: police.run('inbox').out + police.run('inbox', '--json').out,
    outbox: ecology.run('outbox').out + ecology.run('outbox', '--json').out,
    case: exchange.caseText(caseId, 'zh_CN.UTF-8').out + JSON.stringify(exchange.case(caseId)),
    supervise: runYisong(['supervise', ...ledger]).out,
    stats: runYisong(['stats', ...ledger]).out,
    plan: runYisong(['retention', 'plan', ...ledger]).out,
  };
  assert.match(outputs.show, /420\*+0015/);
  for (const [where, text] of Object.entries(outputs)) hides(text, where);
});

test('refusals and reason sheets do not repeat a number', async () => {
  ecology.put('wrong.json', letter('ZY-2026-0778', (made) => {
    made.header.documentNumber = `号码 ${planted[0]}`;
    const [form] = Object.values(made.body);
    for (const person of form.suspects?.suspect ?? form.persons ?? []) person.citizenId = '420683198003120016';
    form.unknown = planted[1];
  }));
  await ecology.lies('refused', 'wrong.json.reason.json');
  for (const name of readdirSync(ecology.spool('refused')).filter((file) => /reason/.test(file)))
    hides(readFileSync(ecology.spool('refused', name), 'utf8'), name);
});

test('a file that is named after a number does not bring it into lists and logs', async () => {
  const named = draft('criminal-case-transfer', 'ZY-2026-0779', {
    header: { to: [names.police], copyTo: [names.procuratorate] },
  });
  ecology.put(`张某${planted[0]}.json`, toJson(named));
  await police.arrived('ZY-2026-0779', 'criminal-case-transfer');
  hides(ecology.run('outbox', '--all').out, 'outbox');
  hides(ecology.run('outbox', '--all', '--json').out, 'outbox --json');
});

test('no view over HTTP shows a number but the signed letter', async () => {
  const office = await connect(exchange, names.police);
  await office.start();
  const came = await police.arrived(caseId, 'criminal-case-transfer');
  for (const path of ['/inbox', '/letters', '/blacklist', '/blacklist/changes', '/health', '/lists/copies', `/letters/${came.id}`])
    hides((await office.get(path)).text, path);
  const whole = await office.get(`/inbox/${came.id}`);
  assert.ok(whole.text.includes(planted[0]), 'the signed letter is given whole');

  const wrong = JSON.parse(letter('ZY-2026-0780', (made) => {
    made.header.documentNumber = `号码 ${planted[0]}`;
    made.header.urgency = planted[1];
    made[planted[4]] = planted[4];
  }));
  const answer = await office.submit(JSON.stringify(wrong), { type: 'application/json' });
  assert.ok(answer.status >= 400 && answer.json.code, answer.text);
  hides(answer.text, 'problem');
  hides((await office.get('/letters/420683198003120015')).text, 'no such letter');
});

/** What the exchange says of a letter that it does not pass on. */
async function refusal(file, bytes) {
  ecology.put(file, bytes);
  assert.equal((await ecology.settled(file, 'refused', 'delivered')).state, 'refused', file);
  await ecology.lies('refused', file);
  return ecology.sheet(file);
}

test('the exchange passes no case file on to a bank, a credit platform or both', async () => {
  const rows = [[names.bank, 'bank'], [names.credit, 'credit-platform']];
  for (const [i, [agency, rule]] of rows.entries()) {
    const copied = `ZY-2026-090${i}`;
    const sheet = await refusal(`copied-${i}.json`, letter(copied, (made) => {
      made.header.copyTo = [names.procuratorate, agency];
    }));
    assert.equal(sheet.code, 'WRONG_ADDRESSEE');
    assert.equal(sheet.by, 'exchange');
    assert.equal(sheet.rule, `visibility/${rule}`);
    assert.equal(sheet.article, 'PIPL-6');
    assert.match(sheet.lawfulZh, /不收案件移送材料.*个人信息保护法.*第六条.*系统默认/);
    assert.match(sheet.lawfulEn, /never a case file.*art\. 6.*a default/);
    assert.match(`${ecology.read('refused', `copied-${i}.json.reason.txt`)}`, /个人信息保护法/);
    assert.deepEqual(exchange.agency(agency).inbox('--all').filter((row) => row.caseId === copied), []);
  }
});

test('a card with files behind it is not passed on to banks; without them it is', async () => {
  const card = (id) => draft('card-credit-push', id, {
    header: { to: [names.credit], copyTo: [names.bank] },
  });
  const plain = card('ZY-2026-0910');
  delete plain.attachments;
  ecology.put('card.json', toJson(plain));
  assert.equal((await ecology.settled('card.json', 'refused', 'delivered')).state, 'delivered');
  const laden = card('ZY-2026-0911');
  const digest = 'a'.repeat(64);
  laden.attachments = [{ name: '案卷.pdf', mediaType: 'application/pdf', size: 10,
    sha256: digest, sm3: digest }];
  const sheet = await refusal('laden.json', toJson(laden));
  assert.equal(sheet.code, 'WRONG_ADDRESSEE');
  assert.equal(sheet.rule, 'visibility/bank');
  assert.match(sheet.lawfulZh, /文件只能随名单/);
});

test('no log shows a number', () => {
  for (const name of readdirSync(exchange.path('log')))
    hides(readFileSync(exchange.path('log', name), 'utf8'), name);
});

test('a hold keeps a case, and is ended', () => {
  const ledger = ['--ledger', exchange.path('exchange', 'ledger.db')];
  const line = () => JSON.parse(
    runYisong(['retention', 'plan', ...ledger, '--case', caseId, '--json']).out)[0];
  assert.equal(line().hold, 'open');
  assert.equal(runYisong(['retention', 'hold', ...ledger, '--reason', '诉讼', caseId]).status, 0);
  assert.equal(line().hold, 'held');
  assert.equal(runYisong(['retention', 'release', ...ledger, caseId]).status, 0);
  assert.equal(line().hold, 'open');
  assert.equal(runYisong(['retention', 'release', ...ledger, caseId]).status, 1);
});

test('an agency deletes, keeps the digest, and the centre has the record', async () => {
  const rules = exchange.path('retention.xml');
  writeFileSync(rules, `<retention xmlns="urn:yisong:retention:1">
    <rule id="at-once" keep="P0D" force="none" certainty="N">
      <chinese>x</chinese><english>x</english><basis>x</basis></rule></retention>`);
  const came = await police.arrived(caseId, 'criminal-case-transfer');
  const run = police.run('retention run', '--rules', rules, '--case', caseId, '--json');
  assert.equal(run.status, 0, run.err);
  assert.ok(JSON.parse(run.out).letters >= 1, run.out);
  const [gone] = JSON.parse(police.run('retention prove', '--json').out);
  assert.equal(gone.digest, came.sha256);
  assert.equal(gone.left, 0);
  await police.settled(gone.record, 'submitted', 'delivered');
  const raw = readdirSync(police.path()).filter((name) => name.startsWith('mailbox.db'))
    .map((name) => readFileSync(police.path(name), 'latin1')).join('');
  assert.ok(!raw.includes(planted[4]), 'the bytes are gone from the files'); // in no other letter
  assert.equal(exchange.verifyLog().status, 0);
});

test('a procedure that copies a case file to a bank is a fault with file and line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-visibility.'));
  try {
    cpSync(join(process.env.YISONG_SOURCE, 'routing', 'procedures'), folder, { recursive: true });
    const file = join(folder, 'case-transfer.xml');
    const text = readFileSync(file, 'utf8');
    const bent = text.replace(/(<party id="police" roles=")/, '$1bank ');
    assert.notEqual(bent, text);
    writeFileSync(file, bent);
    const done = runYisong(['procedures', 'check', folder]);
    assert.equal(done.status, 1);
    assert.match(done.err,
      /case-transfer\.xml:\d+: .*bank <- criminal-case-transfer \(visibility\/bank\)/);
    const copied = text.replace(/(<party id="court" roles=")/, '$1bank ');
    assert.notEqual(copied, text);
    writeFileSync(file, copied);
    const second = runYisong(['procedures', 'check', folder]);
    assert.equal(second.status, 1, second.out);
    for (const line of second.err.trim().split('\n'))
      assert.match(line, /case-transfer\.xml:\d+: .*bank <- /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a case file that follows a link to a bank is a fault as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-visibility.'));
  try {
    cpSync(join(process.env.YISONG_SOURCE, 'routing', 'procedures'), folder, { recursive: true });
    const file = join(folder, 'transfer-supervision.xml');
    const text = readFileSync(file, 'utf8');
    const bent = text.replace(/(<party id="superior" roles=")/, '$1bank ');
    assert.notEqual(bent, text);
    writeFileSync(file, bent);
    const done = runYisong(['procedures', 'check', folder]);
    assert.equal(done.status, 1);
    const line = text.split('\n').findIndex((row) => /<follow type="criminal-case-transfer"/.test(row)) + 1;
    assert.match(done.err, new RegExp(`transfer-supervision\\.xml:${line}: .*bank <- criminal-case-transfer`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
