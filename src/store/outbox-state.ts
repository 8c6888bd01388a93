import type { Database } from './database.ts';
import { ALL_CHANNELS, nextPendingMessages } from './outbox-sending.ts';

/** The backlog of the outbox and the messages it gave up. */
export interface OutboxState {
  /** Waiting messages, including a claimed one. */
  waiting: number;
  /** When the oldest of these was stored, epoch ms; null when none waits. */
  oldestAt: number | null;
  /** Channels whose first message Slack has not accepted, with the reason and the time of the next attempt. */
  held: { channel: string; waiting: number; reason: string; nextAt: number }[];
  /** Why sending has stopped altogether; null when it has not. */
  stopped: string | null;
  /** Messages given up since `givenUpSince`, newest first. */
  givenUp: { id: string; channel: string; reason: string; at: number }[];
}

/** Reads the state of the outbox. Times are epoch ms UTC. */
export async function readOutboxState(
  db: Database,
  { now, givenUpSince }: { now: number; givenUpSince: number },
): Promise<OutboxState> {
  const waiting = await db
    .selectFrom('outbox')
    .select(({ fn }) => ['channel', fn.countAll<number>().as('count'), fn.min('created_at').as('oldest')])
    .where('state', '=', 'waiting')
    .groupBy('channel')
    .execute();
  const givenUp = await db
    .selectFrom('outbox')
    .select(['id', 'channel', 'error', 'attempted_at', 'created_at'])
    .where('state', '=', 'given_up')
    .where('created_at', '>=', givenUpSince)
    .orderBy('seq', 'desc')
    .execute();
  const stopped = await db
    .selectFrom('outbox_pauses')
    .select('reason')
    .where('channel', '=', ALL_CHANNELS)
    .where('until', '>', now)
    .where('reason', 'is not', null)
    .executeTakeFirst();
  const oldest = waiting.map((each) => each.oldest);
  return {
    waiting: waiting.reduce((sum, { count }) => sum + Number(count), 0),
    oldestAt: oldest.length > 0 ? Math.min(...oldest) : null,
    held: (await nextPendingMessages(db))
      .filter(({ error }) => error !== null)
      .map(({ channel, error, due_at }) => ({
        channel,
        waiting: Number(waiting.find((each) => each.channel === channel)?.count ?? 0),
        reason: error ?? '',
        nextAt: due_at,
      })),
    stopped: stopped?.reason ?? null,
    givenUp: givenUp.map(({ id, channel, error, attempted_at, created_at }) => ({
      id,
      channel,
      reason: error ?? '',
      at: attempted_at ?? created_at,
    })),
  };
}

/** The combined state of the messages stored for a channel in that time. */
export async function channelState(
  db: Database,
  channel: string,
  { from, to }: { from: number; to: number },
): Promise<'posted' | 'waiting' | 'given up'> {
  const rows = await db
    .selectFrom('outbox')
    .select('state')
    .distinct()
    .where('channel', '=', channel)
    .where('state', 'in', ['waiting', 'given_up'])
    .where('created_at', '>=', from)
    .where('created_at', '<=', to)
    .execute();
  if (rows.some(({ state }) => state === 'waiting')) return 'waiting';
  return rows.length > 0 ? 'given up' : 'posted';
}
