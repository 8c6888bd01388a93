import { foldName, spellings } from '../names.ts';
import { type Item, itemKey } from './item.ts';

/** Every item of two lists is in exactly one of the four. */
export interface Pairing {
  pairs: { left: Item; right: Item }[];
  missing: Item[];
  extra: Item[];
  /** Items of one spelling, more than one on a side: nothing distinguishes them. */
  namesakes: { left: Item[]; right: Item[] }[];
}

/**
 * Pairs the items of two workspaces as names.ts matches names: the closest spelling first, so that two items whose names
 * differ in case are two items. `exact`: no other spelling is the same.
 */
export function pairItems(left: readonly Item[], right: readonly Item[], exact: boolean): Pairing {
  const pairing: Pairing = { pairs: [], missing: [], extra: [], namesakes: [] };
  const keyed = (spelling: (name: string) => string) => (item: Item) => itemKey(item, spelling);
  const loosest = exact ? itself : foldName;
  forEachKey(left, right, keyed(loosest), (ones, others) => {
    if (ones.length < 2 && others.length < 2) settle(pairing, ones, others);
    else bySpelling(pairing, ones, others, exact ? [itself] : spellings);
  });
  return pairing;
}

const itself = (name: string): string => name;

function forEachKey(
  left: readonly Item[],
  right: readonly Item[],
  keyOf: (item: Item) => string,
  take: (left: Item[], right: Item[]) => void,
): void {
  const [ones, others] = [Map.groupBy(left, keyOf), Map.groupBy(right, keyOf)];
  for (const [key, own] of ones) take(own, others.get(key) ?? []);
  for (const [key, own] of others) if (!ones.has(key)) take([], own);
}

/** Settles the items of one folded name from the strictest spelling to the laxest. */
function bySpelling(
  pairing: Pairing,
  left: Item[],
  right: Item[],
  [spelling, ...laxer]: readonly ((name: string) => string)[],
): void {
  if (!spelling) return;
  const [restLeft, restRight]: [Item[], Item[]] = [[], []];
  forEachKey(
    left,
    right,
    (item) => itemKey(item, spelling),
    (ones, others) => {
      const isTwin = ones.length > 1 || others.length > 1;
      if ((ones.length > 0 && others.length > 0) || (isTwin && laxer.length === 0))
        settle(pairing, ones, others);
      else {
        restLeft.push(...ones);
        restRight.push(...others);
      }
    },
  );
  // Names on one side only are as many items as spellings.
  const onOneSide = restLeft.length === 0 || restRight.length === 0;
  if (laxer.length === 0 || onOneSide)
    forEachKey(
      restLeft,
      restRight,
      (item) => itemKey(item, itself),
      (ones, others) => settle(pairing, ones, others),
    );
  else bySpelling(pairing, restLeft, restRight, laxer);
}

/** Takes items that count as one name. */
function settle(pairing: Pairing, left: Item[], right: Item[]): void {
  if (left.length > 1 || right.length > 1) pairing.namesakes.push({ left, right });
  else if (left[0] && right[0]) pairing.pairs.push({ left: left[0], right: right[0] });
  else if (left[0]) pairing.missing.push(left[0]);
  else if (right[0]) pairing.extra.push(right[0]);
}
