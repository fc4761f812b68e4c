// SPDX-License-Identifier: Apache-2.0
//
// Mappings at the command line: real lists in the encodings in which they are
// saved, and what Excel does to them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { runYisong } from '../support/landscape.mjs';
import { numberCards, readTable } from './tables.mjs';

const folder = mkdtempSync(join(tmpdir(), 'yisong-map.'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name, bytes) {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

function tryMap(mapping, file, ...words) {
  const { status, out: stdout, err: stderr } = runYisong(
    ['map', 'try', '--mapping', mapping, '--to', 'credit-nanchang', ...words, file]);
  return { status, letters: stdout.trim() ? stdout.trim().split('</message>').length - 1 : 0,
    stdout, stderr };
}

const gb18030 = (text) => execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text });
const cards = numberCards(readTable('cards_sample.csv'));

const penaltyHeading = 'CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_FRDB,CF_WSH,CF_WFXW,CF_SY,CF_YJ,'
  + 'CF_CFLB,CF_NR,CF_NR_FK,CF_JDRQ,CF_CFJG\r\n';
function penalty(changes = {}) {
  const row = {
    CF_XDR_MC: '南昌市新锐纸业有限公司', CF_XDR_LB: '法人及非法人组织',
    CF_XDR_SHXYM: '9136010809107512XX', CF_FRDB: '张某', CF_WSH: '洪环罚〔2025〕5号',
    CF_WFXW: '超标排放', CF_SY: '废水总铬超标', CF_YJ: '水污染防治法第八十三条',
    CF_CFLB: '罚款；没收违法所得', CF_NR: '罚款10万元', CF_NR_FK: '10', CF_JDRQ: '2025年3月4日',
    CF_CFJG: '南昌市生态环境局', ...changes,
  };
  return penaltyHeading + penaltyHeading.trim().split(',')
    .map((name) => `"${row[name].replaceAll('"', '""')}"`).join(',') + '\r\n';
}

test('every mapping that is carried is valid, and is listed', () => {
  const { out } = runYisong(['map', 'list']);
  const names = out.trim().split('\n').map((line) => line.split(' ')[0]);
  assert.deepEqual(names, ['cards', 'penalties']);
  assert.equal(runYisong(['map', 'check', ...names]).status, 0);
});

test('a carried mapping can be printed and made one\'s own, with its code tables', () => {
  const own = write('own.xml', runYisong(['map', 'show', 'penalties']).out);
  assert.equal(runYisong(['map', 'check', own]).status, 0);
  write('penalty_kinds.csv', 'written,code\n罚单,fine\n');
  const { stdout, letters } = tryMap(own, write('p.csv', penalty({ CF_CFLB: '罚单' })));
  assert.equal(letters, 1);
  assert.match(stdout, /<kinds><kind>fine<\/kind><\/kinds>/);
  rmSync(join(folder, 'penalty_kinds.csv'));
});

test('a wrong mapping is told whole, with file and line', () => {
  const bad = write('bad.xml', `<mapping xmlns="urn:yisong:mapping:1" id="bad" type="card-credit-push">
<chinese>坏</chinese><english>bad</english>
<column name="a" path="unit.nmae"/>
<column name="b" path="unit"/>
<column name="c" path="colour" table="none.csv"/>
<column name="d" path="header.from"/>
<column name="e" path="remarks" when="zz" is="1"/>
<constant path="colour" value="blue"/>
</mapping>`);
  const { status, err: stderr } = runYisong(['map', 'check', bad]);
  assert.equal(status, 2);
  assert.deepEqual(stderr.trim().split('\n').map((line) => line.match(/^\S+?:(\d+):/)?.[1]),
    ['3', '4', '5', '6', '7', '8']);
});

test('the real list of cards: each row is a letter, or has its faults with line and column', () => {
  const { status, letters, stderr } = tryMap('cards', write('cards.csv', cards.text));
  const told = new Set(stderr.trim().split('\n').map((line) => {
    const [, number, column] = line.match(/^\S+?:(\d+): [A-Z_]+: ([\w/]+)/);
    assert.ok(cards.names.includes(column), line);
    return number;
  }));
  assert.equal(status, 1);
  assert.ok(letters >= 5, `${letters} letters`);
  assert.equal(letters + told.size, cards.rows.length);
});

