import { type Kysely, SqliteAdapter, sql } from 'kysely';

/** Acknowledgements of failure groups. The failures are in the log; of a group only people's acts are stored. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('failure_acknowledgements')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('activity', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('covers', 'text', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('first_seen', 'bigint', (column) => column.notNull())
    .addColumn('last_seen', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('failure_acknowledgements_by_environment')
    .on('failure_acknowledgements')
    .columns(['environment', 'key'])
    .execute();
  if (db.getExecutor().adapter instanceof SqliteAdapter)
    for (const act of ['update', 'delete'])
      await sql`create trigger ${sql.ref(`failure_acknowledgements_no_${act}`)} before ${sql.raw(act)} on failure_acknowledgements
        begin select raise(abort, 'acknowledgements are append-only'); end`.execute(db);
  // Covers the counting query. It indexes refused deliveries only, so that storing a verified one costs no more.
  await sql`create index deliveries_refused_why on deliveries (environment, received_at, rejection) where rejection is not null`.execute(
    db,
  );
}
