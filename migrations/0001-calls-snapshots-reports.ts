import type { Kysely } from 'kysely';

/** `bytea` is PostgreSQL's name for bytes; SQLite takes any name and stores bytes as they are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_calls')
    .addColumn('call_id', 'text', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('duration_ms', 'integer', (column) => column.notNull())
    .addColumn('failure', 'text')
    .execute();
  await db.schema
    .createIndex('api_calls_by_environment')
    .on('api_calls')
    .columns(['environment', 'at'])
    .execute();

  await db.schema
    .createTable('snapshots')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('content', 'bytea' as 'blob', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('snapshot_readings')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('taken_at', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().references('snapshots.hash'))
    .execute();
  await db.schema
    .createIndex('snapshot_readings_by_environment')
    .on('snapshot_readings')
    .columns(['environment', 'taken_at'])
    .execute();

  await db.schema
    .createTable('reports')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('checked_at', 'bigint', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('snapshot', 'text', (column) => column.references('snapshots.hash'))
    .addColumn('content', 'bytea' as 'blob', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('reports_by_environment')
    .on('reports')
    .columns(['environment', 'checked_at'])
    .execute();
}
