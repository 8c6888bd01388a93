import { type ScheduledTask, schedule as scheduleTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import {
  claimRun,
  endRun,
  extendRun,
  lastSeenAt,
  openRun,
  previousRunAt,
  type RunClaim,
  releaseRun,
} from '../../store/report-runs.ts';
import { inTransaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { createTicker } from '../../time/ticker.ts';
import { enqueue, type OutboxItem } from '../outbox/outbox.ts';
import type { Presenter } from '../presenter.ts';
import { definitionOf, type FireTimes, fireTimes } from './fire-times.ts';
import type { MakeReport, ScheduledReport } from './scheduled-report.ts';

/** A run that starts later than this after its planned time is marked late. One minute is the resolution of cron. */
const LATE_AFTER_MS = 60_000;
/** A process renews its claim on a run at every tick. After this long without renewal another process takes the run over. */
const LEASE_MS = 120_000;
/** Wait before the second attempt at a report that failed. It doubles: 1, 2, 4, 8 minutes. */
const RETRY_MS = 60_000;
const MAX_ATTEMPTS = 5;

export interface ScheduleDependencies {
  db: Database;
  clock: Clock;
  logger: Logger;
  /** Every scheduled report. Called at every tick. */
  reports(): Promise<ScheduledReport[]>;
  makeReport: MakeReport;
  presenter: Presenter;
  /** Poll interval for missed runs and for runs that another process left behind, ms. node-cron wakes the schedule for the rest. */
  tickMs: number;
}

export interface Schedule {
  /** Opens the runs that are due and makes those that no other process makes. Resolves when they are made. */
  tick(): Promise<void>;
  start(): void;
  /** Takes nothing new; resolves when what is being made is made. */
  stop(): Promise<void>;
}

/**
 * Runs each report once per fire time, however many processes share the database and whenever they die. Fire times that
 * passed while no process ran are covered by one run, for the latest of them.
 */
export function createSchedule(dependencies: ScheduleDependencies): Schedule {
  const { db, clock, logger } = dependencies;
  const owner = randomId('own');
  const dueTimes = new Map<string, { definition: string; times: FireTimes; next: number | null }>();
  const making = new Map<string, RunClaim>();

  async function openIfDue(report: ScheduledReport, now: number): Promise<void> {
    const definition = definitionOf(report);
    let known = dueTimes.get(report.id);
    if (known?.definition !== definition) known = { definition, times: fireTimes(report), next: 0 };
    if (known.next === null || now < known.next) return;
    const due = known.times.upTo(now);
    const seen = await lastSeenAt(db, { id: report.id, definition }, now);
    if (due !== null && due > seen) await openRun(db, report.id, due, now);
    dueTimes.set(report.id, { ...known, next: known.times.after(now) });
  }

  const failedReportItem = ({ firedFor }: RunClaim, report: ScheduledReport, token: string): OutboxItem => ({
    channel: report.channel,
    key: `${report.id} ${firedFor} failed`,
    kind: 'post',
    message: dependencies.presenter.failedReport(report, firedFor, token),
  });

  async function make(claim: RunClaim, report: ScheduledReport): Promise<void> {
    const key = { ...claim, owner };
    try {
      const previousRun = await previousRunAt(db, claim);
      const made = await dependencies.makeReport({
        report,
        firedFor: claim.firedFor,
        late: claim.late,
        previousRun,
      });
      await finish(key, made === 'nothing changed' ? 'quiet' : 'posted', made, null);
    } catch (error) {
      const token = randomId('err');
      logger.error({ err: error, token, report: report.id, attempt: claim.attempts }, 'report not made');
      if (claim.attempts >= MAX_ATTEMPTS)
        return finish(key, 'failed', [failedReportItem(claim, report, token)], token);
      await releaseRun(db, key, clock.now() + RETRY_MS * 2 ** (claim.attempts - 1), token);
    }
  }

  /** Stores the messages and the end of the run in one transaction. */
  const finish = (
    key: RunClaim & { owner: string },
    state: 'posted' | 'quiet' | 'failed',
    made: OutboxItem[] | 'nothing changed',
    error: string | null,
  ): Promise<void> =>
    inTransaction(db, async (transaction) => {
      const at = clock.now();
      if (!(await endRun(transaction, key, { state, at, error })))
        return logger.warn({ report: key.report }, 'another process has made this report');
      for (const item of made === 'nothing changed' ? [] : made)
        await enqueue(transaction, item, { now: () => at });
    });

  async function claimAll(reports: ScheduledReport[]): Promise<Promise<void>[]> {
    const begun: Promise<void>[] = [];
    for (;;) {
      const claim = await claimRun(db, {
        owner,
        now: clock.now(),
        leaseMs: LEASE_MS,
        lateAfterMs: LATE_AFTER_MS,
      });
      if (!claim) return begun;
      const report = reports.find(({ id }) => id === claim.report);
      const key = `${claim.report} ${claim.firedFor}`;
      if (!report) {
        await finish({ ...claim, owner }, 'failed', [], 'the report is no longer configured');
        continue;
      }
      making.set(key, claim);
      begun.push(make(claim, report).finally(() => making.delete(key)));
    }
  }

  async function tick(): Promise<void> {
    for (const claim of making.values()) await extendRun(db, { ...claim, owner }, clock.now() + LEASE_MS);
    const reports = await dependencies.reports();
    if (running) cronJobs.set(reports);
    for (const report of reports) await openIfDue(report, clock.now());
    await Promise.all(await claimAll(reports));
  }

  const ticker = createTicker({ name: 'schedule', tick, everyMs: dependencies.tickMs, logger });
  const cronJobs = createCronJobs(() => ticker.tickNow(), logger);
  let running = false;
  return {
    tick,
    start() {
      running = true;
      ticker.start();
    },
    async stop() {
      running = false;
      await Promise.all([ticker.stop(), cronJobs.stop()]);
    },
  };
}

interface CronReport {
  id: string;
  cron: string;
  timezone: string;
}

interface CronJobs {
  /** Replaces the schedule: starts new reports, stops those that are gone, restarts those whose schedule changed. */
  set(reports: readonly CronReport[]): void;
  stop(): Promise<void>;
}

/** node-cron fires when a report is due, by the machine's clock. The database then decides what to do. */
export function createCronJobs(onFire: () => void, logger: Logger): CronJobs {
  const tasks = new Map<string, { definition: string; task: ScheduledTask }>();
  const quiet = () => {};
  const remove = (id: string) => {
    const task = tasks.get(id)?.task;
    tasks.delete(id);
    return task?.destroy();
  };
  return {
    set(reports) {
      for (const id of tasks.keys()) if (!reports.some((each) => each.id === id)) void remove(id);
      for (const report of reports) {
        const definition = definitionOf(report);
        if (tasks.get(report.id)?.definition === definition) continue;
        void remove(report.id);
        const task = scheduleTask(report.cron, onFire, {
          timezone: report.timezone,
          name: report.id,
          noOverlap: true,
          // After the machine slept, the next tick covers the missed runs.
          suppressMissedWarning: true,
          logger: {
            info: quiet,
            debug: quiet,
            warn: (message) => logger.warn({ report: report.id }, message),
            error: (error) => logger.error({ err: error, report: report.id }, 'cron job of a report failed'),
          },
        });
        tasks.set(report.id, { definition, task });
      }
    },
    async stop() {
      await Promise.all([...tasks.keys()].map(remove));
    },
  };
}
