import { type Kysely, sql } from 'kysely';

/** A call may name two contracts: one in its path, and another one that it reports. It is found by both. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('api_calls').addColumn('path_contract_id', 'integer').execute();
  await sql`create index api_calls_by_path_contract on api_calls (path_contract_id) where path_contract_id is not null`.execute(
    db,
  );
}
