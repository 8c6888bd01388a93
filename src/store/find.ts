import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import { type EventNotes, eventNotes, noNotes } from './event-notes.ts';
import type { Match } from './matches.ts';
import type { EventRow, OutcomeRow } from './tables/event-log.ts';

export type FoundEvent = Selectable<EventRow>;
export type FoundOutcome = Selectable<OutcomeRow>;

/** Rows that one search shows of a kind. The total is counted whenever there are more. */
export const MAX_ROWS = 200;
/** Deliveries that one search shows: the first of each event and its newest. */
const MAX_DELIVERIES = 1_000;

/** The matches of a search; an environment narrows it before any limit applies. */
export interface Search {
  matches: readonly Match[];
  /** null: every environment. */
  environment: string | null;
}

/** A contract of an environment. Environments number their contracts alike. */
export interface OwnContract {
  environment: string;
  contract: number;
}

/** Rows within a limit, and the number without it. */
export interface Limited<Row> {
  rows: Row[];
  total: number;
}

/** An event with the first and newest of its deliveries, oldest first. */
export type EventWithDeliveries = FoundEvent & {
  notes: EventNotes;
  deliveries: LoggedDelivery[];
  /** Number of all its deliveries. */
  deliveryCount: number;
};

/** One query for all of these parts; a union removes what two of them have in common. */
export const unionOf = (parts: RawBuilder<unknown>[]): RawBuilder<unknown> | null =>
  parts.length === 0 ? null : sql.join(parts, sql` union `);

export const countOf = async (db: Database, rows: RawBuilder<unknown>): Promise<number> => {
  const result = await sql<{ n: number }>`select count(*) as n from (${rows}) as counted`.execute(db);
  return result.rows[0]?.n ?? 0;
};

/** Kinds of ids that no delivery carries. */
export const hasNoDelivery: ReadonlySet<Match['kind']> = new Set([
  'call',
  'outcome',
  'report',
  'snapshot',
  'act',
]);

/** Keys of the events that the matches lead to; null when none can. */
function keysOf(matches: readonly Match[]): RawBuilder<unknown> | null {
  const identified = ({ kind, value }: Match) =>
    sql`select event_key from identifiers where value = ${value} and kind = ${kind}`;
  return unionOf(
    matches.flatMap((match): RawBuilder<unknown>[] => {
      switch (match.kind) {
        case 'event':
          return [sql`select key as event_key from events where id = ${match.value}`, identified(match)];
        case 'delivery':
        case 'request': {
          const column = sql.ref(match.kind === 'delivery' ? 'id' : 'request_id');
          return [
            sql`select event_key from deliveries where ${column} = ${match.value} and event_key is not null`,
          ];
        }
        default:
          return hasNoDelivery.has(match.kind) ? [] : [identified(match)];
      }
    }),
  );
}

/** Keys of all events of a search, as a query; null when there can be none. */
export function eventKeysOf({ matches, environment }: Search): RawBuilder<unknown> | null {
  const keys = keysOf(matches);
  if (keys === null) return null;
  // A cross join keeps this order: the index by environment would lead through all of its events.
  return environment === null
    ? sql`select event_key from (${keys}) as wanted`
    : sql`select wanted.event_key from (${keys}) as wanted cross join events
        where events.key = wanted.event_key and events.environment = ${environment}`;
}

/** Events of a search, newest first; those whose processing failed stay when there are too many. */
export async function eventsOf(db: Database, search: Search): Promise<Limited<FoundEvent>> {
  const { matches } = search;
  const keys = eventKeysOf(search);
  if (keys === null) return { rows: [], total: 0 };
  const events = (limited: RawBuilder<unknown>) =>
    db
      .selectFrom('events')
      .selectAll()
      .where('key', 'in', sql<number>`(${limited})`)
      .orderBy('key', 'desc')
      .execute();
  const newest = await events(sql`${keys} order by event_key desc limit ${MAX_ROWS + 1}`);
  if (newest.length <= MAX_ROWS) return { rows: newest, total: newest.length };
  // A type or a workflow is named by nearly every event.
  if (matches.every(({ kind }) => kind.startsWith('named ')))
    return { rows: newest.slice(0, MAX_ROWS), total: await countOf(db, keys) };
  // An outcome names its event by our id, by the sender's, or by contract, activity and time.
  const failed = sql`(exists (select 1 from outcomes where event_id = each.id and status = 'failed')
    or exists (select 1 from identifiers cross join outcomes where identifiers.event_key = each.key
      and identifiers.kind = 'event' and outcomes.event_id = identifiers.value
      and outcomes.environment = each.environment and status = 'failed')
    or exists (select 1 from outcomes where contract_id = each.contract_id and event_id is null
      and environment || '' = each.environment and activity = each.activity and occurred_at = each.occurred_at
      and status = 'failed'))`;
  const kept = await events(sql`select each.key from (${keys}) as every cross join events as each
    where each.key = every.event_key order by ${failed} desc, each.key desc limit ${MAX_ROWS}`);
  return { rows: kept, total: await countOf(db, keys) };
}

