import { parseSince, SINCE_FORMATS } from '../time/since.ts';
import { UsageError } from './usage-error.ts';

/** What a time is on the command line, for the help of its option. */
export const TIME_FORMATS = 'a duration back from now (90m, 3d) or an ISO time';

/** Epoch ms UTC of what was given to an option that takes a time. Throws UsageError. */
export function parseTime(option: string, text: string, now: number): number {
  const at = parseSince(text, now);
  if (at === null) throw new UsageError(`${option} “${text}” is no time: ${SINCE_FORMATS}`);
  return at;
}
