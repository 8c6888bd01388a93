import { type Kysely, sql } from 'kysely';

/** The content of past digests, and announcements about environments. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('digests')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('fired_for', 'bigint', (column) => column.notNull())
    .addColumn('made_at', 'bigint', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('state', 'bytea' as 'blob', (column) => column.notNull())
    .execute();
  // A second attempt at the same run finds that it was made.
  await db.schema
    .createIndex('digests_once')
    .unique()
    .on('digests')
    .columns(['report', 'channel', 'fired_for'])
    .execute();

  await db.schema
    .createTable('watched')
    .addColumn('environment', 'text', (column) => column.primaryKey())
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('checked_at', 'bigint', (column) => column.notNull())
    .addColumn('state', 'bytea' as 'blob', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('notices')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('announced_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('content', 'bytea' as 'blob', (column) => column.notNull())
    .execute();
  await sql`create index notices_open on notices (environment) where closed_at is null`.execute(db);
}
