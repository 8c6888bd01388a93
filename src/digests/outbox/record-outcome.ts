import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { type ClaimedMessage, changeMessage } from '../../store/outbox-sending.ts';
import { pack } from '../../store/packed-json.ts';
import type { Message } from '../../text/message.ts';
import type { Clock } from '../../time/clock.ts';
import type { Courier, PostedMessage } from './courier.ts';

/** Between attempts: 5 s, 10 s, 20 s, … five minutes. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;
/** Before it is looked for: Slack may still be at it when the answer is lost. */
const SETTLE_MS = 10_000;

/** A message that this process alone may send, until its claim ends. */
export type ClaimedItem = Omit<ClaimedMessage, 'message'> & { message: Message };

export interface AttemptDependencies {
  db: Database;
  clock: Clock;
  logger: Logger;
  courier: Courier;
  /** How the bot is invited: "@envcheck". */
  botName: string;
  /** The process that claimed the message. */
  owner: string;
  claimMs: number;
}

/** Slack has it. */
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

/** Slack will never take it. */
export async function giveUp(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  reason: string,
): Promise<void> {
  const { db, logger, owner } = dependencies;
  logger.error({ id: item.id, channel: item.channel, reason }, 'a message to Slack was given up');
  await changeMessage(
    db,
    { ...item, owner },
    { state: 'given_up', error: reason, owner: null, in_doubt_since: null, picture: null },
  );
}

export interface Retry {
  reason: string | null;
  /** Whether the attempt may have been one that worked. */
  inDoubt: boolean;
  /** Makes the wait for the next attempt longer. */
  counts: boolean;
  /** What is sent instead. */
  message?: Message;
}

/** For the next attempt. */
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
    logger.warn({ id: item.id, channel: item.channel, reason }, 'a message to Slack has to wait');
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
