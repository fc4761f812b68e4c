// SPDX-License-Identifier: Apache-2.0
//
// Kills the parts of a landscape with SIGKILL at moments that a seed chooses,
// and starts them again: at which share of the work, whom, and after how many
// milliseconds.
import { setTimeout as pause } from 'node:timers/promises';

import { names } from './landscape.mjs';

const { ecology, police, procuratorate, credit, bank } = names;
const victims = [
  'router', 'router', 'router', ecology, ecology, police, police, procuratorate, credit, bank,
];

function makePlan(random, kills, brokerKills) {
  const plan = [];
  for (let i = 0; i < kills; i++) plan.push({ victim: random.pick(victims) });
  for (let i = 0; i < brokerKills; i++) plan.push({ victim: 'broker' });
  for (const kill of plan) {
    kill.at = random.below(950) / 1000;
    kill.after = random.below(100);
  }
  return plan.sort((a, b) => a.at - b.at);
}

export function openKiller(exchange, { random, kills, brokerKills, progress }) {
  const plan = makePlan(random, kills, brokerKills);
  const done = {};
  let ended = false;

  async function kill(victim) {
    done[victim] = (done[victim] ?? 0) + 1;
    if (victim === 'broker') {
      await exchange.killBroker();
      await exchange.startBroker();
      return;
    }
    await exchange.end(victim, 'SIGKILL');
    exchange.start(victim);
  }
  async function run() {
    for (const { victim, at, after } of plan) {
      while (progress() < at && !ended) await pause(5);
      if (ended) return;
      await pause(after); // so that a kill is not bound to what was just counted
      await kill(victim);
    }
  }
  const running = run();
  running.catch(() => {}); // finish tells it
  return {
    /** Rejects when something that was killed did not start again. */
    failure: new Promise((resolve, reject) => { running.catch(reject); }),
    /** How often each was killed, once the plan is done. */
    async finish() {
      await running;
      return done;
    },
    async stop() {
      ended = true;
      await running.catch(() => {});
    },
  };
}
