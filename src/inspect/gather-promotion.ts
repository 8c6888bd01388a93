import { ignoredBy } from '../approvals/waivers/acceptance.ts';
import type { Config, DriftIgnore, Environment } from '../config/config.ts';
import { modelOf } from '../config/requirements-for.ts';
import { readArrivals } from '../events/log/log-facts.ts';
import { driftBases, type ModelDrift, type PromotionFacts, type Validation } from '../readiness/promotion.ts';
import type { ItemResult, Report } from '../readiness/report.ts';
import { type Fact, known, unknown } from '../spotdraft/fact.ts';
import { newestReady, newestReport } from '../store/reports.ts';
import { newestCompleteSnapshot, type StoredSnapshot } from '../store/snapshots.ts';
import { openWaivers } from '../store/waivers.ts';
import { compareWithCauses } from '../workspace/diff/compare-snapshots.ts';
import type { Progress } from '../workspace/progress.ts';
import type { Snapshot, SnapshotContent } from '../workspace/snapshot.ts';
import type { Drift, TrackedComparison } from './compare-environments.ts';
import type { InspectDependencies } from './dependencies.ts';
import type { GatheredFacts } from './gather-facts.ts';

export interface GatheredPromotion {
  facts: PromotionFacts;
  /** Requests sent to SpotDraft for the comparison. */
  apiCalls: number;
}

interface Sides {
  model: Environment;
  environment: Environment;
  /** What the check has just read of the environment. */
  snapshot: Snapshot;
  now: number;
}

/**
 * Facts about the model of a production environment. It compares the two anew unless stored readings are recent and still
 * true, and not at all while a check of required objects fails: `promotion.drift` waits for that one.
 * @param judged results of the other checks
 */
export async function gatherPromotion(
  dependencies: InspectDependencies,
  drift: Drift,
  environment: Environment,
  { snapshot }: GatheredFacts,
  judged: readonly ItemResult[],
  now: number,
  onProgress: (progress: Progress) => void,
): Promise<GatheredPromotion | null> {
  let apiCalls = 0;
  const { config } = dependencies;
  const model = modelIn(config, environment);
  if (model === null) return null;
  const attempt = async <T>(what: string, read: () => Promise<Fact<T>>): Promise<Fact<T>> => {
    try {
      return await read();
    } catch (error) {
      dependencies.logger.error({ err: error, environment: environment.name }, `${what} not read`);
      return unknown('database', `${what} could not be read from the database`, []);
    }
  };
  const validation = await attempt('the reports of the model', async () =>
    known(await readValidation(dependencies, model, now), []),
  );
  const compared = await attempt('the comparison with the model', async () => {
    if (snapshot === null) return unknown('not_asked', 'nothing of this environment could be read', []);
    if (await mustWait(dependencies, environment, judged))
      return unknown('not_asked', 'a check of required objects fails or is unknown', []);
    const read = await readDrift(dependencies, drift, { model, environment, snapshot, now }, onProgress);
    apiCalls = read.apiCalls;
    return read.drift;
  });
  const reading = await attempt('the configuration of the model', async () =>
    known(await newestCompleteSnapshot<SnapshotContent>(dependencies.db, model.name), []),
  );
  const recent = reading.known && reading.value && reading.value.takenAt > now - config.promotion.withinMs;
  const configuration = recent ? (reading.value?.content ?? null) : null;
  return {
    facts: { model, withinMs: config.promotion.withinMs, validation, drift: compared, configuration },
    apiCalls,
  };
}

function modelIn(config: Config, { name }: Environment): Environment | null {
  const model = modelOf(config, name);
  return config.environments.find((each) => each.name === model) ?? null;
}

async function readValidation(
  { config, db }: InspectDependencies,
  { name, webhooks }: Environment,
  now: number,
): Promise<Validation> {
  const newest = await newestReport<Report>(db, name);
  return {
    newest: newest && { verdict: newest.verdict, checkedAt: newest.checkedAt },
    ready: await newestReady(db, name, { since: now - config.promotion.withinMs, until: now }),
    arrivals: await readArrivals(db, name, webhooks?.activities ?? []),
  };
}

