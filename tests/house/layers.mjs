// SPDX-License-Identifier: Apache-2.0
//
// Arrows go down: a folder includes itself and lower layers only, and a foreign
// library's header appears in the few .c files that own it and in no .h.
import { isC, isHeader } from './sources.mjs';

export const layers = {
  base: 0,
  schemas: 1,
  certs: 2,
  routing: 3,
  'broker-adapters': 3,
  simulation: 4,
  console: 4,
  program: 5,
  bench: 5,
};

// A header that is no header of C or POSIX must have an owner here.
const owners = [
  [/^libxml\//, /^schemas\//],
  [/^openssl\//, /^(certs\/|base\/digest\.c$|broker-adapters\/amqp_connect\.c$)/],
  [/^sqlite3\.h$/, /^base\/sql_sqlite(_\w+)?\.c$/],
  [/^libpq-fe\.h$/, /^base\/sql_postgres(_\w+)?\.c$/],
  [/^(rabbitmq-c\/)?amqp.*\.h$/, /^broker-adapters\/amqp(_\w+)?\.c$/],
  [/^(microhttpd\.h|gnutls\/.*)$/, /^base\/http(_request|_file)?\.c$/],
  [/^curl\//, /^base\/http_client\.c$/],
  [/^cmocka\.h$/, /^tests\//],
];

const system = /^((sys|netinet|arpa|net|linux)\/\w+|[a-z0-9]+)\.h$/;
const notSystem = /^(sqlite3|cmocka|zlib|expat|microhttpd|uuid|libpq)/;

// tests/certs/x.c stands on the layers up to certs; bench on all of them.
function layerOf(path) {
  const [top, second] = path.split('/');
  if (top === 'tests' && second in layers) return second;
  return top in layers ? top : 'program';
}

function checkOwn(path, name) {
  const [folder] = name.split('/');
  if (!name.includes('/')) return `"${name}" does not name its layer`;
  if (name.includes('../')) return `"${name}" climbs out of its folder`;
  if (folder === 'tests') return path.startsWith('tests/') ? '' : 'uses tests';
  if (!(folder in layers)) return `"${name}" is in no layer`;
  const mine = layerOf(path);
  const down = folder === mine || layers[folder] < layers[mine];
  return down ? '' : `${mine} must not use ${folder} ("${name}")`;
}

function checkForeign(path, name) {
  const owner = owners.find(([header]) => header.test(name));
  if (owner) {
    if (path.startsWith('tests/')) return ''; // to compare us with the library
    if (isHeader(path)) return `<${name}> in a header`;
    return owner[1].test(path) ? '' : `<${name}> has another owner`;
  }
  if (!system.test(name) || notSystem.test(name)) {
    return `<${name}> has no owner in tests/house/layers.mjs`;
  }
  return '';
}

function checkInclude(path, open, name) {
  return open === '"' ? checkOwn(path, name) : checkForeign(path, name);
}

export function checkLayers(source) {
  if (!isC(source.path)) return [];
  return source.code.flatMap((line, place) => {
    const found = /^\s*#\s*include\s*(["<])([^">]+)/.exec(line);
    const text = found && checkInclude(source.path, found[1], found[2]);
    return text ? [{ line: place + 1, code: 'LAYER', text }] : [];
  });
}
