import { sql } from 'kysely';
import type { Database } from './database.ts';

/** One identifier under which the log may hold a contract's events. */
export interface ContractIdentifier {
  kind: 'contract' | 'reference';
  value: string;
  /** Its origin; absent in rows of earlier versions. */
  way?: 'exact' | 'link' | 'composite' | 'reference';
}

/** Events of one activity that name the same contracts. Times are epoch ms. */
export interface KnownEvent {
  /** null: none or several could be read. */
  activity: string | null;
  /** When the first of them arrived. */
  at: number;
  /** When the last of them happened; null when none says so. */
  occurredAt: number | null;
  /** The contracts that they name, as `kind value`: numbers, composite ids and links. */
  names: string[];
}

/** Identifiers of one query. */
const BATCH = 300;
/** Names of one event that are compared: more make it an event of many contracts. */
const MAX_NAMES = 12;
/** Rows of one query. A reference id that all contracts share has more, and then proves nothing; numbers come first. */
const MAX_ROWS = 10_000;

/** The events that the log has under these identifiers, by `kind value`. */
export async function eventsOfContracts(
  db: Database,
  environment: string,
  ids: readonly ContractIdentifier[],
): Promise<Map<string, KnownEvent[]>> {
  const found = new Map<string, KnownEvent[]>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const values = ids.slice(from, from + BATCH).map(({ kind, value }) => sql`(${kind}, ${value})`);
    const { rows } = await sql<Omit<KnownEvent, 'names'> & { id: string; names: string | null }>`
      select identifiers.kind || ' ' || identifiers.value as id, events.activity,
        min(events.received_at) as at, max(events.occurred_at) as "occurredAt",
        (select group_concat(kind || ' ' || value, char(10)) from (
          select kind, value from identifiers as own where own.event_key = events.key and (own.kind = 'contract'
            or (own.kind = 'reference' and (own.value glob '[TH]-[0-9]*' or own.value glob '*/contracts/*')))
          order by own.value <> identifiers.value, kind desc, value limit ${MAX_NAMES})) as names
      from (select distinct column1, column2 from (values ${sql.join(values)})) as wanted
        cross join identifiers cross join events
      where identifiers.value = wanted.column2 and identifiers.kind = wanted.column1
        and events.key = identifiers.event_key and events.environment || '' = ${environment}
      group by identifiers.kind, identifiers.value, events.activity, names
      order by identifiers.kind limit ${MAX_ROWS}`.execute(db);
    for (const { id, names, ...event } of rows)
      found.set(id, [...(found.get(id) ?? []), { ...event, names: names?.split('\n') ?? [] }]);
  }
  return found;
}

/** Contracts are counted up to this number: the comparison needs to know of a few. */
export const MAX_COUNTED = 100;

/** Number of contracts whose events of an activity arrived since `since` (epoch ms), counted up to 100. */
export async function countContractsOf(
  db: Database,
  environment: string,
  activity: string,
  since: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from (
    select distinct contract_id from events where environment = ${environment} and activity = ${activity}
      and received_at >= ${since} and contract_id is not null limit ${MAX_COUNTED})`.execute(db);
  return rows[0]?.count ?? 0;
}

/** When the oldest kept event of an activity (null: any) arrived at or after `since`, epoch ms; null when there is none. */
export async function oldestEventSince(
  db: Database,
  environment: string,
  activity: string | null,
  since: number,
): Promise<number | null> {
  let query = db
    .selectFrom('events')
    .select('received_at')
    .where('environment', '=', environment)
    .where('received_at', '>=', since);
  if (activity !== null) query = query.where('activity', '=', activity);
  const row = await query.orderBy('received_at').limit(1).executeTakeFirst();
  return row?.received_at ?? null;
}

/** Newest events whose delay counts. */
const MAX_DELAYS = 21;

/** Time from an event's own time to its arrival in the middle of the newest 21, ms: delay and difference of clocks. */
export async function usualDelayMs(db: Database, environment: string, activity: string): Promise<number> {
  const { rows } = await sql<{ delay: number }>`select received_at - occurred_at as delay from events
    where environment = ${environment} and activity = ${activity} and occurred_at is not null
    order by received_at desc limit ${MAX_DELAYS}`.execute(db);
  const sorted = rows.map(({ delay }) => delay).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export interface RefusedQuery {
  environment: string;
  activity: string;
  /** Epoch ms. */
  since: number;
}

export interface HowRefused {
  rejection: string;
  signedWith: string | null;
}

/** Refused deliveries that may have an activity of an environment. */
const mayBeOf = ({ environment, activity, since }: RefusedQuery) => sql`
  rejection is not null and received_at >= ${since} and coalesce(activity, ${activity}) = ${activity}
    and (substr(signed_with, 1, ${environment.length + 1}) = ${`${environment} `}
      or (environment = ${environment} and (rejection in ('missing_signature', 'not_stored') or signed_with = 'not_tried')))`;

/** Refused deliveries that may have an activity of an environment, by reason and signer. */
export async function refusedOfWorkspace(
  db: Database,
  query: RefusedQuery,
): Promise<(HowRefused & { count: number })[]> {
  const { rows } = await sql<HowRefused & { count: number }>`
    select rejection, signed_with as "signedWith", sum(1 + coalesce(alike, 0)) as count from deliveries
    where ${mayBeOf(query)} group by rejection, signed_with order by count desc, signed_with`.execute(db);
  return rows;
}

/** The same deliveries by the ids of contracts in them, as far as these are kept. */
export async function refusedContracts(
  db: Database,
  query: RefusedQuery,
  ids: readonly Pick<ContractIdentifier, 'kind' | 'value'>[],
): Promise<(HowRefused & Pick<ContractIdentifier, 'kind' | 'value'>)[]> {
  const wanted = JSON.stringify(ids.map(({ kind, value }) => [kind, value]));
  const { rows } = await sql<HowRefused & Pick<ContractIdentifier, 'kind' | 'value'>>`
    select distinct refused_ids.kind, refused_ids.value, rejection, signed_with as "signedWith"
    from json_each(${wanted}) as wanted cross join refused_ids cross join deliveries
    where refused_ids.value = wanted.value ->> 1 and refused_ids.kind = wanted.value ->> 0
      and deliveries.key = refused_ids.delivery_key and ${mayBeOf(query)}`.execute(db);
  return rows;
}
