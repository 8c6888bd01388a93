import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { ReportRow } from './tables/readings.ts';
import type { DigestRow } from './tables/reporting.ts';
import type { Transaction } from './transaction.ts';

/**
 * The content of a report's last digest. The next digest is compared with it; no time decides what is new. So a restart
 * repeats nothing, and nothing is shown as new twice.
 */
export interface DigestState {
  environments: Record<string, EnvironmentState>;
  /** Keyed by the names of both environments; only pairs that could be compared at least once. */
  pairs: Record<string, PairState>;
  /** Short names of everything that could not be read; sorted. */
  unread: string[];
}

export interface EnvironmentState {
  /** Null when the environment could not be checked. */
  verdict: ReportRow['verdict'] | null;
  /** Checks that did not pass in this digest, by id. */
  checks: Record<string, CheckState>;
  /** Ids of the checks that passed; absent in older digests. */
  passed?: string[];
  /** Ids of the checks that the config did not ask for; absent in older digests. */
  notJudged?: string[];
  /** Activities without a delivery for too long, and missing ones with their contract; sorted. */
  silent: string[];
}

export interface CheckState {
  /** Last known status; `unknown` when it was never known. A check that passed is listed only while it is unclear. */
  status: 'pass' | 'fail' | 'warn' | 'waived' | 'unknown';
  title: string;
  /** The expectation that was not met. What was found is left out: it may contain a time, which changes every day. */
  expected: string;
  since: number;
  /** The last digest could not judge the check. */
  unclear: boolean;
}

export interface PairState {
  /** Keyed by path. */
  differences: Record<string, DifferenceState>;
  /** Kinds of places that a comparison covered; absent in older digests. */
  compared?: string[];
  /** Places that no comparison has covered since the first one; absent in older digests. */
  neverCompared?: string[];
}

export interface DifferenceState {
  fingerprint: string;
  /** Both values on one line. */
  shown: string;
  accepted: boolean;
  unchecked: boolean;
  /** The place of a renamed item under its name on the right. */
  renamedTo?: string;
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

/** A report in one channel. A report that moves to another channel starts with a new baseline. */
export interface DigestPlace {
  /** Id of the scheduled report. */
  report: string;
  channel: string;
}

const ofPlace = (db: Database, { report, channel }: DigestPlace) =>
  db.selectFrom('digests').selectAll().where('report', '=', report).where('channel', '=', channel);

const toDigest = (row: Omit<DigestRow, 'key'>): StoredDigest => ({
  firedFor: row.fired_for,
  madeAt: row.made_at,
  day: row.day,
  message: row.message,
  state: unpack(row.state) as DigestState,
});

/** The newest digest, or the newest before a day. */
export async function newestDigest(
  db: Database,
  place: DigestPlace,
  before: { day: string } | null = null,
): Promise<StoredDigest | null> {
  let query = ofPlace(db, place);
  if (before) query = query.where('day', '<', before.day);
  const row = await query.orderBy('made_at', 'desc').orderBy('key', 'desc').limit(1).executeTakeFirst();
  return row ? toDigest(row) : null;
}

/** True when a digest for this planned time, epoch ms, is in the outbox already. */
export async function digestExists(
  transaction: Transaction,
  place: DigestPlace,
  firedFor: number,
): Promise<boolean> {
  const row = await ofPlace(transaction, place).where('fired_for', '=', firedFor).executeTakeFirst();
  return row !== undefined;
}

/** Kept digests per place. More than a report can make in a day, so that the last digest of the day before stays. */
const KEPT = 1_500;

/** Inserts a digest and deletes all but the newest 1,500 of the place. */
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
