import { type Kysely, sql } from 'kysely';

/** Differences with their history, comparisons with their counts, and waivers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('comparisons')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('left_environment', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('breaking', 'integer', (column) => column.notNull())
    .addColumn('risky', 'integer', (column) => column.notNull())
    .addColumn('cosmetic', 'integer', (column) => column.notNull())
    .addColumn('accepted', 'integer', (column) => column.notNull())
    .addColumn('not_compared', 'integer', (column) => column.notNull())
    .addColumn('failed', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('comparisons_by_time')
    .on('comparisons')
    .columns(['left_environment', 'environment', 'at'])
    .execute();

  await db.schema
    .createTable('differences')
    .addColumn('key', 'integer', (column) => column.primaryKey())
    .addColumn('left_environment', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('weight', 'text', (column) => column.notNull())
    .addColumn('sides', 'bytea' as 'blob', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('first_seen', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint')
    .addColumn('unchecked_since', 'bigint')
    .addColumn('resolved_at', 'bigint')
    .execute();
  await sql`create unique index differences_open on differences (left_environment, environment, path) where resolved_at is null`.execute(
    db,
  );
  await sql`create index differences_resolved on differences (left_environment, environment, resolved_at) where resolved_at is not null`.execute(
    db,
  );

  await db.schema
    .createTable('waivers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    // Empty for a check: the index below would not treat two nulls as equal.
    .addColumn('left_environment', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('shown', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('accepted_by', 'text', (column) => column.notNull())
    .addColumn('accepted_at', 'bigint', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('ended_how', 'text')
    .addColumn('ended_by', 'text')
    .addColumn('ended_reason', 'text')
    .execute();
  await sql`create unique index waivers_active on waivers (kind, left_environment, environment, subject) where ended_at is null`.execute(
    db,
  );
}
