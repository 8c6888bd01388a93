/** The one source of time. Everything that needs "now" takes a Clock, so that a test can move it. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
