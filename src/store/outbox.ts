import type { Database } from './database.ts';
import { pack } from './packed-json.ts';
import type { OutboxRow } from './tables/reporting.ts';
import type { Transaction } from './transaction.ts';

/** A message in Slack's format. The store does not read its blocks. */
export interface StoredContent {
  text: string;
  blocks: unknown[];
}

/** A new row of the outbox. */
export interface NewOutboxRow {
  id: string;
  key: string;
  channel: string;
  kind: OutboxRow['kind'];
  message: StoredContent;
  parent: string | null;
  target: string | null;
  broadcast: boolean;
  picture: { png: Uint8Array; name: string; alt: string } | null;
  state: 'waiting' | 'merged';
  /** Epoch ms UTC. */
  at: number;
}

/** Throws when the key was used before. */
export async function insertOutboxRow(transaction: Transaction, row: NewOutboxRow): Promise<void> {
  const { message, picture, broadcast, at, ...rest } = row;
  await transaction
    .insertInto('outbox')
    .values({
      ...rest,
      message: pack(message),
      broadcast: broadcast ? 1 : 0,
      created_at: at,
      attempts: 0,
      due_at: 0,
      picture: picture && Buffer.from(picture.png),
      picture_name: picture?.name ?? null,
      picture_alt: picture?.alt ?? null,
      picture_state: picture ? 'waiting' : null,
    })
    .execute();
}

export type OutboxReference = Pick<OutboxRow, 'id' | 'channel' | 'kind' | 'state' | 'attempts' | 'owner'>;

export const outboxRowById = (db: Database, id: string): Promise<OutboxReference | undefined> =>
  db
    .selectFrom('outbox')
    .select(['id', 'channel', 'kind', 'state', 'attempts', 'owner'])
    .where('id', '=', id)
    .executeTakeFirst();

/** The `obx_…` id stored under this key; null when there is none. */
export async function outboxIdByKey(db: Database, key: string): Promise<string | null> {
  const row = await db.selectFrom('outbox').select('id').where('key', '=', key).executeTakeFirst();
  return row?.id ?? null;
}

/** Replaces the content of a message without attempts. */
export async function replaceContent(
  transaction: Transaction,
  id: string,
  message: StoredContent,
): Promise<void> {
  await transaction
    .updateTable('outbox')
    .set({ message: pack(message) })
    .where('id', '=', id)
    .execute();
}
