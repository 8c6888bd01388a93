import { canonicalJson } from '../../text/canonical-json.ts';
import { areNear } from '../names.ts';
import { contentKey, type Item, isKnown } from './item.ts';
import type { Kind } from './kinds.ts';
import type { Pairing } from './pair-items.ts';

export interface Rename {
  left: Item;
  right: Item;
  /** The one part of the identity that differs. */
  by: string;
}

/**
 * Pairs of items that are one item under another name: their content is equal, no other pair fits, and either the names are
 * near or the content is unmistakable. Everything else is one item missing and another one extra: a rename would hide that.
 */
export function findRenames(
  kind: Kind,
  { missing, extra }: Pairing,
  left: readonly Item[],
  right: readonly Item[],
): Rename[] {
  if (!kind.renamed || missing.length === 0 || extra.length === 0) return [];
  // Content that could not be read may differ.
  const [ones, others] = [missing.filter(isKnown), extra.filter(isKnown)];
  const isUnmistakable = recogniser(kind, left, right);
  const found: Rename[] = [];
  const taken = new Set<Item>();
  for (const by of Object.keys(ones[0]?.identity ?? {})) {
    const mayBeOne = (one: Item, other: Item): boolean =>
      kind.chosen.includes(by) || areNearBy(by, one, other) || isUnmistakable(one);
    const candidates = Map.groupBy(others, (item) => keyWithout(by, item));
    for (const [rest, group] of Map.groupBy(ones, (item) => keyWithout(by, item)))
      for (const pair of onlyPairs(group, candidates.get(rest) ?? [], mayBeOne)) {
        if (taken.has(pair.left) || taken.has(pair.right)) continue;
        taken.add(pair.left).add(pair.right);
        found.push({ ...pair, by });
      }
  }
  return found;
}

const keyWithout = (by: string, item: Item): string =>
  canonicalJson([{ ...item.identity, [by]: null }, contentKey(item)]);

const areNearBy = (by: string, left: Item, right: Item): boolean => {
  const [one, other] = [left.identity[by], right.identity[by]];
  if (typeof one === 'string' && typeof other === 'string') return areNear(one, other);
  // The number 30 and the text "30".
  return typeof one !== 'object' && typeof other !== 'object' && String(one) === String(other);
};

/** The pairs in which each is the only one that fits the other. */
function onlyPairs(
  left: Item[],
  right: Item[],
  fits: (one: Item, other: Item) => boolean,
): Pick<Rename, 'left' | 'right'>[] {
  return left.flatMap((one) => {
    const [other, ...more] = right.filter((each) => fits(one, each));
    if (!other || more.length > 0 || left.filter((each) => fits(each, other)).length > 1) return [];
    return [{ left: one, right: other }];
  });
}

/** Tells for an item that is missing whether enough of its content is found in no other item of either side. */
function recogniser(kind: Kind, left: readonly Item[], right: readonly Item[]): (item: Item) => boolean {
  const { marksOf, least } = kind.recognised;
  let counts: Map<string, number>[] | null = null;
  return (item) => {
    const marks = new Set(marksOf(item));
    if (marks.size < least) return false;
    counts ??= [left, right].map((list) => countMarks(list, marksOf));
    const own = [...marks].filter((mark) => counts?.every((side) => side.get(mark) === 1));
    return own.length >= least;
  };
}

function countMarks(list: readonly Item[], marksOf: (item: Item) => string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list)
    for (const mark of new Set(marksOf(item))) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return counts;
}
