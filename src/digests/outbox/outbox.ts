import type { Database } from '../../store/database.ts';
import { insertOutboxRow, outboxIdByKey, outboxRowById, replaceContent } from '../../store/outbox.ts';
import { type OutboxState, readOutboxState } from '../../store/outbox-state.ts';
import type { Transaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import type { Clock } from '../../time/clock.ts';

/** One message, or an edit of one, that has to reach Slack. */
export interface OutboxItem {
  /** Id of a channel. */
  channel: string;
  /** Unique for all time: what was enqueued under it once is not enqueued again. */
  key: string;
  kind: 'post' | 'update';
  message: Message;
  /** `obx_…` of the message in whose thread it is posted, after it. */
  parent?: string;
  /** `obx_…` of the message that an update edits. */
  target?: string;
  /** A reply that is shown in the channel too. */
  broadcast?: boolean;
  /** Posted in the thread of the message. */
  picture?: { png: Uint8Array; name: string; alt: string };
}

/**
 * Puts a message into the outbox, in the transaction in which its reason is stored; it is sent afterwards, until Slack took
 * it. Returns its `obx_…` id, of the first one when the key was used before. An update of a message that nobody has tried
 * to send becomes that message's content. Throws when `parent` or `target` is no message of the same channel.
 */
export async function enqueue(transaction: Transaction, item: OutboxItem, clock: Clock): Promise<string> {
  const existing = await outboxIdByKey(transaction, item.key);
  if (existing !== null) return existing;
  const target = await referredTo(transaction, item, 'target');
  await referredTo(transaction, item, 'parent');
  if ((item.kind === 'update') !== (target !== null))
    throw new Error(`outbox item ${item.key}: an update, and nothing else, names a target`);
  // Who has claimed it has read its content already.
  const merges =
    target !== null && target.state === 'waiting' && target.attempts === 0 && target.owner === null;
  if (merges) await replaceContent(transaction, target.id, item.message);
  const id = randomId('obx');
  await insertOutboxRow(transaction, {
    id,
    key: item.key,
    channel: item.channel,
    kind: item.kind,
    message: item.message,
    parent: item.parent ?? null,
    target: item.target ?? null,
    broadcast: item.broadcast ?? false,
    picture: item.picture ?? null,
    state: merges ? 'merged' : 'waiting',
    at: clock.now(),
  });
  return id;
}

async function referredTo(transaction: Transaction, item: OutboxItem, what: 'parent' | 'target') {
  const id = item[what];
  if (id === undefined) return null;
  const found = await outboxRowById(transaction, id);
  if (!found || found.channel !== item.channel || found.kind !== 'post')
    throw new Error(`outbox item ${item.key}: its ${what} ${id} is no message of channel ${item.channel}`);
  return found;
}

/** For how long a message that was given up is spoken of. */
const TOLD_MS = 7 * 86_400_000;

/** What waits and why, and what was given up within the last seven days. */
export function outboxState(db: Database, clock: Clock): Promise<OutboxState> {
  const now = clock.now();
  return readOutboxState(db, { now, givenUpSince: now - TOLD_MS });
}
