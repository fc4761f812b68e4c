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

/** Runs a tool that prints its own faults; true if it had none. */
function runTool(name, options, paths) {
  if (paths.length === 0) return true;
  const run = spawnSync(name, [...options, ...paths], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (run.error) console.error(`${name}: ${run.error.message}`);
  return run.status === 0;
}

const paths = listFiles(root);
const faults = [...checkFiles(paths), ...checkTree(paths)];
for (const { path, line, code, text } of faults) {
  console.error(`${path}${line ? `:${line}` : ''}: ${code}: ${text}`);
}
const formatted = runTool(
  'clang-format',
  ['--dry-run', '-Werror'],
  paths.filter(isC),
);
const shells = runTool(
  'shellcheck',
  ['--severity=warning', '--external-sources'],
  paths.filter(isShell),
);
const good = faults.length === 0 && formatted && shells;
console.log(
  `${paths.length} files, ${faults.length} faults` +
    `${formatted ? '' : ', formatting'}${shells ? '' : ', shell'}`,
);
process.exitCode = good ? 0 : 1;
