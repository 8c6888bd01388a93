import { DAY_MS } from './units.ts';

/** The number in "Day 12": the first 24 hours are day 1. Times are epoch ms. */
export const dayNumber = (since: number, at: number): number =>
  Math.max(0, Math.floor((at - since) / DAY_MS)) + 1;

/** The date in a time zone, as `2026-11-24`. `at` is epoch ms. */
export const localDate = (at: number, timezone: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);

/** Number of days between two dates (`2026-11-24`). */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
