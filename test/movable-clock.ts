import type { Clock } from '../src/clock.ts';

export interface MovableClock extends Clock {
  move(ms: number): void;
  /** Epoch ms UTC. */
  set(at: number): void;
}

/** Stands still until it is moved. */
export function movableClock(at = Date.now()): MovableClock {
  let now = at;
  return {
    now: () => now,
    move: (ms) => {
      now += ms;
    },
    set: (to) => {
      now = to;
    },
  };
}
