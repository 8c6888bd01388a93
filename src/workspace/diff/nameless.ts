import { contentKey, type Item } from './item.ts';
import type { Kind } from './kinds.ts';

/** Items of one list, apart from those whose identity has an empty part and which nothing can be paired with. */
export interface NamedItems {
  named: Item[];
  nameless: Item[];
}

/** The value of an option is data and may be null; every other identity is a name. */
export function separateNameless(items: Item[], kind: Kind): NamedItems {
  if (kind.exact) return { named: items, nameless: [] };
  const { named = [], nameless = [] } = Object.groupBy(items, ({ identity }) =>
    Object.values(identity).includes(null) ? 'nameless' : 'named',
  );
  return { named, nameless };
}

/** True when the nameless items of both sides have equal contents, so that nothing speaks for a difference. */
export function sameNameless(left: Item[], right: Item[]): boolean {
  const keys = (items: Item[]) =>
    JSON.stringify(items.map((item) => [JSON.stringify(item.identity), contentKey(item)]).sort());
  return keys(left) === keys(right);
}
