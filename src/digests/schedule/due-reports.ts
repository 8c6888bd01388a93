import type { Database } from '../../store/database.ts';
import { keepReports, keepsReports } from '../../store/report-keeper.ts';
import {
  beginSchedule,
  forgetRunsAfter,
  forgetSchedules,
  openRun,
  type ScheduleRow,
  scheduleOf,
  schedules,
} from '../../store/report-runs.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { MAX_CLOCK_LEAD_MS } from '../../time/age.ts';
import { MINUTE_MS } from '../../time/units.ts';
import { definitionOf, type FireTimes, fireTimes } from './fire-times.ts';
import type { ScheduledReport } from './scheduled-report.ts';

/** A report whose time moved by less than this is still about the same occasion, which is reported once. */
const SAME_OCCASION_MS = 3_600_000;

/** A report that came at most this much early, because the clock was ahead, is not repeated. */
const EARLY_MS = 30 * MINUTE_MS;

interface Schedule {
  times: FireTimes;
  /** First fire time after the last look, epoch ms; null when there is none. */
  next: number | null;
}

interface Watched {
  definition: string;
  /** Fire times up to this one are handled, epoch ms. */
  handled: number;
}

export interface DueReports {
  /** Opens the runs that are due at `now`, epoch ms. */
  open(reports: readonly ScheduledReport[], now: number): Promise<void>;
}

/**
 * Decides which runs are due. Fire times are computed once for each distinct schedule, and only while one is due, so that
 * thousands of subscriptions cost little. Of two processes with different configs, the one that started later decides: the
 * other no longer fires a report whose time changed, until that one is gone.
 */
