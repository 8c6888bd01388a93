import { type Kysely, sql } from 'kysely';

/**
 * The comparison of contracts with the log goes on over several hours, survives pauses of the config, and edits its notices.
 * Rows from before were announced in messages that cannot be edited.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('reconciliations').addColumn('progress', 'text').execute();
  await db.schema
    .alterTable('reconciliations')
    .addColumn('paused', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('missing_events').addColumn('changed_from', 'bigint').execute();
  await db.schema.alterTable('missing_events').addColumn('notice', 'text').execute();
  await sql`update missing_events set notice = 'earlier version'`.execute(db);
  await db.schema
    .createTable('missing_notices')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
}
