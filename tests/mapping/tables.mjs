// SPDX-License-Identifier: Apache-2.0
//
// The real lists of tests/data/tables, read without the program under test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of cells; quotes may hold commas, quotes and line breaks. */
export function parseCsv(text) {
  const rows = [[]];
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy;
  const plain = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < plain.length) {
    const [, raw, end] = cell.exec(plain);
    rows.at(-1).push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end !== ',' && cell.lastIndex < plain.length) rows.push([]);
    else if (end === ',' && cell.lastIndex === plain.length) rows.at(-1).push('');
  }
  const [names, ...others] = rows;
  return { names, rows: others };
}

export function readTable(name) {
  const path = join(process.env.YISONG_SOURCE, 'tests/data/tables', name);
  return parseCsv(readFileSync(path, 'utf8'));
}

export const formatCsv = (rows) => rows.map((row) => `${row.map((cell) =>
  (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`).join('');

/** No list that was published has document numbers: each row gets one. */
export function numberCards({ names, rows }) {
  const heading = [...names, 'number'];
  const numbered = rows.map((row, i) => [...row, `环牌〔2017〕${i + 1}号`]);
  return { names: heading, rows: numbered, text: formatCsv([heading, ...numbered]) };
}
