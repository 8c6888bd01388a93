import type { CheckResult, Report } from '../../readiness/report.ts';
import type { CheckState, EnvironmentState } from '../../store/digests.ts';
import { dayNumber } from '../../time/days.ts';
import type { Problem, Readiness, ResolvedCheck, UnknownCheck } from './digest-content.ts';

export interface JudgedReadiness {
  readiness: Readiness;
  verdict: EnvironmentState['verdict'];
  checks: EnvironmentState['checks'];
  moved: boolean;
}

/** Compares a report with the previous digest; `before` is null when it did not include the environment. */
export function judgeReadiness(report: Report, before: EnvironmentState | null, at: number): JudgedReadiness {
  const problems: Problem[] = [];
  const unclear: UnknownCheck[] = [];
  const resolved: ResolvedCheck[] = [];
  const checks: Record<string, CheckState> = {};
  let moved = before !== null && before.verdict !== report.verdict;
  for (const check of report.items.flatMap((item) => item.checks)) {
    const was = before?.checks[check.id] ?? null;
    if (isProblem(check)) {
      const problem = problemOf(check, was, before === null, at);
      problems.push(problem);
      checks[check.id] = stateOf(check, check.status as 'fail' | 'warn', problem.since);
      moved ||= problem.state !== 'open' || was?.unclear === true;
    } else if (check.status === 'unknown') {
      const failedBefore = was !== null && was.status !== 'unknown';
      unclear.push({ check, failedBefore });
      checks[check.id] = was
        ? { ...was, unclear: true }
        : { ...stateOf(check, 'unknown', at), unclear: true };
      moved ||= before !== null && was?.unclear !== true;
    } else if (check.status === 'waived') {
      // The check still fails; someone accepted that.
      moved ||= before !== null && was !== null;
    } else if (check.waitsFor !== undefined) {
      // Neither resolved nor new when it is judged again: the check that it waits for is in the digest.
      if (was) checks[check.id] = { ...was, unclear: true };
    } else if (check.status !== 'skipped' && was) {
      resolved.push({ id: check.id, title: check.title, was: was.status });
      moved = true;
    }
  }
  const order = { new: 0, changed: 1, open: 2 };
  return {
    readiness: {
      report,
      before: before?.verdict ?? null,
      problems: problems.sort(
        (left, right) =>
          weightOf(left.check) - weightOf(right.check) || order[left.state] - order[right.state],
      ),
      unclear,
      resolved,
    },
    verdict: report.verdict,
    checks,
    moved,
  };
}

const isProblem = ({ status }: CheckResult): boolean => status === 'fail' || status === 'warn';

/** Checks that keep the environment from being ready come first. */
const weightOf = ({ status, severity }: CheckResult): number =>
  (status === 'fail' ? 0 : 2) + (severity === 'blocking' ? 0 : 1);

function problemOf(check: CheckResult, was: CheckState | null, isBaseline: boolean, at: number): Problem {
  if (isBaseline) return { check, state: 'open', since: at, day: 1 };
  if (was === null || was.status !== check.status) return { check, state: 'new', since: at, day: 1 };
  const state = was.expected === check.expected ? 'open' : 'changed';
  return { check, state, since: was.since, day: dayNumber(was.since, at) };
}

const stateOf = (
  { title, expected }: CheckResult,
  status: CheckState['status'],
  since: number,
): CheckState => ({ status, title, expected, since, unclear: false });
