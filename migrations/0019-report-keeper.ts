import type { Kysely } from 'kysely';

/** The process whose config decides when reports are due: the one that started last, and when it is gone one that still runs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('report_keeper')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .execute();
}
