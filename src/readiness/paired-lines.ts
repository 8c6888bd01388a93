import type { CheckResult } from './report.ts';

/** Pairs the lines of `expected` and `actual` one by one; a single actual line belongs to all of them. */
export function pairedLines({
  expected,
  actual,
}: Pick<CheckResult, 'expected' | 'actual'>): { expected: string; actual: string }[] {
  const found = actual.split('\n');
  return expected
    .split('\n')
    .map((line, index) => ({ expected: line, actual: found[index] ?? found[0] ?? '' }));
}
