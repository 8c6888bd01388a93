import { type ScheduledTask, schedule as scheduleTask } from 'node-cron';
import type { Logger } from 'pino';
import { createOwner } from '../../store/claim-owner.ts';
import type { Database } from '../../store/database.ts';
import { leaveReports } from '../../store/report-keeper.ts';
import {
  claimRun,
  endRun,
  extendRun,
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
import { createDueReports } from './due-reports.ts';
import { definitionOf, type FireTimes, fireTimes } from './fire-times.ts';
import type { MakeReport, ScheduledReport } from './scheduled-report.ts';

/** A run that starts later than this after its planned time is marked late. One minute is the resolution of cron. */
const LATE_AFTER_MS = 60_000;
/** A process renews its claim on a run at every tick. Without renewal it lasts so long where processes cannot see each other. */
const LEASE_MS = 45_000;
/** Wait before the second attempt at a report that failed. It doubles: 1, 2, 4, 8 minutes. */
const RETRY_MS = 60_000;
const MAX_ATTEMPTS = 5;
/** Attempts after which a report whose processes are killed while they make it is not begun again. */
const MAX_KILLED = 10;
/** A run that no process has made for so long is of a report that no config has any more. */
const OTHERS_MS = 3_600_000;

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
  const owner = createOwner();
  const dueReports = createDueReports(db, owner);
  const making = new Map<string, RunClaim>();

  const failedReportItem = ({ firedFor }: RunClaim, report: ScheduledReport, token: string): OutboxItem => ({
    channel: report.channel,
    key: `${report.id} ${firedFor} failed`,
    kind: 'post',
    message: dependencies.presenter.failedReport(report, firedFor, token),
  });

  async function make(claim: RunClaim, report: ScheduledReport): Promise<void> {
    const key = { ...claim, owner };
    try {
      if (claim.attempts > MAX_KILLED)
        throw new Error(`the process was stopped each of ${MAX_KILLED} times while it made this report`);
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
    const known = new Map(reports.map((report) => [report.id, report]));
    for (;;) {
      const claim = await claimRun(db, {
        owner,
        now: clock.now(),
        leaseMs: LEASE_MS,
        maxWaitMs: RETRY_MS * 2 ** MAX_ATTEMPTS,
        lateAfterMs: LATE_AFTER_MS,
        isKnown: (report, firedFor) => known.has(report) || clock.now() - firedFor > OTHERS_MS,
      });
      if (!claim) return begun;
      const report = known.get(claim.report);
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
    await dueReports.open(reports, clock.now());
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
      // Without a database the claim ends by itself.
      await leaveReports(db, owner).catch(() => {});
    },
  };
}

interface CronReport {
  cron: string;
  timezone: string;
}

interface CronJobs {
  /** Replaces the schedules. */
  set(reports: readonly CronReport[]): void;
  stop(): Promise<void>;
}

/**
 * Calls `onFire` in every minute in which a report is due, by the machine's clock. The database then decides what to do. One
 * job of node-cron serves all reports: a minute is the resolution of cron.
 */
export function createCronJobs(onFire: () => void, logger: Logger): CronJobs {
  const schedules = new Map<string, { times: FireTimes; next: number | null }>();
  let task: ScheduledTask | null = null;
  const quiet = () => {};
  let lookedAt = Number.NEGATIVE_INFINITY;
  const fireWhenDue = (): void => {
    const now = Date.now();
    // The clock was set back: the next times are nearer than they seemed.
    if (now < lookedAt) for (const schedule of schedules.values()) schedule.next = schedule.times.after(now);
    lookedAt = now;
    let isDue = false;
    for (const schedule of schedules.values()) {
      if (schedule.next === null || schedule.next > now) continue;
      isDue = true;
      schedule.next = schedule.times.after(now);
    }
    if (isDue) onFire();
  };
  return {
    set(reports) {
      const wanted = new Map(reports.map((report) => [definitionOf(report), report]));
      for (const definition of schedules.keys()) if (!wanted.has(definition)) schedules.delete(definition);
      for (const [definition, report] of wanted) {
        if (schedules.has(definition)) continue;
        const times = fireTimes(report);
        schedules.set(definition, { times, next: times.after(Date.now()) });
      }
      task ??= scheduleTask('* * * * *', fireWhenDue, {
        timezone: 'UTC',
        name: 'reports',
        noOverlap: true,
        // After the machine slept, the next tick covers the missed runs.
        suppressMissedWarning: true,
        logger: {
          info: quiet,
          debug: quiet,
          warn: (message) => logger.warn(message),
          error: (error) => logger.error({ err: error }, 'the cron job of the reports failed'),
        },
      });
    },
    async stop() {
      await task?.destroy();
      task = null;
      schedules.clear();
    },
  };
}
