import { type Kysely, sql } from 'kysely';
import type { Tables } from './schema.ts';
import type { Opening } from './sqlite.ts';
import { StoreError } from './store-error.ts';
import { openStore } from './store-file.ts';

/**
 * The whole database. A transaction that reads before it writes can lose its writes to another writer, so only `inTransaction`
 * and `inSnapshot` begin one.
 */
export type Database = Omit<Kysely<Tables>, 'transaction' | 'startTransaction' | 'connection'>;

/** Opens the SQLite file, which `create` creates with its folder if missing. Throws StoreError with the reason. */
export const openDatabase = (file: string, opening: Opening = 'create'): Database =>
  openStore(file, opening).db;

/** Throws StoreError for a database that no Envcheck has used: reading it would say “never” about everything. */
export async function refuseOtherDatabase(db: Database, file: string): Promise<void> {
  if (await isUsed(db)) return;
  throw new StoreError(
    `${file} is a database, but not Envcheck's: it has no table of migrations. Correct \`database\` in the config`,
  );
}

/** True when an Envcheck has used the database. */
export async function isUsed(db: Database): Promise<boolean> {
  const { rows } =
    await sql`select 1 from sqlite_master where type = 'table' and name = 'migrations'`.execute(db);
  return rows.length > 0;
}

/** The reason why the database does not answer; null when it does. Never throws. */
export async function databaseFailure(db: Database): Promise<string | null> {
  try {
    await db.selectFrom('migrations').select('name').limit(1).execute();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
