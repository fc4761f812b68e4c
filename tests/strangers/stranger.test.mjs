// SPDX-License-Identifier: Apache-2.0
//
// A bureau whose adapter a stranger wrote (stranger.mjs, 50 lines, from the
// AsyncAPI document) exchanges a whole case with agencies that run ours.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { draft, sha256 } from '../support/letters.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const { ecology, police } = names;
const script = join(process.env.YISONG_SOURCE, 'tests', 'strangers', 'stranger.mjs');
const caseId = 'stranger-1';
let exchange;
let folder;
let stranger;

function start() {
  stranger = spawn(process.execPath, [script, ecology, `localhost:${exchange.port()}`,
    exchange.path(ecology, 'keys'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
}
const stop = () => new Promise((done) => {
  stranger.once('exit', done);
  stranger.kill('SIGKILL');
});

before(async () => {
  exchange = openLandscape();
  await exchange.end(ecology, 'SIGTERM'); // the bureau has none of ours
  folder = exchange.path('stranger');
  mkdirSync(join(folder, 'out'), { recursive: true });
  start();
});
after(async () => {
  if (stranger) await stop();
  exchange?.close();
});

const came = (type) => until(`the stranger has ${type}`, () => {
  try {
    return readdirSync(join(folder, 'in')).find((name) => name.includes(`-${type}-`));
  } catch {
    return null; // it has not made its folders yet
  }
});
function put(name, letter) {
  const { id, ...header } = letter.header;
  writeFileSync(join(folder, 'out', `.${name}`), JSON.stringify({ ...letter, header }));
  renameSync(join(folder, 'out', `.${name}`), join(folder, 'out', `${name}.json`));
}

test('it is fifty lines and nothing of ours', () => {
  const text = readFileSync(script, 'utf8');
  assert.ok(text.trimEnd().split('\n').length <= 60, 'with its head');
  assert.ok(text.split('\n').filter((line) => line.trim() && !line.trim().startsWith('//')).length <= 50);
  for (const [, module] of text.matchAll(/from '([^']+)'/g)) assert.match(module, /^(node:\w+|amqplib)$/);
});

test('its transfer is recorded and reaches the police', async () => {
  put('transfer', draft('criminal-case-transfer', caseId, { header: { sequence: 1 } }));
  const receipt = readFileSync(join(folder, 'in', await came('submission-receipt')), 'utf8');
  const sent = readFileSync(join(folder, 'sent', 'transfer.json'));
  assert.ok(receipt.includes(sha256(sent)), 'the receipt names the very bytes');
  await exchange.agency(police).arrived(caseId, 'criminal-case-transfer');
  await came('delivery-receipt');
});

test('it answers in its turn, and the case goes on to its decision', async () => {
  const office = exchange.agency(police);
  const transfer = await office.arrived(caseId, 'criminal-case-transfer');
  const accepted = office.reply(transfer.id, '--type', 'acceptance-receipt',
    '--field', `acceptedAt=${new Date().toISOString()}`, '--field', 'officers.name=李某');
  await came('acceptance-receipt');
  // The stranger's own signed receipt is what makes it delivered.
  await office.settled(accepted.id, 'delivered');

  office.reply(transfer.id, '--type', 'material-deficiency-notice', '--field', 'subject=补正',
    '--field', 'reason=缺项', '--field', 'items.name=现场勘验图', '--field', 'items.requirement=原件');
  const request = readFileSync(join(folder, 'in', await came('material-deficiency-notice')));
  const [, id] = /<id>([^<]*)<|"id": ?"([^"]*)"/.exec(request).filter(Boolean);
  put('supplement', draft('material-supplement', caseId, {
    header: { sequence: 2, to: [police] }, answers: { id, digest: sha256(request) },
  }));
  await office.arrived(caseId, 'material-supplement');

  office.reply(transfer.id, '--type', 'filing-decision-notice', '--number', '枣公立字〔2026〕9号',
    '--field', 'outcome=filed', '--copy', names.procuratorate);
  await came('filing-decision-notice');
  assert.equal(exchange.case(caseId).state, 'FILED');
});

test('what it does wrong it is told, in words', async () => {
  put('wrong', draft('filing-decision-notice', caseId, { header: { sequence: 3, to: [police] } }));
  const refusal = readFileSync(join(folder, 'in', await came('refusal')), 'utf8');
  assert.match(refusal, /NOT_PERMITTED|OUT_OF_TURN|WRONG_ADDRESSEE|UNKNOWN_MESSAGE|NOT_VALID/);
});

test('killed and started again, it loses nothing and sends nothing twice', async () => {
  await stop();
  put('second', draft('criminal-case-transfer', 'stranger-2', { header: { sequence: 1 } }));
  start();
  await exchange.agency(police).arrived('stranger-2', 'criminal-case-transfer');
  assert.equal(exchange.verifyLog().status, 0);
});
