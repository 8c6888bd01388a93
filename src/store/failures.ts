import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { DAY_MS, HOUR_MS } from '../time/units.ts';
import type { Database } from './database.ts';
import { activityOfOutcome as activityText } from './prune-holds.ts';

/** Failures of one cause within one clock hour. */
export interface CountedFailures {
  /** null when unknown, as for every refused delivery. */
  activity: string | null;
  /** The rejection or the outcome's code; null when the integration gave none. */
  reason: string | null;
  count: number;
  /** Refused deliveries: the rows that stand for them. */
  kept?: number;
  /** Rows that do not say for how many they stand, so that there were at least `count`. */
  uncounted?: number;
  /** Epoch ms. */
  first: number;
  last: number;
}

/** Times in epoch ms, `to` excluded. */
interface Range {
  from: number;
  to: number;
}

/** Reads one day at a time and lets other work run in between. */
async function byDay(
  { since, now }: { since: number; now: number },
  read: (range: Range) => Promise<CountedFailures[]>,
): Promise<CountedFailures[]> {
  const counted: CountedFailures[] = [];
  for (let from = since; from <= now; from += DAY_MS) {
    // The integration's clock may be ahead.
    const to = from + DAY_MS > now ? Number.MAX_SAFE_INTEGER : from + DAY_MS;
    for (const each of await read({ from, to })) counted.push(each);
    await setImmediate();
  }
  return counted;
}

/** When the oldest kept delivery of an environment was refused, or the oldest outcome failed, epoch ms; null when none is kept. */
export async function oldestFailureAt(
  db: Database,
  environment: string,
  kind: 'refused' | 'failed',
): Promise<number | null> {
  const { rows } = await sql<{ at: number | null }>`${
    kind === 'refused'
      ? sql`select min(received_at) as at from deliveries where rejection is not null`
      : sql`select min(at) as at from outcomes where status = 'failed'`
  } and environment = ${environment}`.execute(db);
  return rows[0]?.at ?? null;
}

/** Kept refused deliveries since `since` (epoch ms), from an index alone. */
export const countRefused = (
  db: Database,
  environment: string,
  within: { since: number; now: number },
): Promise<CountedFailures[]> =>
  byDay(within, async (range) => (await refusedQuery(environment, range).execute(db)).rows);

/**
 * Why it was refused: for a signature, whose key made it or what is wrong with it, where that is known; else the rejection.
 */
const refusalReason = sql`case when rejection in ('bad_signature', 'missing_signature')
  and signed_with not in ('unknown_key', 'not_tried') then signed_with else rejection end`;

export const refusedQuery = (environment: string, { from, to }: Range) =>
  sql<CountedFailures>`select null as activity, ${refusalReason} as reason, count(*) + coalesce(sum(alike), 0) as count,
      count(*) as kept, count(*) - count(alike) as uncounted,
      min(received_at) as first, max(coalesce(until, received_at)) as last
    from deliveries where environment = ${environment} and rejection is not null and received_at >= ${from} and received_at < ${to}
    group by reason, received_at / ${sql.lit(HOUR_MS)} order by first`;

export const activityOfOutcome = sql.raw(activityText);

/** Outcomes with status `failed` since `since` (epoch ms). */
export const countFailedOutcomes = (
  db: Database,
  environment: string,
  within: { since: number; now: number },
): Promise<CountedFailures[]> =>
  byDay(within, async (range) => (await failedQuery(environment, range).execute(db)).rows);

export const failedQuery = (environment: string, { from, to }: Range) =>
  sql<CountedFailures>`select activity, code as reason, count(*) as count, min(at) as first, max(at) as last
    from (select ${activityOfOutcome} as activity, code, at from outcomes
      where environment = ${environment} and status = 'failed' and at >= ${from} and at < ${to}) as failed
    group by activity, code, at / ${sql.lit(HOUR_MS)} order by first`;

/** The id of a delivery refused for this reason at this time. */
export async function refusedDeliveryAt(
  db: Database,
  environment: string,
  reason: string,
  at: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('id')
    .where('environment', '=', environment)
    .where('rejection', 'is not', null)
    .where(sql<boolean>`${refusalReason} = ${reason}`)
    .where(sql<boolean>`coalesce(until, received_at) = ${at}`)
    .orderBy('key')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The id of a failed outcome of this activity at this time. */
export async function failedOutcomeAt(
  db: Database,
  environment: string,
  activity: string | null,
  at: number,
): Promise<string | null> {
  const { rows } = await sql<{
    id: string;
    activity: string | null;
  }>`select id, ${activityOfOutcome} as activity
    from outcomes where environment = ${environment} and status = 'failed' and at = ${at} order by id`.execute(
    db,
  );
  return rows.find((row) => row.activity === activity)?.id ?? null;
}

/** True when a delivery was verified between two times, epoch ms, both excluded. */
export async function verifiedBetween(
  db: Database,
  environment: string,
  from: number,
  to: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .where('environment', '=', environment)
    .where('rejection', 'is', null)
    .where('received_at', '>', from)
    .where('received_at', '<', to)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * True when the integration processed an event of this activity (null: an unknown one) between two times, both excluded. A
 * retry counts at the first of them too: many logs know no less than a second.
 */
export async function processedBetween(
  db: Database,
  environment: string,
  activity: string | null,
  { from, to }: { from: number; to: number },
): Promise<boolean> {
  // Newest first: successes after a failure are recent.
  const { rows } =
    await sql`select 1 from outcomes where environment = ${environment} and status = 'processed'
    and (at > ${from} or (at = ${from} and attempt > 1)) and at < ${to} and ${activityOfOutcome} is not distinct from ${activity} order by at desc limit 1`.execute(
      db,
    );
  return rows.length > 0;
}

/** True when an outcome of this environment is kept. */
export async function hasOutcomes(db: Database, environment: string): Promise<boolean> {
  const row = await db
    .selectFrom('outcomes')
    .select('id')
    .where('environment', '=', environment)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** When the log began, epoch ms. */
export async function logStartedAt(db: Database): Promise<number> {
  const row = await db
    .selectFrom('migrations')
    .select('applied_at')
    .where('name', '=', '0002-event-log')
    .executeTakeFirstOrThrow();
  return row.applied_at;
}

/** An event and its time of receipt. */
export interface Arrival {
  id: string;
  /** Epoch ms. */
  at: number;
}

/** The newest event of an activity received before a time (epoch ms), or the oldest from a time on; null when none is kept. */
export async function arrival(
  db: Database,
  environment: string,
  activity: string,
  where: { before: number } | { from: number },
): Promise<Arrival | null> {
  const of = db
    .selectFrom('events')
    .select(['id', 'received_at as at'])
    .where('environment', '=', environment)
    .where('activity', '=', activity);
  const found =
    'before' in where
      ? of.where('received_at', '<', where.before).orderBy('received_at', 'desc')
      : of.where('received_at', '>=', where.from).orderBy('received_at');
  return (await found.limit(1).executeTakeFirst()) ?? null;
}
