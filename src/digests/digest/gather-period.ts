import { type ExpiringItem, loadExpiringItems } from '../../approvals/expiring.ts';
import { subjectText } from '../../approvals/waivers/waiver.ts';
import type { Environment } from '../../config/config.ts';
import { EXECUTED } from '../../events/failures/contract-match.ts';
import { judgedMissing } from '../../events/failures/missing-states.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import { refusedSince } from '../../store/deliveries.ts';
import { countDeliveries } from '../../store/delivery-counts.ts';
import { newestEventAt } from '../../store/events.ts';
import { newestSnapshot } from '../../store/snapshots.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { isYoung } from '../../time/age.ts';
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
import { type CurrentFacts, type GatherDependencies, orUnknown } from './gather-digest.ts';

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
