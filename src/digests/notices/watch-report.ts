import { changeOf, isUnclear } from '../../readiness/check-change.ts';
import type { CheckResult, Report } from '../../readiness/report.ts';
import type { Notice, NoticeCheck, WatchedCheck, WatchState } from '../../store/notices.ts';
import { knownTime } from '../../time/age.ts';
import { HOUR_MS } from '../../time/units.ts';

/** Hourly reports may be this much less than an hour apart, because a reading takes time. */
const TOLERANCE_MS = 60_000;
/** A single failing report may be a glitch and is not announced. */
const REPORTS_IN_A_ROW = 2;

export interface WatchResult {
  state: WatchState;
  /** The open notices after this report. Those that it closed have `closedAt`. */
  notices: Notice[];
  /** Failing checks to announce now; null when there are none. */
  checks: { since: number; checks: NoticeCheck[] } | null;
  /** A missing verdict to announce now; null when there is none. */
  unknown: { since: number; reason: string; remedy: string | null } | null;
}

/** True when the check no longer fails: it passes, was accepted or is no longer judged. */
export const isClosed = ({ state }: NoticeCheck): boolean => state !== 'failing' && state !== 'unclear';

/** Applies one more report. Pure. `silent` (maintenance) announces nothing new; a failure that lasts longer is announced later. */
export function watchReport(
  before: WatchState | null,
  report: Report,
  open: readonly Notice[],
  { at, silent }: { at: number; silent: boolean },
): WatchResult {
  const blocking = report.items
    .flatMap((item) => item.checks)
    .filter(({ severity }) => severity === 'blocking');
  const checks = Object.fromEntries(
    blocking.flatMap((check) => {
      const now = nextOf(before?.checks[check.id] ?? null, check, report.checkedAt);
      return now ? [[check.id, now]] : [];
    }),
  );
  const unknownSince =
    report.verdict === 'unknown'
      ? (knownTime(before?.unknownSince, report.checkedAt) ?? report.checkedAt)
      : null;
  const notices = open.map((notice) => updated(notice, report, blocking, at));
  const announced = new Set(
    notices.flatMap((notice) => notice.checks.filter((each) => !isClosed(each)).map(({ id }) => id)),
  );
  const fresh = blocking.filter(
    ({ id, status }) =>
      status === 'fail' && !announced.has(id) && (checks[id]?.failing?.reports ?? 0) >= REPORTS_IN_A_ROW,
  );
  const since = Math.min(...fresh.map(({ id }) => checks[id]?.failing?.since ?? report.checkedAt));
  const isUnknown =
    unknownSince !== null &&
    report.checkedAt - unknownSince >= HOUR_MS - TOLERANCE_MS &&
    !notices.some(({ kind, closedAt }) => kind === 'unknown' && closedAt === null);
  return {
    state: { checks, unknownSince },
    notices,
    checks: fresh.length > 0 && !silent ? { since, checks: fresh.map(shownCheck) } : null,
    unknown: isUnknown && !silent ? { since: unknownSince, ...reasonOf(blocking) } : null,
  };
}

/** The blocking checks as they were when they were last judged. */
export const lastKnownOf = (state: WatchState | null): Record<string, WatchedCheck['last']> =>
  Object.fromEntries(Object.entries(state?.checks ?? {}).map(([id, { last }]) => [id, last]));

const shownCheck = ({ id, title, expected, actual, remedy }: CheckResult): NoticeCheck => ({
  id,
  title,
  expected,
  actual,
  remedy,
  state: 'failing',
});

function nextOf(was: WatchedCheck | null, check: CheckResult, at: number): WatchedCheck | null {
  switch (changeOf(was && { status: was.last, unclear: false }, check)) {
    case 'unclear':
      return was;
    case 'not judged':
      // The config no longer requires what this check judges.
      return null;
    case 'still failing':
      return {
        last: 'fail',
        failing: was?.failing ? { ...was.failing, reports: was.failing.reports + 1 } : null,
      };
    case 'failed':
      if (check.status === 'fail') return { last: 'fail', failing: { since: at, reports: 1 } };
      break;
    case 'found failing':
      // It may have failed before anybody looked, so it is not announced.
      if (check.status === 'fail') return { last: 'fail', failing: null };
  }
  return { last: 'pass', failing: null };
}

function reasonOf(blocking: CheckResult[]): { reason: string; remedy: string | null } {
  const first = blocking.find(({ status }) => status === 'unknown');
  return { reason: first?.reason ?? 'no reason given', remedy: first?.remedy ?? null };
}

function updated(notice: Notice, report: Report, blocking: CheckResult[], at: number): Notice {
  if (notice.kind === 'unknown')
    return report.verdict === 'unknown' ? { ...notice, ...reasonOf(blocking) } : { ...notice, closedAt: at };
  const checks = notice.checks.map((each) =>
    updatedCheck(
      each,
      blocking.find(({ id }) => id === each.id),
    ),
  );
  return { ...notice, checks, closedAt: checks.every(isClosed) ? at : null };
}

/** A check that fails again while its notice is open stays part of that notice. */
function updatedCheck(check: NoticeCheck, now: CheckResult | undefined): NoticeCheck {
  if (now === undefined) return { ...check, state: 'not judged' };
  if (isUnclear(now)) return isClosed(check) ? check : { ...check, state: 'unclear' };
  switch (now.status) {
    case 'fail':
      // `actual` may contain a time, so it is replaced only together with `expected`.
      return now.expected === check.expected ? { ...check, state: 'failing' } : shownCheck(now);
    case 'pass':
    case 'warn':
      return { ...check, state: 'passes' };
    case 'waived':
      return { ...check, state: 'accepted' };
    default:
      return { ...check, state: 'not judged' };
  }
}
