import { canonicalJson } from '../../text/canonical-json.ts';
import { areNear } from '../names.ts';
import type { Difference } from './difference.ts';
import { splitPath } from './path.ts';

/** Names of items on the other side that may be the item at a path, by the path of a missing or extra item. */
export type PossibleRenames = ReadonlyMap<string, string[]>;

/** Lists whose items cannot be renamed: their names are given. */
const GIVEN = new Set(['users', 'featureFlags', 'webhooks']);
const MOST_OFFERED = 3;

/**
 * Finds missing items that an extra one in the same list may be under another name: the names are near, or all of the content
 * is equal. That is a question for a person; where the answer is certain, the comparison has a rename already.
 */
export function possibleRenames(differences: readonly Difference[]): PossibleRenames {
  const found = new Map<string, string[]>();
  const lists = Map.groupBy(
    differences.filter(({ kind, path }) => kind !== 'changed' && !GIVEN.has(splitPath(path)[0] ?? '')),
    ({ path }) => path.slice(0, path.lastIndexOf('/')),
  );
  const note = (path: string, name: string): void => {
    const names = found.get(path) ?? [];
    if (names.length < MOST_OFFERED && !names.includes(name)) found.set(path, [...names, name]);
  };
  for (const list of lists.values()) {
    const extra = list.filter(({ kind }) => kind === 'extra');
    for (const one of list.filter(({ kind }) => kind === 'missing'))
      for (const other of extra.filter((each) => mayBeOne(one, each))) {
        note(one.path, nameIn(other.path));
        note(other.path, nameIn(one.path));
      }
  }
  return found;
}

const nameIn = (path: string): string => splitPath(path).at(-1) ?? '';

function mayBeOne({ path, left }: Difference, other: Difference): boolean {
  if (areNear(nameIn(path), nameIn(other.path))) return true;
  const [one, two] = [contentOf(left), contentOf(other.right)];
  return one !== null && one === two;
}

const NAMES = new Set(['name', 'title', 'variable', 'value']);

/** Everything but the name, as canonical JSON; null when there is nothing else, which would be equal for all. */
function contentOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const rest = Object.entries(item).filter(([key, value]) => !NAMES.has(key) && !isNothing(value));
  const tells = rest.some(([key, value]) => Array.isArray(value) || key === 'label');
  return tells ? canonicalJson(Object.fromEntries(rest)) : null;
}

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);
