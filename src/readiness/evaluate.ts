import type { CheckInput } from './check.ts';
import { checks } from './checks/index.ts';
import { type CheckResult, type ItemResult, items, type Status, type Verdict } from './report.ts';

/** Runs all checks. Pure: equal facts and requirements give equal items. Items without a check are left out. */
export function evaluate(input: CheckInput): ItemResult[] {
  const results = checks.map(
    ({ id, item, title, severity, judge }): CheckResult => ({ id, item, severity, title, ...judge(input) }),
  );
  return itemsOf(results);
}

/** Groups results by their items, in the guide's order. */
export function itemsOf(results: readonly CheckResult[]): ItemResult[] {
  return items
    .map(({ id, title }) => {
      const own = results.filter((result) => result.item === id);
      return { id, title, status: worst(own.map(({ status }) => status)), checks: own };
    })
    .filter((item) => item.checks.length > 0);
}

export function verdictOf(results: ItemResult[]): Verdict {
  const blocking = results.flatMap((item) => item.checks).filter(({ severity }) => severity === 'blocking');
  if (blocking.some(({ status }) => status === 'fail')) return 'not_ready';
  return blocking.some(({ status }) => status === 'unknown') ? 'unknown' : 'ready';
}

const byWeight: Status[] = ['fail', 'unknown', 'warn', 'pass', 'waived', 'skipped'];

const worst = (statuses: Status[]): Status =>
  byWeight.find((status) => statuses.includes(status)) ?? 'skipped';
