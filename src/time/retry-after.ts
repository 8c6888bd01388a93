import { MINUTE_MS } from './units.ts';

/** Longest wait that a server can ask for, ms. Node's timers end at once from 2^31 ms on. */
const LONGEST_MS = 5 * MINUTE_MS;

/** A date as HTTP writes it now, which always is in GMT. */
const HTTP_DATE = /^[A-Z][a-z]{2}, .* GMT$/;

/** The wait that `Retry-After` asks for in seconds or as a date, whole ms from 0 to five minutes; null when it cannot be read. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  const isSeconds = /^\d+(?:\.\d+)?$/.test(text);
  const ms = isSeconds ? Number(text) * 1_000 : HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS);
}
