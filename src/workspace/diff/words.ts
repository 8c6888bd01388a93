import type { Comparison, Difference, Weight } from './difference.ts';

/** The heaviest first. */
export const weightOrder: readonly Weight[] = ['breaking', 'risky', 'cosmetic'];

/** "3 differences: 2 breaking, 1 cosmetic; 1 place could not be compared". */
export function countsOfComparison({ differences, unknown }: Comparison): string {
  const weights = weightOrder
    .map((weight) => ({ weight, count: differences.filter((each) => each.weight === weight).length }))
    .filter(({ count }) => count > 0)
    .map(({ weight, count }) => `${count} ${weight}`);
  const found =
    differences.length === 0
      ? 'no differences'
      : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}: ${weights.join(', ')}`;
  if (unknown.length === 0) return found;
  return `${found}; ${unknown.length} ${unknown.length === 1 ? 'place' : 'places'} could not be compared`;
}

const MAX_VALUE = 80;

/** A value on one line. Texts that would not be seen as they are stand in quotes. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  const plain = typeof value === 'string' && value !== '' && value === value.trim();
  const text = plain ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}

/** What became of a place: on which side it is, or both values. */
export function shownDifference(
  { kind, left, right }: Difference,
  words: { missing: string; extra: string },
): string {
  if (kind !== 'changed') return words[kind];
  return `${shownValue(left)} → ${shownValue(right)}`;
}
