import type { DigestState } from '../digests/digest/digest-state.ts';
import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { DigestRow } from './tables/reporting.ts';
import type { Transaction } from './transaction.ts';

/** A digest that was put into the outbox. Times are epoch ms UTC. */
export interface StoredDigest {
  firedFor: number;
  madeAt: number;
  /** `2026-11-24`, in the report's time zone. */
  day: string;
  /** `obx_…` of the message of that day. */
  message: string;
  state: DigestState;
}

/** A report as posted in one channel: in another channel it begins anew. */
export interface DigestPlace {
  /** Id of the scheduled report. */
  report: string;
  channel: string;
}

const ofPlace = (db: Database | Transaction, { report, channel }: DigestPlace) =>
  db.selectFrom('digests').selectAll().where('report', '=', report).where('channel', '=', channel);

const toDigest = (row: Omit<DigestRow, 'key'>): StoredDigest => ({
  firedFor: row.fired_for,
  madeAt: row.made_at,
  day: row.day,
  message: row.message,
  state: unpack(row.state) as DigestState,
});

/** The last one before that day, or of all: what the next one is compared with. */
export async function newestDigest(
  db: Database | Transaction,
  place: DigestPlace,
  before: { day: string } | null = null,
): Promise<StoredDigest | null> {
  let query = ofPlace(db, place);
  if (before) query = query.where('day', '<', before.day);
  const row = await query.orderBy('made_at', 'desc').orderBy('key', 'desc').limit(1).executeTakeFirst();
  return row ? toDigest(row) : null;
}

/** Whether one was put into the outbox for this planned time, epoch ms. */
export async function digestWasMade(
  transaction: Transaction,
  place: DigestPlace,
  firedFor: number,
): Promise<boolean> {
  const row = await ofPlace(transaction, place).where('fired_for', '=', firedFor).executeTakeFirst();
  return row !== undefined;
}

/** More than a day has, so that what a day began with is among them. */
const KEPT = 1_500;

/** Also forgets what is older than the newest 1,500 of the place. */
export async function insertDigest(
  transaction: Transaction,
  { report, channel }: DigestPlace,
  { firedFor, madeAt, day, message, state }: StoredDigest,
): Promise<void> {
  await transaction
    .insertInto('digests')
    .values({ report, channel, fired_for: firedFor, made_at: madeAt, day, message, state: pack(state) })
    .execute();
  await transaction
    .deleteFrom('digests')
    .where('report', '=', report)
    .where('channel', '=', channel)
    .where('key', 'not in', (query) =>
      query
        .selectFrom('digests')
        .select('key')
        .where('report', '=', report)
        .where('channel', '=', channel)
        .orderBy('key', 'desc')
        .limit(KEPT),
    )
    .execute();
}
