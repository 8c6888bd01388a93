import type { ReadResult } from '../../spotdraft/fact.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import { foldName } from '../names.ts';

/** One thing of a configuration in the one form in which all of them are compared: a template, a field, an option. */
export interface Item {
  /** What it is found by, never an id: a name, or a party and a name. */
  identity: Record<string, unknown>;
  /** Known false: it was looked for and is not there. */
  presence: ReadResult<boolean>;
  /** Undefined: was not read. Under the empty name: what it holds itself. */
  values: Record<string, ReadResult<unknown> | undefined>;
  lists: Record<string, ReadResult<Item[]> | undefined>;
}

export const OWN_VALUE = '';

export const PRESENT: ReadResult<boolean> = { known: true };

export const nameOf = ({ identity }: Item): string => Object.values(identity).map(asText).join(' ');

const asText = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));

/** Equal for things that are the same one in two workspaces: texts as names.ts compares names, all else exactly. */
export function itemKey({ identity }: Item, exact: boolean): string {
  const parts = Object.values(identity);
  return parts
    .map((part) => {
      // By far the most are texts, and there may be tens of thousands.
      if (typeof part === 'string') return exact ? `"${part}` : foldName(part);
      return canonicalJson(part);
    })
    .join('\n');
}

const byName = (left: Item, right: Item): number =>
  nameOf(left) < nameOf(right) ? -1 : nameOf(left) > nameOf(right) ? 1 : 0;

/** A thing as JSON, with what was read of it; its mere name where there is nothing else to it. */
export function itemJson({ identity, values, lists }: Item): unknown {
  const own = values[OWN_VALUE];
  if (own) return 'known' in own ? own.known : null;
  const entries = [
    ...Object.entries(identity),
    ...Object.entries(values).flatMap(([name, part]) =>
      part && 'known' in part ? [[name, part.known] as const] : [],
    ),
    ...Object.entries(lists).flatMap(([name, part]) =>
      part && 'known' in part ? [[name, part.known.toSorted(byName).map(itemJson)] as const] : [],
    ),
  ];
  const [only] = entries;
  return entries.length === 1 && only ? only[1] : Object.fromEntries(entries);
}

/** Whether nothing of it failed to be read, at any depth. */
export const isKnown = ({ presence, values, lists }: Item): boolean =>
  [presence, ...Object.values(values), ...Object.values(lists)].every((part) => !part || 'known' in part) &&
  Object.values(lists).every((part) => !part || 'unknown' in part || part.known.every(isKnown));

/** Equal for things that differ in their identity at most, whatever the order of what they hold. */
export const contentKey = ({ presence, values, lists }: Item): string =>
  canonicalJson({ presence, values, lists: Object.entries(lists).map(listKey).sort() });

const listKey = ([name, part]: [string, ReadResult<Item[]> | undefined]): string =>
  canonicalJson([
    name,
    part && 'known' in part
      ? part.known.map((thing) => `${canonicalJson(thing.identity)}${contentKey(thing)}`).sort()
      : (part ?? null),
  ]);
