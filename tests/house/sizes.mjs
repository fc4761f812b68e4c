// SPDX-License-Identifier: Apache-2.0
//
// Sizes that keep a file readable: see style in CONTRIBUTING.md. clang-format
// puts the braces of a function, and nothing else, alone in the first column.
import { isC } from './sources.mjs';

export const most = { file: 400, function: 60, depth: 3 };

/** {name, begin, end} for each function body; lines counted from 0. */
export function findFunctions(code) {
  const found = [];
  let begin = -1;
  code.forEach((line, place) => {
    if (line === '{') begin = place;
    if (line.startsWith('}') && begin >= 0) {
      found.push({ name: nameBefore(code, begin), begin, end: place });
      begin = -1;
    }
  });
  return found;
}

function nameBefore(code, begin) {
  let first = begin - 1;
  while (first > 0 && /^\s/.test(code[first])) first--;
  const signature = code.slice(first, begin).join(' ');
  return /(\w+)\s*\(/.exec(signature)?.[1] ?? '?';
}

/** The deepest block within a body; braces of initialisers do not count. */
export function depthOf(code) {
  const open = [];
  let deepest = 0;
  for (const line of code) {
    for (const brace of line.matchAll(/[{}]/g)) {
      if (brace[0] === '}') {
        open.pop();
        continue;
      }
      const before = line.slice(0, brace.index).trimEnd();
      open.push(/(^|[):;]|\belse|\bdo)$/.test(before));
      deepest = Math.max(deepest, open.filter(Boolean).length);
    }
  }
  return deepest;
}

function checkFunction(code, { name, begin, end }) {
  const faults = [];
  const length = end - begin + 1;
  if (length > most.function) {
    faults.push(`${name} has ${length} lines, at most ${most.function}`);
  }
  const depth = depthOf(code.slice(begin + 1, end));
  if (depth > most.depth) {
    faults.push(`${name} nests ${depth} deep, at most ${most.depth}`);
  }
  return faults.map((text) => ({ line: begin + 1, code: 'SIZE', text }));
}

const isCode = (path) => isC(path) || /\.(mjs|sh)$/.test(path);

export function checkSizes(source) {
  if (!isCode(source.path)) return [];
  const code = isC(source.path) ? source.code : [];
  const faults = findFunctions(code).flatMap((f) => checkFunction(code, f));
  const lines = source.lines.length - 1;
  if (lines > most.file) {
    const text = `${lines} lines, at most ${most.file}`;
    faults.unshift({ line: most.file, code: 'SIZE', text });
  }
  return faults;
}
