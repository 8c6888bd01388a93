import { type Kysely, SqliteAdapter, sql } from 'kysely';

/**
 * Deliveries refer to their event by an integer key: at ten million rows text ids would take more space than the rows.
 * Columns that people search by prefix have their own index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('activity', 'text')
    .addColumn('contract_id', 'bigint')
    .addColumn('occurred_at', 'bigint')
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('payload', 'bytea' as 'blob')
    .execute();
  await db.schema
    .createIndex('events_by_time')
    .on('events')
    .columns(['environment', 'received_at'])
    .execute();

  await db.schema
    .createTable('deliveries')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('event_key', 'integer', (column) => column.references('events.key'))
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .addColumn('rejection', 'text')
    .execute();
  await db.schema.createIndex('deliveries_by_event').on('deliveries').column('event_key').execute();
  await db.schema.createIndex('deliveries_by_request').on('deliveries').column('request_id').execute();
  await db.schema
    .createIndex('deliveries_by_time')
    .on('deliveries')
    .columns(['environment', 'received_at'])
    .execute();

  // The key is the whole row, so `without rowid` stores it once. PostgreSQL has no such tables.
  const ending = db.getExecutor().adapter instanceof SqliteAdapter ? sql`without rowid` : sql``;
  await db.schema
    .createTable('identifiers')
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('event_key', 'integer', (column) => column.notNull().references('events.key'))
    .addPrimaryKeyConstraint('identifiers_by_value', ['value', 'kind', 'event_key'])
    .modifyEnd(ending)
    .execute();
  // Serves the removal of identifiers with their event.
  await db.schema.createIndex('identifiers_by_event').on('identifiers').column('event_key').execute();
}
