import { sql } from 'kysely';
import type { LoggedCall } from './api-calls.ts';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import type { FoundEvent } from './find.ts';
import type { OutcomeRow } from './tables/event-log.ts';

/** Rows of one environment from `since` (included) to `until` (excluded), epoch ms UTC. */
export interface ExportRange {
  environment: string;
  since: number;
  until: number;
}

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
  let after = { at: range.since, key: 0 };
  while (true) {
    const page = await db
      .transaction()
      .execute(async (transaction) =>
        withEvents(transaction, range, await deliveriesAfter(transaction, range, after)),
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
  { environment, until }: ExportRange,
  after: { at: number; key: number },
): Promise<LoggedDelivery[]> {
  const of = (result: 'null' | 'not null') => sql`select * from (select * from deliveries
    where rejection is ${sql.raw(result)} and environment = ${environment}
      and (received_at, key) > (${after.at}, ${after.key}) and received_at < ${until}
    order by received_at, key limit ${PAGE})`;
  const { rows } = await sql<LoggedDelivery>`${of('null')} union all ${of('not null')}
    order by received_at, key limit ${PAGE}`.execute(db);
  return rows;
}

async function withEvents(
  db: Database,
  { since, until }: ExportRange,
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
        .filterWhere('received_at', '>=', since)
        .filterWhere('received_at', '<', until)
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

/** Calls reported by the integration, oldest first. */
export const callPages = (
  db: Database,
  { environment, since, until }: ExportRange,
): AsyncGenerator<LoggedCall[]> =>
  pages(since, (at, id) =>
    sql<LoggedCall>`select * from api_calls where reporter = 'integration' and environment = ${environment}
      and (at, call_id) > (${at}, ${id}) and at < ${until} order by at, call_id limit ${PAGE}`
      .execute(db)
      .then(({ rows }) => ({ rows, last: rows.at(-1)?.call_id ?? '' })),
  );

/** Outcomes reported by the integration, oldest first. */
export const outcomePages = (
  db: Database,
  { environment, since, until }: ExportRange,
): AsyncGenerator<OutcomeRow[]> =>
  pages(since, (at, id) =>
    sql<OutcomeRow>`select * from outcomes where environment = ${environment}
      and (at, id) > (${at}, ${id}) and at < ${until} order by at, id limit ${PAGE}`
      .execute(db)
      .then(({ rows }) => ({ rows, last: rows.at(-1)?.id ?? '' })),
  );

/** Reads page by page after the time and id of the last row. The empty id sorts before every id. */
async function* pages<Row extends { at: number }>(
  since: number,
  read: (at: number, id: string) => Promise<{ rows: Row[]; last: string }>,
): AsyncGenerator<Row[]> {
  let [at, id] = [since, ''];
  while (true) {
    const { rows, last } = await read(at, id);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    at = rows.at(-1)?.at ?? at;
    id = last;
  }
}
