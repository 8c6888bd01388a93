import { changeOf, judgementAfter, type LastJudgement } from '../../readiness/check-change.ts';
import type { CheckResult, Report } from '../../readiness/report.ts';
import type { CheckState, EnvironmentState } from '../../store/digests.ts';
import { dayNumber } from '../../time/days.ts';
import type { Problem, Readiness, ResolvedCheck, UnknownCheck } from './digest-content.ts';

export interface JudgedReadiness {
  readiness: Readiness;
  state: Pick<EnvironmentState, 'verdict' | 'checks' | 'passed' | 'notJudged'>;
  moved: boolean;
}

/** Compares a report with the previous digest; `before` is null when it did not include the environment. */
export function judgeReadiness(report: Report, before: EnvironmentState | null, at: number): JudgedReadiness {
  const problems: Problem[] = [];
  const unclear: UnknownCheck[] = [];
  const resolved: ResolvedCheck[] = [];
  const readableAgain: string[] = [];
  const checks: Record<string, CheckState> = {};
  const passed: string[] = [];
  const notJudged: string[] = [];
  let moved = before !== null && before.verdict !== report.verdict;
  for (const check of report.items.flatMap((item) => item.checks)) {
    const was = stateBefore(before, check.id);
    const change = changeOf(was, check);
    const next = judgementAfter(was, check);
    let since = was?.since ?? at;
    let changed = change !== 'none' && change !== 'still failing' && change !== 'not judged';
    switch (change) {
      case 'failed':
      case 'found failing':
      case 'eased':
      case 'still failing': {
        const problem = problemOf(check, was, before === null ? 'still failing' : change, at);
        problems.push(problem);
        since = problem.since;
        changed = problem.state !== 'open' || was?.unclear === true;
        break;
      }
      case 'unclear':
        if (check.status === 'unknown') unclear.push({ check, failedBefore: isFailure(was) });
        changed = check.status === 'unknown' && was?.unclear !== true;
        break;
      case 'accepted':
        // The check still fails; someone accepted that.
        changed = was !== null && was.status !== 'pass' && was.status !== 'waived';
        break;
      case 'resolved':
        resolved.push({ id: check.id, title: check.title, was: was?.status === 'warn' ? 'warn' : 'fail' });
        break;
      case 'readable again':
        readableAgain.push(check.id);
    }
    moved ||= before !== null && changed;
    if (next === null) notJudged.push(check.id);
    if (next?.status === 'pass' && !next.unclear) passed.push(check.id);
    // An expectation that could not be judged is compared with the earlier one when it is judged again.
    else if (next)
      checks[check.id] = {
        title: check.title,
        expected: next.unclear && was ? was.expected : check.expected,
        since,
        ...next,
      };
  }
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
      readableAgain,
    },
    state: { verdict: report.verdict, checks, passed, notJudged },
    moved,
  };
}

/** The state after a digest whose checks did not run: none of them is resolved. */
export const withoutReport = (
  before: EnvironmentState | null,
): Pick<EnvironmentState, 'verdict' | 'checks' | 'passed' | 'notJudged'> => ({
  verdict: null,
  checks: Object.fromEntries(
    [...Object.keys(before?.checks ?? {}), ...(before?.passed ?? [])].flatMap((id) => {
      const was = stateBefore(before, id);
      return was ? [[id, { ...was, unclear: true }]] : [];
    }),
  ),
  passed: [],
  notJudged: [],
});

/** Null when no digest has judged the check. */
function stateBefore(before: EnvironmentState | null, id: string): CheckState | null {
  const listed = before?.checks[id];
  if (listed || !before) return listed ?? null;
  // A check that a digest with a verdict does not list passed: older digests listed failures alone.
  const isPassed =
    before.passed?.includes(id) || (before.verdict !== null && !before.notJudged?.includes(id));
  return isPassed ? { status: 'pass', title: '', expected: '', since: 0, unclear: false } : null;
}

const isFailure = (was: LastJudgement | null): boolean => was?.status === 'fail' || was?.status === 'warn';

const order: Record<Problem['state'], number> = { new: 0, changed: 1, open: 2, first: 3 };

/** Checks that keep the environment from being ready come first. */
const weightOf = ({ status, severity }: CheckResult): number =>
  (status === 'fail' ? 0 : 2) + (severity === 'blocking' ? 0 : 1);

function problemOf(
  check: CheckResult,
  was: CheckState | null,
  change: 'failed' | 'found failing' | 'eased' | 'still failing',
  at: number,
): Problem {
  if (change === 'failed') return { check, state: 'new', since: at, day: 1 };
  if (change === 'found failing') return { check, state: 'first', since: at, day: 1 };
  if (was === null) return { check, state: 'open', since: at, day: 1 };
  const state = change === 'still failing' && was.expected === check.expected ? 'open' : 'changed';
  return { check, state, since: was.since, day: dayNumber(was.since, at) };
}
