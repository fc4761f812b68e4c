// SPDX-License-Identifier: Apache-2.0
//
// Counts the tables again, from nothing but exported cases: the letters as
// they were signed, and the lines of the log that say when each was received
// and whether it was accepted. Shares nothing with the program.
import fs from 'node:fs';
import path from 'node:path';

/** What stands in an element, with what is inside; letters have no attributes. */
function parseXml(text) {
  const all = (name) =>
    Array.from(text.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g')), ([, inner]) => inner);
  return { all, one: (name) => all(name)[0] };
}

/** The same two questions of a letter in JSON. */
function parseJson(text) {
  const all = (name) => {
    const found = [];
    const look = (value) => {
      if (!value || typeof value !== 'object') return;
      for (const [key, inner] of Object.entries(value)) {
        if (key === name) found.push(...[inner].flat());
        else look(inner);
      }
    };
    look(JSON.parse(text));
    return found;
  };
  return { all, one: (name) => all(name)[0] };
}

/** Letters of one exported case in the order of the log. */
function readCase(folder) {
  const index = JSON.parse(fs.readFileSync(path.join(folder, 'case.json')));
  const late = new Set(
    index.case.letters.filter((letter) => letter.late).map(({ position }) => position));
  const letters = index.evidence
    .filter(({ file }) => file.startsWith('letters/'))
    .map(({ file, entry }) => {
      const [, position, received, outcome, , sender, id, type] = entry.split(' ');
      const text = fs.readFileSync(path.join(folder, file), 'utf8');
      const { all, one } = file.endsWith('.json') ? parseJson(text) : parseXml(text);
      return {
        position: Number(position), at: Number(received), outcome, sender, id, type, all, one,
        late: late.has(Number(position)), caseId: index.caseId,
      };
    });
  const accepted = letters.filter(({ outcome }) => outcome === 'accepted');
  const [first] = accepted;
  const procedure = first.type.startsWith('criminal') ? 'case-transfer' : 'red-yellow-card';
  return { procedure, opener: first.sender, accepted,
    own: letters.filter(({ outcome }) => outcome === 'own') };
}

export const readCases = (folder) =>
  fs.readdirSync(folder).map((name) => readCase(path.join(folder, name)));

/** Figures by "table.column" and agency, for letters received in [from, until). */
export function recount(cases, from, until) {
  const figures = {};
  const add = (cell, agency) => {
    figures[cell] ??= {};
    figures[cell][agency] = (figures[cell][agency] ?? 0) + 1;
  };
  const within = (at) => at >= from && at < until;

  const byType = {
    'criminal-case-transfer': 'transferred',
    'acceptance-receipt': 'accepted',
    'material-deficiency-notice': 'corrections-asked',
    'material-supplement': 'corrected',
    'filing-decision-notice': 'filed',
    'non-filing-notice': 'not-filed',
  };
  const countTransfer = (one, letter) => {
    const column = byType[letter.type];
    if (!column || one.procedure !== 'case-transfer') return;
    add(`transfers.${column}`, one.opener);
    add(`acts.${column}`, letter.sender);
  };

  const countCard = (one, letter) => {
    const column = {
      'card-credit-push': () => letter.one('colour'),
      'card-removal-decision': () => letter.one('outcome'),
    }[letter.type]?.();
    if (column) add(`cards.${column}`, one.opener);
  };

  const countInForce = (one) => {
    const changes = one.accepted.filter(({ type, at }) => /^card-/.test(type) && at < until);
    const last = changes
      .filter(({ type, one: get }) => type === 'card-credit-push' || get('outcome') === 'removed')
      .at(-1);
    if (last?.type === 'card-credit-push') add('cards.in-force', one.opener);
  };

  const standings = {
    refused: 'refused', 'not-ingested': 'refused', lifted: 'lifted', measured: 'acted',
    ingested: 'received',
  };
  const countTold = (one, notice) => {
    if (!/^card-/.test(notice.type)) return;
    for (const agency of [...notice.all('to'), ...notice.all('copyTo')]) {
      const said = one.accepted
        .filter(({ sender, at, all }) =>
          sender === agency && at < until && all('inReplyTo').length
          && JSON.stringify(all('id').concat(all('inReplyTo'))).includes(notice.id))
        .map(({ one: get }) => standings[get('stage')]);
      const standing = said.filter((each) => each !== 'received').at(-1) ?? said[0] ?? 'silent';
      for (const column of ['told', standing]) {
        add(`punishment.${column}`, one.opener);
        add(`signatories.${column}`, agency);
      }
    }
  };

  const countExpired = (one) => {
    const seen = new Set();
    for (const letter of one.own.filter(({ type }) => type === 'overdue-reminder')) {
      const due = Date.parse(letter.one('dueAt'));
      const about = letter.all('about').map((each) => each.id ?? each).join();
      const key = [letter.one('limit'), letter.one('agency'), about].join(' ');
      if (!within(due) || letter.at <= due || seen.has(key)) continue;
      seen.add(key);
      add('lateness.expired', letter.one('agency'));
      if (one.procedure === 'case-transfer') add('transfers.expired', one.opener);
    }
  };

  for (const one of cases) {
    countExpired(one);
    countInForce(one);
    for (const letter of one.accepted.filter(({ at }) => within(at))) {
      add('lateness.letters', letter.sender);
      if (letter.late) add('lateness.late-acts', letter.sender);
      countTransfer(one, letter);
      countCard(one, letter);
      countTold(one, letter);
    }
  }
  return figures;
}
