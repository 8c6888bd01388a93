import { type Kysely, sql } from 'kysely';
import { type Migration, migrations } from '../../migrations/index.ts';
import type { Clock } from '../time/clock.ts';
import type { Database } from './database.ts';
import { StoreError } from './store-error.ts';
import { inTransaction } from './transaction.ts';

/**
 * Runs pending migrations in order, each in one transaction with its row in `migrations`, so that after a crash a migration
 * has happened with its row or not at all. Kysely's migrator uses no transaction on SQLite. Returns the names of those run.
 */
export async function migrate(
  db: Database,
  clock: Clock,
  all: readonly Migration[] = migrations,
): Promise<string[]> {
  await sql`create table if not exists migrations (name text primary key, applied_at bigint not null)`.execute(
    db,
  );
  refuse(await newerMigrations(db, all), all);
  const ran: string[] = [];
  // A database that is up to date is not written to, and no command waits for another process that writes.
  const applied = await appliedNames(db);
  const pending = all.filter(({ name }) => !applied.includes(name));
  for (const migration of pending) if (await runOnce(db, migration, clock)) ran.push(migration.name);
  return ran;
}

/** Names of the migrations that the next start runs. Throws when the table of migrations does not exist yet. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const applied = await appliedNames(db);
  return migrations.map(({ name }) => name).filter((name) => !applied.includes(name));
}

async function appliedNames(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('migrations').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}

/** Migrations of the database that this version does not know. A start refuses them. */
export async function newerMigrations(
  db: Database,
  all: readonly Migration[] = migrations,
): Promise<string[]> {
  return (await appliedNames(db)).filter((name) => !all.some((migration) => migration.name === name));
}

function refuse(newer: string[], all: readonly Migration[]): void {
  if (newer.length === 0) return;
  throw new StoreError(
    `the database was written by a newer Envcheck (it has migration ${newer.join(', ')}, this version knows up to ` +
      `${all.at(-1)?.name}): start the newer version, or restore a backup that was made before it`,
  );
}

/** The write lock makes a second process that starts at the same time wait instead of running the migration too. */
const runOnce = (db: Database, migration: Migration, clock: Clock): Promise<boolean> =>
  inTransaction(db, async (transaction) => {
    const pending = !(await appliedNames(transaction)).includes(migration.name);
    if (!pending) return false;
    await migration.up(transaction as unknown as Kysely<unknown>);
    await transaction
      .insertInto('migrations')
      .values({ name: migration.name, applied_at: clock.now() })
      .execute();
    return true;
  });
