// SPDX-License-Identifier: Apache-2.0
//
// The main job on real parts, step by step: a bureau hands a suspected crime
// to the police, who accept, ask, and decide; the procuratorate sees all of
// it; a red card reaches the credit platform and a bank, is answered, and is
// lifted again. Every test goes on where the one before it ended.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { draft, sha256, toJson, toXml } from '../support/letters.mjs';
import { until } from '../support/until.mjs';

const crime = 'ZY-2026-0001';
const card = 'CARD-2026-0001';
const company = '91420683MA0000015G';

let exchange;
let ecology, police, procuratorate, court, credit, bank;
const letters = {}; // id and digest of each letter of the story, by its type

before(() => {
  exchange = openLandscape();
  [ecology, police, procuratorate, court, credit, bank] =
    Object.values(names).map(exchange.agency);
});
after(() => exchange?.close());

/** A file in out/ goes the whole way; the letter that it became. */
async function sendFile(agency, file, bytes) {
  agency.put(file, bytes);
  const row = await agency.settled(file, 'delivered', 'refused');
  assert.equal(row.state, 'delivered', `${file}: ${row.code}`);
  assert.deepEqual(agency.read('sent', file), Buffer.from(bytes));
  return { id: row.id, digest: row.sha256 };
}

async function delivered(agency, { id, sha256: digest }) {
  const row = await agency.settled(id, 'delivered', 'refused');
  assert.equal(row.state, 'delivered', row.code);
  return { id, digest };
}

/** The letter lies in the folder of each, byte for byte as it was signed. */
async function liesWith(letter, signer, ...agencies) {
  for (const agency of agencies) {
    const file = await agency.file('in', letter.id);
    assert.equal(sha256(agency.read('in', file)), letter.digest);
    assert.match(exchange.verify(agency.spool('in', file)), new RegExp(signer.id));
  }
}

const state = (id) => exchange.cases().find((row) => row.id === id)?.state;
const lookup = (agency, ...more) => agency.run('blacklist lookup', ...more, company);

test('a transfer goes with its attachment from the command to police and procuratorate', async () => {
  const letter = exchange.path('transfer.json');
  const report = exchange.path('调查报告.pdf');
  writeFileSync(letter, toJson(draft('criminal-case-transfer', crime)));
  writeFileSync(report, 'the report');

  letters.transfer = await delivered(ecology, ecology.send(letter, report));

  await liesWith(letters.transfer, ecology, police, procuratorate);
  const name = await police.file('in', letters.transfer.id);
  assert.equal(police.read('in', name.replace(/json$/, 'files/调查报告.pdf')).toString(), 'the report');
  const raw = JSON.parse(police.run('inbox show', '--raw', letters.transfer.id).out);
  assert.equal(raw.attachments[0].name, '调查报告.pdf');
  assert.equal(raw.attachments[0].sha256, sha256('the report'));
  assert.equal(state(crime), 'SENT');
});

test('the police, who sign with SM2, accept it from the command line', async () => {
  const reply = police.reply(letters.transfer.id.slice(0, 23), '--type', 'acceptance-receipt',
    '--field', 'officers=李某', '--field', 'receiptNumber=2026-15',
    '--copy', names.procuratorate);
  letters.acceptance = await delivered(police, reply);

  await liesWith(letters.acceptance, police, ecology, procuratorate);
  assert.equal(state(crime), 'UNDER_REVIEW');
});

test('a deficiency notice in XML from the folder is answered with a supplement', async () => {
  const notice = draft('material-deficiency-notice', crime, {
    answers: letters.transfer,
  });
  letters.deficiency = await sendFile(police, '补正通知.xml', toXml(notice, police));
  await liesWith(letters.deficiency, police, ecology);

  const list = exchange.path('现场照片清单.pdf');
  writeFileSync(list, 'fifteen photographs');
  const body = exchange.path('reply.json');
  writeFileSync(body, JSON.stringify(draft('material-supplement', crime).body));
  letters.supplement = await delivered(ecology, ecology.reply(letters.deficiency.id,
    '--type', 'material-supplement', '--body', body, '--attach', list));
  await liesWith(letters.supplement, ecology, police);
});

