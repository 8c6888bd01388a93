import { type Selectable, sql } from 'kysely';
import { isFree } from './claim-owner.ts';
import type { Database } from './database.ts';
import type { ReportRunRow } from './tables/reporting.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export type ReportRunState = Selectable<ReportRunRow>;

/** A report in the config of the process that looked at it last. */
export interface ScheduleRow {
  report: string;
  definition: string;
  /** Fire times up to this one are handled, epoch ms. */
  seen_until: number;
}

/** Every known schedule by the id of its report. */
export const schedules = async (db: Database): Promise<Map<string, ScheduleRow>> =>
  new Map((await db.selectFrom('report_schedules').selectAll().execute()).map((row) => [row.report, row]));

export const scheduleOf = (db: Database, report: string): Promise<ScheduleRow | undefined> =>
  db.selectFrom('report_schedules').selectAll().where('report', '=', report).executeTakeFirst();

/** A report that comes back later begins anew. */
export async function forgetSchedules(db: Transaction, reports: readonly string[]): Promise<void> {
  for (const report of reports)
    await db.deleteFrom('report_schedules').where('report', '=', report).execute();
}

/** Starts counting fire times from `now`. */
export const beginSchedule = async (
  db: Database,
  report: { id: string; definition: string },
  now: number,
): Promise<void> =>
  void (await db
    .insertInto('report_schedules')
    .values({ report: report.id, definition: report.definition, seen_until: now })
    .onConflict((conflict) =>
      conflict
        .column('report')
        .doUpdateSet({ definition: report.definition, seen_until: now })
        .where('report_schedules.definition', '!=', report.definition),
    )
    .execute());

/**
 * Opens the run of a fire time once: the first insert wins. It closes earlier runs that nobody is making, because it covers
 * what they would have reported. Returns true when this call opened the run.
 */
export const openRun = (db: Database, report: string, firedFor: number, now: number): Promise<boolean> =>
  inTransaction(db, async (transaction) => {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('report_runs')
      .values({ report, fired_for: firedFor, late: 0, state: 'open', attempts: 0, free_at: now })
      .onConflict((conflict) => conflict.columns(['report', 'fired_for']).doNothing())
      .executeTakeFirst();
    await transaction
      .updateTable('report_schedules')
      .set({ seen_until: firedFor })
      .where('report', '=', report)
      .where('seen_until', '<', firedFor)
      .execute();
    if (numInsertedOrUpdatedRows !== 1n) return false;
    await transaction
      .updateTable('report_runs')
      .set({ state: 'failed', ended_at: now, error: 'not made before the next one was due', owner: null })
      .where('report', '=', report)
      .where('state', '=', 'open')
      .where('fired_for', '<', firedFor)
      .where('free_at', '<=', now)
      .execute();
    return true;
  });

/**
 * Forgets the runs of a report for times after `now`, made while the clock was ahead, so that they are made again at the right
 * time. Their messages stay, under other keys. A run that is being made stays too.
 */
export async function forgetRunsAfter(transaction: Transaction, report: string, now: number): Promise<void> {
  const runs = await transaction
    .deleteFrom('report_runs')
    .where('report', '=', report)
    .where('fired_for', '>', now)
    .where('owner', 'is', null)
    .returning('fired_for')
    .execute();
  for (const { fired_for: firedFor } of runs)
    await sql`update outbox set key = key || ' ' || id
      where key like ${`%${report} %`} and ' ' || key || ' ' like ${`% ${firedFor} %`}`.execute(transaction);
  await transaction
    .updateTable('report_schedules')
    .set({ seen_until: now })
    .where('report', '=', report)
    .where('seen_until', '>', now)
    .execute();
}

export interface RunClaim {
  report: string;
  firedFor: number;
  /** Number of attempts, including this one and those of processes that were killed. */
  attempts: number;
  late: boolean;
}

