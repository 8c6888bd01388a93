import { parseSince, SINCE_FORMS } from '../eventlog/since.ts';
import { UsageError } from './usage-error.ts';

/** Epoch ms of what was given to an option that takes a time. Throws UsageError. */
export function parseTime(option: string, text: string, now: number): number {
  const at = parseSince(text, now);
  if (at === null) throw new UsageError(`${option} “${text}” is no time: ${SINCE_FORMS}`);
  return at;
}
