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

/** Records with exactly this id. */
export const exactMatches = async (db: Database, id: string): Promise<Match[]> => [
  ...(await matches(db, id, id)),
  ...(/^\d{1,15}$/.test(id) ? await contractMatches(db, Number(id)) : []),
];

/** Records whose id has this prefix. */
export const prefixMatches = (db: Database, prefix: string): Promise<Match[]> =>
  matches(db, prefix, `${prefix}\u{10ffff}`);

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
async function matches(db: Database, from: string, to: string): Promise<Match[]> {
  const within = (kind: RawBuilder<unknown>, table: string, column: string) => {
    const id = sql.ref(column);
    return sql`select * from (select distinct ${kind} as kind, ${id} as value from ${sql.table(table)}
      where ${id} >= ${from} and ${id} <= ${to} order by ${id} limit ${MAX_MATCHES}) as found`;
  };
  const parts = [
    ...columns.map(([kind, table, column]) => within(sql.lit(kind), table, column)),
    within(sql.ref('kind'), 'identifiers', 'value'),
  ];
  const { rows } = await sql<Match>`${sql.join(parts, sql` union all `)}`.execute(db);
  const distinct = new Map(rows.map((match) => [`${match.kind} ${match.value}`, match]));
  return [...distinct.values()].slice(0, MAX_MATCHES);
}

/** Contracts known from the integration's reports only. */
async function contractMatches(db: Database, contract: number): Promise<Match[]> {
  for (const table of ['api_calls', 'outcomes'] as const) {
    const row = await db
      .selectFrom(table)
      .select('contract_id')
      .where('contract_id', '=', contract)
      .limit(1)
      .executeTakeFirst();
    if (row) return [{ kind: 'contract', value: String(contract) }];
  }
  return [];
}
