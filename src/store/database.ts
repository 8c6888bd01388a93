import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Tables } from './schema.ts';
import { openSqlite } from './sqlite.ts';

export type Database = Kysely<Tables>;

/** Opens the SQLite file with the query builder. Throws StoreError with the reason. */
export const openDatabase = (file: string): Database =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database: openSqlite(file) }) });

/** Why the database does not answer; null: it does. Never throws. */
export async function databaseFailure(db: Database): Promise<string | null> {
  try {
    await db.selectFrom('migrations').select('name').limit(1).execute();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether anything may be older than `before` (epoch ms): a look at the first entry of each index. */
export async function hasRowsOlderThan(db: Database, before: number): Promise<boolean> {
  const { rows } = await sql<{ oldest: number | null }>`select min(oldest) as oldest from (
    select received_at as oldest from (select received_at from deliveries order by key limit 1)
    union all select min(at) from api_calls
    union all select min(at) from outcomes
    union all select min(at) from comparisons
    union all select min(resolved_at) from differences
    union all select min(checked_at) from reports
    union all select min(taken_at) from snapshot_readings)`.execute(db);
  const oldest = rows[0]?.oldest ?? null;
  return oldest !== null && oldest < before;
}
