// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a state, never for a time: asks again and again until the answer
// is not false, and gives it; after the deadline it says what never came.
import { setTimeout as pause } from 'node:timers/promises';

export async function until(what, question, { seconds = Number(process.env.YISONG_PATIENCE ?? 120), every = 50 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(every);
  }
}
