// SPDX-License-Identifier: Apache-2.0
//
// Files on their way while everything that carries them is killed with SIGKILL
// again and again: all of them arrive, byte for byte, and none starts again
// from the beginning.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { names, openLandscape } from '../support/landscape.mjs';
import { openRandom } from '../support/random.mjs';
import { until } from '../support/until.mjs';
import { digest, listed, noise, received, sendWith } from './files.mjs';

const { ecology, police, procuratorate } = names;
const MB = 1 << 20;
const receivers = [police, procuratorate];
const victims = ['evidence-store', ecology, police, 'evidence-store', procuratorate, 'router'];

let exchange;
before(async () => {
  exchange = openLandscape();
  // A thin line, so that there is something to cut.
  appendFileSync(exchange.agency(ecology).settings, 'evidence_kbps = 3000\n');
  await exchange.end(ecology, 'SIGTERM');
  exchange.start(ecology);
});
after(() => exchange?.close());

/** Bytes that lie durably at their receivers, by receiver and digest. */
function progress() {
  const rows = receivers.flatMap((agency) =>
    listed(exchange, agency).map((row) => ({ ...row, agency })));
  return new Map(rows.map((row) => [`${row.agency} ${row.sha256}`,
    row.state === 'whole' || row.state === 'here' ? Infinity : row.have]));
}

test('kill -9 of everything, and a broker that loses what is on its way', async () => {
  const random = openRandom(20261122);
  const letters = Object.fromEntries(Array.from({ length: 3 }, (_, letter) => [
    `storm.${letter}`,
    Object.fromEntries(Array.from({ length: 8 }, (__, file) => [
      `${file}.bin`, noise(MB + random.below(4 * MB), `${letter} ${file}`)])),
  ]));
  for (const [caseId, files] of Object.entries(letters)) sendWith(exchange, ecology, caseId, files);

  let earlier = new Map();
  const look = () => {
    const now = progress();
    for (const [file, have] of earlier) {
      assert.ok(now.get(file) >= have, `${file} fell from ${have} to ${now.get(file)}`);
    }
    earlier = now;
    return now;
  };
  for (let kill = 1; kill <= 45; kill++) {
    await pause(random.below(120));
    if (kill % 20 === 0) {
      await exchange.killBroker();
      await exchange.startBroker();
    } else {
      const victim = random.pick(victims);
      await exchange.end(victim, 'SIGKILL');
      exchange.start(victim);
    }
    const now = [...look().values()];
    if (now.length === 48 && now.every((have) => have === Infinity)) {
      assert.ok(kill > 25, `it was over after ${kill} kills`);
      break;
    }
  }
  await until('everything has come', () => {
    const now = [...look().values()];
    return now.length === 48 && now.every((have) => have === Infinity);
  });
  for (const [caseId, files] of Object.entries(letters)) {
    for (const agency of receivers) {
      const got = await received(exchange, agency, caseId);
      assert.deepEqual(Object.keys(got).sort(), Object.keys(files).sort());
      for (const name of Object.keys(files)) assert.equal(digest(got[name]), digest(files[name]));
    }
  }
});
