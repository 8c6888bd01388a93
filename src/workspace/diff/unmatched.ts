import type { SnapshotContent } from '../snapshot.ts';
import { coversPlace, isCovered, matchesPath } from './covers.ts';
import { type Item, nameOf } from './item.ts';
import { itemsOf } from './items-of.ts';
import { segment } from './path.ts';

/** The paths of a configuration. */
export interface Paths {
  /** Lists, items and values that it has. */
  present: string[];
  /** Lists that were not read: anything may be below. */
  unread: string[];
}

export function pathsOf(content: SnapshotContent): Paths {
  const paths: Paths = { present: [], unread: [] };
  const walk = (lists: Item['lists'], above: string): void => {
    for (const [name, list] of Object.entries(lists)) {
      const place = `${above}${name}`;
      if (!list || 'unknown' in list) {
        paths.unread.push(place);
        continue;
      }
      paths.present.push(place);
      for (const item of list.known) {
        const own = `${place}/${segment(nameOf(item))}`;
        const values = [...Object.keys(item.identity), ...Object.keys(item.values)];
        paths.present.push(own, ...values.filter((value) => value !== '').map((value) => `${own}/${value}`));
        walk(item.lists, `${own}/`);
      }
    }
  };
  walk(itemsOf(content), '');
  return paths;
}

/** True when a pattern of `covers` matches something, or may match something that was not read. */
export const isCoverUsed = (pattern: string, { present, unread }: Paths): boolean =>
  present.some((path) => isCovered(pattern, path)) || unread.some((place) => coversPlace([pattern], place));

/** The same for a rule of `drift.ignore`. */
export const isRuleUsed = (pattern: string, { present, unread }: Paths): boolean =>
  present.some((path) => matchesPath(pattern, path)) ||
  unread.some((place) => coversPlace([pattern], place) || matchesPath(pattern, `${place}/x`));
