/** Clocks of machines differ. A time that leads the clock by more than this was stored while a clock was wrong, ms. */
export const MAX_CLOCK_LEAD_MS = 60_000;

/**
 * The rule for stored times: one that lies ahead of now was written by a wrong clock, so it is not known. It is neither young, nor
 * newest, nor done, and no wait goes by it. Times are epoch ms.
 */
export const isAhead = (at: number, now: number): boolean => at > latestKnown(now);

/** The latest time that is not ahead of `now`, epoch ms. */
export const latestKnown = (now: number): number => now + MAX_CLOCK_LEAD_MS;

/** `at`, or null when it is ahead of `now` and so not known. Times are epoch ms. */
export const knownTime = (at: number | null | undefined, now: number): number | null =>
  at == null || isAhead(at, now) ? null : at;

/** How a row is marked whose time is ahead. */
export const AHEAD_TEXT = 'dated ahead of now by a clock that was wrong';

/** True when `at` is less than `limitMs` before `now`, and neither a minute nor `limitMs` after it. Times are epoch ms. */
export const isYoung = (at: number, now: number, limitMs: number): boolean =>
  now - at < limitMs && at - now < Math.min(MAX_CLOCK_LEAD_MS, limitMs);

/** True when a wait that ends at `until` is over, or ends later than `longestMs` after `now`: then it was stored by a clock that was ahead. */
export const isOver = (until: number, now: number, longestMs: number): boolean =>
  until <= now || isAhead(until, now + longestMs);
