import type { CheckResult, Report } from './report.ts';

export interface ReportChanges {
  /** Failed or unknown before; passed, waived or a warning now. */
  resolved: CheckResult[];
  /** Failed now and not before. */
  broken: CheckResult[];
}

/** Returns the checks that changed between two reports of one environment. */
export function compareReports(before: Report, after: Report): ReportChanges {
  const earlier = new Map(
    before.items.flatMap(({ checks }) => checks).map((check) => [check.id, check.status]),
  );
  const checks = after.items.flatMap((item) => item.checks);
  return {
    resolved: checks.filter(({ id, status }) => {
      const was = earlier.get(id);
      return (
        (was === 'fail' || was === 'unknown') &&
        (status === 'pass' || status === 'warn' || status === 'waived')
      );
    }),
    broken: checks.filter(
      ({ id, status }) => status === 'fail' && earlier.has(id) && earlier.get(id) !== 'fail',
    ),
  };
}
