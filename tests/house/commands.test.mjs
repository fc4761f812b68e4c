// SPDX-License-Identifier: Apache-2.0
//
// Every command that the program lists answers --help in both languages, with
// an example that calls it; wrong use is exit 2.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const program = process.env.YISONG;

function yisong(words, locale = 'C.UTF-8') {
  const env = { ...process.env, LC_ALL: locale };
  return spawnSync(program, words, { env, encoding: 'utf8', input: '' });
}

const names = yisong(['--help'])
  .stdout.split('\n')
  .map((line) => /^ {2}([a-z]+(?:[ -][a-z]+)*) {2,}/.exec(line)?.[1])
  .filter(Boolean);

test('the program lists its commands', () => {
  assert.ok(names.includes('version'), names.join());
});

for (const name of names) {
  test(`${name} --help has usage, meaning and a true example`, () => {
    for (const locale of ['C.UTF-8', 'zh_CN.UTF-8']) {
      const { status, stdout, stderr } = yisong(
        [...name.split(' '), '--help'],
        locale,
      );
      assert.equal(status, 0, stderr);
      assert.ok(stdout.includes(`yisong ${name}`));
      const example = stdout.trimEnd().split('\n').at(-1);
      assert.ok(example.includes(`yisong ${name}`), example);
    }
  });

  test(`${name} is described in Chinese and in English`, () => {
    const words = [...name.split(' '), '--help'];
    const chinese = yisong(words, 'zh_CN.UTF-8').stdout;
    const english = yisong(words).stdout.split('example')[0];
    assert.match(chinese, /\p{Script=Han}/u);
    assert.doesNotMatch(english, /\p{Script=Han}/u);
  });

  test(`${name} refuses an option that it does not have`, () => {
    const words = [...name.split(' '), '--no-such-option'];
    assert.equal(yisong(words).status, 2);
  });
}

test('no command and an unknown command are wrong use', () => {
  assert.equal(yisong([]).status, 2);
  assert.equal(yisong(['no-such-command']).status, 2);
});

for (const name of ['router', 'adapter', 'evidence-store']) {
  test(`${name} --settings lists its settings, each with its meaning, in both languages`, () => {
    for (const locale of ['C.UTF-8', 'zh_CN.UTF-8']) {
      const { status, stdout, stderr } = yisong([name, '--settings'], locale);
      assert.equal(status, 0, stderr);
      const lines = stdout.trimEnd().split('\n');
      assert.ok(lines.some((line) => line.startsWith('  broker_host')), stdout);
      assert.ok(lines.every((line) => /^ {2}\w+ +\S/.test(line)), stdout);
      assert.equal(/\p{Script=Han}/u.test(stdout), locale === 'zh_CN.UTF-8');
    }
  });
}
