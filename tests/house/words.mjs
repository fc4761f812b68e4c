// SPDX-License-Identifier: Apache-2.0
//
// What may not stand in a file: calls that overflow or lie, labels, notes to
// oneself, and paths of somebody's machine.
import { isC } from './sources.mjs';

const calls = {
  'strcpy|strcat|sprintf|vsprintf|gets|strncpy|strncat': 'knows no ceiling',
  'atoi|atol|atoll|atof|sscanf|scanf|fscanf': 'cannot say what was wrong',
  'system|popen': 'runs a shell',
  'strtok|localtime|gmtime|ctime|asctime|setlocale': 'has hidden state',
  'alloca|setjmp|longjmp|tmpnam|mktemp|tempnam': 'is not safe',
};

const banned = Object.entries(calls).map(([names, why]) => [
  new RegExp(`(?<![\\w.>])(${names})\\s*\\(`),
  why,
]);

// Tests and bench read nobody's input.
function checkCall(line) {
  for (const [call, why] of banned) {
    const found = call.exec(line);
    if (found) return `${found[1]}() ${why}`;
  }
  return '';
}

const nap = /\b(sleep|usleep|nanosleep)\s*\(/;

function checkCode(line, path) {
  const isTest = path.startsWith('tests/');
  if (/\bgoto\b/.test(line)) return 'goto';
  if (/^\s*typedef\s+(struct|union)\b/.test(line)) return 'typedef of a struct';
  if (isTest) return nap.test(line) ? 'a test that sleeps' : '';
  return path.startsWith('bench/') ? '' : checkCall(line);
}

const machinePath = /(^|[\s"'`=:(])(\/work\/|\/root\/|\/home\/\w+\/|\/Users\/)/;
const noteToSelf = /\b(TO[D]O|FIX[M]E)\b/;

function checkText(line) {
  if (machinePath.test(line)) return 'a path of one machine';
  return noteToSelf.test(line) ? 'a note to oneself' : '';
}

const isData = (path) => path.startsWith('tests/data/');

export function checkWords(source) {
  const { path, lines } = source;
  const code = isC(path) ? source.code : [];
  return lines.flatMap((line, place) => {
    const text =
      (code.length && checkCode(code[place], path)) ||
      (!isData(path) && checkText(line));
    return text ? [{ line: place + 1, code: 'WORD', text }] : [];
  });
}

/** Each .c says under which licence it stands, in its first comment. */
export function checkLicence(source) {
  if (!source.path.endsWith('.c')) return [];
  const head = source.lines.slice(0, 5).join('\n');
  if (head.includes('SPDX-License-Identifier: Apache-2.0')) return [];
  return [{ line: 1, code: 'LICENCE', text: 'no SPDX line in the first five' }];
}
