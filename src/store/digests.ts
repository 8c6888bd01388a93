import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { ReportRow } from './tables/readings.ts';
import type { DigestRow } from './tables/reporting.ts';
import type { Transaction } from './transaction.ts';

/**
 * What the last digest of a report contained. The next digest is compared with it; no time decides what is new. So a restart
 * repeats nothing, and nothing is shown as new twice.
 */
export interface DigestState {
  environments: Record<string, EnvironmentState>;
  /** By the names of both environments; only pairs that could be compared at least once. */
  pairs: Record<string, PairState>;
  /** Short names of everything that could not be read; sorted. */
  unread: string[];
}

export interface EnvironmentState {
  /** Null when the environment could not be checked. */
  verdict: ReportRow['verdict'] | null;
  /** Checks that did not pass, by id. */
  checks: Record<string, CheckState>;
  /** Activities without a delivery for too long; sorted. */
  silent: string[];
}

export interface CheckState {
  /** Last known status; `unknown` when it was never known. */
  status: 'fail' | 'warn' | 'unknown';
  title: string;
  /** What is expected and was not found. What was found is left out: it may contain a time, which changes every day. */
  expected: string;
  since: number;
  /** The check was unknown in the last digest. */
  unclear: boolean;
}

export interface PairState {
  /** By path. */
  differences: Record<string, DifferenceState>;
}

export interface DifferenceState {
  fingerprint: string;
  /** Both values on one line. */
  shown: string;
  accepted: boolean;
  unchecked: boolean;
}

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
