import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Config, Environment } from '../../config/config.ts';
import type { Drift, TrackedComparison } from '../../inspect/compare-environments.ts';
import type { Checker } from '../../inspect/run-checks.ts';
import { trackedDifferences } from '../../inspect/track-differences.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { Database } from '../../store/database.ts';
import { findSnapshotContent } from '../../store/snapshots.ts';
import type { Clock } from '../../time/clock.ts';
import { comparedPlaces } from '../../workspace/diff/compared-places.ts';
import type { SnapshotContent } from '../../workspace/snapshot.ts';
import type { ScheduledReport } from '../schedule/scheduled-report.ts';
import type { DigestFacts, EnvironmentFacts } from './digest-content.ts';

export interface GatherDependencies {
  config: Config;
  db: Database;
  checker: Checker;
  drift: Drift;
  clock: Clock;
  logger: Logger;
}

/** This many workspaces are read at once. Each has its own rate limit. */
const CONCURRENT_READS = 4;

/** The current readings for a digest. They do not depend on its period. */
export interface CurrentFacts {
  at: number;
  environments: Environment[];
  /** One per environment, in the same order. */
  reports: EnvironmentFacts['report'][];
  pairs: DigestFacts['pairs'];
}

/** Runs the checks and comparisons. Whatever cannot be read becomes `unknown` with its reason; it never throws for that. */
export async function readCurrentFacts(
  dependencies: GatherDependencies,
  report: ScheduledReport,
): Promise<CurrentFacts> {
  const { config, clock } = dependencies;
  // Keeps the order of the report, which its readers have chosen.
  const environments = report.environments.flatMap(
    (name) => config.environments.find((each) => each.name === name) ?? [],
  );
  const queue = new PQueue({ concurrency: CONCURRENT_READS });
  const pairs = report.sections.includes('drift')
    ? await queue.addAll(pairsOf(config, report).map((pair) => () => comparePair(dependencies, pair)))
    : [];
  const reports = await queue.addAll(
    environments.map((environment) => () => check(dependencies, environment, report)),
  );
  // Events after this moment belong to the next digest.
  return { at: clock.now(), environments, reports, pairs };
}

type PairOfEnvironments = [Environment, Environment];

/** The configured pairs that contain an environment of the report. */
function pairsOf({ environments, drift }: Config, report: ScheduledReport): PairOfEnvironments[] {
  return drift.pairs
    .filter((pair) => pair.some((name) => report.environments.includes(name)))
    .map((pair) => {
      const [left, right] = pair.map((name) => environments.find((each) => each.name === name));
      if (!left || !right) throw new Error(`the pair ${pair.join(' ')} names an unknown environment`);
      return [left, right];
    });
}

/** Turns an unexpected error into `unknown` with `reason`, which the digest shows. The log gets the cause. */
export async function orUnknown<T>(
  { logger }: GatherDependencies,
  { name }: { name: string },
  reason: string,
  work: () => Promise<ReadResult<T>>,
): Promise<ReadResult<T>> {
  try {
    return await work();
  } catch (error) {
    logger.error({ err: error, environment: name }, `digest: ${reason}`);
    return { unknown: reason };
  }
}

async function check(
  dependencies: GatherDependencies,
  environment: Environment,
  { sections }: ScheduledReport,
): Promise<EnvironmentFacts['report']> {
  if (!sections.includes('readiness') && !sections.includes('checklist')) return null;
  return orUnknown(
    dependencies,
    environment,
    "the check failed unexpectedly; see Envcheck's log",
    async () => ({
      known: await dependencies.checker.check(environment, { fresh: false, onProgress: () => {} }),
    }),
  );
}

async function comparePair(
  dependencies: GatherDependencies,
  [left, right]: PairOfEnvironments,
): Promise<DigestFacts['pairs'][number]> {
  const { config, db, drift, clock } = dependencies;
  const pair = { left: left.name, right: right.name };
  return {
    left: { name: left.name, production: left.production },
    right: { name: right.name, production: right.production },
    drift: await orUnknown(
      dependencies,
      { name: `${left.name} ${right.name}` },
      "the comparison failed unexpectedly; see Envcheck's log",
      async () => {
        const { unknown, snapshots } = await drift.compare(left, right, () => {});
        return {
          known: {
            notCompared: unknown,
            ...(await comparedOf(db, snapshots)),
            open: await trackedDifferences(db, pair, config.drift.ignore, clock.now()),
          },
        };
      },
    ),
  };
}

/** Empty when a side could not be read, or its snapshot was not kept. */
async function comparedOf(
  db: Database,
  { left, right }: TrackedComparison['snapshots'],
): Promise<{ compared?: string[] }> {
  const [ours, theirs] = await Promise.all(
    [left, right].map((side) => side && findSnapshotContent<SnapshotContent>(db, side.hash)),
  );
  return ours && theirs ? { compared: comparedPlaces(ours, theirs) } : {};
}