test('UTF-8 with and without mark and GB18030 give the same letters, byte for byte', () => {
  const plain = tryMap('cards', write('cards.csv', cards.text));
  for (const bytes of [Buffer.from(`\uFEFF${cards.text}`), gb18030(cards.text)]) {
    const other = tryMap('cards', write('cards.csv', bytes));
    assert.equal(other.stdout, plain.stdout);
    assert.equal(other.stderr, plain.stderr);
  }
});

test('bytes that are no Chinese encoding are refused with their line, never guessed at', () => {
  const broken = Buffer.concat([gb18030(penalty()), Buffer.from([0xff, 0xff, 0x0a])]);
  const { status, stderr, letters } = tryMap('penalties', write('p.csv', broken));
  assert.equal(status, 1);
  assert.equal(letters, 0);
  assert.match(stderr, /NOT_WELL_FORMED.*3: neither UTF-8 nor GB18030/);
  const unicode = write('p.csv', Buffer.from(`\uFEFF${penalty()}`, 'utf16le'));
  assert.match(tryMap('penalties', unicode).stderr, /CSV UTF-8/);
});

test('a penalty in double-publicity columns becomes a letter, in normal form', () => {
  const { status, stdout } = tryMap('penalties', write('p.csv', penalty()));
  assert.equal(status, 0);
  assert.match(stdout, /<number>洪环罚〔2025〕5号<\/number><decidedOn>2025-03-04<\/decidedOn>/);
  assert.match(stdout, /<kind>fine<\/kind><kind>confiscate-gains<\/kind>/);
  assert.match(stdout, /<fine>100000<\/fine>/);
  assert.match(stdout, /<remarks>CF_JDRQ：2025年3月4日<\/remarks>/);
  assert.match(stdout, /<to>credit-nanchang<\/to>/);
});

test('what Excel leaves in cells is taken away, and line breaks are kept where they may be', () => {
  const { status, stdout } = tryMap('penalties', write('p.csv', penalty({
    CF_XDR_SHXYM: '="9136010809107512XX"', CF_WSH: "'洪环罚〔2025〕5号",
    CF_NR_FK: '1,000.5', CF_SY: '第一行\n第二行', CF_XDR_MC: '　南昌市\n新锐纸业有限公司 ',
  })));
  assert.equal(status, 0);
  assert.match(stdout, /<creditCode>9136010809107512XX<\/creditCode>/);
  assert.match(stdout, /<number>洪环罚〔2025〕5号<\/number>/);
  assert.match(stdout, /<fine>10005000<\/fine>/);
  assert.match(stdout, /<reasons>第一行\n第二行<\/reasons>/);
  assert.match(stdout, /<name>南昌市 新锐纸业有限公司<\/name>/);
});

