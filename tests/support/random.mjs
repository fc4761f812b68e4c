// SPDX-License-Identifier: Apache-2.0
//
// Chance that can be repeated: the same seed gives the same numbers.

/** YISONG_SEED, or a new one. */
export const chooseSeed = () =>
  Number(process.env.YISONG_SEED ?? Math.floor(Math.random() * 2 ** 32));

export function openRandom(seed) {
  let state = seed >>> 0;
  /** mulberry32: a number from 0 to below 1. */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
