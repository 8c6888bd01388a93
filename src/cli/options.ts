import { activities } from '../config/activities.ts';
import { readSince, readUntil, type TimeReading } from '../time/since.ts';
import { nearMiss } from '../workspace/names.ts';
import { UsageError } from './usage-error.ts';

/** Arguments and options that several commands share, with their help text. */
export const ENVIRONMENT = ['<environment>', 'its name in the config'] as const;
export const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;
export const FORCE_OPTION = ['--force', 'replace the file if it exists'] as const;

/** The accepted forms of a time, for the help text of an option. */
export const TIME_FORMATS =
  'a duration before now (90m, 3d), a time of today (09:10), or a date or time, in UTC';

/** Epoch ms UTC. Throws UsageError. */
export const parseTime = (option: string, text: string, now: number): number =>
  timeOf(option, text, readSince(text, now));

/** The end of a period, epoch ms UTC, which must be after its start. Throws UsageError. */
export function parseUntil(
  text: string,
  { since, now, sinceText }: { since: number | null; now: number; sinceText: string | null },
): number {
  const until = timeOf('--until', text, readUntil(text, now, sinceText));
  if (since === null || since < until) return until;
  const iso = (at: number) => new Date(at).toISOString();
  throw new UsageError(`--since (${iso(since)}) is not before --until (${iso(until)})`);
}

/** The time that was read, epoch ms UTC. Throws UsageError. */
export function timeOf(option: string, text: string, read: TimeReading): number {
  if ('at' in read) return read.at;
  throw new UsageError(`${option} “${text}” is not a time: ${read.problem}`);
}

/** The activity in SpotDraft's spelling. Throws UsageError. */
export function parseActivity(option: string, text: string): string {
  const found = activities.find((activity) => activity === text.toUpperCase());
  if (found) return found;
  const meant = nearMiss(activities, text);
  throw new UsageError(
    `${option} “${text}” is not an activity of SpotDraft; ${meant ? `did you mean ${meant}?` : '`envcheck config schema` lists them'}`,
  );
}
