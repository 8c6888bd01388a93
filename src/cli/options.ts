import { activities } from '../config/activities.ts';
import { parseSince, SINCE_FORMATS } from '../time/since.ts';
import { nearMiss } from '../workspace/names.ts';
import { UsageError } from './usage-error.ts';

/** Arguments and options that several commands share, with their help text. */
export const ENVIRONMENT = ['<environment>', 'its name in the config'] as const;
export const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;
export const FORCE_OPTION = ['--force', 'replace the file if it exists'] as const;

/** The accepted forms of a time, for the help text of an option. */
export const TIME_FORMATS = 'a duration before now (90m, 3d) or an ISO time';

/** Epoch ms UTC. Throws UsageError. */
export function parseTime(option: string, text: string, now: number): number {
  const at = parseSince(text, now);
  if (at === null) throw new UsageError(`${option} “${text}” is not a time: ${SINCE_FORMATS}`);
  return at;
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
