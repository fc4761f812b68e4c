// SPDX-License-Identifier: Apache-2.0
//
// A list as Excel saves it goes through the whole exchange: receipts as for
// files, cards on the bank's list, rows again on the other side.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { names, openLandscape } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';
import { formatCsv, parseCsv, numberCards, readTable } from './tables.mjs';

let exchange;
before(() => { exchange = openLandscape(); });
after(() => exchange?.close());

/** Rows of the real list that lack nothing but a number. */
function wholeRows() {
  const cards = numberCards(readTable('cards_sample.csv'));
  const place = Object.fromEntries(cards.names.map((name, i) => [name, i]));
  const rows = cards.rows.filter((row) => /^[红黄]牌$/.test(row[place.colour])
    && /^\d{4}-\d\d-\d\d$/.test(row[place.publish_date])
    && ['reason', 'scheme', 'authority'].every((name) => row[place[name]]));
  return { names: cards.names, place, rows };
}

test('a GB18030 list is delivered card by card, and exported as rows by its receiver', async () => {
  const list = wholeRows();
  assert.ok(list.rows.length >= 3);
  const ecology = exchange.agency(names.ecology);
  const platform = exchange.agency(names.credit);
  appendFileSync(ecology.settings, `csv_to = ${names.credit}\n`);
  await exchange.end(names.ecology, 'SIGTERM');
  exchange.start(names.ecology);

  const text = formatCsv([list.names, ...list.rows]);
  ecology.put('红黄牌.csv',
    execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text }));
  await ecology.lies('sent', '红黄牌.csv');
  await until('all are delivered', () => {
    const sent = ecology.outbox();
    return sent.length === list.rows.length && sent.every((one) => one.state === 'delivered');
  });

  const { names: heading, rows } = parseCsv(
    platform.run('inbox export', '--csv', 'cards').out);
  const column = (all, at) => all.map((row) => row[at]).sort();
  for (const name of ['company', 'colour', 'number', 'publish_date', 'reason']) {
    assert.deepEqual(column(rows, heading.indexOf(name)), column(list.rows, list.place[name]));
  }
});
