// SPDX-License-Identifier: Apache-2.0
//
// Identity numbers, in odd writings too, planted in a whole exchange: in none
// of the places where something is printed are they seen whole. And what a
// receiver may see is judged when procedures are loaded.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

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
  assert.ok(!raw.includes(planted[2]), 'the bytes are gone from the files');
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
    assert.match(done.err, /case-transfer\.xml:\d+: .*bank <- criminal-case-transfer/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
