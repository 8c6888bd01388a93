import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { type ClaimedMessage, changeMessage } from '../../store/outbox-sending.ts';
import { pack } from '../../store/packed-json.ts';
import type { Message } from '../../text/message.ts';
import type { Clock } from '../../time/clock.ts';
import type { Courier, PostedMessage } from './courier.ts';

/** Wait between attempts: 5 s, 10 s, 20 s, … up to five minutes. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;
/** Wait before looking for a message whose answer was lost: Slack may still be posting it. */
export const SETTLE_MS = 10_000;

/** A message that only this process may send until its claim ends. */
export type ClaimedItem = Omit<ClaimedMessage, 'message'> & { message: Message };

export interface AttemptDependencies {
  db: Database;
  clock: Clock;
  logger: Logger;
  courier: Courier;
  /** How the bot is invited: "@envcheck". */
  botName(): string;
  /** The process that claimed the message. */
  owner: string;
  /** Length of the claim, ms. */
  claimMs: number;
}

/** Records that Slack has the message. A picture is due next. */
export async function recordSent(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  place: PostedMessage,
): Promise<void> {
  const { db, clock, owner } = dependencies;
  const at = clock.now();
  const sent = {
    sent_channel: place.channel,
    sent_ts: place.ts,
    in_doubt_since: null,
    error: null,
    owner: null,
  };
  await changeMessage(
    db,
    { ...item, owner },
    item.picture ? { ...sent, due_at: at } : { ...sent, state: 'sent', sent_at: at },
  );
}

/** Records that Slack will never accept the message. */
export async function giveUp(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  reason: string,
): Promise<void> {
  const { db, logger, owner } = dependencies;
  logger.error({ id: item.id, channel: item.channel, reason }, 'gave up on a Slack message');
  await changeMessage(
    db,
    { ...item, owner },
    { state: 'given_up', error: reason, owner: null, in_doubt_since: null, picture: null },
  );
}

export interface Retry {
  reason: string | null;
  /** The attempt may have succeeded. */
  inDoubt: boolean;
  /** Counts as an attempt, which makes the next wait longer. */
  counts: boolean;
  /** Replaces the content. */
  message?: Message;
}

/** Ends the claim and sets the time of the next attempt. */
export async function scheduleRetry(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  { reason, inDoubt, counts, message }: Retry,
): Promise<void> {
  const { db, clock, logger, owner } = dependencies;
  const now = clock.now();
  const wait = Math.min(FIRST_RETRY_MS * 2 ** item.attempts, LAST_RETRY_MS) * (1 + Math.random() / 5);
  const dueAt = now + Math.ceil(counts ? Math.max(wait, inDoubt ? SETTLE_MS : 0) : 0);
  if (reason !== null)
    logger.warn({ id: item.id, channel: item.channel, reason }, 'a Slack message waits for a retry');
  await changeMessage(
    db,
    { ...item, owner },
    {
      due_at: dueAt,
      owner: null,
      error: reason,
      ...(inDoubt ? {} : { in_doubt_since: null }),
      attempts: counts ? item.attempts + 1 : item.attempts,
      ...(message ? { message: pack(message) } : {}),
    },
  );
}
