import { type Acceptance, ignoredBy } from '../approvals/waivers/acceptance.ts';
import { fingerprintOfDifference } from '../approvals/waivers/fingerprint.ts';
import type { Environment } from '../config/config.ts';
import { type StoredSnapshot, snapshotContent } from '../store/snapshots.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { derivedId } from '../text/ids.ts';
import { compareSnapshots } from '../workspace/diff/compare-snapshots.ts';
import type { Comparison, Difference, NotCompared } from '../workspace/diff/difference.ts';
import { countItems } from '../workspace/diff/items-of.ts';
import type { Progress } from '../workspace/progress.ts';
import type { SnapshotContent } from '../workspace/snapshot.ts';
import type { InspectDependencies } from './dependencies.ts';
import { type FoundSnapshot, findSnapshot } from './find-snapshot.ts';
import { type ConfigurationReading, readConfiguration } from './read-configuration.ts';
import { type History, readHistory } from './read-history.ts';
import { createSharedRuns } from './shared-runs.ts';
import { recordComparison, type TrackedDifference, trackedDifferences } from './track-differences.ts';

/** A difference of one comparison, with its history from the store. */
export interface ShownDifference extends Difference {
  /** `dif_…`: identifies this path with these values. */
  id: string;
  /** Epoch ms UTC of the first comparison that showed it; null when the store has no record of it. */
  firstSeen: number | null;
  /** Epoch ms UTC of the last change of its values while it was open. */
  changedAt: number | null;
  /** null when nobody accepted it. */
  accepted: Acceptance | null;
}

/** A snapshot that was compared. */
export interface ComparedSnapshot {
  hash: string;
  /** Epoch ms UTC of its reading. */
  takenAt: number;
  /** Number of items in it, fields and options included. */
  items: number;
}

export interface TrackedComparison extends Comparison {
  differences: ShownDifference[];
  /** null for a side that could not be read. */
  snapshots: { left: ComparedSnapshot | null; right: ComparedSnapshot | null };
  /** Names of all entities of the right side; null when they were not read. */
  entities: string[] | null;
  /** Requests sent to SpotDraft for it, retries included. */
  apiCalls: number;
}

/** A stored snapshot, as a message names it. */
export interface StoredSide {
  environment: Environment;
  hash: string;
  takenAt: number;
}

export interface Drift {
  /** Reads both environments at the same time and records their differences. Left is the model. */
  compare(
    left: Environment,
    right: Environment,
    onProgress: (progress: Progress) => void,
  ): Promise<TrackedComparison>;
  /** Reads the environment and compares it with an earlier snapshot. */
  compareSince(
    before: StoredSnapshot<SnapshotContent>,
    environment: Environment,
    onProgress: (progress: Progress) => void,
  ): Promise<TrackedComparison>;
  /** Compares stored snapshots, with the current acceptances. Neither reads SpotDraft nor records anything. */
  compareStored(left: StoredSide, right: StoredSide): Promise<TrackedComparison>;
  /** Finds an earlier snapshot by a person's input. */
  find(environment: Environment, text: string): Promise<FoundSnapshot>;
  history(environment: Environment): Promise<History>;
}

export function createDrift(dependencies: InspectDependencies): Drift {
  const { config, db, clock, logger } = dependencies;
  const rules = config.drift.ignore;
  const shared = createSharedRuns<TrackedComparison>();
  const compareNow: Drift['compare'] = async (left, right, onProgress) => {
    const report = together([left, right], onProgress);
    const [ours, theirs] = await Promise.all([
      readConfiguration(dependencies, left, report(0)),
      readConfiguration(dependencies, right, report(1)),
    ]);
    const sides = [sideOf(left, ours), sideOf(right, theirs)] as const;
    const comparison = compareSides(...sides);
    const recording = { pair: { left: left.name, right: right.name }, at: clock.now(), rules };
    const tracked = await recordComparison(db, recording, comparison).catch((error) => {
      // The differences are known all the same; only their history is not.
      logger.error({ err: error, ...recording.pair }, 'comparison not written down');
      return null;
    });
    return shown(sides, comparison, tracked, (path) => ignoredBy(rules, path, recording.at));
  };
  return {
    find: (environment, text) => findSnapshot(db, environment.name, text, clock.now()),
    history: (environment) => readHistory(db, environment.name),
    // Concurrent requests for a pair share one comparison, so SpotDraft is read once.
    compare: (left, right, onProgress) =>
      shared.join(`${left.name}\n${right.name}`, (report) => compareNow(left, right, report), onProgress),
    async compareSince(before, environment, onProgress) {
      const reading = await readConfiguration(dependencies, environment, onProgress);
      const sides = [pastSide(environment, before), sideOf(environment, reading)] as const;
      return shown(sides, compareSides(...sides), [], () => null);
    },
    async compareStored(left, right) {
      const [ours, theirs] = await Promise.all(
        [left, right].map(async ({ hash, takenAt }) => ({
          hash,
          takenAt,
          content: await snapshotContent<SnapshotContent>(db, hash),
        })),
      );
      if (!ours || !theirs) throw new Error('two snapshots make a comparison');
      const inTime = left.environment.name === right.environment.name;
      const sides = [
        inTime ? pastSide(left.environment, ours) : keptSide(left.environment, ours),
        keptSide(right.environment, theirs),
      ] as const;
      const pair = { left: left.environment.name, right: right.environment.name };
      const tracked = inTime ? [] : await trackedDifferences(db, pair, rules, clock.now());
      return shown(sides, compareSides(...sides), tracked, () => null);
    },
  };
}

