import { type RawBuilder, sql } from 'kysely';
import type { IdentifierKind } from '../text/ids.ts';
import type { Database } from './database.ts';

/** One record that an id leads to. */
export interface Match {
  kind: IdentifierKind | 'delivery' | 'request' | 'call' | 'outcome' | 'report' | 'snapshot' | 'act';
  /** The complete id. */
  value: string;
  /** Only deliveries that were refused have it. */
  isRefused?: true;
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

/** Sorts behind every text with the same beginning. */
const LAST = '\u{10ffff}';

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
  matches(db, { from: prefix, to: prefix + LAST }, environment);

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
    const refused = sql.lit(table === 'refused_ids' ? 1 : 0);
    return sql`select * from (select distinct ${kind} as kind, ${id} as value, ${refused} as refused from ${sql.table(table)}
      where ${id} >= ${from} and ${id} <= ${to} ${inEnvironment(table, environment)}
      order by ${id} limit ${limit}) as found`;
  };
  const parts = (limit: number) => [
    ...columns.map(([kind, table, column]) => within(limit)(sql.lit(kind), table, column)),
    within(limit)(sql.ref('kind'), 'identifiers', 'value'),
    within(limit)(sql.ref('kind'), 'refused_ids', 'value'),
  ];
  const { rows } = await sql<Match & { refused: 0 | 1 }>`${sql.join(
    parts(MAX_MATCHES + 1),
    sql` union all `,
  )}`.execute(db);
  // Rows of refused deliveries come last, so that the others win.
  const byId = new Map(rows.toReversed().map((match) => [`${match.kind} ${match.value}`, match]));
  const distinct = [...byId.values()]
    .toReversed()
    .map(({ kind, value, refused }): Match => ({ kind, value, ...(refused === 1 && { isRefused: true }) }));
  if (distinct.length <= MAX_MATCHES) return { rows: distinct, leftOut: 0 };
  const all = sql.join(parts(MAX_COUNTED), sql` union `);
  const counted = await sql<{
    n: number;
  }>`select count(distinct kind || ' ' || value) as n from (${all}) as counted`.execute(db);
  return { rows: distinct.slice(0, MAX_MATCHES), leftOut: (counted.rows[0]?.n ?? 0) - MAX_MATCHES };
}

/** The added text keeps the index by id in use: an environment may have most of the rows. */
function inEnvironment(table: string, environment: string | null): RawBuilder<unknown> {
  if (environment === null) return sql``;
  if (table === 'identifiers')
    return sql`and exists (select 1 from events where key = event_key and environment = ${environment})`;
  if (table === 'refused_ids')
    return sql`and exists (select 1 from deliveries where key = delivery_key and environment = ${environment})`;
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
    union all select * from (select 1 from api_calls where path_contract_id = ${contract} ${within} limit 1) as on_path
    union all select * from (select 1 from outcomes where contract_id = ${contract} ${within} limit 1) as reported`.execute(
    db,
  );
  return rows.length > 0 ? [{ kind: 'contract', value: String(contract) }] : [];
}

/** Spellings that are followed at most. Real logs have one or two of an id. */
const MAX_SPELLINGS = 20;
/** Rows that the search for spellings visits at most. */
const MAX_STEPS = 5_000;
/** Longest text whose spellings are searched, characters. */
const MAX_SPELLED = 200;

/**
 * The spellings of a text with which an id of the log begins: in other letter case, composed or decomposed, with another kind of
 * hyphen or a blank or underscore in its place. Walks the indexes character by character, so that no second index is needed.
 */
export async function storedSpellings(db: Database, text: string): Promise<string[]> {
  const characters = [...text];
  if (characters.length === 0 || characters.length > MAX_SPELLED) return [];
  const choices = characters.flatMap((each, at) => spellingsOf(each).map((spelling) => [at, spelling]));
  const from = sql<string>`walk.prefix || choice.spelling`;
  const begins = ([, table, column]: readonly [unknown, string, string]) =>
    sql`exists (select 1 from ${sql.table(table)} where ${sql.ref(column)} >= ${from}
      and ${sql.ref(column)} <= ${from} || ${LAST})`;
  const anywhere = [
    ...columns,
    ['', 'identifiers', 'value'] as const,
    ['', 'refused_ids', 'value'] as const,
  ].map(begins);
  const { rows } = await sql<{ prefix: string }>`
    with recursive choice (at, spelling) as materialized
        (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(choices)})),
      walk (at, prefix) as (select 0, '' union all
        select walk.at + 1, ${from} from walk join choice on choice.at = walk.at
        where ${sql.join(anywhere, sql` or `)} limit ${MAX_STEPS})
    select prefix from walk where at = ${characters.length} limit ${MAX_SPELLINGS}`.execute(db);
  return rows.map(({ prefix }) => prefix);
}

/** Signs that programs and people put in place of a hyphen. */
const HYPHENS = ['-', '_', ' ', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212'];

function spellingsOf(character: string): string[] {
  if (HYPHENS.includes(character)) return HYPHENS;
  const cases = [character, character.toLowerCase(), character.toUpperCase()];
  return [...new Set(cases.flatMap((each) => [each.normalize('NFC'), each.normalize('NFD')]))];
}
