// SPDX-License-Identifier: Apache-2.0
//
// The long form of tests/system/never_lost.test.mjs: the same offices, the
// same killer, the same reckoning. Exit 0 if nothing is wrong.
import { parseArgs } from 'node:util';

import { openKiller } from '../tests/support/killer.mjs';
import { openLandscape } from '../tests/support/landscape.mjs';
import { openOffices } from '../tests/support/offices.mjs';
import { chooseSeed, openRandom } from '../tests/support/random.mjs';
import { becomesQuiet, reckon } from '../tests/support/reckoning.mjs';

const lettersPerCase = 4.8;
const { values } = parseArgs({
  options: { letters: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const wanted = Number(values.letters);
const cases = Math.ceil(wanted / lettersPerCase);
const kills = Math.ceil(cases / 8);
const brokerKills = Math.ceil(cases / 120);
const seed = Number(values.seed ?? chooseSeed());
const hours = 3_600_000;

/** On a terminal one line that changes; elsewhere a line per tenth. */
function openTeller() {
  let last = -1;
  return (text, share) => {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text}\u001b[K`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth > last) console.error(text);
    last = Math.max(last, tenth);
  };
}

async function run(exchange, begun) {
  const offices = openOffices(exchange, { cases, window: 60, random: openRandom(seed) });
  const killer = openKiller(exchange, {
    random: openRandom(seed + 1), kills, brokerKills, progress: offices.progress,
  });
  const tell = openTeller();
  try {
    const work = offices.work({
      deadline: begun + 2 * hours,
      tell: (text) => tell(text, offices.progress()),
    });
    await Promise.race([work, killer.failure]);
    const killed = await killer.finish();
    if (process.stderr.isTTY) process.stderr.write('\n');
    await becomesQuiet(exchange, offices, 600);
    await offices.close();
    return { killed, letters: offices.letters.size, complaints: reckon(exchange, offices) };
  } finally {
    await killer.stop();
    await offices.close();
  }
}

console.log(`seed ${seed}: ${cases} cases, about ${wanted} letters, `
  + `${kills} kills of router and adapters, ${brokerKills} of RabbitMQ`);
const begun = Date.now();
const exchange = openLandscape();
try {
  const { killed, letters, complaints } = await run(exchange, begun);
  const who = Object.entries(killed).map(([name, count]) => `${name} ${count}`).sort();
  console.log(`${letters} letters in ${Math.round((Date.now() - begun) / 1000)} s; killed: ${who.join(', ')}`);
  for (const complaint of complaints) console.log(complaint);
  console.log(complaints.length
    ? `${complaints.length} complaints`
    : 'every letter accepted exactly once or refused, delivered once and in order; the log verifies');
  process.exitCode = complaints.length ? 1 : 0;
} finally {
  exchange.close();
}
