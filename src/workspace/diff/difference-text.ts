import { withHiddenNamed } from '../../text/hidden-differences.ts';
import type { Difference, Weight } from './difference.ts';

/** Heaviest first. */
export const weightOrder: readonly Weight[] = ['breaking', 'risky', 'cosmetic'];

/** A difference that may be accepted; `accepted` then says by whom. */
export type DifferenceWithAcceptance = Difference & { accepted?: unknown };

/** Differences that nobody accepted. */
export const openDifferences = <D extends DifferenceWithAcceptance>(differences: readonly D[]): D[] =>
  differences.filter(({ accepted }) => accepted === null || accepted === undefined);

/** "3 differences: 2 breaking, 1 cosmetic; 2 more accepted; 1 place could not be compared". */
export function comparisonCounts({
  differences,
  unknown,
}: {
  differences: readonly DifferenceWithAcceptance[];
  unknown: readonly unknown[];
}): string {
  const open = openDifferences(differences);
  const accepted = differences.length - open.length;
  const weights = weightOrder
    .map((weight) => ({ weight, count: open.filter((each) => each.weight === weight).length }))
    .filter(({ count }) => count > 0)
    .map(({ weight, count }) => `${count} ${weight}`);
  const ones =
    open.length === 0
      ? 'no differences'
      : `${open.length} ${open.length === 1 ? 'difference' : 'differences'}: ${weights.join(', ')}`;
  const found = accepted === 0 ? ones : `${ones}; ${accepted} ${open.length > 0 ? 'more ' : ''}accepted`;
  if (unknown.length === 0) return found;
  return `${found}; ${unknown.length} ${unknown.length === 1 ? 'place' : 'places'} could not be compared`;
}

const MAX_VALUE = 80;

/** A value on one line. Texts with outer spaces, the empty text and texts that look like another type are quoted. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  const plain = typeof value === 'string' && value !== '' && value === value.trim() && !LITERAL.test(value);
  const text = plain ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}

const LITERAL = /^(?:true|false|null|none|-?\d+(?:\.\d+)?)$/;

/** Both values of a difference. A character that cannot be seen has its code and name. */
export const changedTexts = (left: unknown, right: unknown): [string, string] =>
  typeof left === 'string' && typeof right === 'string'
    ? [valueText(withHiddenNamed(left, right)), valueText(withHiddenNamed(right, left))]
    : [valueText(left), valueText(right)];

/** Texts for `differenceText` when the two sides are one environment before and now. */
export const OVER_TIME = { missing: 'gone', extra: 'new' } as const;

/** The side that has the item, or both values. */
export function differenceText(
  { kind, left, right }: Difference,
  words: { missing: string; extra: string },
): string {
  if (kind !== 'changed') return words[kind];
  return changedTexts(left, right).join(' → ');
}

/** "roles/NA Sales: gone": a change of one environment over time, with its path. */
export const changeLine = (difference: Difference): string =>
  `${difference.path}: ${differenceText(difference, OVER_TIME)}`;
