// SPDX-License-Identifier: Apache-2.0
//
// yisong procedures check | list | show | draw, as a person at a terminal has
// them. Drawings are read back: every state and letter is in them, and no box
// lies over another.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = process.env.YISONG;
const source = process.env.YISONG_SOURCE;
const extra = join(source, 'tests/procedures/extra');

function yisong(words, locale = 'C.UTF-8') {
  const env = { ...process.env, LC_ALL: locale };
  return spawnSync(program, ['procedures', ...words], { env, encoding: 'utf8' });
}

const ids = yisong(['list'])
  .stdout.trimEnd()
  .split('\n')
  .map((line) => line.split(/\s+/)[0]);

test('list has one id per line, sorted, names behind', () => {
  assert.ok(ids.includes('case-transfer') && ids.includes('red-yellow-card'));
  assert.deepEqual(ids, [...ids].sort());
  const chinese = yisong(['list'], 'zh_CN.UTF-8').stdout;
  assert.match(chinese, /^case-transfer +涉嫌环境犯罪案件移送$/m);
});

test('check accepts the procedures of the program and of a folder', () => {
  assert.equal(yisong(['check']).status, 0);
  assert.equal(yisong(['check', join(source, 'routing/procedures')]).status, 0);
});

test('check tells every fault as FILE:LINE: CODE: text and exits 1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yisong-procedures-'));
  try {
    const text = readFileSync(join(extra, 'extra.xml'), 'utf8');
    const spoilt = text
      .replace('period="P5D"', 'period="P5X"')
      .replace('need="may"', 'need="maybe"');
    writeFileSync(join(folder, 'a.xml'), spoilt);
    writeFileSync(join(folder, 'b.xml'), '<!DOCTYPE x><x/>');
    const { status, stdout, stderr } = yisong(['check', folder]);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    const lines = stderr.trimEnd().split('\n');
    assert.ok(lines.length >= 2);
    for (const line of lines) assert.match(line, /^\S+\.xml:\d+: [A-Z_]+: ./);
    assert.ok(lines.some((line) => line.includes('b.xml:')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('check of a folder that is not there is wrong use', () => {
  assert.equal(yisong(['check', '/nowhere/at/all']).status, 2);
});

test('a procedure is added by a file alone', () => {
  const words = ['--procedures', extra];
  assert.equal(yisong(['check', extra]).status, 0);
  assert.match(yisong(['list', ...words]).stdout, /^extra +A procedure for tests$/m);
  assert.match(yisong(['show', ...words, 'extra']).stdout, /instead: 3701 10 working days, local/);
  assert.match(yisong(['draw', ...words, 'extra']).stdout, /联合惩戒中/);
});

test('show names states, letters, limits and articles in both languages', () => {
  const english = yisong(['show', 'case-transfer']).stdout;
  assert.match(english, /UNDER_REVIEW {2}under review/);
  assert.match(english, /3 days, moved past holidays, statutory \[W17-9\]/);
  assert.match(english, /24 hours, no statutory limit/);
  const chinese = yisong(['show', 'case-transfer'], 'zh_CN.UTF-8').stdout;
  assert.match(chinese, /公安机关→生态环境部门《立案通知书》（抄送检察机关） => 已立案/);
  assert.match(chinese, /3日，节假日顺延，法定/);
});

test('show and draw of an unknown procedure exit 1', () => {
  assert.equal(yisong(['show', 'nothing']).status, 1);
  assert.equal(yisong(['draw', 'nothing']).status, 1);
});

// --- drawings ---------------------------------------------------------------

function attributes(tag) {
  const found = [...tag.matchAll(/([\w-]+)="([^"]*)"/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, value]));
}

function boxes(svg) {
  return [...svg.matchAll(/<rect class="(?:state|letter)"[^>]*>/g)].map(([tag]) => {
    const { x, y, width, height } = attributes(tag);
    return { left: +x, top: +y, right: +x + +width, bottom: +y + +height };
  });
}

// Points of the way of an edge, its curves followed in small steps.
function points(path) {
  const made = [];
  let at = [0, 0];
  for (const [, command, rest] of path.matchAll(/([MLC])([^MLC]*)/g)) {
    const n = rest.trim().split(/\s+/).map(Number);
    const end = n.slice(-2);
    for (let i = 1; i <= 20; i++) {
      const t = i / 20;
      const ends = command === 'C' ? [at, n.slice(0, 2), n.slice(2, 4), end] : [at, at, end, end];
      const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
      if (command !== 'M')
        made.push([0, 1].map((axis) => ends.reduce((sum, p, k) => sum + p[axis] * weights[k], 0)));
    }
    at = end;
  }
  return made;
}

function inside([x, y], box) {
  return x > box.left + 1 && x < box.right - 1 && y > box.top + 1 && y < box.bottom - 1;
}

const drawings = [
  ...ids.map((id) => [id, ['draw', id], join(source, 'routing/procedures', `${id}.xml`)]),
  ['extra', ['draw', '--procedures', extra, 'extra'], join(extra, 'extra.xml')],
];

for (const [id, words, file] of drawings) {
  const { status, stdout: svg } = yisong(words);

  test(`the drawing of ${id} is one SVG and always the same`, () => {
    assert.equal(status, 0);
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>\n$/);
    assert.equal(yisong(words).stdout, svg);
  });

  test(`the drawing of ${id} names every state in Chinese and English`, () => {
    const text = readFileSync(file, 'utf8');
    const states = [...text.matchAll(/<state [^>]*>/g)].map(([tag]) => attributes(tag));
    assert.ok(states.length > 1);
    for (const { zh, en } of states) {
      assert.ok(svg.includes(`>${zh}<`), zh);
      assert.ok(svg.includes(en), en);
    }
  });

  test(`in the drawing of ${id} no box lies over another, nor outside`, () => {
    const all = boxes(svg);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg).map(Number);
    all.forEach((a, i) => {
      assert.ok(a.left >= 0 && a.top >= 0 && a.right <= width && a.bottom <= height);
      for (const b of all.slice(0, i)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, JSON.stringify([a, b]));
      }
    });
  });

  test(`in the drawing of ${id} an arrow touches only its own boxes`, () => {
    const all = boxes(svg);
    for (const [, path] of svg.matchAll(/<path class="edge" d="([^"]*)"/g)) {
      const way = points(path);
      const crossed = all.filter((box) => way.some((point) => inside(point, box)));
      assert.ok(crossed.length <= 1, path); // its label
    }
  });
}
