import type { Selectable } from 'kysely';
import { isYoung } from '../time/age.ts';
import { isFree, stateOf } from './claim-owner.ts';
import type { Database } from './database.ts';
import type { StoredContent } from './outbox.ts';
import { unpack } from './packed-json.ts';
import type { OutboxRow } from './tables/reporting.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/** Means every channel in `outbox_pauses`. */
export const ALL_CHANNELS = '*';

/** No retry or pause is longer, ms. A stored time further ahead is from a clock that was ahead, and holds nothing back. */
const LONGEST_WAIT_MS = 400_000;

type Row = Selectable<OutboxRow>;

/** The first unfinished message of a channel, as its claimant sees it. */
export interface ClaimedMessage {
  seq: number;
  id: string;
  channel: string;
  kind: Row['kind'];
  message: StoredContent;
  broadcast: boolean;
  /** Number of earlier calls to Slack. */
  attempts: number;
  createdAt: number;
  /** When the first attempt without a known result was recorded; null when there is none. */
  inDoubtSince: number | null;
  /** When the last attempt was recorded. */
  attemptedAt: number | null;
  /** Location of the posted text whose picture is still missing; null before it is posted. */
  place: { channel: string; ts: string } | null;
  /** The message that it edits or answers; null when there is none or it was given up. */
  other: { channel: string; ts: string } | null;
  namesOther: boolean;
  picture: { png: Buffer; name: string; alt: string; file: string | null } | null;
}

/** The first waiting message of each channel: messages of a channel keep their order. */
export const nextPendingMessages = (db: Database): Promise<Row[]> =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('seq', 'in', (query) =>
      query
        .selectFrom('outbox')
        .select(({ fn }) => fn.min('seq').as('seq'))
        .where('state', '=', 'waiting')
        .groupBy('channel'),
    )
    .orderBy('seq')
    .execute();

async function pausedChannels(db: Database, now: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('outbox_pauses')
    .select('channel')
    .where('until', '>', now)
    .where('until', '<=', now + LONGEST_WAIT_MS)
    .execute();
  return new Set(rows.map(({ channel }) => channel));
}

/** Slack's timestamp of the last message that was sent before this one in its channel; null when there is none. */
export async function lastSentBefore(
  db: Database,
  { seq, channel }: { seq: number; channel: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('outbox')
    .select('sent_ts')
    .where('channel', '=', channel)
    .where('seq', '<', seq)
    .where('kind', '=', 'post')
    .where('sent_ts', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.sent_ts ?? null;
}

interface ClaimOrder {
  owner: string;
  now: number;
  /** Length of a claim, ms. */
  claimMs: number;
  /** How long Slack may take to show a message that a killed process was posting, ms. */
  settleMs: number;
  /** Messages that this owner is sending. */
  sending: ReadonlySet<number>;
}

function mayClaim(row: Row, { now, claimMs, settleMs, sending }: ClaimOrder): boolean {
  if (sending.has(row.seq)) return false;
  if (!isFree({ owner: row.owner, until: row.due_at }, now, row.owner === null ? LONGEST_WAIT_MS : claimMs))
    return false;
  const isLeftInDoubt = row.owner !== null && row.in_doubt_since !== null && stateOf(row.owner) === 'gone';
  return !isLeftInDoubt || row.attempted_at === null || !isYoung(row.attempted_at, now, settleMs);
}

async function dueHead(db: Database, order: ClaimOrder): Promise<Row | undefined> {
  const paused = await pausedChannels(db, order.now);
  if (paused.has(ALL_CHANNELS)) return undefined;
  return (await nextPendingMessages(db)).find((row) => mayClaim(row, order) && !paused.has(row.channel));
}

/**
 * Claims the next message that may be sent, for `claimMs`. null when none is due. The message of a process that was killed is
 * free at once; one that it was posting can be found in Slack after `settleMs`.
 */
export async function claimMessage(db: Database, order: ClaimOrder): Promise<ClaimedMessage | null> {
  const { owner, now, claimMs } = order;
  if (!(await dueHead(db, order))) return null;
  return inTransaction(db, async (transaction) => {
    const row = await dueHead(transaction, order);
    if (!row) return null;
    await transaction
      .updateTable('outbox')
      .set({ owner, due_at: now + claimMs })
      .where('seq', '=', row.seq)
      .execute();
    return claimed(row, await otherPlace(transaction, row.target ?? row.parent));
  });
}

async function otherPlace(transaction: Transaction, id: string | null) {
  if (id === null) return null;
  const row = await transaction
    .selectFrom('outbox')
    .select(['sent_channel', 'sent_ts'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.sent_channel && row.sent_ts ? { channel: row.sent_channel, ts: row.sent_ts } : null;
}

const claimed = (row: Row, other: ClaimedMessage['other']): ClaimedMessage => ({
  seq: row.seq,
  id: row.id,
  channel: row.channel,
  kind: row.kind,
  message: unpack(row.message) as StoredContent,
  broadcast: row.broadcast === 1,
  attempts: row.attempts,
  createdAt: row.created_at,
  inDoubtSince: row.in_doubt_since,
  attemptedAt: row.attempted_at,
  place: row.sent_channel && row.sent_ts ? { channel: row.sent_channel, ts: row.sent_ts } : null,
  other,
  namesOther: row.target !== null || row.parent !== null,
  picture:
    row.picture === null
      ? null
      : {
          png: row.picture,
          name: row.picture_name ?? '',
          alt: row.picture_alt ?? '',
          file: row.picture_file,
        },
});

interface OwnedMessage {
  seq: number;
  owner: string;
}

const owned = (db: Database, { seq, owner }: OwnedMessage) =>
  db.updateTable('outbox').where('seq', '=', seq).where('state', '=', 'waiting').where('owner', '=', owner);

/** Changes a message that its owner still claims. False when another process has claimed it. */
export async function changeMessage(
  db: Database,
  message: OwnedMessage,
  change: Partial<Omit<Row, 'seq' | 'id' | 'key' | 'channel' | 'kind'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await owned(db, message).set(change).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Records an attempt before the call to Slack. False when the claim has ended and Slack must not be called. */
export async function noteAttempt(
  db: Database,
  message: OwnedMessage,
  { now, claimMs }: { now: number; claimMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await owned(db, message)
    .set((row) => ({
      attempted_at: now,
      in_doubt_since: row.fn.coalesce('in_doubt_since', row.val(now)),
      attempts: row('attempts', '+', 1),
      due_at: now + claimMs,
    }))
    .where('due_at', '>', now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Sends nothing to the channel for `ms`, `LONGEST_WAIT_MS` at most. A longer pause stays. */
export async function pauseChannel(
  db: Database,
  channel: string,
  { now, ms, reason }: { now: number; ms: number; reason: string | null },
): Promise<void> {
  const until = now + Math.min(ms, LONGEST_WAIT_MS);
  await db
    .insertInto('outbox_pauses')
    .values({ channel, until, reason })
    .onConflict((conflict) =>
      conflict
        .column('channel')
        .doUpdateSet({ until, reason })
        .where(({ eb, or }) =>
          or([eb('outbox_pauses.until', '<', until), eb('outbox_pauses.until', '>', now + LONGEST_WAIT_MS)]),
        ),
    )
    .execute();
}