test('what Excel destroyed is told as what it is', () => {
  const cases = [
    [{ CF_XDR_SHXYM: '9.13601E+17' }, /3: AMBIGUOUS: CF_XDR_SHXYM: .*scientific notation/],
    [{ CF_XDR_SHXYM: '913601007814989000' }, /2: AMBIGUOUS: CF_XDR_SHXYM: .*15 digits/],
    [{ CF_JDRQ: '45720' }, /2: AMBIGUOUS: CF_JDRQ: .*number of a day/],
    [{ CF_NR: '#REF!' }, /2: BAD_FIELD: CF_NR: .*formula/],
  ];
  for (const [change, expected] of cases) {
    const { status, stderr } = tryMap('penalties', write('p.csv', penalty(change)));
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(expected.source.replace('3:', '2:')));
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('a person\'s identity number never stands in a fault', () => {
  const header = penaltyHeading.trim();
  const text = `${header},CF_XDR_ZJLX,CF_XDR_ZJHM\r\n`
    + penalty({ CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_FRDB: '' }).split('\r\n')[1]
    + ',身份证,11010519491231002Y\r\n';
  const { status, stderr } = tryMap('penalties', write('p.csv', text));
  assert.equal(status, 1);
  assert.match(stderr, /2: BAD_FIELD: CF_XDR_ZJHM:/);
  assert.doesNotMatch(stderr, /19491231/);
});

test('a JSON object makes the same letter as the row', () => {
  const [names, cells] = penalty().trim().split('\r\n');
  const values = cells.slice(1, -1).split('","');
  const object = Object.fromEntries(names.split(',').map((name, i) => [name, values[i]]));
  object.CF_NR_FK = 10;
  const row = tryMap('penalties', write('p.csv', penalty()));
  const json = tryMap('penalties', write('p.json', JSON.stringify(object, null, 1)));
  assert.equal(json.status, 0);
  assert.equal(json.stdout, row.stdout);
});

test('rows that share a value go into one letter, up to the number that it may hold', () => {
  const list = write('list.xml', `<mapping xmlns="urn:yisong:mapping:1" id="list" type="punishment-list" rows="2" group="机关">
<chinese>名单</chinese><english>list</english>
<constant path="listName" value="联合惩戒对象名单"/>
<column name="日期" path="asOf" kind="date" required="yes"/>
<column name="机关" path="authority" required="yes"/>
<column name="名称" path="entries[row].unit.name" required="yes"/>
<column name="代码" path="entries[row].unit.creditCode"/>
<constant path="entries[row].change" value="listed"/>
<column name="事由" path="entries[row].reason" required="yes"/>
<constant path="legalBasis.provision.law" value="联合惩戒合作备忘录"/>
<constant path="legalBasis.provision.article" value="第一条"/>
</mapping>`);
  const rows = ['甲', '乙', '甲', '甲'].map(
    (who, i) => `2025-01-02,${who}局,企业${i},,超标\n`);
  const { status, stdout, letters, stderr } = tryMap(list,
    write('list.csv', `日期,机关,名称,代码,事由\n${rows.join('')}`));
  assert.equal(status, 0, stderr);
  assert.equal(letters, 3);
  const names = stdout.trim().split('</message>').slice(0, 3)
    .map((one) => [...one.matchAll(/<name>(.*?)<\/name>/g)].map(([, name]) => name));
  assert.deepEqual(names, [['企业0', '企业2'], ['企业1'], ['企业3']]);
});

test('letters go back into rows that make the same letters again', () => {
  for (const [mapping, text] of [['cards', cards.text], ['penalties', penalty()],
    ['penalties', penalty({ CF_XDR_SHXYM: '913601007814989713', CF_SY: '=1+1', CF_NR_FK: '' })]]) {
    const there = tryMap(mapping, write('there.csv', text));
    const files = there.stdout.trim().split('</message>\n')
      .map((one, i) => write(`${i}.xml`, `${one.replace(/<\/message>$/, '')}</message>`));
    const back = runYisong(['map', 'back', '--mapping', mapping, ...files]);
    assert.equal(back.status, 0, back.err);
    const again = tryMap(mapping, write('again.csv', back.out));
    assert.equal(again.status, 0, again.stderr);
    assert.equal(again.stdout, there.stdout);
    assert.doesNotMatch(back.out, /(^|,)"?=1/m);
  }
});

test('a comma too many is a fault of its row, not of the others', () => {
  const good = penalty();
  const [, row] = good.split('\r\n');
  const { status, letters, stderr } = tryMap('penalties',
    write('p.csv', `${good}${row.replaceAll('"', '')},甲,乙\r\n${row}\r\n`));
  assert.equal(status, 1);
  assert.equal(letters, 2);
  assert.match(stderr, /^\S+:3: NOT_WELL_FORMED: .*"甲,乙"/);
  assert.equal(stderr.trim().split('\n').length, 1);
});

test('nothing malformed stops it: each has its own fault', () => {
  const texts = ['', '\n\n', ',,,\n', 'a;b;c\n1;2;3\n', 'a,a\n1,2\n', 'CF_WSH\n"never closed\n',
    'CF_WSH\n1,2,3\n', '{"a":', '[1]', '{"a":{}}', '[]', `${'x,'.repeat(500)}\n`];
  for (const text of texts) {
    const { status, letters } = tryMap('penalties', write('p.csv', text));
    assert.equal(status, 1, JSON.stringify(text.slice(0, 20)));
    assert.equal(letters, 0);
  }
});
