import type { CheckResult } from './report.ts';

/** The lines of `expected` and `actual` belong together one by one; where there is only one actual it is that of all. */
export function pairedLines({
  expected,
  actual,
}: Pick<CheckResult, 'expected' | 'actual'>): { expected: string; actual: string }[] {
  const found = actual.split('\n');
  return expected
    .split('\n')
    .map((line, index) => ({ expected: line, actual: found[index] ?? found[0] ?? '' }));
}
