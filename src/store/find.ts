import { type Selectable, sql } from 'kysely';
import type { LoggedCall } from './api-calls.ts';
import type { Database } from './database.ts';
import type { LoggedDelivery } from './deliveries.ts';
import type { Match } from './matches.ts';
import type { EventRow, OutcomeRow } from './tables/event-log.ts';

export type FoundEvent = Selectable<EventRow>;
export type FoundOutcome = Selectable<OutcomeRow>;

/** Limit of each query. A contract, request or record with more rows shows its newest. */
const MAX_ROWS = 200;

/** Events of a match, newest first, at most MAX_ROWS. */
export async function eventsOf(db: Database, { kind, value }: Match): Promise<FoundEvent[]> {
  const events = db.selectFrom('events').selectAll('events');
  switch (kind) {
    case 'event': {
      const byId = await events.where('id', '=', value).execute();
      return byId.length > 0 ? byId : eventsByIdentifier(db, kind, value);
    }
    case 'delivery':
    case 'request':
      return events
        .innerJoin('deliveries', 'deliveries.event_key', 'events.key')
        .where(kind === 'delivery' ? 'deliveries.id' : 'deliveries.request_id', '=', value)
        .distinct()
        .limit(MAX_ROWS)
        .execute();
    case 'call':
    case 'outcome':
    case 'report':
    case 'snapshot':
    case 'act':
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
    .orderBy('identifiers.event_key', 'desc')
    .limit(MAX_ROWS)
    .execute();

export const deliveriesOf = (db: Database, eventKeys: number[]): Promise<LoggedDelivery[]> =>
  eventKeys.length === 0
    ? Promise.resolve([])
    : db.selectFrom('deliveries').selectAll().where('event_key', 'in', eventKeys).orderBy('key').execute();

/** Refused deliveries of a match. They announce no event. */
export async function refusedDeliveries(db: Database, { kind, value }: Match): Promise<LoggedDelivery[]> {
  if (kind !== 'delivery' && kind !== 'request') return [];
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where(kind === 'delivery' ? 'id' : 'request_id', '=', value)
    .where('rejection', 'is not', null)
    .orderBy('key')
    .limit(MAX_ROWS)
    .execute();
}

const callColumns: Partial<Record<Match['kind'], ('call_id' | 'own_id' | 'request_id' | 'external_id')[]>> = {
  call: ['call_id', 'own_id'],
  request: ['request_id'],
  external: ['external_id'],
};

/** Calls of a match by own id, request, contract or external record, newest first. */
export async function callsOf(db: Database, { kind, value }: Match): Promise<LoggedCall[]> {
  const calls = db.selectFrom('api_calls').selectAll().orderBy('at', 'desc').limit(MAX_ROWS);
  if (kind === 'contract') return calls.where('contract_id', '=', Number(value)).execute();
  const found = await Promise.all(
    (callColumns[kind] ?? []).map((column) => calls.where(column, '=', value).execute()),
  );
  return found.flat();
}

/** Calls to an environment between two times, epoch ms, by the integration and by Envcheck. */
export const callsBetween = (
  db: Database,
  environment: string,
  from: number,
  to: number,
): Promise<LoggedCall[]> =>
  db
    .selectFrom('api_calls')
    .selectAll()
    .where('environment', '=', environment)
    .where('at', '>=', from)
    .where('at', '<=', to)
    .orderBy('at')
    .limit(MAX_ROWS)
    .execute();

const outcomeColumns: Partial<Record<Match['kind'], ('id' | 'own_id' | 'request_id' | 'event_id')[]>> = {
  outcome: ['id', 'own_id'],
  request: ['request_id'],
  event: ['event_id'],
};

/** Outcomes of a match by own id, request, event or contract. */
export async function outcomesOf(db: Database, { kind, value }: Match): Promise<FoundOutcome[]> {
  const outcomes = db.selectFrom('outcomes').selectAll().orderBy('at', 'desc').limit(MAX_ROWS);
  if (kind === 'contract') return outcomes.where('contract_id', '=', Number(value)).execute();
  const found = await Promise.all(
    (outcomeColumns[kind] ?? []).map((column) => outcomes.where(column, '=', value).execute()),
  );
  return found.flat();
}

/** Outcomes of these events: an outcome names its event by our id, by the sender's id, or by contract, activity and time. */
export async function outcomesOfEvents(db: Database, events: FoundEvent[]): Promise<FoundOutcome[]> {
  if (events.length === 0) return [];
  const given = await db
    .selectFrom('identifiers')
    .select('value')
    .where(
      'event_key',
      'in',
      events.map(({ key }) => key),
    )
    .where('kind', '=', 'event')
    .execute();
  const outcomes = db.selectFrom('outcomes').selectAll().orderBy('at', 'desc').limit(MAX_ROWS);
  const named = await outcomes
    .where('event_id', 'in', [...events.map(({ id }) => id), ...given.map(({ value }) => value)])
    .execute();
  const contracts = [...new Set(events.map((event) => event.contract_id).filter((id) => id !== null))];
  const described =
    contracts.length === 0 ? [] : await outcomes.where('contract_id', 'in', contracts).execute();
  const ofEvents = described.filter((outcome) => events.some((event) => describes(outcome, event)));
  return [...named, ...ofEvents];
}

/** True when an outcome without an event id is about this event. */
const describes = (outcome: FoundOutcome, event: FoundEvent): boolean =>
  outcome.event_id === null &&
  outcome.environment === event.environment &&
  outcome.contract_id === event.contract_id &&
  outcome.activity === event.activity &&
  outcome.occurred_at === event.occurred_at;

/** First and last reading of a snapshot in an environment, epoch ms. */
export interface Reading {
  environment: string;
  hash: string;
  first: number;
  last: number;
  times: number;
}

/** Readings of a snapshot, by environment. */
export const readingsOf = (db: Database, hash: string): Promise<Reading[]> =>
  db
    .selectFrom('snapshot_readings')
    .select(({ fn }) => [
      'environment',
      'hash',
      fn.min('taken_at').as('first'),
      fn.max('taken_at').as('last'),
      fn.countAll<number>().as('times'),
    ])
    .where('hash', '=', hash)
    .groupBy(['environment', 'hash'])
    .execute();

export interface SnapshotAtEvent {
  environment: string;
  hash: string;
  /** Epoch ms. */
  at: number;
  /** When the first event under it was received, epoch ms. */
  receivedAt: number;
}

/** The newest reading of the environment at the time each of these events was received. */
export async function snapshotsAtEvents(db: Database, eventKeys: number[]): Promise<SnapshotAtEvent[]> {
  if (eventKeys.length === 0) return [];
  const { rows } = await sql<SnapshotAtEvent>`
    select reading.environment, reading.hash, reading.taken_at as at, min(event.received_at) as "receivedAt"
    from (select received_at, (select id from snapshot_readings where environment = events.environment
        and taken_at <= events.received_at order by taken_at desc limit 1) as reading_id
      from events where key in (${sql.join(eventKeys)})) as event
    join snapshot_readings as reading on reading.id = event.reading_id
    group by reading.id, reading.environment, reading.hash, reading.taken_at`.execute(db);
  return rows;
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

/** The event of an outcome; null when it is not in the log. */
export async function eventOfOutcome(db: Database, outcome: FoundOutcome): Promise<FoundEvent | null> {
  const { event_id: id, environment, contract_id: contract } = outcome;
  const events =
    id === null
      ? await eventsOf(db, { kind: 'contract', value: String(contract) })
      : await eventsOf(db, { kind: 'event', value: id });
  const own = events.filter((event) => event.environment === environment);
  return own.find((event) => id !== null || describes(outcome, event)) ?? null;
}
