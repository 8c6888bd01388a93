import { nearMiss } from '../../workspace/names.ts';

export type Command =
  | { kind: 'overview' }
  | { kind: 'help' }
  | { kind: 'report'; environment: string; isPrivate: boolean }
  | { kind: 'webhooks'; environment: string }
  | { kind: 'find'; id: string; isShared: boolean }
  | { kind: 'mistake'; text: string; suggestion: string | null };

/** Other words for the same thing. */
const verbs: Record<string, 'help' | 'check' | 'webhooks'> = {
  help: 'help',
  '?': 'help',
  check: 'check',
  status: 'check',
  webhooks: 'webhooks',
  webhook: 'webhooks',
};
const finders = ['find', 'lookup', 'trace'];
const flags = ['--private', '--share'];

/** What was typed behind `/envcheck`. An environment may stand before or behind the verb; case does not matter. */
export function parseCommand(typed: string, environments: readonly string[]): Command {
  // macOS turns a typed "--" into a dash.
  const words = typed
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/^[–—]/, '--'));
  const [first = '', ...others] = words;
  if (finders.includes(first.toLowerCase())) return parseFind(others);
  const typedFlags = words.filter((word) => word.startsWith('--')).map((word) => word.toLowerCase());
  const rest = words.filter((word) => !word.startsWith('--')).map((word) => word.toLowerCase());

  const wrongFlag = typedFlags.find((flag) => !flags.includes(flag));
  if (wrongFlag) return mistake(wrongFlag, flags, (meant) => replaceWord(words, wrongFlag, meant));
  const unknownWord = rest.find((word) => !Object.hasOwn(verbs, word) && !environments.includes(word));
  if (unknownWord)
    return mistake(unknownWord, [...environments, ...Object.keys(verbs), ...finders], (meant) =>
      replaceWord(words, unknownWord, meant),
    );

  const named = rest.filter((word) => environments.includes(word));
  if (rest.some((word) => verbs[word] === 'help')) return { kind: 'help' };
  if (named.length > 1)
    return {
      kind: 'mistake',
      text: `One environment at a time, please: ${named.join(' or ')}.`,
      suggestion: named[0] ?? null,
    };
  const [environment] = named;
  if (rest.some((word) => verbs[word] === 'webhooks'))
    return parseWebhooks(environment ?? null, environments);
  return environment
    ? { kind: 'report', environment, isPrivate: typedFlags.includes('--private') }
    : { kind: 'overview' };
}

/** Where there is one environment it need not be named. */
function parseWebhooks(named: string | null, environments: readonly string[]): Command {
  const environment = named ?? (environments.length === 1 ? environments[0] : null);
  if (environment) return { kind: 'webhooks', environment };
  return {
    kind: 'mistake',
    text: `Of which environment? There are: ${environments.join(', ')}.`,
    suggestion: `webhooks ${environments[0]}`,
  };
}

/** An id keeps its case. It may be pasted with the marks that it was formatted with. */
function parseFind(words: string[]): Command {
  const ids = words
    .filter((word) => !flags.includes(word.toLowerCase()))
    .map((word) => word.replace(/^[`'"“<]+|[`'"”>]+$/g, ''));
  const [id] = ids;
  if (id === undefined || id === '')
    return {
      kind: 'mistake',
      text: 'find needs an id: of an event, request, contract, external record or call.',
      suggestion: null,
    };
  if (ids.length > 1)
    return {
      kind: 'mistake',
      text: `One id at a time, please: ${ids.slice(0, 5).join(' or ')}.`,
      suggestion: `find ${id}`,
    };
  return {
    kind: 'find',
    id: id.slice(0, 500),
    isShared: words.some((word) => word.toLowerCase() === '--share'),
  };
}

function mistake(word: string, known: readonly string[], corrected: (meant: string) => string): Command {
  const meant = nearMiss(known, word);
  return {
    kind: 'mistake',
    text: `I do not know “${word.slice(0, 60)}”. Known are: ${known.join(', ')}.`,
    suggestion: meant ? corrected(meant) : null,
  };
}

const replaceWord = (words: string[], word: string, meant: string): string =>
  words.map((each) => (each.toLowerCase() === word ? meant : each)).join(' ');
