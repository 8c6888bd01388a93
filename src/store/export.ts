import { type RawBuilder, sql } from 'kysely';
import type { LoggedCall } from './api-calls.ts';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import type { FoundEvent } from './find.ts';
import type { OutcomeRow } from './tables/event-log.ts';
import { inSnapshot } from './transaction.ts';

/**
 * Rows of one environment dated from `since` (included) to `until` (excluded), epoch ms UTC, or all that were stored in a span
 * whatever their date.
 */
export type ExportRange = { environment: string; stored?: StoredSpan } & (
  | { since: number; until: number }
  | { since: null; until: null; stored: StoredSpan }
);

/** Rows numbered in the order in which they were stored: those behind `after`, up to and with `upTo`. */
export interface StoredSpan {
  after: number;
  upTo: number;
}

const tables = {
  events: { table: 'deliveries', id: 'id' },
  calls: { table: 'api_calls', id: 'call_id' },
  outcomes: { table: 'outcomes', id: 'id' },
} as const;

/** A stored row, of any environment. */
export interface StoredRow {
  number: number;
  id: string;
}

/** The row that was stored last, and the one of a number; null when there is none. */
export async function storedRows(
  db: Database,
  what: keyof typeof tables,
  number: number,
): Promise<{ last: StoredRow | null; known: StoredRow | null }> {
  const { table, id } = tables[what];
  const read = async (only: RawBuilder<unknown>) =>
    (
      await sql<StoredRow>`select rowid as number, ${sql.ref(id)} as id from ${sql.table(table)}
        ${only} order by rowid desc limit 1`.execute(db)
    ).rows[0] ?? null;
  return { last: await read(sql``), known: await read(sql`where rowid = ${number}`) };
}

const within = (column: string, stored: StoredSpan | undefined): RawBuilder<unknown> =>
  stored === undefined
    ? sql``
    : sql`and ${sql.ref(column)} > ${stored.after} and ${sql.ref(column)} <= ${stored.upTo}`;

/** Rows in memory at once. */
const PAGE = 1_000;

export interface ExportedDelivery extends LoggedDelivery {
  /** The announced event; null for a refused delivery. */
  event: FoundEvent | null;
  /** The event was announced before. */
  duplicate: boolean;
  /** It is the first delivery of its event within the range. */
  firstInRange: boolean;
}

/**
 * Deliveries in order of arrival, including refused ones. Each page has its own transaction: a longer one would keep the
 * write-ahead log from being cleared while somebody reads the export.
 */
export async function* deliveryPages(db: Database, range: ExportRange): AsyncGenerator<ExportedDelivery[]> {
  let after = { at: range.since ?? 0, key: range.since === null ? range.stored.after : 0 };
  while (true) {
    const page = await inSnapshot(db, async (snapshot) =>
      withEvents(snapshot, range, await deliveriesAfter(snapshot, range, after)),
    );
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = { at: last.received_at, key: last.key };
  }
}

/** Verified and refused deliveries have separate partial indexes; each is read from the end of the previous page. */
async function deliveriesAfter(
  db: Database,
  { environment, until, stored }: ExportRange,
  after: { at: number; key: number },
): Promise<LoggedDelivery[]> {
  if (until === null) {
    const { rows } =
      await sql<LoggedDelivery>`select * from deliveries where environment || '' = ${environment}
      and key > ${after.key} and key <= ${stored.upTo} order by key limit ${PAGE}`.execute(db);
    return rows;
  }
  const of = (result: 'null' | 'not null') => sql`select * from (select * from deliveries
    where rejection is ${sql.raw(result)} and environment = ${environment}
      and (received_at, key) > (${after.at}, ${after.key}) and received_at < ${until} ${within('key', stored)}
    order by received_at, key limit ${PAGE})`;
  const { rows } = await sql<LoggedDelivery>`${of('null')} union all ${of('not null')}
    order by received_at, key limit ${PAGE}`.execute(db);
  return rows;
}

