import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/** One record that an id leads to. */
export interface Match {
  kind:
    | 'event'
    | 'delivery'
    | 'request'
    | 'contract'
    | 'reference'
    | 'external'
    | 'time'
    | 'call'
    | 'outcome'
    | 'report'
    | 'snapshot'
    | 'act';
  /** The complete id. */
  value: string;
}

/** Limit of matches of one prefix. */
const MAX_MATCHES = 20;
/** Further matches are counted up to this number in each column. */
const MAX_COUNTED = 10_000;

export interface Matches {
  /** At most 20, those with the same kind and id once. */
  rows: Match[];
  /** Matches that are not in `rows`; at least this many when a column has more than 10,000. */
  leftOut: number;
}

/** Records with exactly this id, in one environment or (null) in any. */
export const exactMatches = async (
  db: Database,
  id: string,
  environment: string | null,
): Promise<Match[]> => [
  ...(await matches(db, { from: id, to: id }, environment)).rows,
  ...(/^\d{1,15}$/.test(id) ? await contractMatches(db, Number(id), environment) : []),
];

/** Records whose id has this prefix. */
export const prefixMatches = (db: Database, prefix: string, environment: string | null): Promise<Matches> =>
  matches(db, { from: prefix, to: `${prefix}\u{10ffff}` }, environment);

/** Columns that hold ids, each with an index. */
const columns: [kind: Match['kind'], table: string, column: string][] = [
  ['event', 'events', 'id'],
  ['delivery', 'deliveries', 'id'],
  ['request', 'deliveries', 'request_id'],
  ['call', 'api_calls', 'call_id'],
  ['call', 'api_calls', 'own_id'],
  ['request', 'api_calls', 'request_id'],
  ['external', 'api_calls', 'external_id'],
  ['outcome', 'outcomes', 'id'],
  ['outcome', 'outcomes', 'own_id'],
  ['request', 'outcomes', 'request_id'],
  ['event', 'outcomes', 'event_id'],
  ['report', 'reports', 'id'],
  ['snapshot', 'snapshots', 'hash'],
  ['act', 'audit', 'id'],
];

/** One statement for all columns: one per column would take longer to send than to answer. */
async function matches(
  db: Database,
  { from, to }: { from: string; to: string },
  environment: string | null,
): Promise<Matches> {
  const within = (limit: number) => (kind: RawBuilder<unknown>, table: string, column: string) => {
    const id = sql.ref(column);
    return sql`select * from (select distinct ${kind} as kind, ${id} as value from ${sql.table(table)}
      where ${id} >= ${from} and ${id} <= ${to} ${inEnvironment(table, environment)}
      order by ${id} limit ${limit}) as found`;
  };
  const parts = (limit: number) => [
    ...columns.map(([kind, table, column]) => within(limit)(sql.lit(kind), table, column)),
    within(limit)(sql.ref('kind'), 'identifiers', 'value'),
  ];
  const { rows } = await sql<Match>`${sql.join(parts(MAX_MATCHES + 1), sql` union all `)}`.execute(db);
  const distinct = [...new Map(rows.map((match) => [`${match.kind} ${match.value}`, match])).values()];
  if (distinct.length <= MAX_MATCHES) return { rows: distinct, leftOut: 0 };
  const all = sql.join(parts(MAX_COUNTED), sql` union `);
  const counted = await sql<{ n: number }>`select count(*) as n from (${all}) as counted`.execute(db);
  return { rows: distinct.slice(0, MAX_MATCHES), leftOut: (counted.rows[0]?.n ?? 0) - MAX_MATCHES };
}

/** The added text keeps the index by id in use: an environment may have most of the rows. */
function inEnvironment(table: string, environment: string | null): RawBuilder<unknown> {
  if (environment === null) return sql``;
  if (table === 'identifiers')
    return sql`and exists (select 1 from events where key = event_key and environment = ${environment})`;
  if (table === 'snapshots')
    return sql`and exists (select 1 from snapshot_readings as reading
      where reading.hash = snapshots.hash and reading.environment = ${environment})`;
  return sql`and environment || '' = ${environment}`;
}

/** Contracts known from API calls and outcomes only. A read of Envcheck proves a contract when it succeeded. */
async function contractMatches(db: Database, contract: number, environment: string | null): Promise<Match[]> {
  const within = inEnvironment('api_calls', environment);
  const { rows } = await sql`
    select * from (select 1 from api_calls where contract_id = ${contract} ${within}
      and (reporter <> 'envcheck' or status between 200 and 299) limit 1) as called
    union all select * from (select 1 from outcomes where contract_id = ${contract} ${within} limit 1) as reported`.execute(
    db,
  );
  return rows.length > 0 ? [{ kind: 'contract', value: String(contract) }] : [];
}
