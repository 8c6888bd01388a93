import { type RawBuilder, sql } from 'kysely';
import { otherRecordId } from '../text/salesforce-id.ts';
import type { LoggedCall } from './api-calls.ts';
import type { Database } from './database.ts';
import { countOf, type Limited, MAX_ROWS, type OwnContract, type Search, unionOf } from './find.ts';
import type { Match } from './matches.ts';
import { AROUND_MS } from './prune-holds.ts';

/** The moment of a delivery. */
export interface Moment {
  environment: string;
  /** Epoch ms UTC. */
  at: number;
}

/** Envcheck's reads. They only show that SpotDraft answered; two queries are sent by POST. */
const ownRead = sql`(reporter = 'envcheck' and (method = 'GET' or path like '%/analytics/query/'
  or path like '%/workspace/feature-flags/'))`;

const columns: Partial<
  Record<
    Match['kind'],
    ('call_id' | 'own_id' | 'request_id' | 'external_id' | 'contract_id' | 'path_contract_id')[]
  >
> = {
  call: ['call_id', 'own_id'],
  request: ['request_id'],
  external: ['external_id'],
  contract: ['contract_id', 'path_contract_id'],
};

/** Calls that a search names. Envcheck's reads are part of it only when the id is that of the call. */
const named = ({ matches, environment }: Search): RawBuilder<unknown>[] =>
  matches.flatMap(({ kind, value }) =>
    (columns[kind] ?? []).map(
      (column) => sql`select call_id, 0 as distance from api_calls
        where ${sql.ref(column)} = ${kind === 'contract' ? Number(value) : value}
        ${environment === null ? sql`` : sql`and environment || '' = ${environment}`}
        ${kind === 'call' ? sql`` : sql`and not ${ownRead}`}`,
    ),
  );

/**
 * Calls around these moments, except Envcheck's reads, its writes that name no contract (a webhook was registered), and calls that
 * name only other contracts: by their number, or by a record that the log knows with other contracts alone.
 */
function around(moments: readonly Moment[], contracts: readonly number[]): RawBuilder<unknown>[] {
  if (moments.length === 0) return [];
  const rows = moments.map(({ environment, at }) => sql`(${environment}, ${at})`);
  const others =
    contracts.length === 0
      ? sql``
      : sql`and (contract_id is null and (external_id is null or ${mayBeOf(contracts)})
          or contract_id in (${sql.join(contracts)}) or path_contract_id in (${sql.join(contracts)}))`;
  return [
    sql`select call_id, min(abs(api_calls.at - moments.column2)) as distance
      from (values ${sql.join(rows)}) as moments cross join api_calls
      where api_calls.environment = moments.column1
      and api_calls.at between moments.column2 - ${AROUND_MS} and moments.column2 + ${AROUND_MS}
      and not ${ownRead} and not (reporter = 'envcheck' and contract_id is null) ${others} group by call_id`,
  ];
}

/** True for a call whose record no event of its environment names, or one of these contracts. */
function mayBeOf(contracts: readonly number[]): RawBuilder<unknown> {
  const named = sql`select 1 from identifiers cross join events where value = external_id and kind = 'external'
    and events.key = event_key and events.environment || '' = api_calls.environment`;
  return sql`(not exists (${named}) or exists (${named}
    and (events.contract_id is null or events.contract_id in (${sql.join(contracts)}))))`;
}

/** An external record that the events of only one contract name. */
export interface OwnRecord {
  environment: string;
  /** As a call may name it: a Salesforce record has two ids. */
  value: string;
  contract: number;
}

