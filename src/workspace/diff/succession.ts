import { renamedTo } from './covers.ts';
import type { Difference } from './difference.ts';

/** A difference that a later comparison no longer shows. */
export interface GoneDifference {
  path: string;
  /** For a renamed item, its place under the name on the right; null otherwise. */
  renamedTo: string | null;
}

/**
 * Returns a function that lists the paths of the current differences in which a gone one lives on, so that it is not
 * resolved: its whole item differs now, or the item has two names whatever else changed in it. Empty for one that is resolved.
 */
export function successorsIn(
  current: readonly Pick<Difference, 'path' | 'kind' | 'right'>[],
): (gone: GoneDifference) => string[] {
  const paths = new Set(current.map(({ path }) => path));
  const renames = current.flatMap(({ path, kind, right }) => {
    const to = renamedTo({ path, kind, right });
    return to === null ? [] : [{ path, to, item: parentOf(path) }];
  });
  const byNewName = Map.groupBy(renames, ({ to }) => to);
  const byItem = Map.groupBy(renames, ({ item }) => item);
  return (gone) => {
    const renamedNow = [
      ...(byNewName.get(gone.renamedTo ?? gone.path) ?? []),
      // One item missing and another one extra are now known as one item with two names.
      ...(gone.renamedTo === null ? (byItem.get(gone.path) ?? []) : []),
    ];
    const places = [
      ...ancestorsOf(gone.path),
      ...(gone.renamedTo === null ? [] : [gone.renamedTo, ...ancestorsOf(gone.renamedTo)]),
    ];
    return [...places.filter((place) => paths.has(place)), ...renamedNow.map(({ path }) => path)];
  };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) ancestors.push(parent);
  return ancestors;
}
