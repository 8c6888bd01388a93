import { type Kysely, sql } from 'kysely';

/** Columns for the checks that judge what the integration does. They are null in older rows, and null proves nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('api_calls').addColumn('host', 'text').execute();
  for (const flag of ['retries_stated', 'contract_id_exact'])
    await db.schema.alterTable('api_calls').addColumn(flag, 'integer').execute();
  await sql`create index outcomes_retried on outcomes (environment, at) where attempt > 1 or status = 'retrying'`.execute(
    db,
  );
  await sql`drop index api_calls_retried`.execute(db);
}
