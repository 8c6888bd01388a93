import type { CheckDependencies } from '../checker/check-environment.ts';
import { type ConfigurationReading, readConfiguration } from '../checker/read-configuration.ts';
import type { Environment } from '../config/config.ts';
import { environmentLabel } from '../readiness/environment-label.ts';
import type { StoredSnapshot } from '../store/snapshots.ts';
import { type Acceptance, ignoredBy } from '../waivers/acceptance.ts';
import { compareSnapshots } from '../workspace/diff/compare-snapshots.ts';
import type { Comparison, Difference, NotCompared } from '../workspace/diff/difference.ts';
import type { Progress } from '../workspace/progress.ts';
import { type FoundSnapshot, findSnapshot } from './find-snapshot.ts';
import { type History, readHistory } from './history.ts';
import { recordComparison, type TrackedDifference } from './lifecycle.ts';

/** A difference as one comparison shows it, and what the store knows of it. */
export interface ShownDifference extends Difference {
  /** Epoch ms UTC of the comparison that showed it first; null: the store could not be asked. */
  firstSeen: number | null;
  /** When its values last became others while it was open. */
  changedAt: number | null;
  /** Null: nobody accepted it. */
  accepted: Acceptance | null;
}

export interface TrackedComparison extends Comparison {
  differences: ShownDifference[];
}

export interface Drift {
  /** Reads both environments anew, side by side, and writes down what became of their differences. Left is the model. */
  compare(
    left: Environment,
    right: Environment,
    onProgress: (progress: Progress) => void,
  ): Promise<TrackedComparison>;
  /** Reads the environment anew and compares it with what it was. */
  compareSince(
    before: StoredSnapshot,
    environment: Environment,
    onProgress: (progress: Progress) => void,
  ): Promise<Comparison>;
  /** A snapshot of the past by what a person gave for it. */
  find(environment: Environment, text: string): Promise<FoundSnapshot>;
  history(environment: Environment): Promise<History>;
}

export function createDrift(dependencies: CheckDependencies): Drift {
  const { config, db, clock, logger } = dependencies;
  const rules = config.drift.ignore;
  return {
    find: (environment, text) => findSnapshot(db, environment.name, text, clock.now()),
    history: (environment) => readHistory(db, environment.name),
    async compare(left, right, onProgress) {
      const report = together([left, right], onProgress);
      const [ours, theirs] = await Promise.all([
        readConfiguration(dependencies, left, report(0)),
        readConfiguration(dependencies, right, report(1)),
      ]);
      const comparison = compareSides(sideOf(left, ours), sideOf(right, theirs));
      const recording = { pair: { left: left.name, right: right.name }, at: clock.now(), rules };
      const tracked = await recordComparison(db, recording, comparison).catch((error) => {
        // What differs is known all the same; only its past is not.
        logger.error({ err: error, ...recording.pair }, 'comparison not written down');
        return null;
      });
      return shown(comparison, tracked, (path) => ignoredBy(rules, path, recording.at));
    },
    async compareSince(before, environment, onProgress) {
      const reading = await readConfiguration(dependencies, environment, onProgress);
      return compareSides(
        {
          label: `${environmentLabel(environment)} at ${new Date(before.takenAt).toISOString()}`,
          reading: { snapshot: before, takenAt: before.takenAt },
        },
        sideOf(environment, reading),
      );
    },
  };
}

function shown(
  { differences, unknown }: Comparison,
  tracked: TrackedDifference[] | null,
  ignored: (path: string) => Acceptance | null,
): TrackedComparison {
  const lives = new Map(tracked?.map((each) => [each.path, each]));
  return {
    unknown,
    differences: differences.map((difference) => {
      const life = lives.get(difference.path);
      return {
        ...difference,
        firstSeen: life?.firstSeen ?? null,
        changedAt: life?.changedAt ?? null,
        accepted: tracked ? (life?.accepted ?? null) : ignored(difference.path),
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

/** A side of which nothing could be read differs in nothing: that it could not be compared is all there is to say. */
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

/** One count for readings that run side by side. */
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
