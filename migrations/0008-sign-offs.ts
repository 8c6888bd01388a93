import type { Kysely } from 'kysely';

/** Acts of people about checklist items. The current state follows from them and is stored nowhere else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sign_off_acts')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('sign_off', 'text', (column) => column.notNull())
    .addColumn('act', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('person', 'text')
    .addColumn('person_name', 'text', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('link', 'text')
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('snapshot', 'text')
    .addColumn('complete_snapshot', 'text')
    .addColumn('expires_at', 'bigint')
    .addColumn('about', 'text')
    .addColumn('changes', 'text')
    .addColumn('reminded_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('sign_off_acts_by_item')
    .on('sign_off_acts')
    .columns(['environment', 'sign_off', 'key'])
    .execute();
}
