import { type Mistake, missingEnvironment, mistake, type TimeProblem, unknownArgument } from './mistake.ts';
import {
  type DiffCommand,
  type HistoryCommand,
  isComparison,
  type PlanCommand,
  parseDiff,
  parseHistory,
  parsePlan,
} from './parse-drift.ts';
import { type EventsCommand, parseEvents } from './parse-events.ts';
import { type FailuresCommand, parseFailures } from './parse-failures.ts';
import { type FindCommand, parseFind } from './parse-find.ts';
import { type KeepCommand, parseKeep } from './parse-keep.ts';
import { parseSubscribe, type SubscribeCommand, type UnsubscribeCommand } from './parse-subscribe.ts';

export type Command =
  | { kind: 'overview' }
  | { kind: 'help' }
  | { kind: 'report'; environment: string; isPrivate: boolean }
  | { kind: 'webhooks'; environment: string }
  | { kind: 'subscriptions' }
  | { kind: 'self' }
  | SubscribeCommand
  | UnsubscribeCommand
  | { kind: 'checklist'; environment: string; isPrivate: boolean }
  | FindCommand
  | EventsCommand
  | FailuresCommand
  | DiffCommand
  | PlanCommand
  | HistoryCommand
  | KeepCommand
  | { kind: 'waivers'; environment: string | null }
  | Mistake;

type Verb =
  | 'help'
  | 'check'
  | 'find'
  | 'events'
  | 'webhooks'
  | 'subscribe'
  | 'unsubscribe'
  | 'subscriptions'
  | 'self'
  | 'diff'
  | 'plan'
  | 'history'
  | 'waivers'
  | 'checklist'
  | 'failures'
  | 'keep';
/** Each word that is a verb, and the verb that it means. */
export const verbs: Record<string, Verb> = {
  help: 'help',
  '?': 'help',
  check: 'check',
  status: 'check',
  find: 'find',
  lookup: 'find',
  trace: 'find',
  events: 'events',
  webhooks: 'webhooks',
  webhook: 'webhooks',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  subscriptions: 'subscriptions',
  subscribed: 'subscriptions',
  self: 'self',
  diff: 'diff',
  drift: 'diff',
  compare: 'diff',
  plan: 'plan',
  history: 'history',
  changes: 'history',
  waivers: 'waivers',
  waiver: 'waivers',
  accepted: 'waivers',
  checklist: 'checklist',
  sign: 'checklist',
  failures: 'failures',
  failure: 'failures',
  errors: 'failures',
  error: 'failures',
  keep: 'keep',
  hold: 'keep',
};
const flags = ['--private', '--share'];

export interface ParseOptions {
  environments: readonly string[];
  timeProblem: TimeProblem;
}

/** Parses what was typed after `/envcheck`. An environment may come before or after the verb; case does not matter. */
export function parseCommand(typed: string, { environments, timeProblem }: ParseOptions): Command {
  // macOS replaces a typed "--" with a dash.
  const words = typed
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/^[–—]/, '--'));
  const at = verbAt(words, environments);
  const others = words.filter((_, index) => index !== at);
  switch (verbOf(words[at] ?? '')) {
    case 'find':
      return parseFind(others, environments);
    case 'events':
      return parseEvents(others, environments, timeProblem);
    case 'failures':
      return parseFailures(others, environments);
    case 'keep':
      return parseKeep(others, environments);
    case 'subscribe':
      return parseSubscribe('subscribe', others, environments);
    case 'unsubscribe':
      return parseSubscribe('unsubscribe', others, environments);
    case 'subscriptions':
    case 'self':
      return parseAlone(words, at);
    case 'diff':
      return parseDiff(others, environments, timeProblem);
    case 'plan':
      return parsePlan(others, environments);
    case 'history':
      return parseHistory(others, environments);
    default:
      return isComparison(words, environments)
        ? parseDiff(words, environments, timeProblem)
        : parseCheck(words, environments);
  }
}

const verbOf = (word: string): (typeof verbs)[string] | null =>
  Object.hasOwn(verbs, word.toLowerCase()) ? (verbs[word.toLowerCase()] ?? null) : null;

/** Index of the first word that is neither an environment nor a flag, if it is a verb, else -1; any words may follow it. */
function verbAt(words: readonly string[], environments: readonly string[]): number {
  const first = words.findIndex(
    (word) => !word.startsWith('--') && !environments.includes(word.toLowerCase()),
  );
  return verbOf(words[first] ?? '') === null ? -1 : first;
}

/** Parses a verb without arguments. Extra words are refused, because the answer would not be what was asked for. */
function parseAlone(words: readonly string[], at: number): Command {
  const kind = verbOf(words[at] ?? '') === 'self' ? 'self' : 'subscriptions';
  const extra = words.find((word, index) => index !== at && !flags.includes(word.toLowerCase()));
  return extra === undefined
    ? { kind }
    : mistake(`${kind} takes no arguments, but you gave “${extra.slice(0, 60)}”.`, kind);
}

function parseCheck(words: readonly string[], environments: readonly string[]): Command {
  const typedFlags = words.filter((word) => word.startsWith('--')).map((word) => word.toLowerCase());
  const rest = words.filter((word) => !word.startsWith('--')).map((word) => word.toLowerCase());
  const wrongFlag = typedFlags.find((flag) => !flags.includes(flag));
  if (wrongFlag) return unknownArgument(wrongFlag, flags, words);
  const wrongWord = rest.find((word) => verbOf(word) === null && !environments.includes(word));
  if (wrongWord)
    return unknownArgument(wrongWord, [...environments, ...Object.keys(verbs)], words, [
      ...environments,
      // One verb instead of all its synonyms.
      ...new Set(Object.values(verbs)),
    ]);

  const named = rest.filter((word) => environments.includes(word));
  if (rest.some((word) => verbOf(word) === 'help')) return { kind: 'help' };
  if (named.length > 1) return mistake(`One environment at a time: ${named.join(' or ')}.`, named[0] ?? null);
  const [environment] = named;
  if (rest.some((word) => verbOf(word) === 'waivers'))
    return { kind: 'waivers', environment: environment ?? null };
  if (rest.some((word) => verbOf(word) === 'webhooks'))
    return parseWebhooks(environment ?? null, environments);
  if (rest.some((word) => verbOf(word) === 'checklist'))
    return parseChecklist(environment ?? null, environments, typedFlags.includes('--private'));
  return environment
    ? { kind: 'report', environment, isPrivate: typedFlags.includes('--private') }
    : { kind: 'overview' };
}

/** An only environment need not be named. */
function parseWebhooks(named: string | null, environments: readonly string[]): Command {
  const environment = named ?? (environments.length === 1 ? environments[0] : null);
  if (environment) return { kind: 'webhooks', environment };
  return missingEnvironment(environments, `webhooks ${environments[0]}`);
}

function parseChecklist(named: string | null, environments: readonly string[], isPrivate: boolean): Command {
  const environment = named ?? (environments.length === 1 ? environments[0] : null);
  if (environment) return { kind: 'checklist', environment, isPrivate };
  return missingEnvironment(environments, `checklist ${environments.at(-1)}`);
}
