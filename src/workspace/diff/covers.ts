import { foldName } from '../names.ts';
import type { Difference } from './difference.ts';
import { segment, splitPath } from './path.ts';

/** Fields that identify an item: when one of them changes, the item has a new name. */
const IDENTITY = new Set(['name', 'variable', 'title', 'email', 'value', 'party']);

/**
 * True when the difference changes something that the paths cover; null covers everything. In a path, `*` matches any text
 * within one name. A path covers everything below it, and an item that appeared or disappeared changes everything below it.
 */
export const coversDifference = (covers: readonly string[] | null, difference: Difference): boolean =>
  covers === null ||
  placesOf(difference).some((place) => covers.some((pattern) => overlap(pattern, place, false)));

/** As `coversDifference`, for a place that could not be compared. In a place, `*` stands for the names of items. */
export const coversPlace = (covers: readonly string[] | null, place: string): boolean =>
  covers === null || covers.some((pattern) => overlap(pattern, place, true));

/** True when a pattern of `covers` matches the path itself. */
export const isCovered = (pattern: string, path: string): boolean =>
  segmentsOf(pattern).length === segmentsOf(path).length && overlap(pattern, path, false);

/**
 * True when the pattern matches the path or one above it. `*` matches any text, also across names. Ignores case and a trailing
 * slash.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const [wanted, place] = [segmentsOf(pattern).join('/'), segmentsOf(path).join('/')];
  return matches(wanted, place) || matches(`${wanted}/*`, place);
}

/** A renamed item changes the place of its old name and that of its new one. */
const placesOf = (difference: Difference): string[] => {
  const renamed = renamedTo(difference);
  return renamed === null ? [difference.path] : [difference.path, renamed];
};

/** The place of a renamed item under its name on the right; null for every other difference. */
export function renamedTo({ path, kind, right }: Pick<Difference, 'path' | 'kind' | 'right'>): string | null {
  const [own, ...above] = splitPath(path).toReversed();
  if (kind !== 'changed' || !isIdentity(own) || above.length < 2) return null;
  const now = typeof right === 'string' ? right : JSON.stringify(right);
  return [...above.slice(1).toReversed(), now].map(segment).join('/');
}

export const isIdentity = (part: string | undefined): boolean => part !== undefined && IDENTITY.has(part);

/** True when one of the two is the other or lies below it. */
function overlap(pattern: string, place: string, placeHasStars: boolean): boolean {
  const [wanted, names] = [segmentsOf(pattern), segmentsOf(place)];
  return wanted
    .slice(0, names.length)
    .every((name, index) => (placeHasStars && names[index] === '*') || matches(name, names[index] ?? ''));
}

/** Ignores trailing slashes. */
const segmentsOf = (path: string): string[] => path.replace(/\/+$/, '').split('/').map(foldName);

/** Matches the pieces between the stars one after the other, so that every pattern runs in linear time. */
function matches(pattern: string, name: string): boolean {
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
