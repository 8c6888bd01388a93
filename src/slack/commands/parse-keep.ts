import { durationMs, durationPattern } from '../../time/duration.ts';
import { type Mistake, mistake, unknownArgument } from './mistake.ts';

export type KeepCommand =
  /** Without an id: lists what is kept. */
  | { kind: 'keep'; request: null }
  | {
      kind: 'keep';
      request: {
        /** Anything that was pasted. */
        id: string;
        /** null for any environment. */
        environment: string | null;
        keepMs: number;
        reason: string;
      };
    };

const EXAMPLE = 'keep T-720363 90d incident 7';
/** Characters of an id that a suggestion repeats. */
const MAX_SUGGESTED = 200;
const UNITS: Record<string, [times: number, unit: string]> = {
  minute: [1, 'm'],
  min: [1, 'm'],
  hour: [1, 'h'],
  hr: [1, 'h'],
  day: [1, 'd'],
  week: [7, 'd'],
  w: [7, 'd'],
};
/** `90 days`, `90-day` and `2w`, as people write `90d` and `14d`. */
const SPELLED = /^(\d{1,4})[- ]?(minute|min|hour|hr|day|week|w)s?$/;
/** Months and years differ in length. */
const UNCLEAR = /^\d{1,4}[- ]?(?:mo|month|y|yr|year)s?$/;

/** `keep <id> <duration> <reason>`: the first word after the id that is a duration ends it. */
export function parseKeep(words: readonly string[], environments: readonly string[]): KeepCommand | Mistake {
  const rest = words.filter((word) => !['--private', '--share'].includes(word.toLowerCase()));
  const isEnvironment = (word: string | undefined) => environments.includes(word?.toLowerCase() ?? '');
  const named = isEnvironment(rest[0]) ? (rest.shift() ?? '') : null;
  if (rest.length === 0) return { kind: 'keep', request: null };
  const found = durationIn(rest);
  const idWords = rest.slice(0, found?.at ?? rest.length);
  const before =
    named ?? (idWords.length > 1 && isEnvironment(idWords.at(-1)) ? idWords.pop() : null) ?? null;
  const last = idWords.at(-1) ?? '';
  // Behind an id a word is the environment.
  if (
    before === null &&
    !/\d/.test(last) &&
    idWords.slice(0, -1).some((word) => /\d/.test(word)) &&
    found !== null
  )
    return unknownArgument(last, environments, ['keep', ...rest]);
  const id = idWords.join(' ');
  const shown = id.slice(0, MAX_SUGGESTED);
  if (found === null) {
    // Words after the first one with a digit are the reason.
    const end = idWords.findIndex((word) => /\d/.test(word)) + 1 || idWords.length;
    const likely = [...idWords.slice(0, end), '90d', ...idWords.slice(end)].join(' ').slice(0, MAX_SUGGESTED);
    return mistake(
      'Keep it how long? Write 90d or 72h after the id, then the reason.',
      end === idWords.length ? `keep ${likely} <reason>` : `keep ${likely}`,
    );
  }
  if (found.text === null)
    return mistake('Write how long as 30m, 72h, 2w or 90d, at least a minute.', EXAMPLE);
  const reason = rest
    .slice(found.at + found.words)
    .join(' ')
    .replace(/^--reason(?:=|\s+|$)/i, '');
  if (reason === '')
    return mistake(
      'Keep it for what reason? Name the incident at the end.',
      `keep ${shown} ${found.text} incident 7`,
    );
  const environment = before?.toLowerCase() ?? null;
  return { kind: 'keep', request: { id, environment, keepMs: durationMs(found.text), reason } };
}

/** The first duration after the first word. `text`: as `durationMs` takes it; null for one of zero or of unclear length. */
function durationIn(words: readonly string[]): { at: number; words: number; text: string | null } | null {
  for (let at = 1; at < words.length; at += 1)
    for (const count of [1, 2]) {
      const typed = words
        .slice(at, at + count)
        .join(' ')
        .toLowerCase();
      const spelled = SPELLED.exec(typed);
      const [times, unit] = UNITS[spelled?.[2] ?? ''] ?? [1, ''];
      const text = spelled ? `${times * Number(spelled[1])}${unit}` : typed;
      if (durationPattern.test(text)) return { at, words: count, text };
      if (spelled || UNCLEAR.test(typed) || /^0+[mhd]$/.test(text)) return { at, words: count, text: null };
    }
  return null;
}
