import PQueue from 'p-queue';
import type { Logger } from 'pino';
import { type ExpiringItem, loadExpiringItems } from '../../approvals/expiring.ts';
import { subjectText } from '../../approvals/waivers/waiver.ts';
import type { Config, Environment } from '../../config/config.ts';
import { EXECUTED } from '../../events/failures/contract-match.ts';
import { judgedMissing } from '../../events/failures/missing-states.ts';
import type { Drift, TrackedComparison } from '../../inspect/compare-environments.ts';
import type { Checker } from '../../inspect/run-checks.ts';
import { trackedDifferences } from '../../inspect/track-differences.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { Database } from '../../store/database.ts';
import { refusedSince } from '../../store/deliveries.ts';
import { countDeliveries } from '../../store/delivery-counts.ts';
import { newestEventAt } from '../../store/events.ts';
import { findSnapshotContent, newestSnapshot } from '../../store/snapshots.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { isYoung } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import { compareSnapshots } from '../../workspace/diff/compare-snapshots.ts';
import { comparedPlaces } from '../../workspace/diff/compared-places.ts';
import type { SnapshotContent } from '../../workspace/snapshot.ts';
import { maintenanceWithin } from '../schedule/maintenance.ts';
import type { ScheduledReport } from '../schedule/scheduled-report.ts';
import type {
  Changes,
  Deliveries,
  DigestFacts,
  EnvironmentFacts,
  ExpiringLine,
  Silence,
} from './digest-content.ts';

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

/** Adds what the database has for the period that begins at `from`, epoch ms. */
export async function addPeriod(
  dependencies: GatherDependencies,
  { sections }: ScheduledReport,
  { at, environments, reports, pairs }: CurrentFacts,
  from: number,
): Promise<DigestFacts> {
  const ofEnvironment = async (environment: Environment, index: number): Promise<EnvironmentFacts> => ({
    name: environment.name,
    production: environment.production,
    report: reports[index] ?? null,
    changes: sections.includes('drift')
      ? await orUnknown(dependencies, environment, 'the snapshots could not be read from the database', () =>
          changesOf(dependencies, environment, from, at),
        )
      : null,
    deliveries: sections.includes('events')
      ? await orUnknown(dependencies, environment, 'the event log could not be read from the database', () =>
          deliveriesOf(dependencies, environment, from, at),
        )
      : null,
    maintenance: maintenanceWithin(environment.maintenance, from, at + 1),
  });
  return {
    at,
    pairs,
    environments: await Promise.all(environments.map(ofEnvironment)),
    expiring: await expiringLines(dependencies, environments, at),
  };
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
async function orUnknown<T>(
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

/** The changes during the period, and the paths that the newest reading could not read. */
async function changesOf(
  { db, drift }: GatherDependencies,
  environment: Environment,
  from: number,
  to: number,
): Promise<ReadResult<Changes>> {
  const { changes, lastAt } = await drift.history(environment);
  if (lastAt === null) return { unknown: 'it has no snapshots yet' };
  if (lastAt < from) return { unknown: `it was last read at ${new Date(lastAt).toISOString()}` };
  const newest = await newestSnapshot<SnapshotContent>(db, environment.name);
  const side = { label: environmentLabel(environment), content: newest?.content ?? { version: 1 as const } };
  return {
    known: {
      changes: changes.filter(({ at }) => at > from && at <= to),
      notRead: compareSnapshots(side, side).unknown,
    },
  };
}

async function deliveriesOf(
  { config, db }: GatherDependencies,
  { name, webhooks }: Environment,
  from: number,
  to: number,
): Promise<ReadResult<Deliveries>> {
  const silences = await Promise.all(
    (webhooks?.activities ?? []).map(async (activity): Promise<Silence[]> => {
      const lastAt = await newestEventAt(db, name, activity, to);
      // Without a configured limit, silence during the whole period is shown for information.
      const windowMs = webhooks?.maxSilenceMs ?? to - from;
      if (lastAt !== null && isYoung(lastAt, to, windowMs + 1)) return [];
      return [{ activity, windowMs, lastAt, tooLong: webhooks?.maxSilenceMs != null }];
    }),
  );
  const missing = webhooks?.activities.includes(EXECUTED)
    ? (await judgedMissing(db, name, to - config.log.keepMs)).missing
        .filter(({ state }) => state === 'missing')
        .map(({ contract }) => contract)
    : [];
  return {
    known: {
      ...(await countDeliveries(db, name, from, to)),
      signers: (await refusedSince(db, name, { since: from, until: to })).groups.map(
        ({ rejection, signedWith, count }) => ({ rejection, signedWith, count }),
      ),
      silences: silences.flat(),
      ...(missing.length > 0 ? { missing: { activity: EXECUTED, contracts: missing } } : {}),
      keepMs: config.log.keepMs,
    },
  };
}

/** Expiring items, one line each. */
const expiringLines = async (
  dependencies: GatherDependencies,
  environments: Environment[],
  at: number,
): Promise<ExpiringLine[]> =>
  (await loadExpiringItems(dependencies, environments, at)).map((item) => ({
    what: expiringText(item),
    by: item.by,
    until: item.until,
  }));

function expiringText(item: ExpiringItem): string {
  switch (item.kind) {
    case 'waiver':
      return subjectText(item.subject);
    case 'rule':
      return `rule ${item.path}`;
    case 'sign-off':
      return `sign-off “${item.title}” for ${environmentLabel(item.environment)}`;
  }
}
