import type { CheckResult, Report } from '../../readiness/report.ts';
import type { Notice, NoticeCheck, WatchedCheck, WatchState } from '../../store/notices.ts';

const HOUR_MS = 3_600_000;
/** Reports that are made every hour are an hour apart, give or take how long a reading takes. */
const SLACK_MS = 60_000;
/** One report that fails is no reason to call anybody. */
const REPORTS_IN_A_ROW = 2;

export interface WatchResult {
  state: WatchState;
  /** Open notices as they are after this report; closed ones have their time. */
  notices: Notice[];
  /** What is to be announced now; null: nothing. */
  checks: { since: number; checks: NoticeCheck[] } | null;
  unknown: { since: number; reason: string; remedy: string | null } | null;
}

/** The check fails no longer: it passes, was accepted or is not judged any more. */
export const isOver = ({ state }: NoticeCheck): boolean => state !== 'failing' && state !== 'unclear';

/** What one more report changes. Pure. `silent`: nothing new is announced (maintenance); it is announced later if it lasts. */
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
  const unknownSince = report.verdict === 'unknown' ? (before?.unknownSince ?? report.checkedAt) : null;
  const notices = open.map((notice) => updated(notice, report, blocking, at));
  const told = new Set(
    notices.flatMap((notice) => notice.checks.filter((each) => !isOver(each)).map(({ id }) => id)),
  );
  const fresh = blocking.filter(
    ({ id, status }) =>
      status === 'fail' && !told.has(id) && (checks[id]?.failing?.reports ?? 0) >= REPORTS_IN_A_ROW,
  );
  const since = Math.min(...fresh.map(({ id }) => checks[id]?.failing?.since ?? report.checkedAt));
  const isUnknown =
    unknownSince !== null &&
    report.checkedAt - unknownSince >= HOUR_MS - SLACK_MS &&
    !notices.some(({ kind, closedAt }) => kind === 'unknown' && closedAt === null);
  return {
    state: { checks, unknownSince },
    notices,
    checks: fresh.length > 0 && !silent ? { since, checks: fresh.map(shownCheck) } : null,
    unknown: isUnknown && !silent ? { since: unknownSince, ...reasonOf(blocking) } : null,
  };
}

const shownCheck = ({ id, title, expected, actual, remedy }: CheckResult): NoticeCheck => ({
  id,
  title,
  expected,
  actual,
  remedy,
  state: 'failing',
});

function nextOf(was: WatchedCheck | null, { status }: CheckResult, at: number): WatchedCheck | null {
  switch (status) {
    case 'pass':
    case 'warn':
    case 'waived':
      return { last: 'pass', failing: null };
    case 'fail':
      if (was === null) return { last: 'fail', failing: null };
      if (was.failing) return { last: 'fail', failing: { ...was.failing, reports: was.failing.reports + 1 } };
      return { last: 'fail', failing: was.last === 'pass' ? { since: at, reports: 1 } : null };
    case 'unknown':
      return was;
    case 'skipped':
      // Nothing of the kind is required any more.
      return null;
  }
}

function reasonOf(blocking: CheckResult[]): { reason: string; remedy: string | null } {
  const first = blocking.find(({ status }) => status === 'unknown');
  return { reason: first?.reason ?? 'no reason is known', remedy: first?.remedy ?? null };
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
  return { ...notice, checks, closedAt: checks.every(isOver) ? at : null };
}

/** One that fails again while others of its notice still do belongs to it as before: it is not over before all are. */
function updatedCheck(told: NoticeCheck, now: CheckResult | undefined): NoticeCheck {
  switch (now?.status) {
    case 'fail':
      // What was found may hold a time; it is written anew only with what is missing.
      return now.expected === told.expected ? { ...told, state: 'failing' } : shownCheck(now);
    case 'unknown':
      return isOver(told) ? told : { ...told, state: 'unclear' };
    case 'pass':
    case 'warn':
      return { ...told, state: 'passes' };
    case 'waived':
      return { ...told, state: 'accepted' };
    default:
      return { ...told, state: 'not judged' };
  }
}
