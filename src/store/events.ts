import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { isAhead, latestKnown } from '../time/age.ts';
import { DAY_MS } from '../time/units.ts';
import { oldestEventSince } from './contract-events.ts';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import { activityOfOutcome, logStartedAt } from './failures.ts';
import type { FoundEvent, FoundOutcome } from './find.ts';
import { newestKnown } from './newest-known.ts';

/** The end of a page. Pages are ordered by time, those dated ahead last, and within a millisecond by `key`. */
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
  /** Rows dated ahead of it come last, epoch ms. */
  now: number;
}

/** The lists, with their table and the columns of their order. An outcome that names no activity has that of its event. */
const lists = {
  events: {
    table: 'events',
    time: 'received_at',
    key: 'key',
    only: sql`true`,
    activity: sql.ref('activity'),
  },
  refused: {
    table: 'deliveries',
    time: 'received_at',
    key: 'id',
    only: sql`rejection is not null`,
    activity: sql.ref('activity'),
  },
  failed: {
    table: 'outcomes',
    time: 'at',
    key: 'id',
    only: sql`status = 'failed'`,
    activity: activityOfOutcome,
  },
} as const;
type List = keyof typeof lists;

type Dated = 'known' | 'ahead';

/** The rows of a list behind `after`, without a limit. Follows the order of the indexes: any other would sort all rows first. */
function rowsOf(
  list: List,
  { environment, since, until, activity, after, now }: Omit<EventFilter, 'limit'>,
  dated: Dated,
) {
  const { table, time, key, only, activity: ofRow } = lists[list];
  const at = sql.ref(time);
  // Those ahead begin behind all that are known.
  const isOver = dated === 'known' && after !== null && isAhead(after.at, now);
  const isBehind = after !== null && (dated === 'known' || isAhead(after.at, now));
  return sql`from ${sql.table(table)} where environment = ${environment} and ${only}
    and ${at} ${sql.raw(dated === 'known' ? '<=' : '>')} ${latestKnown(now)}
    ${isOver ? sql`and false` : sql``}
    ${since === null ? sql`` : sql`and ${at} >= ${since}`}
    ${until === null ? sql`` : sql`and ${at} < ${until}`}
    ${activity === null ? sql`` : sql`and ${ofRow} = ${activity}`}
    ${isBehind ? sql`and (${at}, ${sql.ref(key)}) < (${after.at}, ${after.key})` : sql``}`;
}

const newestOf =
  <Row>(list: List) =>
  async (db: Database, filter: EventFilter): Promise<Row[]> => {
    const [time, key] = [sql.ref(lists[list].time), sql.ref(lists[list].key)];
    const all: Row[] = [];
    for (const dated of ['known', 'ahead'] as const) {
      const { rows } = await sql<Row>`select * ${rowsOf(list, filter, dated)}
        order by ${time} desc, ${key} desc limit ${filter.limit - all.length}`.execute(db);
      all.push(...rows);
    }
    return all;
  };

/** Events, newest first. */
export const listEvents = newestOf<FoundEvent>('events');
/** Refused deliveries, newest first. The activity of most is unknown. */
export const listRefused = newestOf<LoggedDelivery>('refused');
/** Outcomes with status `failed`, newest first. */
export const listFailedOutcomes = newestOf<FoundOutcome>('failed');

/** Number of rows that a list has without its limit. Counts day by day and lets other work run in between. */
export async function countListed(
  db: Database,
  list: List,
  filter: Omit<EventFilter, 'limit'>,
): Promise<number> {
  const at = sql.ref(lists[list].time);
  const within = rowsOf(list, filter, 'known');
  const first = async (direction: 'asc' | 'desc') =>
    (
      await sql<{
        at: number;
      }>`select ${at} as at ${within} order by ${at} ${sql.raw(direction)} limit 1`.execute(db)
    ).rows[0]?.at ?? null;
  const countOf = async (rows: RawBuilder<unknown>) =>
    (await sql<{ count: number }>`select count(*) as count ${rows}`.execute(db)).rows[0]?.count ?? 0;
  let count = await countOf(rowsOf(list, filter, 'ahead'));
  const [from, to] = [await first('asc'), await first('desc')];
  if (from === null || to === null) return count;
  for (let day = from; day <= to; day += DAY_MS) {
    count += await countOf(sql`${within} and ${at} >= ${day} and ${at} < ${day + DAY_MS}`);
    await setImmediate();
  }
  return count;
}

/**
 * The newest outcome of an event, of two of one time the later attempt: it names the event by our id, by the sender's id, or by
 * contract, activity and time. An id that the sender gave to several events names none of them alone.
 */
export async function newestOutcome(db: Database, event: FoundEvent): Promise<FoundOutcome | null> {
  const senderIds = (isShared: boolean) => sql`select own.value from identifiers as own
    where own.event_key = ${event.key} and own.kind = 'event' and ${isShared ? sql`` : sql`not`} exists (
      select 1 from identifiers as other cross join events where other.value = own.value and other.kind = 'event'
        and other.event_key <> own.event_key and events.key = other.event_key and events.environment = ${event.environment})`;
  const { rows } = await sql<FoundOutcome>`
    select * from (select * from outcomes where environment = ${event.environment} and event_id in (
        select ${event.id} union all ${senderIds(false)})
      order by at desc, attempt desc limit 1)
    union all
    select * from (select * from outcomes where contract_id = ${event.contract_id}
        and (event_id is null or event_id in (${senderIds(true)}))
        and environment = ${event.environment} and activity is not distinct from ${event.activity}
        and occurred_at is not distinct from ${event.occurred_at}
      order by at desc, attempt desc limit 1)
    order by at desc, attempt desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** When the newest event of an activity (null: any) was received, epoch ms; null: never. */
export async function newestEventAt(
  db: Database,
  environment: string,
  activity: string | null,
  now: number,
): Promise<number | null> {
  let query = db.selectFrom('events').select('received_at').where('environment', '=', environment);
  if (activity !== null) query = query.where('activity', '=', activity);
  const newest = query.orderBy('received_at', 'desc').limit(1);
  return newestKnown(
    now,
    async (before) =>
      (await newest.where('received_at', '<', before).executeTakeFirst())?.received_at ?? null,
  );
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
  const first = await oldestEventSince(db, environment, null, 0);
  return Math.max(await logStartedAt(db), keptSince, first === null ? 0 : first - BEFORE_FIRST_MS);
}

/** The columns by whose age rows are removed, each the first of an index. */
const ages = [
  ['api_calls', 'at'],
  ['outcomes', 'at'],
  ['comparisons', 'at'],
  ['differences', 'resolved_at'],
  ['reports', 'checked_at'],
  ['snapshot_readings', 'taken_at'],
];

/** True when a row may be older than `before` (epoch ms), from the first entry of each index. */
export async function hasRowsOlderThan(db: Database, before: number): Promise<boolean> {
  const oldest = [
    sql`select (select received_at from deliveries order by key limit 1) as at`,
    ...ages.map(([table = '', column = '']) => sql`select min(${sql.ref(column)}) from ${sql.table(table)}`),
  ];
  const { rows } = await sql`select 1 from (${sql.join(oldest, sql` union all `)}) as oldest
    where at < ${before} limit 1`.execute(db);
  return rows.length > 0;
}
