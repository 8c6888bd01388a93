import type { Kysely } from 'kysely';

/**
 * How the payload of an event is kept, since `log.payloads` may change between two rows: `raw` or `redacted`. Null in a row
 * without payload, and in one that was written before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('events').addColumn('payload_kind', 'text').execute();
}
