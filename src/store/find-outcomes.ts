import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import {
  countOf,
  eventKeysOf,
  type FoundEvent,
  type FoundOutcome,
  type Limited,
  limited,
  MAX_ROWS,
  type OwnContract,
  type Search,
  unionOf,
} from './find.ts';
import type { Match } from './matches.ts';

const columns: Partial<
  Record<Match['kind'], ('id' | 'own_id' | 'request_id' | 'event_id' | 'contract_id')[]>
> = {
  outcome: ['id', 'own_id'],
  request: ['request_id'],
  event: ['event_id'],
  contract: ['contract_id'],
};

/** Outcomes of a search, by their own ids, their events and contracts: failed ones first, then the newest. */
export async function outcomesOf(
  db: Database,
  search: Search,
  contracts: readonly OwnContract[],
): Promise<Limited<FoundOutcome>> {
  const named = search.matches.flatMap(({ kind, value }) =>
    (columns[kind] ?? []).map(
      (column) =>
        sql`select id from outcomes where ${sql.ref(column)} = ${column === 'contract_id' ? Number(value) : value}`,
    ),
  );
  const own = contracts.map(
    ({ environment, contract }) =>
      sql`select id from outcomes where contract_id = ${contract} and environment || '' = ${environment}`,
  );
  const keys = eventKeysOf(search);
  const ids = unionOf([...named, ...own, ...(keys === null ? [] : outcomesOfEvents(keys))]);
  if (ids === null) return { rows: [], total: 0 };
  const wanted =
    search.environment === null
      ? ids
      : sql`select each.id from (${ids}) as every cross join outcomes as each
          where each.id = every.id and each.environment = ${search.environment}`;
  const rows = await db
    .selectFrom('outcomes')
    .selectAll()
    .where('id', 'in', sql<string>`(${wanted})`)
    .orderBy(sql`status = 'failed'`, 'desc')
    .orderBy('at', 'desc')
    .orderBy('attempt', 'desc')
    .limit(MAX_ROWS + 1)
    .execute();
  return limited(rows, () => countOf(db, wanted));
}

/**
 * An outcome names its event by our id, by the sender's id in the same environment, by a request that delivered it, or by contract,
 * activity and a time between that of the event and its arrival. A body of several events has several contracts and times.
 */
export const outcomesOfEvents = (keys: RawBuilder<unknown>): RawBuilder<unknown>[] => [
  sql`select id from outcomes where event_id in (select id from events where key in (${keys}))`,
  sql`select outcomes.id from identifiers cross join events cross join outcomes
    where identifiers.event_key in (${keys}) and identifiers.kind = 'event' and events.key = identifiers.event_key
    and outcomes.event_id = identifiers.value and outcomes.environment = events.environment`,
  sql`select id from outcomes where request_id in (select request_id from deliveries where event_key in (${keys}))`,
  sql`select outcomes.id from events cross join outcomes where events.key in (${keys})
    and outcomes.contract_id = events.contract_id and outcomes.environment || '' = events.environment
    and outcomes.activity = events.activity
    and outcomes.occurred_at between events.occurred_at - 999 and max(events.occurred_at, events.received_at)`,
  sql`select outcomes.id from events cross join identifiers cross join outcomes
    where events.key in (${keys}) and events.contract_id is null
    and identifiers.event_key = events.key and identifiers.kind = 'contract'
    and outcomes.contract_id = cast(identifiers.value as integer) and outcomes.environment || '' = events.environment
    and outcomes.activity = coalesce(events.activity, outcomes.activity)
    and exists (select 1 from identifiers as times where times.event_key = events.key and times.kind = 'time'
      and outcomes.occurred_at between unixepoch(times.value, 'subsec') * 1000 - 999
        and max(unixepoch(times.value, 'subsec') * 1000 + 1, events.received_at))`,
];

/** An id that the sender gave to more events says no more about each of them. */
const MAX_EVENTS = 50;

/** The events that an outcome names, newest first: by our id, by the sender's id, or by contract, activity and time. */
export async function eventsOfOutcome(db: Database, outcome: FoundOutcome): Promise<FoundEvent[]> {
  const { event_id: id, environment, contract_id: contract, activity, occurred_at: occurredAt } = outcome;
  const keys =
    id === null
      ? sql`select event_key from identifiers where value = ${String(contract)} and kind = 'contract'`
      : sql`select key from events where id = ${id} union
          select event_key from identifiers where value = ${id} and kind = 'event'`;
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('key', 'in', sql<number>`(${keys})`)
    .where(sql<boolean>`environment || '' = ${environment}`);
  if (id === null) query = query.where('activity', 'is', activity).where('occurred_at', 'is', occurredAt);
  return query.orderBy('key', 'desc').limit(MAX_EVENTS).execute();
}

/** The one event of an outcome; null when the log does not have it, or when the outcome may be about several. */
export async function eventOfOutcome(db: Database, outcome: FoundOutcome): Promise<FoundEvent | null> {
  const named = await eventsOfOutcome(db, outcome);
  const own = named.find(({ id }) => id === outcome.event_id);
  if (own || named.length <= 1) return own ?? named[0] ?? null;
  const [event, another] = named.filter(
    ({ contract_id: contract, activity, occurred_at: at }) =>
      contract !== null &&
      contract === outcome.contract_id &&
      activity === outcome.activity &&
      at === outcome.occurred_at,
  );
  return another ? null : (event ?? null);
}