async function withEvents(
  db: Database,
  { since, until, stored }: ExportRange,
  deliveries: LoggedDelivery[],
): Promise<ExportedDelivery[]> {
  const keys = [...new Set(deliveries.flatMap(({ event_key: key }) => (key === null ? [] : [key])))];
  if (keys.length === 0)
    return deliveries.map((delivery) => ({ ...delivery, event: null, duplicate: false, firstInRange: true }));
  const events = await db.selectFrom('events').selectAll().where('key', 'in', keys).execute();
  const firsts = await db
    .selectFrom('deliveries')
    .select(({ fn }) => [
      'event_key',
      fn.min('key').as('ever'),
      fn
        .min('key')
        .filterWhere('received_at', '>=', since ?? 0)
        .filterWhere('received_at', '<', until ?? Number.MAX_SAFE_INTEGER)
        .filterWhere('key', '>', stored?.after ?? 0)
        .filterWhere('key', '<=', stored?.upTo ?? Number.MAX_SAFE_INTEGER)
        .as('inRange'),
    ])
    .where('event_key', 'in', keys)
    .groupBy('event_key')
    .execute();
  const eventOf = new Map(events.map((event) => [event.key, event]));
  const firstOf = new Map(firsts.map((first) => [first.event_key, first]));
  return deliveries.map((delivery) => {
    const event = delivery.event_key === null ? null : (eventOf.get(delivery.event_key) ?? null);
    const first = event ? firstOf.get(event.key) : undefined;
    return {
      ...delivery,
      event,
      duplicate: first !== undefined && first.ever !== delivery.key,
      firstInRange: first === undefined || first.inRange === delivery.key,
    };
  });
}

/** Rows that happened in the range, or (`late`) that arrived in it and happened at another time. */
export interface ReportedPage<Row> {
  rows: Row[];
  late: boolean;
}

/**
 * Calls reported by the integration: those that arrived in the range but happened outside it, then those of the range, oldest
 * first. So a report that arrives after its time was exported is in the export of the time at which it arrived.
 */
export const callPages = (db: Database, range: ExportRange): AsyncGenerator<ReportedPage<LoggedCall>> =>
  reportedPages(db, range, { table: 'api_calls', id: 'call_id', only: sql`reporter = 'integration'` });

/** Outcomes reported by the integration, in the same order. */
export const outcomePages = (db: Database, range: ExportRange): AsyncGenerator<ReportedPage<OutcomeRow>> =>
  reportedPages(db, range, { table: 'outcomes', id: 'id', only: sql`true` });

async function* reportedPages<Row extends { at: number }>(
  db: Database,
  { environment, since, until, stored }: ExportRange,
  { table, id, only }: { table: string; id: string; only: RawBuilder<unknown> },
): AsyncGenerator<ReportedPage<Row>> {
  if (since === null) {
    for (let after = stored.after; ; ) {
      const { rows } = await sql<Row & { number: number }>`select *, rowid as number from ${sql.table(table)}
        where ${only} and environment || '' = ${environment} and rowid > ${after} and rowid <= ${stored.upTo}
        order by rowid limit ${PAGE}`.execute(db);
      if (rows.length > 0) yield { rows, late: false };
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.number ?? stored.upTo;
    }
  }
  const ofTable = sql`select * from ${sql.table(table)} where ${only} and environment = ${environment} ${within('rowid', stored)}`;
  const page = async (time: string, { at, key }: { at: number; key: string }, more: RawBuilder<unknown>) => {
    const { rows } = await sql<Row>`${ofTable} and (${sql.ref(time)}, ${sql.ref(id)}) > (${at}, ${key})
      and ${sql.ref(time)} < ${until} ${more} order by ${sql.ref(time)}, ${sql.ref(id)} limit ${PAGE}`.execute(
      db,
    );
    return rows;
  };
  for (const time of ['stored_at', 'at'] as const) {
    const late = time === 'stored_at';
    const more = late ? sql`and stored_at is not null and (at < ${since} or at >= ${until})` : sql``;
    // The empty id sorts before every id.
    let after = { at: since, key: '' };
    while (true) {
      const rows = await page(time, after, more);
      if (rows.length > 0) yield { rows, late };
      const last = rows.at(-1) as Record<string, unknown> | undefined;
      if (!last || rows.length < PAGE) break;
      after = { at: Number(last[time]), key: String(last[id]) };
    }
  }
}
