import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import { activityOfOutcome, logStartedAt } from './failures.ts';
import type { FoundEvent, FoundOutcome } from './find.ts';

/** The end of a page. Pages are ordered by time and, within a millisecond, by `key`. */
export interface Cursor {
  /** Epoch ms. */
  at: number;
  key: number | string;
}

export interface EventFilter {
  environment: string;
  /** Earliest time of receipt, epoch ms; null: the beginning of the log. */
  since: number | null;
  /** Times of receipt before this one, epoch ms; null: to the end of the log. */
  until: number | null;
  /** Null: any. */
  activity: string | null;
  limit: number;
  /** Null: the first page. */
  after: Cursor | null;
}

/** Events, newest first. */
export async function listEvents(
  db: Database,
  { environment, since, until, activity, limit, after }: EventFilter,
): Promise<FoundEvent[]> {
  let query = db.selectFrom('events').selectAll().where('environment', '=', environment);
  if (since !== null) query = query.where('received_at', '>=', since);
  if (until !== null) query = query.where('received_at', '<', until);
  if (activity !== null) query = query.where('activity', '=', activity);
  if (after !== null) query = query.where(behind('received_at', 'key', after));
  return query.orderBy('received_at', 'desc').orderBy('key', 'desc').limit(limit).execute();
}

/** Refused deliveries, newest first. The activity of most is unknown. */
export async function listRefused(
  db: Database,
  { environment, since, until, activity, limit, after }: EventFilter,
): Promise<LoggedDelivery[]> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('environment', '=', environment)
    .where('rejection', 'is not', null);
  if (since !== null) query = query.where('received_at', '>=', since);
  if (until !== null) query = query.where('received_at', '<', until);
  if (activity !== null) query = query.where('activity', '=', activity);
  if (after !== null) query = query.where(behind('received_at', 'id', after));
  return query.orderBy('received_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** Outcomes with status `failed`, newest first. An outcome that names no activity has that of its event. */
export async function listFailedOutcomes(
  db: Database,
  { environment, since, until, activity, limit, after }: EventFilter,
): Promise<FoundOutcome[]> {
  let query = db
    .selectFrom('outcomes')
    .selectAll()
    .where('environment', '=', environment)
    .where('status', '=', 'failed');
  if (since !== null) query = query.where('at', '>=', since);
  if (until !== null) query = query.where('at', '<', until);
  if (activity !== null) query = query.where(sql<boolean>`${activityOfOutcome} = ${activity}`);
  if (after !== null) query = query.where(behind('at', 'id', after));
  return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** The lists, with their table and the columns of their order. */
const lists = {
  events: { table: 'events', time: 'received_at', key: 'key', only: sql`true` },
  refused: { table: 'deliveries', time: 'received_at', key: 'id', only: sql`rejection is not null` },
  failed: { table: 'outcomes', time: 'at', key: 'id', only: sql`status = 'failed'` },
} as const;

const DAY_MS = 86_400_000;

/** Number of rows that a list has without its limit. Counts day by day and lets other work run in between. */
export async function countListed(
  db: Database,
  list: keyof typeof lists,
  { environment, since, until, activity, after }: Omit<EventFilter, 'limit'>,
): Promise<number> {
  const { table, time, key, only } = lists[list];
  const at = sql.ref(time);
  const ofActivity = list === 'failed' ? activityOfOutcome : sql.ref('activity');
  const within = sql`from ${sql.table(table)} where environment = ${environment} and ${only}
    ${since === null ? sql`` : sql`and ${at} >= ${since}`}
    ${until === null ? sql`` : sql`and ${at} < ${until}`}
    ${activity === null ? sql`` : sql`and ${ofActivity} = ${activity}`}
    ${after === null ? sql`` : sql`and ${behind(time, key, after)}`}`;
  const first = async (direction: 'asc' | 'desc') =>
    (
      await sql<{
        at: number;
      }>`select ${at} as at ${within} order by ${at} ${sql.raw(direction)} limit 1`.execute(db)
    ).rows[0]?.at ?? null;
  const [from, to] = [await first('asc'), await first('desc')];
  if (from === null || to === null) return 0;
  let count = 0;
  for (let day = from; day <= to; day += DAY_MS) {
    const { rows } = await sql<{ count: number }>`select count(*) as count ${within}
      and ${at} >= ${day} and ${at} < ${day + DAY_MS}`.execute(db);
    count += rows[0]?.count ?? 0;
    await setImmediate();
  }
  return count;
}

/** The newest outcome of an event, of two of one time the later attempt: it names the event by our id, by the sender's id, or by contract, activity and time. */
export async function newestOutcome(db: Database, event: FoundEvent): Promise<FoundOutcome | null> {
  const { rows } = await sql<FoundOutcome>`
    select * from (select * from outcomes where environment = ${event.environment} and event_id in (
        select ${event.id} union all select value from identifiers where event_key = ${event.key} and kind = 'event')
      order by at desc, attempt desc limit 1)
    union all
    select * from (select * from outcomes where contract_id = ${event.contract_id} and event_id is null
        and environment = ${event.environment} and activity is not distinct from ${event.activity}
        and occurred_at is not distinct from ${event.occurred_at}
      order by at desc, attempt desc limit 1)
    order by at desc, attempt desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** Follows the order of the indexes, by time: any other order would sort all rows of the environment first. */
const behind = (time: string, key: string, { at, key: last }: Cursor) =>
  sql<boolean>`(${sql.ref(time)}, ${sql.ref(key)}) < (${at}, ${last})`;

/** When the newest event of an activity (null: any) was received, epoch ms; null: never. */
export async function newestEventAt(
  db: Database,
  environment: string,
  activity: string | null,
): Promise<number | null> {
  let query = db.selectFrom('events').select('received_at').where('environment', '=', environment);
  if (activity !== null) query = query.where('activity', '=', activity);
  const row = await query.orderBy('received_at', 'desc').limit(1).executeTakeFirst();
  return row?.received_at ?? null;
}

/** Webhooks may have been registered this long before the first one came, ms. */
const BEFORE_FIRST_MS = 3_600_000;

/**
 * The oldest time, epoch ms, from which on the log of an environment has every event: when the log began, an hour before the
 * first event that is kept, or `keptSince`, whichever is latest.
 */
export async function logCompleteSince(
  db: Database,
  environment: string,
  keptSince: number,
): Promise<number> {
  const first = await db
    .selectFrom('events')
    .select('received_at')
    .where('environment', '=', environment)
    .orderBy('received_at')
    .limit(1)
    .executeTakeFirst();
  return Math.max(await logStartedAt(db), keptSince, first ? first.received_at - BEFORE_FIRST_MS : 0);
}
