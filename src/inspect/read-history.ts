import type { Database } from '../store/database.ts';
import { snapshotContent, snapshotReadings } from '../store/snapshots.ts';
import { carryOver } from '../workspace/diff/carry-over.ts';
import { compareSnapshots } from '../workspace/diff/compare-snapshots.ts';
import type { Difference } from '../workspace/diff/difference.ts';
import type { SnapshotContent } from '../workspace/snapshot.ts';

/** A change of an environment between two readings. */
export interface Change {
  /** Epoch ms UTC of the reading that showed it; `notBefore` is the last reading that did not. */
  at: number;
  notBefore: number;
  /** Hashes of the two snapshots. */
  from: string;
  to: string;
  /** Left is before, right is after. */
  differences: Difference[];
}

export interface History {
  readings: number;
  firstAt: number | null;
  lastAt: number | null;
  /** Newest first. */
  changes: Change[];
}

interface Reading {
  takenAt: number;
  hash: string;
}

/** Lists the changes of an environment, each with its time and its two snapshots. */
export async function readHistory(db: Database, environment: string): Promise<History> {
  const readings = await snapshotReadings(db, environment);
  const contents = new Map<string, SnapshotContent>();
  for (const hash of new Set(readings.map((reading) => reading.hash)))
    contents.set(hash, await snapshotContent(db, hash));
  return {
    readings: readings.length,
    firstAt: readings[0]?.takenAt ?? null,
    lastAt: readings.at(-1)?.takenAt ?? null,
    changes: changesIn(ofOneScope(readings, contents), contents).reverse(),
  };
}

/**
 * Complete readings, and before the first of them the readings of checks. The two kinds hold different parts, so together
 * they would report a change twice.
 */
function ofOneScope(readings: Reading[], contents: Map<string, SnapshotContent>): Reading[] {
  const isComplete = ({ hash }: Reading) => contents.get(hash)?.scope === 'complete';
  const first = readings.findIndex(isComplete);
  return first < 0 ? readings : readings.filter((reading, index) => index < first || isComplete(reading));
}

function changesIn(readings: Reading[], contents: Map<string, SnapshotContent>): Change[] {
  const changes: Change[] = [];
  let [previous, state]: [Reading | null, SnapshotContent | null] = [null, null];
  for (const reading of readings) {
    const content = contents.get(reading.hash);
    if (!content) continue;
    if (previous && state && reading.hash !== previous.hash) {
      const { differences } = compareSnapshots(
        { label: 'before', content: state },
        { label: 'after', content },
      );
      if (differences.length > 0)
        changes.push({
          at: reading.takenAt,
          notBefore: previous.takenAt,
          from: previous.hash,
          to: reading.hash,
          differences,
        });
    }
    state = state && reading.hash !== previous?.hash ? carryOver(state, content) : (state ?? content);
    previous = reading;
  }
  return changes;
}
