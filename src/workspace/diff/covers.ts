import { foldName } from '../names.ts';
import type { Difference } from './difference.ts';
import { segment, splitPath } from './path.ts';

/** What a thing is found by: where one of these changed, the thing is now under another name. */
const IDENTITY = new Set(['name', 'variable', 'title', 'email', 'value', 'party']);

/**
 * Whether a change at this difference is a change of what these paths cover. In a path `*` stands for any text of one name;
 * what is below a path belongs to it, and a whole thing that came or went is a change of everything below it.
 */
export const coversDifference = (covers: readonly string[] | null, difference: Difference): boolean =>
  covers === null ||
  placesOf(difference).some((place) => covers.some((pattern) => overlap(pattern, place, false)));

/** The same for a place that could not be compared; in it `*` stands for the names of things. */
export const coversPlace = (covers: readonly string[] | null, place: string): boolean =>
  covers === null || covers.some((pattern) => overlap(pattern, place, true));

/** A renamed thing changes where it was and where it is now. */
function placesOf({ path, kind, right }: Difference): string[] {
  const words = splitPath(path);
  const [own, ...above] = words.toReversed();
  if (kind !== 'changed' || own === undefined || !IDENTITY.has(own) || above.length < 2) return [path];
  const now = typeof right === 'string' ? right : JSON.stringify(right);
  return [path, [...above.slice(1).toReversed(), now].map(segment).join('/')];
}

/** Whether one of the two is the other or lies below it. */
function overlap(pattern: string, place: string, placeHasStars: boolean): boolean {
  const [wanted, names] = [wordsOf(pattern), wordsOf(place)];
  return wanted
    .slice(0, names.length)
    .every((word, index) => (placeHasStars && names[index] === '*') || fits(word, names[index] ?? ''));
}

/** A stray slash at the end means nothing. */
const wordsOf = (path: string): string[] => path.replace(/\/+$/, '').split('/').map(foldName);

/** Piece by piece between the stars: nothing that a person writes can take long. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
