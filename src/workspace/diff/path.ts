/**
 * Encodes a name for a path: `/` as `~1` and `~` as `~0`, as in a JSON pointer, so that every path can be split again
 * whatever the names are; `*` as `~2`, so that a copied path is a pattern that matches itself alone.
 */
export const segment = (name: string): string =>
  name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('*', '~2');

const nameOf = (written: string): string =>
  written.replaceAll('~2', '*').replaceAll('~1', '/').replaceAll('~0', '~');

/** Returns the decoded names of a path. */
export const splitPath = (path: string): string[] => path.split('/').map(nameOf);

/** Position of a running comparison. Its path is built only for a finding: most positions are equal. */
export interface Place {
  parent: Place | null;
  segment: string;
  /** True when the segment is the name of an item, which people chose. */
  named: boolean;
}

/** The place of a list or a value, which the program names. */
export const below = (parent: Place | null, name: string): Place => ({
  parent,
  segment: name,
  named: false,
});

/** The place of an item, which people name. */
export const belowItem = (parent: Place, name: string): Place => ({ parent, segment: name, named: true });

const build = (place: Place, encode: (name: string) => string): string => {
  const own = place.named ? encode(place.segment) : place.segment;
  if (place.parent === null) return own;
  // The value of an item itself has an empty segment.
  return own === '' && !place.named ? build(place.parent, encode) : `${build(place.parent, encode)}/${own}`;
};

export const pathOf = (place: Place): string => build(place, segment);

/** As `pathOf`, with `*` for the names of items. */
export const patternOf = (place: Place): string => build(place, () => '*');

/** True when the path is the place or lies below it. In a place, `*` stands for one name; `*` alone matches everything. */
export function isWithin(path: string, place: string): boolean {
  if (place === '*') return true;
  const [names, wanted] = [path.split('/'), place.split('/')];
  return (
    wanted.length <= names.length && wanted.every((name, index) => name === '*' || name === names[index])
  );
}
