/** Clocks of machines differ. A time that leads the clock by more than this was stored while a clock was wrong, ms. */
export const MAX_CLOCK_LEAD_MS = 60_000;

/**
 * True when `at` is less than `limitMs` before `now`. A time more than a minute (or `limitMs`, if that is less) after `now` is not
 * young: its age is not known, because a clock was or is wrong. Times are epoch ms.
 */
export const isYoung = (at: number, now: number, limitMs: number): boolean =>
  now - at < limitMs && at - now < Math.min(MAX_CLOCK_LEAD_MS, limitMs);
