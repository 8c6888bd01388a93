import { ignoredBy } from '../approvals/waivers/acceptance.ts';
import type { Config, DriftIgnore, Environment } from '../config/config.ts';
import { modelOf } from '../config/requirements-for.ts';
import { readArrivals } from '../events/log/log-facts.ts';
import {
  driftBases,
  type ModelDrift,
  type PromotionFacts,
  type ReportedWorkspace,
  type Validation,
} from '../readiness/promotion.ts';
import type { ItemResult, Report } from '../readiness/report.ts';
import { type Fact, known, unknown } from '../spotdraft/fact.ts';
import type { Database } from '../store/database.ts';
import { newestReady, newestReport, reportById } from '../store/reports.ts';
import {
  findSnapshotContent,
  newestCompleteSnapshot,
  type StoredSnapshot,
  snapshotsUntil,
} from '../store/snapshots.ts';
import { openWaivers } from '../store/waivers.ts';
import { isYoung } from '../time/age.ts';
import { HOUR_MS } from '../time/units.ts';
import { compareWithCauses } from '../workspace/diff/compare-snapshots.ts';
import { mayBreak } from '../workspace/diff/kinds.ts';
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
  /** Fingerprint of the model's webhook key, which tells workspaces apart; null when it could not be read. */
  key: string | null;
  environment: Environment;
  /** The check's own reading of the environment. */
  snapshot: Snapshot;
  compareAnew: boolean;
  now: number;
}

/**
 * Facts about the model of a production environment. It compares the two again unless stored readings are recent and still
 * true, and not at all while a check of required objects fails: `promotion.drift` waits for that one.
 * @param judged results of the other checks
 * @param compareAnew true when stored readings must not serve
 */
export async function gatherPromotion(
  dependencies: InspectDependencies,
  drift: Drift,
  environment: Environment,
  { snapshot, facts: { otherWebhookKeys } }: GatheredFacts,
  judged: readonly ItemResult[],
  { compareAnew, now }: { compareAnew: boolean; now: number },
  onProgress: (progress: Progress) => void,
): Promise<GatheredPromotion | null> {
  let apiCalls = 0;
  const { config } = dependencies;
  const model = modelIn(config, environment);
  if (model === null) return null;
  const read = otherWebhookKeys.find((other) => other.environment === model.name);
  const key = read?.fingerprint.known ? read.fingerprint.value : (read?.lastSeen?.fingerprint ?? null);
  const attempt = async <T>(what: string, read: () => Promise<Fact<T>>): Promise<Fact<T>> => {
    try {
      return await read();
    } catch (error) {
      dependencies.logger.error({ err: error, environment: environment.name }, `${what} not read`);
      return unknown('database', `${what} could not be read from the database`, []);
    }
  };
  const validation = await attempt('the reports of the model', async () =>
    known(await readValidation(dependencies, { model, key, measured: environment, now }), []),
  );
  const compared = await attempt('the comparison with the model', async () => {
    if (snapshot === null) return unknown('not_asked', 'nothing of this environment could be read', []);
    if (await mustWait(dependencies, environment, judged))
      return unknown('not_asked', 'a check of required objects fails or is unknown', []);
    const sides = { model, key, environment, snapshot, compareAnew, now };
    const read = await readDrift(dependencies, drift, sides, onProgress);
    apiCalls = read.apiCalls;
    return read.drift;
  });
  const reading = await attempt('the configuration of the model', async () =>
    known(await newestCompleteSnapshot<SnapshotContent>(dependencies.db, model.name), []),
  );
  const stored = reading.known ? reading.value : null;
  const counts =
    stored &&
    isYoung(stored.takenAt, now, config.promotion.withinMs) &&
    workspaceIn(stored.content, key) !== 'other';
  const configuration = counts ? stored.content : null;
  return {
    facts: { model, withinMs: config.promotion.withinMs, validation, drift: compared, configuration },
    apiCalls,
  };
}

function modelIn(config: Config, { name }: Environment): Environment | null {
  const model = modelOf(config, name);
  return config.environments.find((each) => each.name === model) ?? null;
}

interface ValidationSides {
  model: Environment;
  key: string | null;
  /** The environment that is checked. */
  measured: Environment;
  now: number;
}