/** Number of deliveries of all events of a search. */
export async function countDeliveriesOf(db: Database, search: Search): Promise<number> {
  const keys = eventKeysOf(search);
  return keys === null ? 0 : countOf(db, sql`select key from deliveries where event_key in (${keys})`);
}

/** These events with their deliveries, in the same order. */
export async function withDeliveries<Event extends { key: number }>(
  db: Database,
  events: Event[],
): Promise<(Event & Pick<EventWithDeliveries, 'deliveries' | 'deliveryCount' | 'notes'>)[]> {
  if (events.length === 0) return [];
  const keys = events.map(({ key }) => key);
  const counted = await db
    .selectFrom('deliveries')
    .select(({ fn }) => ['event_key', fn.countAll<number>().as('n')])
    .where('event_key', 'in', keys)
    .groupBy('event_key')
    .execute();
  const counts = new Map(counted.map(({ event_key, n }) => [event_key, n]));
  const total = counted.reduce((sum, { n }) => sum + n, 0);
  const rows = await shownDeliveries(db, keys, total);
  const ofEvent = Map.groupBy(rows, ({ event_key }) => event_key);
  const notes = await eventNotes(db, keys);
  return events.map((event) => ({
    ...event,
    deliveries: ofEvent.get(event.key) ?? [],
    deliveryCount: counts.get(event.key) ?? 0,
    notes: notes.get(event.key) ?? noNotes,
  }));
}

/** All deliveries of these events, in order. */
export const deliveriesOf = (db: Database, eventKeys: number[]): Promise<LoggedDelivery[]> =>
  eventKeys.length === 0
    ? Promise.resolve([])
    : db.selectFrom('deliveries').selectAll().where('event_key', 'in', eventKeys).orderBy('key').execute();

async function shownDeliveries(db: Database, keys: number[], total: number): Promise<LoggedDelivery[]> {
  if (total <= MAX_DELIVERIES) return deliveriesOf(db, keys);
  const newest = Math.max(1, Math.floor(MAX_DELIVERIES / keys.length) - 1);
  const shown = new Map<number, LoggedDelivery>();
  for (const key of keys) {
    const own = db.selectFrom('deliveries').selectAll().where('event_key', '=', key);
    const first = await own.orderBy('key').limit(1).execute();
    const last = await own.orderBy('key', 'desc').limit(newest).execute();
    for (const delivery of [...first, ...last]) shown.set(delivery.key, delivery);
  }
  return [...shown.values()].sort((left, right) => left.key - right.key);
}

/** An id in the payload of an event, or given by its sender. */
export interface EventIdentifier {
  /** `event`: the sender's own id. */
  kind: string;
  value: string;
  /** `evt_…` */
  eventId: string;
}

export async function identifiersOf(db: Database, eventKeys: number[]): Promise<EventIdentifier[]> {
  if (eventKeys.length === 0) return [];
  return db
    .selectFrom('identifiers')
    .innerJoin('events', 'events.key', 'identifiers.event_key')
    .select(['identifiers.kind', 'identifiers.value', 'events.id as eventId'])
    .where('identifiers.event_key', 'in', eventKeys)
    .execute();
}

/** Refused deliveries of a search, newest first: by their own ids, and by those in them. They announce no event. */
export async function refusedDeliveries(
  db: Database,
  { matches, environment }: Search,
): Promise<Limited<LoggedDelivery>> {
  const within = (deliveries: string) =>
    environment === null ? sql`` : sql`and ${sql.ref(deliveries)} || '' = ${environment}`;
  const keys = unionOf(
    matches
      .filter(({ kind }) => !hasNoDelivery.has(kind))
      .flatMap(({ kind, value }) => {
        const column = kind === 'delivery' ? 'id' : kind === 'request' ? 'request_id' : null;
        return [
          sql`select deliveries.key as key from refused_ids cross join deliveries
            where refused_ids.value = ${value} and refused_ids.kind = ${kind}
              and deliveries.key = refused_ids.delivery_key ${within('deliveries.environment')}`,
          ...(column === null
            ? []
            : [
                sql`select key from deliveries where ${sql.ref(column)} = ${value} and rejection is not null
                  ${within('environment')}`,
              ]),
        ];
      }),
  );
  if (keys === null) return { rows: [], total: 0 };
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('key', 'in', sql<number>`(${keys} order by key desc limit ${MAX_ROWS + 1})`)
    .orderBy('key', 'desc')
    .execute();
  return limited(rows, () => countOf(db, keys));
}

/** The first rows within the limit. The total is counted only when there are more. */
export async function limited<Row>(rows: Row[], count: () => Promise<number>): Promise<Limited<Row>> {
  if (rows.length <= MAX_ROWS) return { rows, total: rows.length };
  return { rows: rows.slice(0, MAX_ROWS), total: await count() };
}

/** Time of the oldest kept delivery, epoch ms; null when there is none. */
export async function oldestDelivery(db: Database): Promise<number | null> {
  const row = await db
    .selectFrom('deliveries')
    .select('received_at')
    .orderBy('key')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}
