import PQueue from 'p-queue';
import type { Logger } from 'pino';
import { type ExpiringItem, loadExpiringItems } from '../../approvals/expiring.ts';
import { subjectText } from '../../approvals/waivers/waiver.ts';
import type { Config, Environment } from '../../config/config.ts';
import type { Drift } from '../../inspect/compare-environments.ts';
import type { Checker } from '../../inspect/run-checks.ts';
import { trackedDifferences } from '../../inspect/track-differences.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { Database } from '../../store/database.ts';
import { countDeliveries } from '../../store/deliveries.ts';
import { newestEventAt } from '../../store/events.ts';
import { newestSnapshot } from '../../store/snapshots.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Clock } from '../../time/clock.ts';
import { compareSnapshots } from '../../workspace/diff/compare-snapshots.ts';
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

/** Workspaces have a pace each; this many are read side by side. */
const AT_ONCE = 4;

/** What is read of SpotDraft for a digest: how things are now, whatever period it is about. */
export interface CurrentFacts {
  at: number;
  environments: Environment[];
  /** In the order of the environments. */
  reports: EnvironmentFacts['report'][];
  pairs: DigestFacts['pairs'];
}

/** Checks and compares. What cannot be read is told as such; never throws for it. */
export async function readCurrentFacts(
  dependencies: GatherDependencies,
  report: ScheduledReport,
): Promise<CurrentFacts> {
  const { config, clock } = dependencies;
  // In the order of the report: its readers have decided what comes first.
  const environments = report.environments.flatMap(
    (name) => config.environments.find((each) => each.name === name) ?? [],
  );
  const queue = new PQueue({ concurrency: AT_ONCE });
  const pairs = report.sections.includes('drift')
    ? await queue.addAll(pairsOf(config, report).map((pair) => () => comparePair(dependencies, pair)))
    : [];
  const reports = await queue.addAll(
    environments.map((environment) => () => check(dependencies, environment, report)),
  );
  // What happens from here on belongs to the next digest.
  return { at: clock.now(), environments, reports, pairs };
}

/** Adds what the store knows of the period that begins at `from`, epoch ms. */
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
      ? await told(dependencies, environment, 'the snapshots could not be read from the database', () =>
          changesOf(dependencies, environment, from, at),
        )
      : null,
    deliveries: sections.includes('events')
      ? await told(dependencies, environment, 'the event log could not be read from the database', () =>
          deliveriesOf(dependencies, environment, from, at),
        )
      : null,
    maintenance: maintenanceWithin(environment.maintenance, from, at + 1),
  });
  return {
    at,
    pairs,
    environments: await Promise.all(environments.map(ofEnvironment)),
    expiring: await expiringOf(dependencies, environments, at),
  };
}

type PairOfEnvironments = [Environment, Environment];

/** Pairs that an environment of the report is a part of. */
function pairsOf({ environments, drift }: Config, report: ScheduledReport): PairOfEnvironments[] {
  return drift.pairs
    .filter((pair) => pair.some((name) => report.environments.includes(name)))
    .map((pair) => {
      const [left, right] = pair.map((name) => environments.find((each) => each.name === name));
      if (!left || !right)
        throw new Error(`the pair ${pair.join(' ')} names an environment that is not there`);
      return [left, right];
    });
}

/** An error of ours is told in the digest with the reason, and stays in the log with its cause. */
async function told<T>(
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
  return told(
    dependencies,
    environment,
    'the check failed unexpectedly; the log of Envcheck tells why',
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
    drift: await told(
      dependencies,
      { name: `${left.name} ${right.name}` },
      'the comparison failed unexpectedly; the log of Envcheck tells why',
      async () => {
        const { unknown } = await drift.compare(left, right, () => {});
        return {
          known: {
            notCompared: unknown,
            open: await trackedDifferences(db, pair, config.drift.ignore, clock.now()),
          },
        };
      },
    ),
  };
}

/** What became another over the period; and what the newest reading could not read, of which that is not known. */
async function changesOf(
  { db, drift }: GatherDependencies,
  environment: Environment,
  from: number,
  to: number,
): Promise<ReadResult<Changes>> {
  const { changes, lastAt } = await drift.history(environment);
  if (lastAt === null) return { unknown: 'it has never been read' };
  if (lastAt < from) return { unknown: `the last reading of it is of ${new Date(lastAt).toISOString()}` };
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
      const lastAt = await newestEventAt(db, name, activity);
      // Without a limit, silence over the whole period is told and no more.
      const windowMs = webhooks?.maxSilenceMs ?? to - from;
      if (lastAt !== null && to - lastAt <= windowMs) return [];
      return [{ activity, windowMs, lastAt, tooLong: webhooks?.maxSilenceMs != null }];
    }),
  );
  return {
    known: {
      ...(await countDeliveries(db, name, from, to)),
      silences: silences.flat(),
      keepMs: config.log.keepMs,
    },
  };
}

/** What ends soon, on one line each. */
const expiringOf = async (
  dependencies: GatherDependencies,
  environments: Environment[],
  at: number,
): Promise<ExpiringLine[]> =>
  (await loadExpiringItems(dependencies, environments, at)).map((ending) => ({
    what: endingWords(ending),
    by: ending.by,
    until: ending.until,
  }));

function endingWords(ending: ExpiringItem): string {
  switch (ending.kind) {
    case 'waiver':
      return subjectText(ending.subject);
    case 'rule':
      return `rule ${ending.path}`;
    case 'sign-off':
      return `sign-off “${ending.title}” of ${environmentLabel(ending.environment)}`;
  }
}