/** The external records of these events that the log knows with no other contract. */
export async function ownRecordsOf(db: Database, eventKeys: readonly number[]): Promise<OwnRecord[]> {
  if (eventKeys.length === 0) return [];
  const { rows } = await sql<OwnRecord>`
    with named as materialized (select distinct events.environment as environment, mine.value as value,
        events.contract_id as contract from identifiers as mine join events on events.key = mine.event_key
      where mine.event_key in (${sql.join(eventKeys)}) and mine.kind = 'external' and events.contract_id is not null)
    select * from named where not exists (select 1 from identifiers as theirs join events as other on other.key = theirs.event_key
      where theirs.value = named.value and theirs.kind = 'external' and other.environment = named.environment
        and other.contract_id is not named.contract)`.execute(db);
  return rows.flatMap((row) => {
    const otherForm = otherRecordId(row.value);
    return otherForm === null ? [row] : [row, { ...row, value: otherForm }];
  });
}

/** Calls of these records that name no other contract. */
const ofRecords = (records: readonly OwnRecord[]): RawBuilder<unknown>[] =>
  records.map(
    ({ environment, value, contract }) => sql`select call_id, 0 as distance from api_calls
      where external_id = ${value} and environment || '' = ${environment} and reporter = 'integration'
      and (contract_id is null or contract_id_exact is not 1 or contract_id = ${contract})`,
  );

/** Calls that name these contracts, except Envcheck's reads. */
const ofContracts = (contracts: readonly OwnContract[]): RawBuilder<unknown>[] =>
  contracts.flatMap(({ environment, contract }) =>
    (columns.contract ?? []).map(
      (column) => sql`select call_id, 0 as distance from api_calls
        where ${sql.ref(column)} = ${contract} and environment || '' = ${environment} and not ${ownRead}`,
    ),
  );

/** Failed and repeated calls first, then writes, then the others. */
const weight = sql`case when failure is not null or status is null or status >= 400 or attempts > 1 then 0
  when method not in ('GET', 'HEAD', 'OPTIONS') then 1 else 2 end`;

/**
 * Calls that a search or a record of its events names, and calls around deliveries. When there are too many, failed calls and writes stay, then those
 * nearest to a delivery, then the newest.
 */
export async function callsOf(
  db: Database,
  search: Search,
  moments: readonly Moment[],
  {
    contracts,
    records,
    owners,
  }: { contracts: readonly number[]; records: readonly OwnRecord[]; owners: readonly OwnContract[] },
): Promise<Limited<LoggedCall>> {
  const parts = unionOf([
    ...named(search),
    ...ofRecords(records),
    ...ofContracts(owners),
    ...around(moments, contracts),
  ]);
  if (parts === null) return { rows: [], total: 0 };
  const wanted = sql`select call_id, min(distance) as distance from (${parts}) as part group by call_id`;
  const { rows } = await sql<LoggedCall & { distance: number }>`select api_calls.*, wanted.distance
    from (${wanted}) as wanted cross join api_calls where api_calls.call_id = wanted.call_id
    order by ${weight}, wanted.distance, api_calls.at desc limit ${MAX_ROWS + 1}`.execute(db);
  const calls = rows.slice(0, MAX_ROWS).map(({ distance: _, ...call }) => call);
  return { rows: calls, total: rows.length > MAX_ROWS ? await countOf(db, wanted) : rows.length };
}

/** Envcheck's successful reads of one contract in an environment. */
export interface OwnReads {
  newest: LoggedCall;
  times: number;
}

/** Envcheck's successful reads of these contracts, by environment: each names one of them in its path. */
export async function ownReadsOf(db: Database, { matches, environment }: Search): Promise<OwnReads[]> {
  const contracts = matches.filter(({ kind }) => kind === 'contract').map(({ value }) => Number(value));
  if (contracts.length === 0) return [];
  const { rows } = await sql<LoggedCall & { times: number; place: number }>`select * from (select *,
      count(*) over (partition by environment) as times,
      row_number() over (partition by environment order by at desc) as place
      from api_calls where contract_id in (${sql.join(contracts)}) and ${ownRead} and status between 200 and 299
      ${environment === null ? sql`` : sql`and environment || '' = ${environment}`}) as own
    where place = 1`.execute(db);
  return rows.map(({ times, place: _, ...newest }) => ({ newest, times }));
}
