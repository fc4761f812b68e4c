// SPDX-License-Identifier: Apache-2.0
//
// The systemd units: systemd has nothing to say about them, and little to say
// against their hardening (exposure 0 safe ... 10 unsafe).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';

const worstExposure = 1.5;
const source = join(process.env.YISONG_SOURCE, 'docker', 'systemd');
const units = readdirSync(source).filter((name) => name.endsWith('.service'));
const folder = mkdtempSync(join(tmpdir(), 'yisong-units-'));
after(() => rmSync(folder, { recursive: true }));

function analyze(...words) {
  return spawnSync('systemd-analyze', words, { cwd: folder, encoding: 'utf8' });
}

const missing = analyze('--version').error;
const skip = missing ? 'systemd-analyze is not installed' : false;

// systemd looks whether the program is there: show it the one just built.
for (const unit of units) {
  const text = readFileSync(join(source, unit), 'utf8');
  writeFileSync(
    join(folder, unit),
    text.replaceAll('/usr/bin/yisong', process.env.YISONG),
  );
}

test('there is a unit for the router, one for the evidence store and one for adapters', () => {
  assert.deepEqual(units.sort(), [
    'yisong-adapter@.service',
    'yisong-evidence-store.service',
    'yisong-router.service',
  ]);
});

for (const unit of units) {
  test(`${unit} passes systemd-analyze verify without a word`, { skip }, () => {
    const { status, stdout, stderr } = analyze('verify', `./${unit}`);
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
  });

  test(`${unit} is exposed ${worstExposure} at most`, { skip }, () => {
    const { stdout, stderr } = analyze(
      'security',
      '--offline=true',
      `./${unit}`,
    );
    const level = /Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1];
    assert.ok(Number(level) <= worstExposure, stdout + stderr);
  });

  test(`${basename(unit)} starts a command that the program has`, () => {
    const text = readFileSync(join(source, unit), 'utf8');
    const [, command] = /^ExecStart=\/usr\/bin\/yisong ([\w-]+) -c /m.exec(text);
    const help = spawnSync(process.env.YISONG, [command, '--help'], {
      encoding: 'utf8',
    });
    assert.equal(help.status, 0);
    assert.match(help.stdout, /-c FILE/);
  });
}
