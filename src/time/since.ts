import { durationMs, durationPattern } from './duration.ts';

/** The accepted forms of a point in time, for error messages. */
export const SINCE_FORMATS =
  'give a duration before now (90m, 24h, 3d), yesterday, or an ISO time (2026-11-01)';

/**
 * Epoch ms of a duration before `now` (`yesterday` is 24 h) or of an ISO date or time (UTC when it has no zone); null for
 * anything else.
 */
export function parseSince(text: string, now: number): number | null {
  if (text.toLowerCase() === 'yesterday') return now - durationMs('24h');
  if (durationPattern.test(text)) return now - durationMs(text);
  const at = /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
