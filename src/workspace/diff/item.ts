import type { ReadResult } from '../../spotdraft/fact.ts';
import { canonicalJson } from '../../text/canonical-json.ts';

/** One item of a configuration (a template, a field, an option) in the form in which all kinds are compared. */
export interface Item {
  /** Fields that identify it, never an id: a name, or a party and a name. */
  identity: Record<string, unknown>;
  /** Identifies an item that refers to another one, such as a member's role: equal for the same one on both sides. */
  key?: string;
  /** Known false: it was asked for and does not exist. */
  presence: ReadResult<boolean>;
  /** undefined when it was not read. The empty name holds the item's own value. */
  values: Record<string, ReadResult<unknown> | undefined>;
  lists: Record<string, ReadResult<Item[]> | undefined>;
}

export const OWN_VALUE = '';

export const PRESENT: ReadResult<boolean> = { known: true };
/** A role by an id that is not among the active roles: it is compared with none. */
export const UNLISTED: ReadResult<never> = { unknown: 'unlisted' };

export const nameOf = ({ identity }: Item): string =>
  Object.entries(identity)
    .map(([by, part]) => (by === 'value' && readsAsJson(part) ? JSON.stringify(part) : asText(part)))
    .join(' ');

/** True for a text such as "30", which is another option than the number: quoted, each has a name of its own. */
const readsAsJson = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$|true$|false$|null$|["[{])/i.test(value);

const asText = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));

/** Equal for the same item in two workspaces. `spelling` says which texts are one name; all else is compared exactly. */
export function itemKey({ identity, key }: Item, spelling: (name: string) => string): string {
  if (key !== undefined) return key;
  // Most parts are texts, and there may be tens of thousands. A text is not the number that is written like it.
  return Object.values(identity)
    .map((part) => (typeof part === 'string' ? `"${spelling(part)}` : canonicalJson(part)))
    .join('\n');
}

const byName = (left: Item, right: Item): number =>
  nameOf(left) < nameOf(right) ? -1 : nameOf(left) > nameOf(right) ? 1 : 0;

/** An item as JSON, with everything that was read of it; the bare name when there is nothing else. */
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

/** True when every part of it was read, at any depth. */
export const isKnown = ({ presence, values, lists }: Item): boolean =>
  [presence, ...Object.values(values), ...Object.values(lists)].every((part) => !part || 'known' in part) &&
  Object.values(lists).every((part) => !part || 'unknown' in part || part.known.every(isKnown));

/** Equal for items that differ at most in their identity, whatever the order of their content. */
export const contentKey = ({ presence, values, lists }: Item): string =>
  canonicalJson({ presence, values, lists: Object.entries(lists).map(listKey).sort() });

const listKey = ([name, part]: [string, ReadResult<Item[]> | undefined]): string =>
  canonicalJson([
    name,
    part && 'known' in part
      ? part.known.map((item) => `${canonicalJson(item.identity)}${contentKey(item)}`).sort()
      : (part ?? null),
  ]);
