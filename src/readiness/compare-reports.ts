import { changeOf, judgementAfter } from './check-change.ts';
import type { CheckResult, Report } from './report.ts';

export interface ReportChanges {
  /** Failed before; passed, waived or a warning now. */
  resolved: CheckResult[];
  /** Could not be judged before, and pass now. */
  readable: CheckResult[];
  /** Passed or warned before, and failed now. */
  broken: CheckResult[];
}

/**
 * Returns the checks that changed between two reports of one environment. `lastKnown`: the checks that failed or passed when
 * they were last judged, for those that the earlier report could not judge.
 */
export function compareReports(
  before: Report,
  after: Report,
  lastKnown: Readonly<Record<string, 'pass' | 'fail'>> = {},
): ReportChanges {
  const earlier = new Map(
    before.items
      .flatMap(({ checks }) => checks)
      .map((check) => {
        const known = lastKnown[check.id];
        return [check.id, judgementAfter(known ? { status: known, unclear: true } : null, check)];
      }),
  );
  const changes = after.items
    .flatMap((item) => item.checks)
    .map((check) => {
      const was = earlier.get(check.id) ?? null;
      return { check, was, change: changeOf(was, check) };
    });
  const checksThat = (pick: (change: (typeof changes)[number]) => boolean): CheckResult[] =>
    changes.filter(pick).map(({ check }) => check);
  return {
    // A warning that passes was no failure.
    resolved: checksThat(
      ({ was, change }) =>
        was?.status === 'fail' && (change === 'resolved' || change === 'eased' || change === 'accepted'),
    ),
    readable: checksThat(({ change }) => change === 'readable again'),
    broken: checksThat(({ change, check }) => change === 'failed' && check.status === 'fail'),
  };
}
