import type { Database } from '../../store/database.ts';
import { insertOutboxRow, outboxIdByKey, outboxRowById, replaceContent } from '../../store/outbox.ts';
import { type OutboxState, readOutboxState } from '../../store/outbox-state.ts';
import type { Transaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import type { Clock } from '../../time/clock.ts';

/** A message, or an edit of a message, that has to reach Slack. */
export interface OutboxItem {
  /** Channel id. */
  channel: string;
  /** Unique for all time: a second item with the same key is not enqueued. */
  key: string;
  kind: 'post' | 'update';
  message: Message;
  /** `obx_…` of the message in whose thread this one is posted. */
  parent?: string;
  /** `obx_…` of the message that an update edits. */
  target?: string;
  /** Shows a reply in the channel too. */
  broadcast?: boolean;
  /** Posted in the thread of the message, after it. */
  picture?: { png: Uint8Array; name: string; alt: string };
}

/**
 * Puts a message into the outbox, in the transaction that stores its reason. The sender then retries until Slack accepts it.
 * Returns its `obx_…` id; when the key was used before, the id of the first item. An update of a message that no sender has
 * tried yet replaces that message's content. Throws when `parent` or `target` is not a message of the same channel.
 */
export async function enqueue(transaction: Transaction, item: OutboxItem, clock: Clock): Promise<string> {
  const existing = await outboxIdByKey(transaction, item.key);
  if (existing !== null) return existing;
  const target = await findReferenced(transaction, item, 'target');
  await findReferenced(transaction, item, 'parent');
  if ((item.kind === 'update') !== (target !== null))
    throw new Error(`outbox item ${item.key}: only an update has a target, and it must have one`);
  // A sender that has claimed the message has already read its content.
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

async function findReferenced(transaction: Transaction, item: OutboxItem, what: 'parent' | 'target') {
  const id = item[what];
  if (id === undefined) return null;
  const found = await outboxRowById(transaction, id);
  if (!found || found.channel !== item.channel || found.kind !== 'post')
    throw new Error(`outbox item ${item.key}: its ${what} ${id} is not a message of channel ${item.channel}`);
  return found;
}

/** A message that was given up is listed for this long. */
const GIVEN_UP_LISTED_MS = 7 * 86_400_000;

/** The waiting messages with the reasons, and those given up in the last seven days. */
export function outboxState(db: Database, clock: Clock): Promise<OutboxState> {
  const now = clock.now();
  return readOutboxState(db, { now, givenUpSince: now - GIVEN_UP_LISTED_MS });
}
