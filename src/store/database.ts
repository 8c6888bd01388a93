import { Kysely, SqliteDialect } from 'kysely';
import type { Tables } from './schema.ts';
import { type Opening, openSqlite } from './sqlite.ts';

export type Database = Kysely<Tables>;

/** Opens the SQLite file, which `create` creates with its folder if missing. Throws StoreError with the reason. */
export const openDatabase = (file: string, opening: Opening = 'create'): Database =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database: openSqlite(file, opening) }) });

/** The reason why the database does not answer; null when it does. Never throws. */
export async function databaseFailure(db: Database): Promise<string | null> {
  try {
    await db.selectFrom('migrations').select('name').limit(1).execute();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
