// SPDX-License-Identifier: Apache-2.0
//
// ./dev lint: the rules of the house, one fault a line as the program prints
// them, FILE:LINE: CODE: text. Exit 1 if there is one.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkCommands, checkReadmes, checkTop } from './folders.mjs';
import { checkLayers } from './layers.mjs';
import { checkSizes } from './sizes.mjs';
import { isC, listFiles, readSource } from './sources.mjs';
import { checkLicence, checkWords } from './words.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const isText = (path) =>
  /\.(c|h|def|mjs|sh|md|txt|cmake|xml|xsd|sql|json|ya?ml|conf|service)$/.test(path) ||
  /(^|\/)(dev|run|Dockerfile)$/.test(path);

const isShell = (path) => /\.sh$|^dev$|^\.ci\/run$/.test(path);

const fileChecks = [checkLayers, checkSizes, checkWords, checkLicence];

function checkFiles(paths) {
  return paths.filter(isText).flatMap((path) => {
    const source = readSource(root, path);
    const faults = fileChecks.flatMap((check) => check(source));
    return faults.map((fault) => ({ path, ...fault }));
  });
}

function checkTree(paths) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  return [
    ...checkReadmes(paths),
    ...checkTop(paths),
    ...checkCommands(paths, read),
  ];
}

/** One fault for each file that clang-format would change. */
function checkFormat(paths) {
  const options = ['--dry-run', '-Werror', ...paths.filter(isC)];
  const run = spawnSync('clang-format', options, { cwd: root });
  if (run.error) return [{ path: 'clang-format', code: 'TOOL', text: run.error.message }];
  const found = run.stderr.toString().matchAll(/^([^\s:]+):(\d+):\d+: error/gm);
  const first = new Map([...found].reverse().map(([, path, line]) => [path, line]));
  return [...first].map(([path, line]) => ({
    path,
    line,
    code: 'FORMAT',
    text: `clang-format -i ${path}`,
  }));
}

function checkShell(paths) {
  const options = ['--format=gcc', '--severity=warning', ...paths.filter(isShell)];
  const run = spawnSync('shellcheck', options, { cwd: root });
  if (run.error) return [{ path: 'shellcheck', code: 'TOOL', text: run.error.message }];
  const found = run.stdout.toString().matchAll(/^([^\s:]+):(\d+):\d+: (.*)$/gm);
  return [...found].map(([, path, line, text]) => ({ path, line, code: 'SHELL', text }));
}

const paths = listFiles(root);
const faults = [
  ...checkFiles(paths),
  ...checkTree(paths),
  ...checkFormat(paths),
  ...checkShell(paths),
];
for (const { path, line, code, text } of faults) {
  console.error(`${path}${line ? `:${line}` : ''}: ${code}: ${text}`);
}
console.log(`${paths.length} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
