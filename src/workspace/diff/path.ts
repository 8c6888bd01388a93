/**
 * A name in a path: `/` is written `~1` and `~` is written `~0`, as in a JSON pointer, so that every path can be taken
 * apart again whatever things are called.
 */
export const segment = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const nameOf = (written: string): string => written.replaceAll('~1', '/').replaceAll('~0', '~');

/** The names that a path was made of. */
export const splitPath = (path: string): string[] => path.split('/').map(nameOf);

/** Where a comparison stands. The words are put together only where something is to be told: most of it is equal. */
export interface Place {
  parent: Place | null;
  word: string;
  /** The word is the name of a thing, which people gave it. */
  named: boolean;
}

/** Below a list or a value, which have names of our own. */
export const below = (parent: Place | null, word: string): Place => ({ parent, word, named: false });

/** Below a thing, which people have named. */
export const belowItem = (parent: Place, word: string): Place => ({ parent, word, named: true });

const put = (place: Place, name: (name: string) => string): string => {
  const own = place.named ? name(place.word) : place.word;
  if (place.parent === null) return own;
  // What a thing holds itself has no word.
  return own === '' && !place.named ? put(place.parent, name) : `${put(place.parent, name)}/${own}`;
};

export const pathOf = (place: Place): string => put(place, segment);

/** The same with `*` for the names of things. */
export const patternOf = (place: Place): string => put(place, () => '*');

/** Whether a path is that place or lies below it. In the place `*` stands for one name, and alone for everything. */
export function isWithin(path: string, place: string): boolean {
  if (place === '*') return true;
  const [names, wanted] = [path.split('/'), place.split('/')];
  return (
    wanted.length <= names.length && wanted.every((name, index) => name === '*' || name === names[index])
  );
}
