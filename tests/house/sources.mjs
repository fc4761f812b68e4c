// SPDX-License-Identifier: Apache-2.0
//
// The files that the rules of the house are about, and C text made readable
// for checks: comments and strings blanked, lines kept where they were.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set(['.git', 'build', 'node_modules']);

/** Every file below `root`, as paths relative to it. */
export function listFiles(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(root, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** {path, text, lines, code}: `code` are the lines without comments, strings. */
export function readSource(root, path) {
  return makeSource(path, readFileSync(join(root, path), 'utf8'));
}

export function makeSource(path, text) {
  return {
    path,
    text,
    lines: text.split('\n'),
    get code() {
      return blank(text).split('\n');
    },
  };
}

const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** Comments and the inside of literals become spaces; #include lines stay. */
function blank(text) {
  return text.replace(tokens, (token, at) => {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
    if (/^\s*#\s*include/.test(line)) return token;
    const hollow = token.replace(/[^\n]/g, ' ');
    return token[0] === '/' ? hollow : token[0] + hollow.slice(2) + token[0];
  });
}

export const isC = (path) => /\.[ch]$/.test(path);
export const isHeader = (path) => path.endsWith('.h');