/**
 * Claims the oldest open run of a report that nobody is making, or that a killed process left behind. null when there is none.
 */
export async function claimRun(
  db: Database,
  {
    owner,
    now,
    leaseMs,
    maxWaitMs,
    lateAfterMs,
    isKnown,
  }: {
    owner: string;
    now: number;
    leaseMs: number;
    /** Longest wait after a failed attempt, ms. */
    maxWaitMs: number;
    lateAfterMs: number;
    /** False for a report that this process cannot make: another process may have it in its config. */
    isKnown(report: string, firedFor: number): boolean;
  },
): Promise<RunClaim | null> {
  // Runs every second, so it takes the write lock only when there is something to write.
  const isOpen = ({ owner, free_at }: ReportRunState): boolean =>
    isFree({ owner, until: free_at }, now, owner === null ? maxWaitMs : leaseMs);
  const mayClaim = (run: ReportRunState): boolean => isOpen(run) && isKnown(run.report, run.fired_for);
  if (!(await openRuns(db)).some(mayClaim)) return null;
  return inTransaction(db, async (transaction) => {
    const open = await openRuns(transaction);
    const busy = new Set(
      open.filter((run) => run.owner !== null && !isOpen(run)).map(({ report }) => report),
    );
    const run = open.find((each) => mayClaim(each) && !busy.has(each.report));
    if (!run) return null;
    const attempts = run.attempts + 1;
    const late = now - run.fired_for > lateAfterMs;
    await transaction
      .updateTable('report_runs')
      .set({
        owner,
        free_at: now + leaseMs,
        attempts,
        began_at: now,
        late: late ? 1 : 0,
      })
      .where('report', '=', run.report)
      .where('fired_for', '=', run.fired_for)
      .execute();
    return {
      report: run.report,
      firedFor: run.fired_for,
      attempts,
      late,
    };
  });
}

export const openRuns = (db: Database): Promise<ReportRunState[]> =>
  db
    .selectFrom('report_runs')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('fired_for')
    .orderBy('report')
    .execute();

type RunKey = Pick<RunClaim, 'report' | 'firedFor'> & { owner: string };

const mine = (transaction: Database, { report, firedFor, owner }: RunKey) =>
  transaction
    .updateTable('report_runs')
    .where('report', '=', report)
    .where('fired_for', '=', firedFor)
    .where('state', '=', 'open')
    .where('owner', '=', owner);

/** False when another process has claimed the run; its result must then not be used. */
export async function endRun(
  transaction: Transaction,
  key: RunKey,
  end: { state: 'posted' | 'quiet' | 'failed'; at: number; error: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await mine(transaction, key)
    .set({ state: end.state, ended_at: end.at, error: end.error, owner: null })
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Releases a run so that any process may try again. */
export const releaseRun = async (db: Database, key: RunKey, freeAt: number, error: string): Promise<void> =>
  void (await mine(db, key).set({ owner: null, free_at: freeAt, error }).execute());

export const extendRun = async (db: Database, key: RunKey, freeAt: number): Promise<void> =>
  void (await mine(db, key).set({ free_at: freeAt }).execute());

/** When the previous run with a result began; null when there is none. */
export async function previousRunAt(
  db: Database,
  { report, firedFor }: Pick<RunClaim, 'report' | 'firedFor'>,
): Promise<number | null> {
  const row = await db
    .selectFrom('report_runs')
    .select('began_at')
    .where('report', '=', report)
    .where('fired_for', '<', firedFor)
    .where('state', 'in', ['posted', 'quiet'])
    .orderBy('fired_for', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.began_at ?? null;
}

/** The newest finished run of a report. */
export const lastRun = (db: Database, report: string): Promise<ReportRunState | undefined> =>
  db
    .selectFrom('report_runs')
    .selectAll()
    .where('report', '=', report)
    .where('state', '!=', 'open')
    .orderBy('fired_for', 'desc')
    .limit(1)
    .executeTakeFirst();
