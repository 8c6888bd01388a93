import type { Environment } from '../config/config.ts';
import type { Secret } from '../config/secret.ts';
import { type LogFacts, readLogFacts } from '../events/log/log-facts.ts';
import { type Fact, known, unknown } from '../spotdraft/fact.ts';
import { newestSnapshot } from '../store/snapshots.ts';
import type { OtherWebhookKey, WorkspaceFacts } from '../workspace/facts.ts';
import { needsForCheck } from '../workspace/needs.ts';
import { createMeter, type Meter, type Progress, plannedReads } from '../workspace/progress.ts';
import { readWorkspace } from '../workspace/read-workspace.ts';
import type { ProbedReceiver } from '../workspace/receivers/probe-result.ts';
import { type Snapshot, type SnapshotContent, takeSnapshot } from '../workspace/snapshot.ts';
import { unreadFacts } from '../workspace/unread-facts.ts';
import { readKeyFingerprint } from '../workspace/webhook-key.ts';
import { baseUrlProblem } from './base-url-problem.ts';
import type { InspectDependencies } from './dependencies.ts';

/** Everything that the checks of one environment judge. */
export interface GatheredFacts {
  facts: WorkspaceFacts;
  /** null when nothing could be read: an empty snapshot would look like a configuration. */
  snapshot: Snapshot | null;
  log: Fact<LogFacts>;
  receivers: ProbedReceiver[];
  /** Requests sent to SpotDraft, retries included. */
  apiCalls: number;
}

/** Step 1 of a check: reads the workspace and the event log, and probes the receivers. Stores nothing. */
export async function gatherFacts(
  dependencies: InspectDependencies,
  environment: Environment,
  now: number,
  onProgress: (progress: Progress) => void,
): Promise<GatheredFacts> {
  const { config, clientOf, prober } = dependencies;
  const needs = needsForCheck(config, environment);
  const blocked = baseUrlProblem(config, environment);
  const planned = blocked ? 0 : plannedReads(needs, config.environments.length - 1);
  const meter = createMeter(planned, onProgress);
  onProgress({ done: 0, planned });

  // The keys stay in memory for the length of a check; facts, snapshot and report hold fingerprints.
  const keys = new Map<string, Secret>();
  const onKey = (name: string) => (hmacKey: Secret) => void keys.set(name, hmacKey);
  const others = readOtherKeys(dependencies, environment, meter, onKey);
  const reading = {
    client: meter.watch(clientOf(environment.name)),
    needs,
    workspaceId: environment.workspaceId,
    now,
    onKey: onKey(environment.name),
  };
  const read = blocked ? unreadFacts(needs, blocked, await others) : await readWorkspace(reading, others);
  const facts: WorkspaceFacts = { ...read, host: meter.host() };
  return {
    facts,
    snapshot: facts.access.known ? takeSnapshot(facts) : null,
    log: await readLog(dependencies, environment, now),
    receivers: await prober.probe(environment, { facts, keys }),
    apiCalls: meter.requests(),
  };
}

/** The HMAC key tells workspaces apart, so it is read of every other environment too, each at its own pace. */
async function readOtherKeys(
  { config, db, clientOf, logger }: InspectDependencies,
  environment: Environment,
  meter: Meter,
  onKey: (name: string) => (hmacKey: Secret) => void,
): Promise<OtherWebhookKey[]> {
  const others = config.environments.filter((other) => other.name !== environment.name);
  return Promise.all(
    others.map(async (other): Promise<OtherWebhookKey> => {
      const blocked = baseUrlProblem(config, other);
      const fingerprint = blocked
        ? unknown('not_asked', blocked, [])
        : await readKeyFingerprint(meter.count(clientOf(other.name)), onKey(other.name));
      const snapshot = await newestSnapshot<SnapshotContent>(db, other.name).catch((error) => {
        logger.error({ err: error, environment: other.name }, 'snapshot not read');
        return null;
      });
      const key = snapshot?.content.webhookKey;
      const lastSeen =
        snapshot && key && 'known' in key ? { fingerprint: key.known, at: snapshot.takenAt } : null;
      return { environment: other.name, fingerprint, lastSeen };
    }),
  );
}

async function readLog(
  { db, logger }: InspectDependencies,
  environment: Environment,
  now: number,
): Promise<Fact<LogFacts>> {
  try {
    return known(await readLogFacts(db, environment, now), []);
  } catch (error) {
    logger.error({ err: error, environment: environment.name }, 'event log not read');
    return unknown('database', 'the event log could not be read from the database', []);
  }
}