export function createDueReports(db: Database, owner: string): DueReports {
  const watched = new Map<string, Watched>();
  const distinct = new Map<string, Schedule>();
  let isFirst = true;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** True when the clock was ahead when these fire times were handled: for a time to come nothing was reported. */
  function isAhead(handled: number, { times }: Schedule, now: number): boolean {
    if (handled <= now + MAX_CLOCK_LEAD_MS) return false;
    const next = times.after(now);
    const interval = next === null ? Infinity : (times.after(next) ?? Infinity) - next;
    return handled > now + Math.max(MAX_CLOCK_LEAD_MS, Math.min(EARLY_MS, interval / 2));
  }

  /** Handles again what a clock that was ahead had handled. Returns the time up to which it is handled now. */
  async function goBack(transaction: Transaction, { id }: ScheduledReport, now: number): Promise<number> {
    await forgetRunsAfter(transaction, id, now);
    return now;
  }

  function scheduleFor(
    report: Pick<ScheduledReport, 'cron' | 'timezone'>,
    definition: string,
    now: number,
  ): Schedule {
    const known = distinct.get(definition);
    if (known) return known;
    const times = fireTimes(report);
    const schedule = { times, next: times.after(now) };
    distinct.set(definition, schedule);
    return schedule;
  }

  /**
   * Watches reports that this process sees for the first time, and returns those with a run that is due. When this process takes
   * over from one that is gone, what that one did not report is due.
   */
  const begin = (
    reports: readonly ScheduledReport[],
    now: number,
    takes: 'nothing' | 'as the newest' | 'over',
  ): Promise<{ report: ScheduledReport; due: number }[]> =>
    inTransaction(db, async (transaction) => {
      if (takes === 'over' && (await keepsReports(transaction, owner, now)) !== 'free') return [];
      if (takes !== 'nothing') {
        await keepReports(transaction, owner, now);
        watched.clear();
      }
      const rows = await schedules(transaction);
      const missed: { report: ScheduledReport; due: number }[] = [];
      for (const report of reports) {
        const definition = definitionOf(report);
        const schedule = scheduleFor(report, definition, now);
        const { times } = schedule;
        const known = rows.get(report.id) ?? null;
        const row =
          known !== null && isAhead(known.seen_until, schedule, now)
            ? { ...known, seen_until: await goBack(transaction, report, now) }
            : known;
        const isSame = row?.definition === definition;
        const handled = isSame
          ? row.seen_until
          : row === null
            ? now
            : takes === 'over'
              ? row.seen_until
              : handledAfterChange(row, times, now);
        if (!isSame) await beginSchedule(transaction, { id: report.id, definition }, handled);
        watched.set(report.id, { definition, handled });
        const due = times.upTo(now);
        if (due !== null && due > handled) missed.push({ report, due });
      }
      // A report that the newest config lacks has missed nothing when it is put back.
      const known = new Set(reports.map(({ id }) => id));
      if (takes !== 'nothing')
        await forgetSchedules(
          transaction,
          [...rows.keys()].filter((id) => !known.has(id)),
        );
      return missed;
    });

  async function openAt(report: ScheduledReport, due: number, now: number): Promise<void> {
    const own = watched.get(report.id);
    if (!own) return;
    own.handled = due;
    const row = await scheduleOf(db, report.id);
    // A process that started later has another schedule for it.
    if (row && row.definition !== own.definition) return;
    if (!row) await beginSchedule(db, { id: report.id, definition: own.definition }, due);
    await openRun(db, report.id, due, now);
  }

  /** The part that this process takes in the decision at this tick. */
  async function partAt(now: number): Promise<'nothing' | 'as the newest' | 'over'> {
    if (isFirst) return 'as the newest';
    const keeps = await keepsReports(db, owner, now);
    if (keeps === 'due') await keepReports(db, owner, now);
    return keeps === 'free' ? 'over' : 'nothing';
  }

  return {
    async open(reports, now) {
      const takes = await partAt(now);
      if (now < lookedAt) for (const schedule of distinct.values()) schedule.next = schedule.times.after(now);
      lookedAt = now;
      const lastDue = new Map<string, number>();
      for (const [definition, schedule] of distinct) {
        if (schedule.next === null || now < schedule.next) continue;
        const last = schedule.times.upTo(now);
        if (last !== null) lastDue.set(definition, last);
        schedule.next = schedule.times.after(now);
      }
      const others: ScheduledReport[] = [];
      const due: { report: ScheduledReport; due: number }[] = [];
      for (const report of reports) {
        const definition = definitionOf(report);
        const own = watched.get(report.id);
        const last = lastDue.get(definition);
        const schedule = distinct.get(definition);
        if (own && schedule && isAhead(own.handled, schedule, now))
          own.handled = await inTransaction(db, (transaction) => goBack(transaction, report, now));
        if (takes !== 'nothing' || own?.definition !== definition) others.push(report);
        else if (last !== undefined && last > own.handled) due.push({ report, due: last });
      }
      if (takes !== 'nothing' || others.length > 0) due.push(...(await begin(others, now, takes)));
      isFirst = false;
      for (const each of due) await openAt(each.report, each.due, now);
      const current = new Set(reports.map(({ id }) => id));
      const gone = [...watched.keys()].filter((id) => !current.has(id));
      if (gone.length > 0) await inTransaction(db, (transaction) => forgetSchedules(transaction, gone));
      for (const id of gone) watched.delete(id);
    },
  };
}

/**
 * A report that moved by minutes is due once: not again when the earlier time had fired, and at once when it was moved to
 * just before now while the later time was still to come.
 */
function handledAfterChange(
  { definition, seen_until: seen }: ScheduleRow,
  times: FireTimes,
  now: number,
): number {
  const next = times.after(now);
  const last = times.upTo(now);
  const earlier = fireTimes(scheduleOfDefinition(definition));
  const fired = earlier.upTo(seen);
  // Reports that come every few minutes have no occasion to miss.
  const isRare = next !== null && (times.after(next) ?? Infinity) - next > 2 * SAME_OCCASION_MS;
  if (!isRare) return now;
  if (fired !== null && fired === seen && next - fired < SAME_OCCASION_MS) return next;
  const planned = earlier.after(seen);
  if (last !== null && planned !== null && last > seen && planned > now && planned - last < SAME_OCCASION_MS)
    return last - 1;
  return now;
}

function scheduleOfDefinition(definition: string): { cron: string; timezone: string } {
  const at = definition.lastIndexOf(' ');
  return { cron: definition.slice(0, at), timezone: definition.slice(at + 1) };
}