/** True while a check that `promotion.drift` rests on fails, and nobody accepted that, or is unknown: it would read the same again. */
async function mustWait(
  { db }: InspectDependencies,
  { name }: Environment,
  judged: readonly ItemResult[],
): Promise<boolean> {
  const waived = new Set(
    (await openWaivers(db, { kind: 'check', environment: name })).map(({ subject }) => subject),
  );
  return judged
    .flatMap(({ checks }) => checks)
    .some(
      ({ id, status }) =>
        driftBases.includes(id) && (status === 'unknown' || (status === 'fail' && !waived.has(id))),
    );
}

async function readDrift(
  { config, db }: InspectDependencies,
  drift: Drift,
  { model, environment, snapshot, now }: Sides,
  onProgress: (progress: Progress) => void,
): Promise<{ drift: Fact<ModelDrift>; apiCalls: number }> {
  const since = now - config.drift.snapshotEveryMs;
  const kept = await Promise.all(
    [model, environment].map(({ name }) => newestCompleteSnapshot<SnapshotContent>(db, name)),
  );
  const [ours, theirs] = kept;
  const recent = (side: StoredSnapshot<SnapshotContent> | null | undefined) =>
    side && side.takenAt > since && side.takenAt <= now ? side : null;
  const [left, right] = [recent(ours), recent(theirs)];
  const rules = config.drift.ignore;
  if (left && right && stillHolds(right.content, snapshot.content)) {
    const stored = await drift.compareStored({ environment: model, ...left }, { environment, ...right });
    const found = driftIn(stored, [left, right], rules, now);
    // Somebody who checks again after a repair must see the repair.
    if (found.breaking.length === 0 && found.unread.length === 0)
      return { drift: known(found, []), apiCalls: 0 };
  }
  const compared = await drift.compare(model, environment, onProgress);
  const { apiCalls, snapshots } = compared;
  const [modelReading, own] = await Promise.all(
    [model, environment].map(({ name }) => newestCompleteSnapshot<SnapshotContent>(db, name)),
  );
  if (snapshots.left && snapshots.right && modelReading && own)
    return { drift: known(driftIn(compared, [modelReading, own], rules, now), []), apiCalls };
  // An outage of the model does not change what was validated there: its last reading serves.
  if (snapshots.right && modelReading && own && modelReading.takenAt > now - config.promotion.withinMs) {
    const stored = await drift.compareStored(
      { environment: model, ...modelReading },
      { environment, ...own },
    );
    return { drift: known(driftIn(stored, [modelReading, own], rules, now), []), apiCalls };
  }
  const reason = compared.unknown.find(({ path }) => path === '*')?.reason ?? 'the readings were not kept';
  return { drift: unknown('incomplete', reason, []), apiCalls };
}

/** True when what the check has just read shows no change since the stored reading. */
const stillHolds = (stored: SnapshotContent, read: SnapshotContent): boolean =>
  compareWithCauses({ label: 'stored', content: stored }, { label: 'read', content: read }).differences
    .length === 0;

function driftIn(
  { differences }: TrackedComparison,
  [left, right]: readonly StoredSnapshot<SnapshotContent>[],
  rules: readonly DriftIgnore[],
  now: number,
): ModelDrift {
  if (!left || !right) throw new Error('a comparison has two kept snapshots');
  const breaking = differences.filter(({ weight }) => weight === 'breaking');
  const { unknown: places } = compareWithCauses(
    { label: 'the model', content: left.content },
    { label: 'this environment', content: right.content },
  );
  return {
    comparedAt: Math.min(left.takenAt, right.takenAt),
    breaking: breaking.filter(({ accepted }) => accepted === null),
    accepted: breaking.filter(({ accepted }) => accepted !== null).length,
    unread: places.filter(({ path, why }) => why !== 'not_read' && ignoredBy(rules, path, now) === null),
  };
}
