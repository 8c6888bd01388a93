import { type Kysely, sql } from 'kysely';

/** Host and stated retries of the integration's calls, for the checks that judge what the integration does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('api_calls').addColumn('host', 'text').execute();
  // Reports older than this column did not keep whether they stated the number.
  await db.schema
    .alterTable('api_calls')
    .addColumn('retries_stated', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`create index outcomes_retried on outcomes (environment, at) where attempt > 1 or status = 'retrying'`.execute(
    db,
  );
  await sql`drop index api_calls_retried`.execute(db);
}