function shown(
  [left, right]: readonly [ReadSide, ReadSide],
  { differences, unknown }: Comparison,
  tracked: TrackedDifference[] | null,
  ignored: (path: string) => Acceptance | null,
): TrackedComparison {
  const lives = new Map(tracked?.map((each) => [each.path, each]));
  return {
    unknown,
    snapshots: { left: comparedSnapshot(left), right: comparedSnapshot(right) },
    entities: entityNames(right),
    apiCalls: left.reading.apiCalls + right.reading.apiCalls,
    differences: differences.map((difference) => {
      const fingerprint = fingerprintOfDifference(difference);
      const life = lives.get(difference.path);
      // An acceptance at this path with other values is not an acceptance of this difference.
      const own = life?.fingerprint === fingerprint ? life : null;
      return {
        ...difference,
        id: derivedId('dif', difference.path, fingerprint),
        firstSeen: own?.firstSeen ?? null,
        changedAt: own?.changedAt ?? null,
        accepted: tracked ? (own?.accepted ?? null) : ignored(difference.path),
      };
    }),
  };
}

interface ReadSide {
  label: string;
  reading: ConfigurationReading;
}

const sideOf = (environment: Environment, reading: ConfigurationReading): ReadSide => ({
  label: environmentLabel(environment),
  reading,
});

const keptSide = (environment: Environment, snapshot: StoredSnapshot<SnapshotContent>): ReadSide => ({
  label: environmentLabel(environment),
  reading: { snapshot, takenAt: snapshot.takenAt, apiCalls: 0 },
});

const pastSide = (environment: Environment, snapshot: StoredSnapshot<SnapshotContent>): ReadSide => ({
  label: `${environmentLabel(environment)} at ${new Date(snapshot.takenAt).toISOString()}`,
  reading: { snapshot, takenAt: snapshot.takenAt, apiCalls: 0 },
});

function entityNames({ reading }: ReadSide): string[] | null {
  const entities = reading.snapshot?.content.entities;
  return entities && 'known' in entities ? entities.known.map(({ name }) => name) : null;
}

const comparedSnapshot = ({ reading }: ReadSide): ComparedSnapshot | null =>
  reading.snapshot && {
    hash: reading.snapshot.hash,
    takenAt: reading.takenAt,
    items: countItems(reading.snapshot.content),
  };

/** When a side could not be read, the result has no differences, only the reason why it could not be compared. */
function compareSides(left: ReadSide, right: ReadSide): Comparison {
  if (left.reading.snapshot && right.reading.snapshot)
    return compareSnapshots(
      { label: left.label, content: left.reading.snapshot.content },
      { label: right.label, content: right.reading.snapshot.content },
    );
  const unknown = [left, right].flatMap(({ label, reading }): NotCompared[] =>
    reading.snapshot ? [] : [{ path: '*', reason: `${label} could not be read: ${reading.reason}` }],
  );
  return { differences: [], unknown };
}

/** Adds up the progress of readings that run at the same time. */
function together(
  readings: readonly unknown[],
  onProgress: (progress: Progress) => void,
): (index: number) => (progress: Progress) => void {
  const each: Progress[] = readings.map(() => ({ done: 0, planned: 0 }));
  return (index) => (progress) => {
    each[index] = progress;
    onProgress({
      done: each.reduce((sum, { done }) => sum + done, 0),
      planned: each.reduce((sum, { planned }) => sum + planned, 0),
    });
  };
}
