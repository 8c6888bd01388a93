/**
 * A name in a path: `/` is written `~1` and `~` is written `~0`, as in a JSON pointer, so that every path can be taken
 * apart again whatever things are called.
 */
export const segment = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const nameOf = (written: string): string => written.replaceAll('~1', '/').replaceAll('~0', '~');

/** The names that a path was made of. */
export const splitPath = (path: string): string[] => path.split('/').map(nameOf);

/** Where a comparison stands: the words of the path, and the same with `*` for the names of things. */
export interface Place {
  path: string;
  pattern: string;
}

export const ROOT: Place = { path: '', pattern: '' };

const join = (path: string, next: string): string => (path === '' ? next : `${path}/${next}`);

/** Below a list or a value, which have names of our own. */
export const below = ({ path, pattern }: Place, word: string): Place =>
  word === '' ? { path, pattern } : { path: join(path, word), pattern: join(pattern, word) };

/** Below a thing, which people have named. */
export const belowThing = ({ path, pattern }: Place, name: string): Place => ({
  path: join(path, segment(name)),
  pattern: join(pattern, '*'),
});
