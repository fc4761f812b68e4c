// SPDX-License-Identifier: Apache-2.0
//
// What is carried between an agency without a network and the centre: a
// folder that stands for a USB stick, and the courier commands over it.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { mustYisong, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

/** The agency's adapter from now on: with the line, or with none. */
export async function setLine(exchange, id, port) {
  const { settings } = exchange.agency(id);
  const before = exchange.log(id).length;
  await exchange.end(id, 'SIGTERM');
  writeFileSync(settings,
    readFileSync(settings, 'utf8').replace(/^broker_port = .*$/m, `broker_port = ${port}`));
  exchange.start(id);
  await until(`${id} is ready`, () => / ready: /.test(exchange.log(id).slice(before)));
}

export const NOWHERE = 1; // a port on which nobody listens

export const packagesIn = (folder) =>
  readdirSync(folder).filter((name) => name.endsWith('.p7m')).sort()
    .map((name) => join(folder, name));

/** One side of the way, an agency or the centre, and what it gives out. */
export function openSide(settings, stick) {
  mkdirSync(stick, { recursive: true });
  const words = ['-c', settings];
  const must = (command, ...more) =>
    JSON.parse(mustYisong('courier', command, ...words, '--json', ...more));
  return {
    stick,
    run: (command, ...more) => runYisong(['courier', command, ...words, ...more]),
    say: (language, command, ...more) =>
      runYisong(['courier', command, ...words, ...more], language).out,
    pack: (...more) => must('pack', '--out', stick, ...more),
    unpack: (...packages) => must('unpack', ...packages),
    list: () => must('list'),
  };
}
