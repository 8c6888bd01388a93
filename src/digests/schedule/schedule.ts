import { type ScheduledTask, schedule as scheduleTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import {
  claimRun,
  endRun,
  extendRun,
  openRun,
  previousRunAt,
  type RunClaim,
  releaseRun,
  seenUntil,
} from '../../store/report-runs.ts';
import { inTransaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { createTicker } from '../../time/ticker.ts';
import { enqueue, type OutboxItem } from '../outbox/outbox.ts';
import type { Presenter } from '../presenter.ts';
import { definitionOf, type FireTimes, fireTimes } from './fire-times.ts';
import type { MakeReport, ScheduledReport } from './scheduled-report.ts';

/** The unit of cron; what begins later than this after its time says so. */
const LATE_AFTER_MS = 60_000;
/** A process that makes a report says so again at every tick; one that was silent this long is taken for dead. */
const LEASE_MS = 120_000;
/** Between attempts at a report that cannot be made: 1, 2, 4, 8 minutes. */
const RETRY_MS = 60_000;
const MAX_ATTEMPTS = 5;

export interface ScheduleDependencies {
  db: Database;
  clock: Clock;
  logger: Logger;
  /** All reports that are to be made now: read at every tick. */
  reports(): Promise<ScheduledReport[]>;
  makeReport: MakeReport;
  presenter: Presenter;
  /** How often it is looked whether anything is due besides what node-cron rings for: what was missed, or left by another process; ms. */
  tickMs: number;
}

export interface Schedule {
  /** Opens the runs that are due by the clock and makes those that nobody else makes. Resolves when they are made. */
  tick(): Promise<void>;
  start(): void;
  /** Takes nothing new; resolves when what is being made is made. */
  stop(): Promise<void>;
}

/**
 * Fires reports: each fire time once, however many processes share the database and whenever they end. Fire times that
 * passed while nothing ran are made up for by one run, of the last of them.
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
    const seen = await seenUntil(db, { id: report.id, definition }, now);
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

  /** What is posted and that it was made are stored together or not at all. */
  const finish = (
    key: RunClaim & { owner: string },
    state: 'posted' | 'quiet' | 'failed',
    made: OutboxItem[] | 'nothing changed',
    error: string | null,
  ): Promise<void> =>
    inTransaction(db, async (transaction) => {
      const at = clock.now();
      if (!(await endRun(transaction, key, { state, at, error })))
        return logger.warn({ report: key.report }, 'report was made by another process meanwhile');
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

interface Scheduled {
  id: string;
  cron: string;
  timezone: string;
}

interface CronJobs {
  /** Takes over what is scheduled now: new ones are set, those that are gone or have another schedule are taken off. */
  set(reports: readonly Scheduled[]): void;
  stop(): Promise<void>;
}

/** node-cron rings when a report is due, by the machine's clock. What then has to be done is asked of the store. */
export function createCronJobs(onFire: () => void, logger: Logger): CronJobs {
  const tasks = new Map<string, { definition: string; task: ScheduledTask }>();
  const quiet = () => {};
  const take = (id: string) => {
    const task = tasks.get(id)?.task;
    tasks.delete(id);
    return task?.destroy();
  };
  return {
    set(reports) {
      for (const id of tasks.keys()) if (!reports.some((each) => each.id === id)) void take(id);
      for (const report of reports) {
        const definition = definitionOf(report);
        if (tasks.get(report.id)?.definition === definition) continue;
        void take(report.id);
        const task = scheduleTask(report.cron, onFire, {
          timezone: report.timezone,
          name: report.id,
          noOverlap: true,
          // A machine that slept: the round that follows makes up for it.
          suppressMissedWarning: true,
          logger: {
            info: quiet,
            debug: quiet,
            warn: (message) => logger.warn({ report: report.id }, message),
            error: (error) => logger.error({ err: error, report: report.id }, 'alarm of a report'),
          },
        });
        tasks.set(report.id, { definition, task });
      }
    },
    async stop() {
      await Promise.all([...tasks.keys()].map(take));
    },
  };
}
