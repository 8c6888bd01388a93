import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Acceptance, acceptanceOf, ignoredBy } from '../approvals/waivers/acceptance.ts';
import { fingerprintOfDifference } from '../approvals/waivers/fingerprint.ts';
import type { DriftIgnore } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import {
  changeDifference,
  insertComparison,
  insertDifference,
  markDifference,
  newestComparison,
  openDifferences,
  type Pair,
  type StoredDifference,
} from '../store/differences.ts';
import type { WaiverRow } from '../store/tables/acts.ts';
import { inTransaction, type Transaction } from '../store/transaction.ts';
import { endWaiver, openWaivers } from '../store/waivers.ts';
import { renamedTo } from '../workspace/diff/covers.ts';
import type { Comparison, Difference } from '../workspace/diff/difference.ts';
import { weightOrder } from '../workspace/diff/difference-text.ts';
import { isWithin } from '../workspace/diff/path.ts';
import { successorsIn } from '../workspace/diff/succession.ts';

/** An open difference with its history and its acceptance, if any. */
export interface TrackedDifference extends StoredDifference {
  accepted: Acceptance | null;
}

interface Recording {
  pair: Pair;
  /** Epoch ms UTC of the comparison. */
  at: number;
  rules: readonly DriftIgnore[];
}

/**
 * Records a comparison and returns all differences that are open after it. A difference whose place could not be compared
 * stays open: it is neither resolved nor unchanged. A waiver ends when its difference changes or is gone.
 */
export async function recordComparison(
  db: Database,
  { pair, at, rules }: Recording,
  comparison: Comparison,
): Promise<TrackedDifference[]> {
  return inTransaction(db, async (transaction) => {
    const newest = await newestComparison(transaction, pair);
    // A comparison that began earlier and ended late is older than the recorded one.
    if (newest === null || newest.at <= at) {
      await settle(transaction, pair, comparison, at);
      const tracked = await trackedDifferences(transaction, pair, rules, at);
      await insertComparison(transaction, countsOf(pair, at, comparison, tracked));
      return tracked;
    }
    return trackedDifferences(transaction, pair, rules, at);
  });
}

/** Differences recorded in one turn. Slack waits 3 s for an answer to a command, and 10,000 in one turn take as long. */
const PER_TURN = 100;

async function* inTurns<T>(all: Iterable<T>): AsyncGenerator<T> {
  let done = 0;
  for (const each of all) {
    yield each;
    done += 1;
    if (done % PER_TURN === 0) await nextTurn();
  }
}

async function settle(
  transaction: Transaction,
  pair: Pair,
  comparison: Comparison,
  at: number,
): Promise<void> {
  const before = new Map((await openDifferences(transaction, pair)).map((each) => [each.path, each]));
  const waivers = new Map(
    (await openWaivers(transaction, { kind: 'difference', left: pair.left, environment: pair.right })).map(
      (waiver) => [waiver.subject, waiver],
    ),
  );
  const end = async (path: string, how: 'changed' | 'resolved') => {
    const waiver = waivers.get(path);
    if (waiver) await endWaiver(transaction, waiver.id, { at, how, by: null, reason: null });
  };
  for await (const difference of inTurns(comparison.differences)) {
    const known = before.get(difference.path);
    const fingerprint = fingerprintOfDifference(difference);
    before.delete(difference.path);
    if (!known) await insertDifference(transaction, pair, difference, fingerprint, at);
    else if (known.fingerprint !== fingerprint)
      await changeDifference(transaction, known.key, difference, fingerprint, at);
    else if (known.uncheckedSince !== null)
      await markDifference(transaction, known.key, { unchecked_since: null });
    if (waivers.get(difference.path)?.fingerprint !== fingerprint) await end(difference.path, 'changed');
  }
  const livesOn = successorsIn(comparison.differences);
  for await (const gone of inTurns(before.values())) {
    if (comparison.unknown.some(({ path }) => isWithin(gone.path, path))) {
      if (gone.uncheckedSince === null) await markDifference(transaction, gone.key, { unchecked_since: at });
      continue;
    }
    await markDifference(transaction, gone.key, { resolved_at: at });
    await end(
      gone.path,
      livesOn({ path: gone.path, renamedTo: renamedTo(gone) }).length > 0 ? 'changed' : 'resolved',
    );
  }
}

/** Open differences between two environments, with their acceptances at `now` (epoch ms UTC). */
export async function trackedDifferences(
  db: Database,
  pair: Pair,
  rules: readonly DriftIgnore[],
  now: number,
): Promise<TrackedDifference[]> {
  const waivers = await openWaivers(db, { kind: 'difference', left: pair.left, environment: pair.right });
  return (await openDifferences(db, pair)).map((difference) => ({
    ...difference,
    accepted: acceptanceFor(difference, waivers, rules, now),
  }));
}

/** A person's waiver goes before a rule of the config. */
function acceptanceFor(
  { path, fingerprint }: StoredDifference,
  waivers: readonly WaiverRow[],
  rules: readonly DriftIgnore[],
  now: number,
): Acceptance | null {
  const waiver = waivers.find(
    (each) => each.subject === path && each.fingerprint === fingerprint && now < each.until,
  );
  return waiver ? acceptanceOf(waiver) : ignoredBy(rules, path, now);
}

function countsOf({ left, right }: Pair, at: number, { unknown }: Comparison, all: TrackedDifference[]) {
  const open = all.filter(({ accepted }) => accepted === null);
  const [breaking = 0, risky = 0, cosmetic = 0] = weightOrder.map(
    (weight) => open.filter((each: Difference) => each.weight === weight).length,
  );
  return {
    left_environment: left,
    environment: right,
    at,
    breaking,
    risky,
    cosmetic,
    accepted: all.length - open.length,
    not_compared: unknown.length,
    failed: unknown.some(({ path }) => path === '*') ? (1 as const) : (0 as const),
  };
}