test('the decision to file ends the case and reaches the procuratorate', async () => {
  const decision = draft('filing-decision-notice', crime, { answers: { id: letters.transfer.id } });
  letters.filing = await sendFile(police, 'decision.json', toJson(decision));

  await liesWith(letters.filing, police, ecology, procuratorate);
  const found = exchange.case(crime);
  assert.equal(found.state, 'FILED');
  const clocks = new Map(found.deadlines.map((row) => [row.limit, row.status]));
  for (const limit of ['transfer', 'acceptance', 'deficiency', 'correction', 'filing-decision',
    'decision-notice']) {
    assert.equal(clocks.get(limit), 'met', limit);
  }
});

test('a red card reaches credit platform and bank, who list and answer it', async () => {
  letters.card = await sendFile(ecology, 'red-card.xml', toXml(draft('card-credit-push', card), ecology));

  await liesWith(letters.card, ecology, credit, bank);
  for (const agency of [credit, bank]) {
    const answer = await until(`${agency.id} says that it took the card in`, () =>
      ecology.inbox().find(
        (row) => row.from === agency.id && row.type === 'punishment-acceptance'));
    await delivered(agency, answer);
    const listed = lookup(agency, '--json');
    assert.equal(listed.status, 0);
    assert.match(listed.out, new RegExp(letters.card.id));
  }
  const ingested = exchange.case(card).deadlines.filter((row) => row.limit === 'ingest');
  assert.deepEqual(ingested.map((row) => row.status), ['met', 'met']);
});

test('what is not lawful comes back to the folder with its reasons beside it', async () => {
  const refusals = [
    [bank, 'remove.json', 'NOT_PERMITTED', draft('card-removal-decision', card)],
    [police, 'again.json', 'OUT_OF_TURN', draft('filing-decision-notice', crime, {
      answers: { id: letters.transfer.id },
    })],
    [court, 'third.json', 'NOT_A_PARTY', draft('filing-decision-notice', crime, {
      answers: letters.transfer, header: { copyTo: [names.procuratorate] },
    })],
    [ecology, 'nowhere.json', 'UNKNOWN_CASE', draft('card-removal-decision', 'CARD-NONE')],
  ];
  for (const [agency, file, code, letter] of refusals) {
    const bytes = toJson(letter);
    agency.put(file, bytes);
    assert.equal((await agency.settled(file, 'refused', 'delivered')).state, 'refused', file);
    await agency.lies('refused', file);

    assert.equal(`${agency.read('refused', file)}`, bytes);
    const sheet = agency.sheet(file);
    assert.equal(sheet.code, code);
    assert.equal(sheet.by, 'exchange');
    if (/^(NOT_PERMITTED|OUT_OF_TURN)$/.test(code)) {
      assert.ok(sheet.rule && sheet.lawfulZh && sheet.lawfulEn, `what would be lawful: ${file}`);
    }
    assert.match(`${agency.read('refused', `${file}.reason.txt`)}`, new RegExp(code));
    const signed = await agency.file('receipts', 'refusal', letter.header.caseId);
    assert.match(exchange.verify(agency.spool('receipts', signed)), /exchange/);
  }
});

test('a removal lifts the card and keeps its history', async () => {
  const removal = draft('card-removal-decision', card);
  letters.removal = await sendFile(ecology, 'removal.json', toJson(removal));

  for (const agency of [credit, bank]) {
    await until(`${agency.id} has lifted the card`, () => lookup(agency).status === 1);
    assert.doesNotMatch(agency.run('blacklist list', '--json').out, new RegExp(company));
    const history = lookup(agency, '--history', '--json');
    assert.match(history.out, new RegExp(letters.removal.id));
  }
  assert.equal(state(card), 'REMOVED');
});

