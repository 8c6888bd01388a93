import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { channelState } from '../../store/outbox-state.ts';
import { lastRun, openRuns, type ReportRunState } from '../../store/report-runs.ts';
import { listSubscriptions, type Subscription } from '../../store/subscriptions.ts';
import type { Clock } from '../../time/clock.ts';
import { fireTimes } from './fire-times.ts';
import type { ScheduledReport } from './scheduled-report.ts';
import { allReports } from './scheduled-report.ts';

export interface ReportStatus {
  report: ScheduledReport;
  /** Epoch ms; null: none comes. */
  next: number | null;
  /** The newest run that is over; null: there is none. */
  last: {
    firedFor: number;
    endedAt: number;
    late: boolean;
    state: 'posted' | 'waiting' | 'given up' | 'quiet' | 'failed';
    error: string | null;
  } | null;
  /** Being made, or to be tried again. */
  open: boolean;
}

export interface ReportsOverview {
  reports: ReportStatus[];
  /** Not on a schedule. */
  notices: Subscription[];
  /** Of environments that the config no longer has: nothing comes of them. */
  orphans: Subscription[];
}

/** Every report that comes by itself, with its last and next run. */
export async function reportsOverview(
  db: Database,
  config: Pick<Config, 'reports' | 'environments'>,
  clock: Clock,
): Promise<ReportsOverview> {
  const now = clock.now();
  const open = new Set((await openRuns(db)).map(({ report }) => report));
  const reports: ReportStatus[] = [];
  for (const report of await allReports(db, config)) {
    const last = await lastRun(db, report.id);
    reports.push({
      report,
      next: fireTimes(report).after(now),
      open: open.has(report.id),
      last: last
        ? {
            firedFor: last.fired_for,
            endedAt: last.ended_at ?? last.fired_for,
            late: last.late === 1,
            state: await outcomeOf(db, report.channel, last),
            error: last.error,
          }
        : null,
    });
  }
  const known = new Set(config.environments.map(({ name }) => name));
  const subscriptions = await listSubscriptions(db);
  return {
    reports,
    notices: subscriptions.filter(({ kind, environment }) => kind === 'failures' && known.has(environment)),
    orphans: subscriptions.filter(({ environment }) => !known.has(environment)),
  };
}

/** What is made is in the outbox, and posted once Slack took it. */
async function outcomeOf(
  db: Database,
  channel: string,
  { state, began_at, ended_at }: ReportRunState,
): Promise<NonNullable<ReportStatus['last']>['state']> {
  if (state !== 'posted') return state === 'quiet' ? 'quiet' : 'failed';
  return channelState(db, channel, { from: began_at ?? 0, to: ended_at ?? 0 });
}
