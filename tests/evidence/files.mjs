// SPDX-License-Identifier: Apache-2.0
//
// Letters with files for the evidence tests: made, sent, and looked for where
// they must lie at the other end.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { draft, toJson } from '../support/letters.mjs';
import { until } from '../support/until.mjs';

const MB = 1 << 20;

/** Bytes that do not compress and are the same in every run. */
export function noise(size, seed) {
  const out = Buffer.alloc(size);
  for (let at = 0; at < size; at += MB) {
    const block = createHash('shake256', { outputLength: Math.min(MB, size - at) })
      .update(`${seed} ${at}`).digest();
    block.copy(out, at);
  }
  return out;
}

export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Writes these files into a folder of their own; their paths. */
export function writeFiles(exchange, files) {
  const folder = mkdtempSync(join(exchange.folder, 'files.'));
  return Object.entries(files).map(([name, bytes]) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
}

/** Sends a letter of this case with these files by `yisong send`; its id. */
export function sendWith(exchange, from, caseId, files, options = {}) {
  const { type = 'criminal-case-transfer', ...rest } = options;
  const paths = writeFiles(exchange, files);
  const letter = join(exchange.folder, `${caseId}.json`);
  writeFileSync(letter, toJson(draft(type, caseId, rest)));
  return exchange.agency(from).send(letter, ...paths).id;
}

/** Puts a letter with a folder of files beside it into out/. */
export function putWith(exchange, from, caseId, files) {
  const agency = exchange.agency(from);
  const folder = agency.spool('out', `${caseId}.files`);
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  agency.put(`${caseId}.json`, toJson(draft('criminal-case-transfer', caseId)));
}

export const listed = (exchange, agency) =>
  JSON.parse(exchange.agency(agency).run('evidence list', '--json').out);

/** The letter's files as they lie beside it in in/, once it was handed over. */
export async function received(exchange, agency, caseId) {
  const at = exchange.agency(agency);
  const file = await at.file('in', `${caseId}-`, '.json');
  const folder = at.spool('in', file.replace(/\.json(\.jws)?$/, '.files'));
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

export const settled = (exchange, agency, letter, state) =>
  until(`${agency}: files of ${letter} are ${state}`, () => {
    const rows = listed(exchange, agency).filter((row) => row.letter === letter);
    return rows.length > 0 && rows.every((row) => row.state === state) && rows;
  });
