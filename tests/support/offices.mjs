// SPDX-License-Identifier: Apache-2.0
//
// The agencies' own systems, as far as the exchange sees them: they put
// letters into out/ (or publish them), take what lies in in/, and answer it.
// Every letter that they send has one lawful outcome, whatever is killed when:
//
//   transfer  bureau -> police (JSON, XML, or by an AMQP client of its own);
//             the police answer with three letters at once, the bureau with
//             one; some police and prosecutors send one letter too many
//   card      bureau -> credit platform and bank, who answer by themselves;
//             then the bureau lifts it; some banks try to do so before
import { readFileSync, unlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { openStubbornSender } from './amqp_client.mjs';
import { names } from './landscape.mjs';
import { draft, openSigner, sha256, toJson, toXml } from './letters.mjs';

const { ecology, police, procuratorate, credit, bank } = names;

/** Who gets a letter of this type, if it is lawful. */
const recipients = {
  'criminal-case-transfer': [police, procuratorate],
  'acceptance-receipt': [ecology],
  'material-deficiency-notice': [ecology],
  'material-supplement': [police],
  'filing-decision-notice': [ecology, procuratorate],
  'card-credit-push': [credit, bank],
  'card-removal-decision': [credit, bank],
};

/** A case is over when these letters were taken from these folders. */
const lastOf = {
  transfer: [`${ecology} filing-decision-notice`, `${police} material-supplement`],
  card: [`${credit} card-removal-decision`, `${bank} card-removal-decision`],
};

const kinds = ['json', 'xml', 'json', 'amqp', 'card'];
const kindOf = (caseId) => kinds[Number(caseId.split('.')[1]) % kinds.length];
const namePattern = /^(.+?)-(\d{4,})-([a-z-]+)-([0-9a-f-]{36})\.(json|xml)$/;

/** A whole XML letter of each type, made once: only id, case and answer change. */
function makeXmlWriter(exchange) {
  const models = new Map();
  return (letter, from) => {
    const { type, id, caseId, inReplyTo: answers } = letter.header;
    const key = `${from} ${type}`;
    if (!models.has(key)) {
      models.set(key, { text: toXml(letter, exchange.agency(from)), id, caseId, answers });
    }
    const model = models.get(key);
    const text = model.text.replace(model.id, id).replace(model.caseId, caseId);
    return answers
      ? text.replace(model.answers.id, answers.id).replace(model.answers.digest, answers.digest)
      : text;
  };
}

export function openOffices(exchange, { cases, window = 24, random }) {
  const letters = new Map(); // id -> what was sent and what must come of it
  const taken = []; // {agency, caseId, place, type, id, digest}, in order
  const waiting = new Map(); // case -> what must still be taken
  const signer = openSigner(exchange.agency(ecology));
  const sender = openStubbornSender(exchange.port(), exchange.agency(ecology));
  const writeXml = makeXmlWriter(exchange);
  let started = 0;
  let files = 0;

  function note(from, letter, { lawful, digest }) {
    const { id, type, caseId } = letter.header;
    letters.set(id, {
      id, type, caseId, from, lawful, digest, recipients: lawful ? recipients[type] : [],
    });
  }

  function put(from, type, caseId, { answers, lawful = true } = {}) {
    const letter = draft(type, caseId, { answers });
    note(from, letter, { lawful });
    const name = `${String(++files).padStart(6, '0')}-${type}`;
    exchange.agency(from).put(...(kindOf(caseId) === 'xml'
      ? [`${name}.xml`, writeXml(letter, from)]
      : [`${name}.json`, toJson(letter)]));
  }

  function publish(type, caseId, { answers, sequence = 1 } = {}) {
    const letter = draft(type, caseId, { answers });
    const signed = signer.sign(letter, { sequence });
    note(ecology, letter, { lawful: true, digest: signed.digest });
    sender.send(signed);
    if (random.below(3) === 0) sender.send(signed); // the same bytes again
  }

  function begin(number) {
    const caseId = `chaos.${number}`;
    const how = kindOf(caseId);
    waiting.set(caseId, new Set(how === 'card' ? lastOf.card : lastOf.transfer));
    if (how === 'amqp') publish('criminal-case-transfer', caseId);
    else if (how === 'card') put(ecology, 'card-credit-push', caseId);
    else put(ecology, 'criminal-case-transfer', caseId);
  }

  const answersSeen = new Map();
  /** What an office does when it takes a letter of this type from in/. */
  const reactions = {
    [`${police} criminal-case-transfer`]({ caseId, answers }) {
      put(police, 'acceptance-receipt', caseId, { answers });
      put(police, 'material-deficiency-notice', caseId, { answers });
      put(police, 'filing-decision-notice', caseId, { answers });
      if (random.below(3) === 0) {
        put(police, 'filing-decision-notice', caseId, { answers, lawful: false });
      }
    },
    [`${procuratorate} criminal-case-transfer`]({ caseId, answers }) {
      if (random.below(6) === 0) {
        put(procuratorate, 'acceptance-receipt', caseId, { answers, lawful: false });
      }
    },
    [`${ecology} material-deficiency-notice`]({ caseId, answers }) {
      if (kindOf(caseId) === 'amqp') {
        publish('material-supplement', caseId, { answers, sequence: 2 });
      } else {
        put(ecology, 'material-supplement', caseId, { answers });
      }
    },
    [`${bank} card-credit-push`]({ caseId }) {
      if (random.below(3) === 0) put(bank, 'card-removal-decision', caseId, { lawful: false });
    },
    [`${ecology} punishment-acceptance`]({ caseId }) {
      answersSeen.set(caseId, (answersSeen.get(caseId) ?? 0) + 1);
      if (answersSeen.get(caseId) === 2) put(ecology, 'card-removal-decision', caseId);
    },
  };

  function take(agency, file) {
    const path = agency.spool('in', file);
    const [, caseId, place, type, id] = namePattern.exec(file);
    const digest = sha256(readFileSync(path));
    unlinkSync(path);
    if (file.endsWith('.json')) unlinkSync(`${path}.jws`);
    taken.push({ agency: agency.id, caseId, place: Number(place), type, id, digest });
    const missing = waiting.get(caseId);
    missing?.delete(`${agency.id} ${type}`);
    if (missing?.size === 0) waiting.delete(caseId);
    reactions[`${agency.id} ${type}`]?.({ caseId, answers: { id, digest } });
  }

  function takeAll() {
    for (const id of [ecology, police, procuratorate, credit, bank]) {
      const agency = exchange.agency(id);
      for (const file of agency.files('in')) if (!file.endsWith('.jws')) take(agency, file);
    }
  }

  return {
    letters, taken, takeAll,
    /** How far the work is, from 0 to 1. */
    progress: () => (started - waiting.size) / cases,
    /** Works until every case is over. */
    async work({ deadline, tell = () => {} }) {
      while (started < cases || waiting.size || sender.left()) {
        while (started < cases && waiting.size < window) begin(started++);
        takeAll();
        tell(`${cases - waiting.size - (cases - started)} of ${cases} cases, ${letters.size} letters`);
        if (Date.now() > deadline) {
          const [caseId, missing] = waiting.entries().next().value ?? [];
          throw new Error(`not in time: ${waiting.size} cases; ${caseId} lacks ${[...missing]}`);
        }
        await pause(20);
      }
    },
    close: () => sender.close(),
  };
}