test('a letter with mistakes never leaves the agency, and all of them are told', async () => {
  const letter = draft('criminal-case-transfer', 'ZY-2026-0002');
  const spoilt = toXml(letter, ecology)
    .replace('91420683MA0000015G', '91420683MA0000015H')
    .replace('<from>2023-08-01', '<from>2023-13-01');
  ecology.put('mistakes.xml', spoilt);

  await ecology.lies('refused', 'mistakes.xml');
  const sheet = ecology.sheet('mistakes.xml');
  assert.equal(sheet.by, 'adapter');
  const paths = sheet.mistakes.map((row) => row.path.split('/').pop());
  assert.deepEqual(paths.sort(), ['creditCode', 'from']);
  assert.ok(sheet.mistakes.every((row) => row.zh && row.en && row.line > 0));
  assert.equal(state('ZY-2026-0002'), undefined);
});

/** "TYPE FROM ID DIGEST" of each line of the receipts that an agency got. */
function receiptLines(agency) {
  const bundles = agency.files('receipts').filter((file) =>
    /-(submission|delivery)-receipt-.*(json|xml)$/.test(file));
  return bundles.flatMap((file) => {
    const path = agency.spool('receipts', file);
    exchange.verify(path);
    const text = file.endsWith('.json')
      ? readFileSync(path, 'utf8')
      : mustYisong('convert', '--to', 'json', path);
    const { header, body } = JSON.parse(text);
    return body.receipts.entry.map(
      ({ id, digest }) => `${header.type} ${header.from} ${id} ${digest}`);
  });
}

test('every letter is receipted by the exchange and by each of its recipients', async () => {
  const recipients = {
    transfer: ['police', 'procuratorate'], acceptance: ['ecology', 'procuratorate'],
    deficiency: ['ecology'], supplement: ['police'], filing: ['ecology', 'procuratorate'],
    card: ['credit', 'bank'], removal: ['credit', 'bank'],
  };
  const expected = Object.entries(recipients).flatMap(([name, roles]) => {
    const what = `${letters[name].id} ${letters[name].digest}`;
    return [`submission-receipt exchange ${what}`,
      ...roles.map((role) => `delivery-receipt ${names[role]} ${what}`)];
  });
  await until(`in receipts/: ${expected.join(', ')}`, () => {
    const found = new Set([ecology, police].flatMap(receiptLines));
    return expected.every((line) => found.has(line));
  });
});

test('case show tells the story in both languages', () => {
  const chinese = exchange.caseText(crime, 'zh_CN.UTF-8');
  assert.match(chinese, /涉嫌环境犯罪案件移送/);
  assert.match(chinese, /已立案/);
  const english = exchange.caseText(crime, 'C.UTF-8');
  assert.match(english, /Transfer of a suspected environmental crime/);
  assert.match(english, /filed/);

  const story = exchange.case(crime).letters.filter((row) => row.outcome === 'accepted');
  assert.deepEqual(story.map((row) => row.id), [
    'transfer', 'acceptance', 'deficiency', 'supplement', 'filing',
  ].map((name) => letters[name].id));
  for (const row of story) {
    assert.ok(row.deliveries.every((one) => one.sentAt && one.deliveredAt && one.receipt));
  }
});

test('the log holds, and holds what a submission receipt promised', () => {
  assert.equal(exchange.verifyLog().status, 0);
  const receipts = ecology.files('receipts').filter((file) =>
    /-submission-receipt-.*(json|xml)$/.test(file));
  for (const file of receipts) {
    const checked = exchange.verifyLog('--receipt', ecology.spool('receipts', file));
    assert.equal(checked.status, 0, checked.err);
  }
});

test('an exported case is evidence, until somebody changes a byte of it', () => {
  const folder = exchange.path('evidence');
  exchange.exportCase(crime, folder);
  const check = () =>
    runYisong(['case', 'check', folder, '--authority', ecology.path('keys', 'authority.pem')]);
  const good = check();
  assert.equal(good.status, 0, good.out + good.err);

  const all = readdirSync(folder, { recursive: true }).map(String);
  const letter = all.find((name) => /\.json$/.test(name) &&
    readFileSync(join(folder, name), 'utf8').includes(letters.transfer.id) &&
    readFileSync(join(folder, name), 'utf8').includes('caseTransfer'));
  const bytes = readFileSync(join(folder, letter));
  writeFileSync(join(folder, letter), `${bytes}`.replace('57.21', '5.721'));
  assert.equal(check().status, 1);
});
