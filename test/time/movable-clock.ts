import type { Clock } from '../../src/time/clock.ts';

export interface MovableClock extends Clock {
  move(ms: number): void;
  /** Epoch ms UTC. */
  set(at: number): void;
}

/** A clock that stands still until it is moved. */
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

/** A clock that runs, for code that waits by it, and can be moved forward. */
export function runningClock(): Pick<MovableClock, 'now' | 'move'> {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    move: (ms) => {
      offset += ms;
    },
  };
}
