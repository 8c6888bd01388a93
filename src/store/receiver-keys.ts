import type { Database } from './database.ts';

/** The key that a receiver verifies with, by fingerprint, and when it was read, epoch ms. */
export interface ReceiverKey {
  fingerprint: string;
  readAt: number;
}

/** Replaces the previous key. */
export async function saveReceiverKey(
  db: Database,
  environment: string,
  { fingerprint, readAt }: ReceiverKey,
): Promise<void> {
  await db
    .insertInto('receiver_keys')
    .values({ environment, fingerprint, read_at: readAt })
    .onConflict((conflict) => conflict.column('environment').doUpdateSet({ fingerprint, read_at: readAt }))
    .execute();
}

/** null when no key was read yet. */
export async function receiverKeyOf(db: Database, environment: string): Promise<ReceiverKey | null> {
  const row = await db
    .selectFrom('receiver_keys')
    .selectAll()
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row ? { fingerprint: row.fingerprint, readAt: row.read_at } : null;
}
