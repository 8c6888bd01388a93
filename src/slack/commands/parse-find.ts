import { type Mistake, mistake } from './mistake.ts';

export interface FindCommand {
  kind: 'find';
  id: string;
  /** Null for any environment. */
  environment: string | null;
  isShared: boolean;
}

const flags = ['--private', '--share'];
const MAX_ID = 500;

/**
 * Parses the words around the verb. An environment may come before the verb, before the id or after it. An id keeps its case
 * and may be pasted with quotes, backticks or angle brackets around it.
 */
export function parseFind(words: readonly string[], environments: readonly string[]): FindCommand | Mistake {
  const rest = words
    .filter((word) => !flags.includes(word.toLowerCase()))
    .map((word) => word.replace(/^[`'"“<]+|[`'"”>]+$/g, ''))
    .filter(Boolean);
  const isEnvironment = (word: string) => environments.includes(word.toLowerCase());
  const ids = rest.filter((word) => !isEnvironment(word));
  const named = rest.filter(isEnvironment).map((word) => word.toLowerCase());
  const [id] = ids;
  if (id === undefined)
    return mistake('Find what? Give the id of an event, request, contract, external record or call.');
  if (ids.length > 1)
    return mistake(
      `One id at a time: ${ids
        .slice(0, 5)
        .map((each) => each.slice(0, 40))
        .join(' or ')}.`,
      `find ${id.slice(0, MAX_ID)}`,
    );
  if (named.length > 1)
    return mistake('One environment at a time.', `find ${named[0]} ${id.slice(0, MAX_ID)}`);
  return {
    kind: 'find',
    id: id.slice(0, MAX_ID),
    environment: named[0] ?? null,
    isShared: words.some((word) => word.toLowerCase() === '--share'),
  };
}
