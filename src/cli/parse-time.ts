import { durationMs, durationPattern } from '../config/duration.ts';
import { UsageError } from './usage-error.ts';

/** What a time is on the command line, for the help of its option. */
export const TIME_FORMS = 'a duration back from now (90m, 3d) or an ISO time';

/** Epoch ms UTC of a duration back from `now` or of an ISO time. Throws UsageError. */
export function parseTime(option: string, text: string, now: number): number {
  if (durationPattern.test(text)) return now - durationMs(text);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new UsageError(
    `${option} “${text}” is no time: give a duration (90m, 24h, 3d) or an ISO time (2026-11-01)`,
  );
}
