// SPDX-License-Identifier: Apache-2.0
//
// A checker that cannot find anything passes every file: each is shown text
// that it must refuse, and text that it must leave alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkCommands, checkReadmes, checkTop } from './folders.mjs';
import { checkLayers } from './layers.mjs';
import { checkSizes, depthOf, findFunctions, most } from './sizes.mjs';
import { makeSource } from './sources.mjs';
import { checkLicence, checkWords } from './words.mjs';

const layerFaults = (path, line) => checkLayers(makeSource(path, line)).length;
const wordFaults = (path, line) => checkWords(makeSource(path, line)).length;

test('an include may go down and stay, not up, across or out', () => {
  assert.equal(layerFaults('certs/a.c', '#include "base/buf.h"'), 0);
  assert.equal(layerFaults('certs/a.c', '#include "certs/key.h"'), 0);
  assert.equal(layerFaults('tests/certs/a.c', '#include "base/buf.h"'), 0);
  assert.equal(layerFaults('program/a.c', '#include "routing/router.h"'), 0);
  assert.equal(layerFaults('base/a.c', '#include "certs/key.h"'), 1);
  assert.equal(layerFaults('routing/a.c', '#include "broker-adapters/amqp.h"'), 1);
  assert.equal(layerFaults('tests/base/a.c', '#include "certs/key.h"'), 1);
  assert.equal(layerFaults('certs/a.c', '#include "../base/buf.h"'), 1);
  assert.equal(layerFaults('certs/a.c', '#include "key.h"'), 1);
});

test('a foreign header stays in the file that owns it', () => {
  assert.equal(layerFaults('base/sql_sqlite.c', '#include <sqlite3.h>'), 0);
  assert.equal(layerFaults('base/io.c', '#include <sqlite3.h>'), 1);
  assert.equal(layerFaults('schemas/xml.c', '#include <libxml/tree.h>'), 0);
  assert.equal(layerFaults('schemas/xml.h', '#include <libxml/tree.h>'), 1);
  assert.equal(layerFaults('routing/x.c', '#include <openssl/evp.h>'), 1);
  assert.equal(layerFaults('base/x.c', '#include <newthing/api.h>'), 1);
  assert.equal(layerFaults('base/x.c', '#include <sys/stat.h>'), 0);
  assert.equal(layerFaults('tests/base/x.h', '#include <cmocka.h>'), 0);
});

test('banned words are found in code and not in comments or strings', () => {
  assert.equal(wordFaults('base/a.c', '    strcpy(a, b);'), 1);
  assert.equal(wordFaults('base/a.c', '    n = atoi (text);'), 1);
  assert.equal(wordFaults('base/a.c', '    go' + 'to end;'), 1);
  assert.equal(wordFaults('tests/base/a.c', '    sleep(1);'), 1);
  assert.equal(wordFaults('base/a.c', '    system("true");'), 1);
  assert.equal(wordFaults('tests/base/a.c', '    system("true");'), 0);
  assert.equal(wordFaults('tests/base/a.c', '    go' + 'to end;'), 1);
  assert.equal(wordFaults('base/a.c', 'typedef struct x x;'), 1);
  assert.equal(wordFaults('base/a.c', '    /* not strcpy(a, b) */'), 0);
  assert.equal(wordFaults('base/a.c', '    say("strcpy(a, b)");'), 0);
  assert.equal(wordFaults('base/a.c', '    snprintf(a, 4, "x");'), 0);
  assert.equal(wordFaults('base/a.c', '    ecosystem(a);'), 0);
});

test('paths of one machine and notes to oneself are found everywhere', () => {
  assert.equal(wordFaults('a.md', `see ${'/ro'}ot/x`), 1);
  assert.equal(wordFaults('a.sh', `cd ${'/ho'}me/someone/x`), 1);
  assert.equal(wordFaults('a.md', `${'TO'}${'DO'}: later`), 1);
  assert.equal(wordFaults('a.md', 'mktemp -d /tmp/demo.XXXXXX'), 0);
});

const body = (lines) => `static int f(void)\n{\n${lines.join('\n')}\n}\n`;

test('a long file, a long function and a deep one are found', () => {
  const faults = (text) => checkSizes(makeSource('base/a.c', text)).length;
  const full = Array(most.function - 2).fill('    x();');
  assert.equal(faults(body(full)), 0);
  assert.equal(faults(body([...full, '    x();'])), 1);
  assert.equal(faults('\n'.repeat(most.file)), 0);
  assert.equal(faults('\n'.repeat(most.file + 1)), 1);
  const nest = (deep) =>
    body([...Array(deep).fill('if (x) {'), ...Array(deep).fill('    }')]);
  assert.equal(faults(nest(most.depth)), 0);
  assert.equal(faults(nest(most.depth + 1)), 1);
});

test('a function is named, and initialisers are no blocks', () => {
  const text = 'enum reason made_up(int a,\n        int b)\n{\n}\n';
  assert.deepEqual(findFunctions(text.split('\n')), [
    { name: 'made_up', begin: 2, end: 3 },
  ]);
  assert.equal(depthOf(['struct a a = {', '.b = {{1}, {2}},', '};']), 0);
  assert.equal(depthOf(['if (a) {', 'struct a a = {0};', '}']), 1);
});

test('a .c without its licence line is found', () => {
  const good = '/*\n * SPDX-License-Identifier: Apache-2.0\n */\n';
  assert.equal(checkLicence(makeSource('base/a.c', good)).length, 0);
  assert.equal(checkLicence(makeSource('base/a.c', 'int a;\n')).length, 1);
});

test('a folder without README and too many entries at the top are found', () => {
  assert.equal(checkReadmes(['a/b.c', 'a/README.md', '.ci/run']).length, 0);
  assert.equal(checkReadmes(['a/b.c', 'c/d/README.md']).length, 2);
  assert.equal(checkTop(Array.from({ length: 31 }, (_, i) => `f${i}`)).length, 1);
});

test('a command that is not in the table or has no help is found', () => {
  const whole = ['.name', '.chinese', '.english', '.example', '.run'];
  const command = (members) =>
    `const struct command command_x = {\n${members
      .map((member) => `    ${member} = 0,`)
      .join('\n')}\n};\n`;
  const faults = (table, members) =>
    checkCommands(['program/command_x.c'], (path) =>
      path === 'program/commands.def' ? table : command(members),
    ).length;
  assert.equal(faults('COMMAND(x)', whole), 0);
  assert.equal(faults('', whole), 1);
  assert.equal(faults('COMMAND(x)', whole.slice(1)), 1);
});
