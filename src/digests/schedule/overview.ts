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
  /** Next fire time, epoch ms; null when there is none. */
  next: number | null;
  /** The newest finished run; null when there is none. */
  last: {
    firedFor: number;
    endedAt: number;
    late: boolean;
    state: 'posted' | 'waiting' | 'given up' | 'quiet' | 'failed';
    error: string | null;
  } | null;
  /** A run is being made or waits for a retry. */
  open: boolean;
}

export interface ReportsOverview {
  reports: ReportStatus[];
  /** Subscriptions without a schedule: a notice when a check begins to fail. */
  notices: Subscription[];
  /** Subscriptions whose environment the config no longer has. They post nothing. */
  orphans: Subscription[];
}

/** Every scheduled report with its last and next run, and every other subscription. */
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

/** A finished report is in the outbox; it counts as posted once Slack accepted all of it. */
async function outcomeOf(
  db: Database,
  channel: string,
  { state, began_at, ended_at }: ReportRunState,
): Promise<NonNullable<ReportStatus['last']>['state']> {
  if (state !== 'posted') return state === 'quiet' ? 'quiet' : 'failed';
  return channelState(db, channel, { from: began_at ?? 0, to: ended_at ?? 0 });
}
