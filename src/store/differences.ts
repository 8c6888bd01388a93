import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import { pack, unpack } from './packed-json.ts';
import type { ComparisonRow, DifferenceRow } from './tables/readings.ts';
import type { Transaction } from './transaction.ts';

/** Two compared environments. Left is the model. */
export interface Pair {
  left: string;
  right: string;
}

/** The part of a difference that a comparison produces. */
type Difference = Pick<DifferenceRow, 'path' | 'kind' | 'weight'> & { left: unknown; right: unknown };

/** A difference with its history. Times are those of the comparisons that showed it, epoch ms UTC. */
export interface StoredDifference extends Difference {
  key: number;
  fingerprint: string;
  firstSeen: number;
  /** When its values last changed while it was open; null: never. */
  changedAt: number | null;
  /** Since when its path could not be compared; null: the newest comparison covered it. */
  uncheckedSince: number | null;
  /** null while open. */
  resolvedAt: number | null;
}

export const openDifferences = async (db: Database, pair: Pair): Promise<StoredDifference[]> =>
  (await ofPair(db, pair).where('resolved_at', 'is', null).orderBy('path').execute()).map(toDifference);

/** Differences resolved at `since` or later. One that came back is also among the open ones. */
export const resolvedDifferences = async (
  db: Database,
  pair: Pair,
  since: number,
): Promise<StoredDifference[]> =>
  (await ofPair(db, pair).where('resolved_at', '>=', since).orderBy('path').execute()).map(toDifference);

const ofPair = (db: Database, { left, right }: Pair) =>
  db
    .selectFrom('differences')
    .selectAll()
    .where('left_environment', '=', left)
    .where('environment', '=', right);

function toDifference(row: Selectable<DifferenceRow>): StoredDifference {
  const { left, right } = unpack(row.sides) as { left: unknown; right: unknown };
  return {
    key: row.key,
    path: row.path,
    kind: row.kind,
    weight: row.weight,
    left,
    right,
    fingerprint: row.fingerprint,
    firstSeen: row.first_seen,
    changedAt: row.changed_at,
    uncheckedSince: row.unchecked_since,
    resolvedAt: row.resolved_at,
  };
}

const valuesOf = ({ kind, weight, left, right }: Difference, fingerprint: string) => ({
  kind,
  weight,
  sides: pack({ left, right }),
  fingerprint,
});

export const insertDifference = async (
  transaction: Transaction,
  { left, right }: Pair,
  difference: Difference,
  fingerprint: string,
  at: number,
): Promise<void> => {
  await transaction
    .insertInto('differences')
    .values({
      left_environment: left,
      environment: right,
      path: difference.path,
      ...valuesOf(difference, fingerprint),
      first_seen: at,
      changed_at: null,
      unchecked_since: null,
      resolved_at: null,
    })
    .execute();
};

/** Stores new values at the same path. */
export const changeDifference = async (
  transaction: Transaction,
  key: number,
  difference: Difference,
  fingerprint: string,
  at: number,
): Promise<void> => {
  await transaction
    .updateTable('differences')
    .set({ ...valuesOf(difference, fingerprint), changed_at: at, unchecked_since: null })
    .where('key', '=', key)
    .execute();
};

export const markDifference = async (
  transaction: Transaction,
  key: number,
  marks: { unchecked_since: number | null } | { resolved_at: number },
): Promise<void> => {
  await transaction.updateTable('differences').set(marks).where('key', '=', key).execute();
};

export const insertComparison = async (
  transaction: Transaction,
  row: Omit<ComparisonRow, 'key'>,
): Promise<void> => {
  await transaction.insertInto('comparisons').values(row).execute();
};

export interface StoredComparison {
  at: number;
  open: { breaking: number; risky: number; cosmetic: number };
  accepted: number;
  notCompared: number;
  /** A side could not be read at all; the counts are those of the previous comparison. */
  failed: boolean;
}

const comparisonsOf = (db: Database, { left, right }: Pair) =>
  db
    .selectFrom('comparisons')
    .selectAll()
    .where('left_environment', '=', left)
    .where('environment', '=', right);

const toComparison = (row: Omit<ComparisonRow, 'key'>): StoredComparison => ({
  at: row.at,
  open: { breaking: row.breaking, risky: row.risky, cosmetic: row.cosmetic },
  accepted: row.accepted,
  notCompared: row.not_compared,
  failed: row.failed === 1,
});

/** The newest comparison, even a failed one; null when the pair was never compared. */
export async function newestComparison(db: Database, pair: Pair): Promise<StoredComparison | null> {
  const row = await comparisonsOf(db, pair).orderBy('key', 'desc').limit(1).executeTakeFirst();
  return row ? toComparison(row) : null;
}

/** A past comparison with the paths of its open differences, breaking ones first. */
export interface PastDrift extends StoredComparison {
  paths: string[];
}

/** The differences at a time (epoch ms), by the last successful comparison until then; null when there was none. */
export async function driftAt(db: Database, pair: Pair, time: number): Promise<PastDrift | null> {
  const row = await comparisonsOf(db, pair)
    .where('at', '<=', time)
    .where('failed', '=', 0)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const open = await db
    .selectFrom('differences')
    .select('path')
    .where('left_environment', '=', pair.left)
    .where('environment', '=', pair.right)
    .where('first_seen', '<=', row.at)
    .where((where) => where.or([where('resolved_at', 'is', null), where('resolved_at', '>', row.at)]))
    .orderBy(sql`case weight when 'breaking' then 0 when 'risky' then 1 else 2 end`)
    .orderBy('path')
    .execute();
  return { ...toComparison(row), paths: open.map(({ path }) => path) };
}

/** Successful comparisons dated since `since` (epoch ms), in the order in which they were stored. */
export const comparisonsSince = async (
  db: Database,
  pair: Pair,
  since: number,
): Promise<StoredComparison[]> =>
  (
    await comparisonsOf(db, pair).where('at', '>=', since).where('failed', '=', 0).orderBy('key').execute()
  ).map(toComparison);
