import { closest, distance } from 'fastest-levenshtein';
import { lookOf } from '../text/hidden-differences.ts';

/**
 * The one judgement of names in checks, comparisons and plans: which entry has a required name, and which other name was
 * probably meant.
 */

/** Names match exactly after trimming and case folding. */
export const foldName = (name: string): string => name.normalize('NFC').trim().toLowerCase();

export const sameName = (left: string, right: string): boolean => foldName(left) === foldName(right);

/** Spellings from strict to lax: two names that differ in case are two names as long as one of them is written as required. */
export const spellings: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.normalize('NFC').trim(),
  foldName,
];

export type Located<T> =
  | { kind: 'found'; match: T }
  | { kind: 'missing'; near: string | null }
  | { kind: 'ambiguous'; count: number };

/**
 * Finds the one entry of that name; the closest spelling wins. Two entries of one spelling are ambiguous: a person has to
 * decide. `claimed` are other required names: an entry with exactly such a name belongs to that requirement.
 */
export function locate<T>(
  entries: readonly T[],
  name: string,
  nameOf: (entry: T) => string,
  claimed: readonly string[] = [],
): Located<T> {
  const free = entries.filter((entry) => nameOf(entry) === name || !claimed.includes(nameOf(entry)));
  for (const spelling of spellings) {
    const [match, ...more] = free.filter((entry) => spelling(nameOf(entry)) === spelling(name));
    if (match === undefined) continue;
    return more.length > 0 ? { kind: 'ambiguous', count: more.length + 1 } : { kind: 'found', match };
  }
  return { kind: 'missing', near: nearestName(free.map(nameOf), name) };
}

/** The candidate whose name is near, in its own spelling; null when none is. */
export function nearestName(candidates: readonly string[], name: string): string | null {
  const near = candidates.filter((candidate) => areNear(candidate, name));
  const [best] = near.toSorted((left, right) => remoteness(left, name) - remoteness(right, name));
  return best ?? null;
}

const remoteness = (left: string, right: string): number =>
  lookOf(left) === lookOf(right) ? 0 : distance(foldName(left), foldName(right)) + 1;

/**
 * True when one name may be the other with a slip: characters that look alike, other blanks and punctuation, words in another
 * order, or a typing slip in longer words. Numbers have to be equal: "Net 30" is not "Net 60".
 */
export function areNear(left: string, right: string): boolean {
  if (sameName(left, right) || lookOf(left) === lookOf(right)) return true;
  const [ones, others] = [wordsOf(left), wordsOf(right)];
  if (ones.length === 0 || others.length === 0 || signsOf(left) !== signsOf(right)) return false;
  if (numbersOf(ones) !== numbersOf(others)) return false;
  if (ones.join('') === others.join('')) return true;
  if (ones.length !== others.length) return false;
  const reordered = ones.toSorted().join(' ') === others.toSorted().join(' ');
  if (reordered && !ones.some((word) => DIRECTIONS.has(word))) return true;
  return ones.every((word, index) => isSlip(word, others[index] ?? ''));
}

/** "Buyer to Seller" is not "Seller to Buyer". */
const DIRECTIONS = new Set(['to', 'from', 'by', 'before', 'after']);

const wordsOf = (name: string): string[] => lookOf(name).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

const numbersOf = (words: string[]): string =>
  words.flatMap((word) => word.match(/\p{N}+/gu) ?? []).join(' ');

/** Signs that carry meaning, such as + and #; blanks and punctuation between words do not. */
const signsOf = (name: string): string => (lookOf(name).match(/[\p{S}#%*@]/gu) ?? []).sort().join('');

/** A slip of the keyboard in one word. Short words allow none: NA is not EU. */
function isSlip(left: string, right: string): boolean {
  if (left === right) return true;
  const length = Math.min(left.length, right.length);
  // NDA and NDAs.
  if (length === 3) return `${left}s` === right || `${right}s` === left;
  if (length < 4 || areCounterparts(left, right)) return false;
  if (isSwap(left, right)) return true;
  return left[0] === right[0] && distance(left, right) <= (length < 10 ? 1 : 2);
}

/** Employer and employee, licensor and licensee: two parties, one or two letters apart. */
const areCounterparts = (left: string, right: string): boolean =>
  (/[eo]r$/.test(left) && /ee$/.test(right)) || (/ee$/.test(left) && /[eo]r$/.test(right));

/** "Did you mean" for a word that a person typed, such as a command: laxer than names of a workspace. null when none is similar. */
export function nearMiss(candidates: readonly string[], name: string): string | null {
  if (candidates.length === 0) return null;
  const wanted = foldName(name);
  const folded = candidates.map(foldName);
  const swapped = folded.findIndex((candidate) => isSwap(candidate, wanted));
  if (swapped !== -1) return candidates[swapped] ?? null;
  const best = closest(wanted, folded);
  const tolerance = Math.max(1, Math.floor(wanted.length / 4));
  return distance(wanted, best) <= tolerance ? (candidates[folded.indexOf(best)] ?? null) : null;
}

/** Two neighbouring letters swapped, "prdo": the distance counts two edits for this one slip. */
function isSwap(left: string, right: string): boolean {
  if (left.length !== right.length || left === right) return false;
  const at = [...left].findIndex((letter, index) => letter !== right[index]);
  return left.slice(0, at) + left[at + 1] + left[at] + left.slice(at + 2) === right;
}
