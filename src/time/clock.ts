/** The only source of time. Code that needs the current time takes a Clock, so that a test can set it. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