async function readValidation(
  { config, db }: InspectDependencies,
  { model: { name, webhooks }, key, measured, now }: ValidationSides,
): Promise<Validation> {
  const ready = await newestReady(db, name, { since: now - config.promotion.withinMs, until: now });
  const report = ready && (await reportById<Report>(db, ready.id));
  const snapshot = report?.snapshot ? await findSnapshotContent<SnapshotContent>(db, report.snapshot) : null;
  const judged = (report?.items ?? [])
    .flatMap(({ checks }) => checks)
    .filter(
      ({ id, item, status }) => item === 'configuration' && driftBases.includes(id) && status !== 'skipped',
    );
  const expected = [...(webhooks?.activities ?? []), ...(measured.webhooks?.activities ?? [])];
  const newest = await newestReport<Report>(db, name);
  return {
    newest: newest && { verdict: newest.verdict, checkedAt: newest.checkedAt },
    ready: ready && { ...ready, workspace: workspaceIn(snapshot, key) },
    judgedConfiguration: judged.length > 0,
    arrivals: webhooks ? await readArrivals(db, name, [...new Set(expected)], now) : [],
    otherWorkspaceUntil: await otherWorkspaceUntil(db, name, key, now),
  };
}

/** Workspace of a stored reading, compared with the one of this key. */
function workspaceIn(content: SnapshotContent | null, key: string | null): ReportedWorkspace {
  const stored = content?.webhookKey;
  if (key === null || !stored || !('known' in stored)) return 'unknown';
  return stored.known === key ? 'same' : 'other';
}

/** Distinct readings that are searched for another workspace, newest first: large ones take time to unpack. */
const MAX_READINGS = 50;

/** Newest of these readings that shows another workspace, epoch ms UTC; null when none does. */
async function otherWorkspaceUntil(
  db: Database,
  environment: string,
  key: string | null,
  now: number,
): Promise<number | null> {
  const readings = await snapshotsUntil(db, environment, now);
  for (const { hash, takenAt } of readings.slice(0, MAX_READINGS))
    if (workspaceIn(await findSnapshotContent<SnapshotContent>(db, hash), key) === 'other') return takenAt;
  return null;
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
  { model, key, environment, snapshot, compareAnew, now }: Sides,
  onProgress: (progress: Progress) => void,
): Promise<{ drift: Fact<ModelDrift>; apiCalls: number }> {
  const within = Math.min(config.drift.snapshotEveryMs, HOUR_MS);
  const kept = await Promise.all(
    [model, environment].map(({ name }) => newestCompleteSnapshot<SnapshotContent>(db, name)),
  );
  const [ours, theirs] = kept;
  const recent = (side: StoredSnapshot<SnapshotContent> | null | undefined) =>
    side && isYoung(side.takenAt, now, within) ? side : null;
  const left = ours && workspaceIn(ours.content, key) === 'other' ? null : recent(ours);
  const right = recent(theirs);
  const rules = config.drift.ignore;
  if (!compareAnew && left && right && stillHolds(right.content, snapshot.content)) {
    const stored = await drift.compareStored({ environment: model, ...left }, { environment, ...right });
    const found = driftIn(stored, model, Math.min(left.takenAt, right.takenAt), rules, now);
    // Somebody who checks again after a repair must see the repair.
    if (found.breaking.length === 0 && found.unread.length === 0)
      return { drift: known(found, []), apiCalls: 0 };
  }
  const compared = await drift.compare(model, environment, onProgress);
  const { apiCalls, snapshots } = compared;
  if (snapshots.left && snapshots.right) {
    const { takenAt } = snapshots.left;
    return {
      drift: known(driftIn(compared, model, Math.min(takenAt, snapshots.right.takenAt), rules, now), []),
      apiCalls,
    };
  }
  // While the model cannot be read, a reading of the last hour serves, as it does when both are stored.
  if (snapshots.right && left) {
    const own = { environment, ...snapshots.right };
    const stored = await drift.compareStored({ environment: model, ...left }, own);
    return { drift: known(driftIn(stored, model, left.takenAt, rules, now), []), apiCalls };
  }
  const reason = compared.unknown.find(({ path }) => path === '*')?.reason ?? 'a reading was not kept';
  return { drift: unknown('incomplete', reason, []), apiCalls };
}

/** True when what the check has just read shows no change since the stored reading. */
const stillHolds = (stored: SnapshotContent, read: SnapshotContent): boolean =>
  compareWithCauses({ label: 'stored', content: stored }, { label: 'read', content: read }).differences
    .length === 0;

function driftIn(
  { differences, unknown: places, snapshots }: TrackedComparison,
  model: Environment,
  comparedAt: number,
  rules: readonly DriftIgnore[],
  now: number,
): ModelDrift {
  const breaking = differences.filter(({ weight }) => weight === 'breaking');
  return {
    comparedAt,
    // The activities are those of the config.
    items: (snapshots.left?.items ?? 0) - (model.webhooks?.activities.length ?? 0),
    breaking: breaking.filter(({ accepted }) => accepted === null),
    accepted: breaking.filter(({ accepted }) => accepted !== null).length,
    unread: places.filter(({ path }) => mayBreak(path) && ignoredBy(rules, path, now) === null),
  };
}
