// SPDX-License-Identifier: Apache-2.0
//
// Lists as a bureau has them, made from the real tables of tests/data, and what
// the tests themselves reckon from them.
import { execFileSync } from 'node:child_process';

import { draft } from '../support/letters.mjs';
import { formatCsv, readTable } from '../mapping/tables.mjs';

/** Real codes with their names: {code, name}. */
export const companies = readTable('uscc_valid_sample.csv').rows
  .map(([code, name]) => ({ code, name }));

export const asGb18030 = (text) =>
  execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text });

/** The characters as an input method of full width writes them. */
export const fullWidth = (text) =>
  [...text].map((one) => String.fromCodePoint(one.codePointAt(0) + 0xfee0)).join('');

export const day = (offset) => new Date(Date.now() + 8 * 3600_000 + offset * 86400_000)
  .toISOString().slice(0, 10);

/** A card for each company, as rows of the carried mapping `cards`. */
export function cardTable(list) {
  const names = ['company', 'uscc', 'colour', 'scheme', 'number', 'publish_date', 'authority', 'reason'];
  const cards = list.map(({ code, name }, i) => ({
    code, name, colour: i % 2 ? 'yellow' : 'red', number: `枣环牌〔2026〕${i + 1}号`, from: day(-30 - i),
  }));
  const rows = cards.map((card) => [card.name, card.code, card.colour === 'red' ? '红牌' : '黄牌',
    '环保红（黄）牌警示', card.number, card.from, '襄阳市生态环境局枣阳市分局', '水污染物超标排放']);
  return { cards, text: formatCsv([names, ...rows]) };
}

/** A card or a removal in JSON about a company. */
export function cardLetter(type, caseId, company, body = {}, more = {}) {
  const letter = draft(type, caseId, more);
  const [form] = Object.values(letter.body);
  form.unit = { name: company.name, creditCode: company.code };
  Object.assign(form, body);
  return letter;
}

export const person = { name: '欧阳小明', id: '420683198001010015', phone: '13800138000' };
/**
 * Penalties in the columns of the double publicity, from the real decisions whose code is whole;
 * what was not published (number, day, sum) is filled in. The last is of a natural person.
 */
export function penaltyTable() {
  const names = ['CF_XDR_MC', 'CF_XDR_LB', 'CF_XDR_SHXYM', 'CF_FRDB', 'CF_XDR_ZJLX', 'CF_XDR_ZJHM',
    'CF_WSH', 'CF_WFXW', 'CF_SY', 'CF_YJ', 'CF_CFLB', 'CF_NR', 'CF_NR_FK', 'CF_JDRQ', 'CF_GSJZQ', 'CF_CFJG'];
  const real = readTable('penalties_sample.csv');
  const at = Object.fromEntries(real.names.map((name, i) => [name, i]));
  const units = real.rows.filter((row) => row[at.uscc_state] === 'valid').map((row, i) => [
    row[at.company], '法人及非法人组织', row[at.uscc], person.name, '', '',
    row[at.decision_no] || `枣环罚〔2026〕${i + 1}号`, '超标排放',
    `${row[at.violation]}，${person.name}（${person.id}，电话${person.phone}）负责。`,
    '水污染防治法', '罚款', `罚款${i + 1}万元`, String(i + 1), day(-3), day(300), row[at.authority]]);
  const one = [person.name, '自然人', '', '', '身份证', person.id, '枣环罚〔2026〕99号', '非法倾倒',
    `${person.name}倾倒废渣。`, '固体废物污染环境防治法', '罚款', '罚款5000元', '0.5', day(-3), day(300),
    '襄阳市生态环境局枣阳市分局'];
  return { units, text: formatCsv([names, ...units, one]) };
}

/** The body of a punishment list. */
export const punishmentList = (company, { change = 'listed', ...more } = {}) => ({
  punishmentList: {
    listName: '生态环境领域失信联合惩戒对象名单', asOf: day(-1), authority: '襄阳市生态环境局枣阳市分局',
    entries: [{
      unit: { name: company.name, creditCode: company.code }, change, reason: '红牌', from: day(-1), ...more,
    }],
    legalBasis: [{ law: '发改财金〔2016〕1580号', article: '第一条', text: '联合惩戒对象' }],
  },
});
