// SPDX-License-Identifier: Apache-2.0
//
// What must be true after everything was killed and came back: the ledger, the
// mailboxes, the folders and the receipts, each compared with what was sent.
// Every check returns the complaints that it has.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

import { mustYisong, names } from './landscape.mjs';
import { until } from './until.mjs';

const ids = Object.values(names);
const automatic = 'punishment-acceptance'; // credit platform and bank, by themselves

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  return groups;
}

/** Each {bundle, id, digest} that the receipts and refusals in the folder name. */
function readAnswers(agency) {
  const found = [];
  for (const file of agency.files('receipts')) {
    const bundle = /-(submission-receipt|delivery-receipt|refusal)-[0-9a-f-]{36}\.(json|xml)$/.exec(file);
    if (!bundle) continue;
    const text = readFileSync(agency.spool('receipts', file), 'utf8');
    const pairs = bundle[2] === 'json'
      ? /"id":"([0-9a-f-]{36})","digest":"([0-9a-f]{64})"/g
      : /<id>([0-9a-f-]{36})<\/id><digest>([0-9a-f]{64})</g;
    const from = /(?:"from":"|<from>)([a-z-]+)/.exec(text)[1];
    for (const [, id, digest] of text.matchAll(pairs)) {
      found.push({ type: bundle[1], from, to: agency.id, id, digest });
    }
  }
  return found;
}

export function readAll(exchange) {
  const cases = exchange.cases().map((row) => exchange.case(row.id));
  const agencies = ids.map((id) => exchange.agency(id));
  return {
    cases,
    rows: cases.flatMap((one) => one.letters.map((row) => ({ ...row, caseId: one.id }))),
    outbox: new Map(agencies.map((agency) => [agency.id, agency.outbox('--all')])),
    inbox: new Map(agencies.map((agency) => [agency.id, agency.inbox('--all')])),
    answers: agencies.flatMap(readAnswers),
  };
}

/** Nothing is on its way any more: nothing in out/, no outbox row unsettled, no queue filled. */
export async function becomesQuiet(exchange, offices, seconds) {
  const agencies = ids.map((id) => exchange.agency(id));
  const isSettled = (row) => row.state === 'delivered' || row.state === 'refused' ||
    (row.type.endsWith('-receipt') && row.type !== 'acceptance-receipt' && row.state !== 'queued');
  const unsettled = () => agencies.flatMap((agency) => [
    ...agency.files('out'), ...agency.outbox('--all').filter((row) => !isSettled(row))]);
  await until('every letter is delivered or refused', () => {
    offices.takeAll();
    return unsettled().length === 0;
  }, { seconds, every: 500 });
  await until('the queues are empty', async () =>
    (await exchange.queues()).every((queue) => queue.count === 0), { seconds, every: 500 });
  await until('every receipt is handed over', () =>
    agencies.every((agency) => agency.inbox('--all').every((row) => row.state === 'handed')),
  { seconds, every: 500 });
  offices.takeAll();
}

/** Accepted exactly once or refused with an answer, as the law wants it, and nothing else. */
function checkLedger({ rows }, letters) {
  const complaints = [];
  const byId = groupBy(rows, (row) => row.id);
  for (const letter of letters.values()) {
    const found = byId.get(letter.id) ?? [];
    const [row] = found;
    const outcome = letter.lawful ? 'accepted' : 'refused';
    if (found.length !== 1) complaints.push(`${letter.id}: ${found.length} times in the ledger`);
    else if (row.outcome !== outcome) complaints.push(`${letter.id}: ${row.outcome} ${row.code}`);
    else if (!row.answer) complaints.push(`${letter.id}: ${outcome} without an answer`);
  }
  for (const row of rows) {
    const expected = row.outcome === 'own' || row.type === automatic || letters.has(row.id);
    if (!expected) complaints.push(`${row.id}: ${row.type} that nobody sent`);
  }
  return complaints;
}

/** Card and removal are answered once each by both who got them. */
function checkAutomatic({ cases }) {
  return cases.filter((one) => one.procedure === 'red-yellow-card').flatMap((one) => {
    const answers = one.letters.filter((row) => row.type === automatic);
    const senders = answers.map((row) => `${row.sender} ${row.outcome}`).sort();
    const expected = [names.bank, names.bank, names.credit, names.credit]
      .map((id) => `${id} accepted`);
    return `${senders}` === `${expected}` ? [] : [`${one.id}: answered by ${senders}`];
  });
}

/** Whom the ledger names as recipients: those who must be, sent and receipted. */
function checkDeliveries({ rows }, letters) {
  return rows.filter((row) => row.outcome === 'accepted').flatMap((row) => {
    const got = row.deliveries.map((one) => one.recipient).sort();
    const expected = letters.get(row.id)?.recipients ?? got;
    if (`${got}` !== `${[...expected].sort()}`) return [`${row.id}: for ${got}`];
    return row.deliveries
      .filter((one) => !one.sentAt || !one.deliveredAt || !one.receipt)
      .map((one) => `${row.id}: ${one.recipient} has not signed for it`);
  });
}

/** Exactly once in the mailbox of each recipient, the same bytes, in the order of the case. */
function checkMailboxes({ rows, inbox }) {
  const complaints = [];
  const accepted = rows.filter((row) => row.outcome === 'accepted');
  const expected = groupBy(
    accepted.flatMap((row) => row.deliveries.map((one) => ({ ...row, recipient: one.recipient }))),
    (row) => row.recipient);
  const isLetter = (row) => row.from !== 'exchange' && row.type !== 'delivery-receipt';
  for (const [agency, all] of inbox) {
    const place = new Map(all.filter(isLetter).map((row) => [`${row.id} ${row.sha256}`, row.place]));
    const kept = all.filter(isLetter);
    if (place.size !== kept.length) complaints.push(`${agency}: a letter twice in the mailbox`);
    const due = expected.get(agency) ?? [];
    if (due.length !== kept.length) {
      complaints.push(`${agency}: ${kept.length} letters in the mailbox, ${due.length} accepted`);
    }
    for (const [caseId, letters] of groupBy(due, (row) => row.caseId)) {
      const places = letters.sort((a, b) => a.position - b.position)
        .map((row) => place.get(`${row.id} ${row.digest}`));
      if (places.some((one, i) => one === undefined || one <= (places[i - 1] ?? 0))) {
        complaints.push(`${agency}: ${caseId} in the places ${places}`);
      }
    }
  }
  return complaints;
}

/** The folder in/ gave each letter once, and those of a case in order. */
function checkFolders({ inbox }, taken) {
  const complaints = [];
  const last = new Map();
  const seen = new Set();
  const kept = new Set([...inbox].flatMap(([agency, rows]) =>
    rows.map((row) => `${agency} ${row.id} ${row.sha256}`)));
  for (const { agency, caseId, place, id, digest } of taken) {
    const line = `${agency} ${caseId}`;
    if (seen.has(`${agency} ${id}`)) complaints.push(`${agency}: ${id} twice in in/`);
    if (place <= (last.get(line) ?? 0)) complaints.push(`${agency}: ${id} came behind a later one`);
    if (!kept.has(`${agency} ${id} ${digest}`)) {
      complaints.push(`${agency}: ${id} in in/ and not in the mailbox`);
    }
    seen.add(`${agency} ${id}`);
    last.set(line, place);
  }
  for (const [agency, rows] of inbox) {
    const inFolder = rows.filter((row) => row.from !== 'exchange' && row.type !== 'delivery-receipt');
    for (const row of inFolder) {
      if (!seen.has(`${agency} ${row.id}`)) complaints.push(`${agency}: ${row.id} never in in/`);
    }
  }
  return complaints;
}

/** Senders hold a receipt or a refusal for each letter; nobody a receipt for what was not delivered. */
function checkAnswers({ rows, answers, inbox }, letters) {
  const complaints = [];
  const have = new Set(answers.map((one) => `${one.type} ${one.from} ${one.to} ${one.id} ${one.digest}`));
  const want = (line) => { if (!have.has(line)) complaints.push(`missing: ${line}`); };
  for (const row of rows) {
    const { id, digest, sender } = row;
    if (row.outcome === 'refused') want(`refusal exchange ${sender} ${id} ${digest}`);
    if (row.outcome !== 'accepted') continue;
    want(`submission-receipt exchange ${sender} ${id} ${digest}`);
    for (const one of row.deliveries) want(`delivery-receipt ${one.recipient} ${sender} ${id} ${digest}`);
  }
  const kept = new Set([...inbox].flatMap(([agency, all]) =>
    all.map((row) => `${agency} ${row.id} ${row.sha256}`)));
  for (const { type, from, id, digest } of answers) {
    const isTrue = type === 'delivery-receipt'
      ? kept.has(`${from} ${id} ${digest}`)
      : type === 'refusal' ? !letters.get(id)?.lawful : letters.get(id)?.lawful ?? true;
    if (!isTrue) complaints.push(`${type} by ${from} for ${id}, which is not so`);
  }
  return complaints;
}

/** The sender's own mailbox says the same as the ledger. */
function checkOutboxes({ rows, outbox }, letters) {
  const complaints = [];
  const inLedger = new Map(rows.map((row) => [row.id, row]));
  for (const all of outbox.values()) {
    for (const mine of all.filter((row) => letters.has(row.id))) {
      const row = inLedger.get(mine.id);
      const state = letters.get(mine.id).lawful ? 'delivered' : 'refused';
      if (mine.state !== state) complaints.push(`${mine.id}: ${mine.state} in the outbox`);
      if (mine.sha256 !== row?.digest) complaints.push(`${mine.id}: other bytes in the ledger`);
      if (state === 'delivered' && mine.position !== row?.position) {
        complaints.push(`${mine.id}: the receipt says position ${mine.position}`);
      }
    }
  }
  return complaints;
}

/** Every receipt and refusal is signed; nothing was put aside as not to be trusted. */
function checkSignatures(exchange) {
  return ids.map((id) => exchange.agency(id)).flatMap((agency) => {
    const quarantine = agency.files('quarantine').map((file) => `${agency.id}: quarantine/${file}`);
    const files = agency.files('receipts').filter((file) => /\.(json|xml)$/.test(file))
      .map((file) => join(agency.spool('receipts'), file));
    for (let i = 0; i < files.length; i += 500) {
      mustYisong('verify', '--agencies', exchange.centre, ...files.slice(i, i + 500));
    }
    return quarantine;
  });
}

/** All that is wrong; [] if nothing was lost and nothing came twice. */
export function reckon(exchange, { letters, taken }, world = readAll(exchange)) {
  const log = exchange.verifyLog();
  return [
    ...checkLedger(world, letters),
    ...checkAutomatic(world),
    ...checkDeliveries(world, letters),
    ...checkMailboxes(world),
    ...checkFolders(world, taken),
    ...checkAnswers(world, letters),
    ...checkOutboxes(world, letters),
    ...checkSignatures(exchange),
    ...(log.status === 0 ? [] : [`log verify: ${log.out}${log.err}`]),
  ];
}
