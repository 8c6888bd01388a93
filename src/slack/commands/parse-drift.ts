import { nearMiss } from '../../workspace/names.ts';
import { type Mistake, missingEnvironment, mistake, type TimeProblem, unknownArgument } from './mistake.ts';

export interface DiffCommand {
  kind: 'diff';
  left: string;
  /** Null when the left one is compared with its earlier state. */
  right: string | null;
  /** As typed; null if and only if `right` is set. */
  since: string | null;
  isPrivate: boolean;
}

export interface PlanCommand {
  kind: 'plan';
  model: string;
  target: string;
  isPrivate: boolean;
}

export interface HistoryCommand {
  kind: 'history';
  environment: string;
  isPrivate: boolean;
}

/** Words that people put between two environments. */
const between = ['vs', 'vs.', 'versus', 'against', 'and', 'to', 'with', 'from', '→', '->', '&'];
const switches = ['--private', '--share'];
/** First characters of a snapshot's hash. */
const HASH = /^[0-9a-f]{6,64}$/i;

/** True when these words can only be a comparison even without a verb: "uat vs prod", "prod --since 3d". */
export function isComparison(words: readonly string[], environments: readonly string[]): boolean {
  const lower = words.map((word) => word.toLowerCase());
  if (lower.some((word) => /^(?:--)?since(?:=|$)/.test(word))) return true;
  const [left = '', joint = '', right = '', ...more] = lower.filter((word) => !word.startsWith('--'));
  return (
    more.length === 0 &&
    environments.includes(left) &&
    between.includes(joint) &&
    environments.includes(right)
  );
}

/** Parses the words without the verb. `timeProblem` tells why a text is no point in time; null when it is one. */
export function parseDiff(
  words: readonly string[],
  environments: readonly string[],
  timeProblem: TimeProblem,
): DiffCommand | Mistake {
  const read = parseWords(words, environments, {
    verb: 'diff',
    timeProblem: (text) => (HASH.test(text) ? null : timeProblem(text)),
  });
  if (read.kind === 'mistake') return read;
  const { named, since, isPrivate } = read;
  const [left, right] = named;
  if (left === undefined || named.length > 2 || (right === undefined && since === null))
    return mistake(
      'Compare what? Give two environments, or one environment and a time: diff prod --since 3d.',
      suggestedPair('diff', named, environments),
    );
  if (right === undefined) return { kind: 'diff', left, right: null, since, isPrivate };
  if (since !== null)
    return mistake(
      '--since works with one environment; two environments are compared as they are now.',
      `diff ${right} --since ${since.slice(0, 80)}`,
    );
  if (left === right)
    return mistake(
      `${left} is on both sides. To compare it with an earlier state: diff ${left} --since 3d.`,
      `diff ${left} --since 3d`,
    );
  return { kind: 'diff', left, right, since: null, isPrivate };
}

export function parsePlan(words: readonly string[], environments: readonly string[]): PlanCommand | Mistake {
  const read = parseWords(words, environments, { verb: 'plan', timeProblem: null });
  if (read.kind === 'mistake') return read;
  const { named, isPrivate } = read;
  const [model, target] = named;
  if (model === undefined || target === undefined || named.length > 2)
    return mistake(
      'A plan needs two environments: the model, then the target that should match it.',
      suggestedPair('plan', named, environments),
    );
  if (model === target)
    return mistake(
      `${model} is both model and target. Give two different environments.`,
      suggestedPair('plan', [model], environments),
    );
  return { kind: 'plan', model, target, isPrivate };
}

/** An only environment need not be named. */
export function parseHistory(
  words: readonly string[],
  environments: readonly string[],
): HistoryCommand | Mistake {
  const read = parseWords(words, environments, { verb: 'history', timeProblem: null });
  if (read.kind === 'mistake') return read;
  const [environment, ...more] = read.named.length > 0 || environments.length > 1 ? read.named : environments;
  if (environment === undefined || more.length > 0)
    return missingEnvironment(environments, `history ${environment ?? environments[0]}`);
  return { kind: 'history', environment, isPrivate: read.isPrivate };
}

interface ParsedWords {
  kind: 'read';
  named: string[];
  since: string | null;
  isPrivate: boolean;
}

/** `timeProblem` is null for a verb that takes no time. */
function parseWords(
  words: readonly string[],
  environments: readonly string[],
  { verb, timeProblem }: { verb: string; timeProblem: TimeProblem | null },
): ParsedWords | Mistake {
  const read: ParsedWords = { kind: 'read', named: [], since: null, isPrivate: false };
  const typed = [verb, ...words];
  const flags = timeProblem ? [...switches, '--since'] : switches;
  for (let index = 0; index < words.length; index += 1) {
    const given = words[index] ?? '';
    const [name = '', inline] = given.split('=');
    const word = name.toLowerCase();
    if (switches.includes(word)) read.isPrivate = word === '--private';
    else if (timeProblem && (word === '--since' || word === 'since')) {
      if (inline === undefined) index += 1;
      const value = inline ?? words[index];
      if (value === undefined || value === '' || value.startsWith('--'))
        return mistake(`--since needs a value: ${TIME_FORMS}.`);
      const problem = timeProblem(value);
      if (problem !== null) return wrongTime(value, problem, typed);
      read.since = value;
    } else if (environments.includes(word)) read.named.push(word);
    else if (timeProblem?.(given) === null) read.since = given;
    else if (timeProblem && LIKE_A_DATE.test(given)) return wrongTime(given, timeProblem(given) ?? '', typed);
    else if (!between.includes(word)) return unknownArgument(name, [...environments, ...flags], typed);
  }
  return read;
}

const TIME_FORMS =
  'a duration before now (90m, 3d), yesterday, a date or time in UTC (2026-11-01, 2026-11-01T09:00), or the first characters of a snapshot';

const LIKE_A_DATE = /^\d{4}-\d/;

const wrongTime = (value: string, problem: string, typed: readonly string[]): Mistake =>
  mistake(
    LIKE_A_DATE.test(value)
      ? `--since “${value.slice(0, 60)}” is not a time: ${problem}.`
      : `--since “${value.slice(0, 60)}” is neither a time nor a snapshot. Give ${TIME_FORMS}.`,
    nearMiss(['yesterday'], value) ? typed.map((word) => word.replace(value, 'yesterday')).join(' ') : null,
  );

/** The pair that was probably meant: two named ones in their order, or the named one as the target of another. */
function suggestedPair(
  verb: string,
  named: readonly string[],
  environments: readonly string[],
): string | null {
  const pair = [...new Set([...named, ...environments])].slice(0, 2);
  // A single name is probably the environment in doubt, so it goes to the right, as the target.
  const [left, right] = named.length === 1 ? pair.toReversed() : pair;
  return left && right ? `${verb} ${left} ${right}` : null;
}
