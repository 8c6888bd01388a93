import { type Kysely, sql } from 'kysely';

/** Times at which reports arrived, and contracts that were executed without an event. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addArrivals(db);
  await addMissingEvents(db);
}

/** An export finds reports that arrived late by this time. It is null in Envcheck's own calls and in older rows. */
async function addArrivals(db: Kysely<unknown>): Promise<void> {
  for (const table of ['api_calls', 'outcomes']) {
    await db.schema.alterTable(table).addColumn('stored_at', 'bigint').execute();
    await sql`create index ${sql.ref(`${table}_by_arrival`)} on ${sql.table(table)} (environment, stored_at)
      where stored_at is not null`.execute(db);
  }
}

/**
 * One row per environment with the newest comparison of SpotDraft's contracts with the log, and one per contract that was
 * found executed without its event. An event that comes later is looked up when the rows are read.
 */
async function addMissingEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reconciliations')
    .addColumn('environment', 'text', (column) => column.primaryKey())
    .addColumn('tried_at', 'bigint', (column) => column.notNull())
    .addColumn('read_until', 'bigint')
    .addColumn('notes', 'text')
    .addColumn('unread', 'text')
    .execute();
  await db.schema
    .createTable('missing_events')
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('contract', 'text', (column) => column.notNull())
    .addColumn('activity', 'text', (column) => column.notNull())
    .addColumn('ids', 'text', (column) => column.notNull())
    .addColumn('noticed_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('missing_events_once', ['environment', 'contract', 'activity'])
    .execute();
}
