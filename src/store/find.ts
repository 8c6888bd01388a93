import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import type { ApiCallRow, DeliveryRow, EventRow } from './schema.ts';

/** One thing that an id leads to. */
export interface Match {
  kind: 'event' | 'delivery' | 'request' | 'contract' | 'reference' | 'external' | 'time' | 'call' | 'report';
  /** The complete id. */
  value: string;
}

export type FoundEvent = Selectable<EventRow>;
export type FoundDelivery = Selectable<DeliveryRow>;
export type FoundCall = Selectable<ApiCallRow>;

/** Every value that a prefix leads to is read through an index; more than this many are not told apart. */
const MAX_MATCHES = 20;
const MAX_EVENTS = 200;

/** What has exactly this id. */
export const exactMatches = (db: Database, id: string): Promise<Match[]> => matches(db, id, id);

/** What has an id that begins like this. */
export const prefixMatches = (db: Database, prefix: string): Promise<Match[]> =>
  matches(db, prefix, `${prefix}\u{10ffff}`);

/** Ids that stand in a column of their own, each under an index. */
const columns: { kind: Match['kind']; table: string; column: string }[] = [
  { kind: 'event', table: 'events', column: 'id' },
  { kind: 'delivery', table: 'deliveries', column: 'id' },
  { kind: 'request', table: 'deliveries', column: 'request_id' },
  { kind: 'call', table: 'api_calls', column: 'call_id' },
  { kind: 'report', table: 'reports', column: 'id' },
];

async function matches(db: Database, from: string, to: string): Promise<Match[]> {
  const ofColumns = columns.map(async ({ kind, table, column }): Promise<Match[]> => {
    const id = sql.ref(column);
    const { rows } = await sql<{ value: string }>`select distinct ${id} as value from ${sql.table(table)}
      where ${id} >= ${from} and ${id} <= ${to} order by ${id} limit ${MAX_MATCHES}`.execute(db);
    return rows.map(({ value }) => ({ kind, value }));
  });
  const identifiers = await db
    .selectFrom('identifiers')
    .select(['value', 'kind'])
    .distinct()
    .where('value', '>=', from)
    .where('value', '<=', to)
    .orderBy('value')
    .limit(MAX_MATCHES)
    .execute();
  const found = [...(await Promise.all(ofColumns)).flat(), ...identifiers.map((row) => row as Match)];
  return found.slice(0, MAX_MATCHES);
}

/** The events that a match leads to, newest first; of a contract with many, the newest. */
export async function eventsOf(db: Database, { kind, value }: Match): Promise<FoundEvent[]> {
  const events = db.selectFrom('events').selectAll('events');
  switch (kind) {
    case 'event': {
      const byId = await events.where('id', '=', value).execute();
      return byId.length > 0 ? byId : eventsByIdentifier(db, kind, value);
    }
    case 'delivery':
      return events
        .innerJoin('deliveries', 'deliveries.event_key', 'events.key')
        .where('deliveries.id', '=', value)
        .execute();
    case 'request':
      return events
        .innerJoin('deliveries', 'deliveries.event_key', 'events.key')
        .where('deliveries.request_id', '=', value)
        .distinct()
        .limit(MAX_EVENTS)
        .execute();
    case 'call':
    case 'report':
      return [];
    default:
      return eventsByIdentifier(db, kind, value);
  }
}

const eventsByIdentifier = (db: Database, kind: string, value: string): Promise<FoundEvent[]> =>
  db
    .selectFrom('events')
    .selectAll('events')
    .innerJoin('identifiers', 'identifiers.event_key', 'events.key')
    .where('identifiers.value', '=', value)
    .where('identifiers.kind', '=', kind)
    .orderBy('events.key', 'desc')
    .limit(MAX_EVENTS)
    .execute();

export const deliveriesOf = (db: Database, eventKeys: number[]): Promise<FoundDelivery[]> =>
  eventKeys.length === 0
    ? Promise.resolve([])
    : db.selectFrom('deliveries').selectAll().where('event_key', 'in', eventKeys).orderBy('key').execute();

/** Refused deliveries that a match leads to: they announce no event. */
export async function refusedDeliveries(db: Database, { kind, value }: Match): Promise<FoundDelivery[]> {
  if (kind !== 'delivery' && kind !== 'request') return [];
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where(kind === 'delivery' ? 'id' : 'request_id', '=', value)
    .where('rejection', 'is not', null)
    .orderBy('key')
    .limit(MAX_EVENTS)
    .execute();
}

export const callById = (db: Database, id: string): Promise<FoundCall | undefined> =>
  db.selectFrom('api_calls').selectAll().where('call_id', '=', id).executeTakeFirst();

/** Our own calls to an environment within a time. */
export const callsBetween = (
  db: Database,
  environment: string,
  from: number,
  to: number,
): Promise<FoundCall[]> =>
  db
    .selectFrom('api_calls')
    .selectAll()
    .where('environment', '=', environment)
    .where('at', '>=', from)
    .where('at', '<=', to)
    .orderBy('at')
    .limit(MAX_MATCHES)
    .execute();

/** The snapshot that was the newest at that time. */
export const snapshotAt = (
  db: Database,
  environment: string,
  at: number,
): Promise<{ hash: string; taken_at: number } | undefined> =>
  db
    .selectFrom('snapshot_readings')
    .select(['hash', 'taken_at'])
    .where('environment', '=', environment)
    .where('taken_at', '<=', at)
    .orderBy('taken_at', 'desc')
    .limit(1)
    .executeTakeFirst();

/** The oldest delivery that is kept, epoch ms; null: there is none. */
export async function oldestDelivery(db: Database): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .orderBy('key')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}
