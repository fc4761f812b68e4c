// SPDX-License-Identifier: Apache-2.0
//
// The bureau's letters by each way in turn, round by round; the clock runs
// from the first letter given until the police's folder holds the last one.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { openClient } from '../tests/support/amqp_client.mjs';
import { ways } from '../tests/connectors/ways.mjs';
import { names, openLandscape } from '../tests/support/landscape.mjs';
import { draft, openSigner, toJson } from '../tests/support/letters.mjs';
import { until } from '../tests/support/until.mjs';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
});
const letters = Number(values.letters);
const rounds = Number(values.rounds);
const filesPerLetter = 2; // JSON and its signature
const rival = 'AMQP, no adapter';

let series = 0;
const make = (count) => {
  series += 1;
  return Array.from({ length: count }, (_, i) =>
    draft('criminal-case-transfer', `BENCH-${series}-${i}`));
};

async function openRival(exchange, bureau) {
  const client = await openClient(exchange.port(), bureau);
  const signer = openSigner(bureau);
  return {
    prepare: (all) => all.map((letter) => signer.sign(letter)),
    giveAll: (all) => Promise.all(all.map((letter) => client.publish(letter))),
    close: () => client.close(),
  };
}

/** Ways that take one letter after the other get them so. */
async function openWay(means, exchange, bureau) {
  const way = await ways[means](exchange, bureau);
  const one = ({ header }, text) => way.give(header.id, text);
  return {
    prepare: (all) => all.map((letter) => [letter, toJson(letter)]),
    giveAll: async (all) => (way.giveAll
      ? way.giveAll(all.map(([letter, text]) => [letter.header.id, text]))
      : all.forEach((pair) => one(...pair))),
    close: () => way.close(),
  };
}

/** Letters per second until the police's folder has grown by all of them. */
async function measure(way, police, count) {
  const prepared = way.prepare(make(count));
  const before = police.files('in').length;
  const begun = performance.now();
  await way.giveAll(prepared);
  await until(`${count} letters are there`, () =>
    police.files('in').length >= before + count * filesPerLetter, { every: 5, seconds: 600 });
  return count / ((performance.now() - begun) / 1000);
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const shown = (rate) => rate.toFixed(rate < 10 ? 1 : 0).padStart(6);

const exchange = openLandscape();
try {
  const bureau = exchange.agency(names.ecology);
  const police = exchange.agency(names.police);
  const rates = new Map([rival, ...Object.keys(ways)].map((means) => [means, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [means, found] of rates) {
      const way = await (means === rival
        ? openRival(exchange, bureau) : openWay(means, exchange, bureau));
      // A program start per letter: fewer of them say as much.
      const count = means === 'the command line' ? Math.ceil(letters / 10) : letters;
      found.push(await measure(way, police, count));
      await way.close();
    }
  }
  console.log(`machine: ${cpus().length} cores, ${cpus()[0].model}`);
  console.log(`letters per second, system to folder, ${rounds} rounds of ${letters}; ratio to ${rival}\n`);
  console.log(`${''.padEnd(26)}  per s    least ... most     ratio`);
  for (const [means, found] of rates) {
    const ratio = median(found.map((rate, i) => rate / rates.get(rival)[i]));
    console.log(`${means.padEnd(26)} ${shown(median(found))}   ${shown(Math.min(...found))} ... ${
      shown(Math.max(...found))}   ${ratio.toFixed(2)}`);
  }
} finally {
  exchange.close();
}
