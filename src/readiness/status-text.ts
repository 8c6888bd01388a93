import { countStatuses, type Report, type Status, type Verdict } from './report.ts';

/** Word and mark of each verdict and status, on every surface. A mark never stands without its word. */
export const verdictLabels: Record<Verdict, { word: string; mark: string }> = {
  ready: { word: 'ready', mark: '✅' },
  not_ready: { word: 'not ready', mark: '❌' },
  unknown: { word: 'could not tell', mark: '❔' },
};

export const statusLabels: Record<Status, { word: string; mark: string }> = {
  fail: { word: 'failed', mark: '✗' },
  unknown: { word: 'unknown', mark: '?' },
  warn: { word: 'warned', mark: '!' },
  waived: { word: 'waived', mark: '~' },
  pass: { word: 'passed', mark: '✓' },
  skipped: { word: 'skipped', mark: '-' },
};

/** Worst first. */
export const statusOrder: readonly Status[] = ['fail', 'unknown', 'warn', 'waived', 'pass', 'skipped'];

/** "2 failed, 1 unknown, 15 passed": zero counts are left out. */
export function countsLine(report: Report): string {
  const counts = countStatuses(report);
  return statusOrder
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${statusLabels[status].word}`)
    .join(', ');
}

/**
 * The next step of a report: that of the check for which most others wait; else of the first failure, unknown or warning,
 * blocking ones first.
 */
export function nextStepOf(report: Report): string | null {
  const checks = report.items.flatMap((item) => item.checks);
  const waiting = (id: string) => checks.filter(({ waitsFor }) => waitsFor === id).length;
  const [cause] = checks
    .filter(({ id, remedy }) => remedy !== null && waiting(id) > 1)
    .toSorted((one, other) => waiting(other.id) - waiting(one.id));
  if (cause) return cause.remedy;
  for (const status of ['fail', 'unknown', 'warn'] as const) {
    const ofStatus = checks.filter((check) => check.status === status && check.remedy !== null);
    const first = ofStatus.find(({ severity }) => severity === 'blocking') ?? ofStatus[0];
    if (first) return first.remedy;
  }
  return null;
}
