// SPDX-License-Identifier: Apache-2.0
//
// CSV files in out/: good rows go, bad rows come back to be mended, and no row
// is ever sent twice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { formatCsv, numberCards, parseCsv, readTable } from '../mapping/tables.mjs';
import { until } from '../support/until.mjs';
import { openDesk } from './desk.mjs';

let desk;
let child;
before(async () => {
  desk = openDesk();
  appendFileSync(desk.settings, 'csv_to = credit-zaoyang\n');
  child = await desk.start();
});
after(async () => {
  child?.kill('SIGTERM');
  await child?.ended;
  desk?.close();
});

const read = (...parts) => readFileSync(desk.spool(...parts), 'utf8');
const faultColumn = '移送错误 / fault';
const sent = () => desk.list('outbox').length;
const cards = numberCards(readTable('cards_sample.csv'));

async function drop(name, text) {
  desk.put(name, text);
  await until(`${name} is taken`, () => !desk.lies('out', name));
}

test('of a real list good rows go and bad rows come back, each with its faults', async () => {
  await drop('cards.csv', cards.text);
  assert.equal(read('sent', 'cards.csv'), cards.text);
  assert.deepEqual(desk.files('refused'),
    ['cards.rows.csv', 'cards.rows.csv.reason.json', 'cards.rows.csv.reason.txt']);

  const back = parseCsv(read('refused', 'cards.rows.csv'));
  assert.deepEqual(back.names, [...cards.names, faultColumn]);
  assert.equal(sent() + back.rows.length, cards.rows.length);
  assert.ok(sent() >= 5);
  for (const row of back.rows) {
    assert.ok(row.at(-1).length > 0);
    assert.ok(cards.rows.some((one) => one.join() === row.slice(0, -1).join()));
  }
  const { mistakes } = JSON.parse(read('refused', 'cards.rows.csv.reason.json'));
  for (const mistake of mistakes) {
    assert.ok(mistake.line > 1 && mistake.zh && mistake.en && cards.names.includes(mistake.path));
  }
  assert.match(read('refused', 'cards.rows.csv.reason.txt'), /\(第 \d+ 行 \/ line \d+\)/);
});

test('dropped again, in another encoding and under another name, no row is sent twice', async () => {
  const before = sent();
  const bytes = execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: cards.text });
  await drop('红黄牌 再次.csv', bytes);
  assert.equal(sent(), before);
  assert.ok(desk.lies('sent', '红黄牌 再次.csv'));
});

test('mended rows go, with the column of faults still in the file', async () => {
  const before = sent();
  const { names, rows } = parseCsv(read('refused', 'cards.rows.csv'));
  const place = Object.fromEntries(names.map((name, i) => [name, i]));
  const mended = rows.map((row) => {
    const copy = [...row];
    copy[place.colour] = '红牌';
    copy[place.uscc] = '';
    for (const [name, text] of [['publish_date', '2017年7月6日'], ['reason', '超标排放'],
      ['scheme', '企业环境信用评价'], ['authority', '某省环境保护厅']]) {
      if (name === 'publish_date' ? !/^\d{4}-\d\d-\d\d$/.test(copy[place[name]])
        : !copy[place[name]]) copy[place[name]] = text;
    }
    return copy;
  });
  await drop('cards.rows.csv', formatCsv([names, ...mended]));
  assert.ok(desk.lies('sent', 'cards.rows.csv'));
  assert.equal(sent(), before + rows.length);
});

test('where no row is good the file itself goes to refused/', async () => {
  const before = sent();
  const [first] = cards.rows;
  await drop('cards-2.csv', formatCsv([cards.names, first.map(() => 'x')]));
  assert.ok(desk.lies('refused', 'cards-2.csv'));
  assert.match(read('refused', 'cards-2.csv.reason.txt'), /colour \(第 2 行 \/ line 2\)/);
  assert.equal(sent(), before);
});

test('a file that no mapping is for, and one that is no table, are refused and told', async () => {
  await drop('unknown.csv', cards.text);
  const unknown = JSON.parse(read('refused', 'unknown.csv.reason.json'));
  assert.equal(unknown.code, 'NOT_FOUND');
  assert.match(unknown.detail, /csv_mapping/);
  await drop('cards-3.csv', 'company\n"never closed\n');
  assert.equal(JSON.parse(read('refused', 'cards-3.csv.reason.json')).code, 'NOT_WELL_FORMED');
  assert.equal(child.exitCode, null);
});

test('a wrong mapping in the settings stops the start, with file and line', async () => {
  const other = openDesk();
  try {
    other.write('ours.xml', '<mapping xmlns="urn:yisong:mapping:1" id="a" type="none">\n'
      + '<chinese>a</chinese><english>a</english><constant path="a" value="b"/></mapping>');
    appendFileSync(other.settings, 'csv_mapping = ours.xml\n');
    const failed = await other.start();
    assert.deepEqual(await failed.ended, { status: 2, signal: null });
    assert.match(failed.said, /ours\.xml:1: there is no such message type/);
  } finally {
    other.close();
  }
});
