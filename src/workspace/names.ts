import { closest, distance } from 'fastest-levenshtein';

/** Names match exactly after trimming and case folding. */
export const foldName = (name: string): string => name.normalize('NFC').trim().toLowerCase();

export const sameName = (left: string, right: string): boolean => foldName(left) === foldName(right);

export type Located<T> =
  | { kind: 'found'; match: T }
  | { kind: 'missing'; near: string | null }
  | { kind: 'ambiguous'; count: number };

/** Finds the one entry of that name. Two entries of one name are ambiguous: a person has to decide. */
export function locate<T>(entries: readonly T[], name: string, nameOf: (entry: T) => string): Located<T> {
  const matches = entries.filter((entry) => sameName(nameOf(entry), name));
  if (matches.length > 1) return { kind: 'ambiguous', count: matches.length };
  const [one] = matches;
  return one === undefined
    ? { kind: 'missing', near: nearMiss(entries.map(nameOf), name) }
    : { kind: 'found', match: one };
}

/** The candidate that was probably meant, in its own spelling; null when none is similar. */
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
