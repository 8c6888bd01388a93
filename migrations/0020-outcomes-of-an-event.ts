import { type Kysely, sql } from 'kysely';

/** Outcomes are found by contract, activity and time: a contract may have thousands of events and of outcomes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index outcomes_of_event on outcomes (contract_id, activity, occurred_at) where contract_id is not null`.execute(
    db,
  );
  await sql`drop index outcomes_by_contract_id`.execute(db);
}
