import type { Kysely } from 'kysely';

/**
 * The kind of a stored payload, `raw` or `redacted`, because `log.payloads` may change between two rows. null in rows
 * without a payload and in earlier rows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('events').addColumn('payload_kind', 'text').execute();
}
