import type { Logger } from 'pino';
import { readSignOffs } from '../approvals/sign-offs/read-sign-offs.ts';
import { waiveChecks } from '../approvals/waivers/apply-to-checks.ts';
import type { Config, Environment } from '../config/config.ts';
import { requirementsFor } from '../config/requirements-for.ts';
import type { Secret } from '../config/secret.ts';
import { type LogFacts, readLogFacts } from '../events/log/log-facts.ts';
import { evaluate, verdictOf } from '../readiness/evaluate.ts';
import type { ItemResult, Report } from '../readiness/report.ts';
import { judgeSignOffs, type SignOffFacts, signOffsOf, withSignOffs } from '../readiness/sign-offs.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, known, unknown } from '../spotdraft/fact.ts';
import type { Database } from '../store/database.ts';
import { saveReport } from '../store/reports.ts';
import { newestSnapshot } from '../store/snapshots.ts';
import { inTransaction } from '../store/transaction.ts';
import { endWaiver, openWaivers } from '../store/waivers.ts';
import { randomId } from '../text/ids.ts';
import type { Clock } from '../time/clock.ts';
import type { OtherWebhookKey, WorkspaceFacts } from '../workspace/facts.ts';
import { needsForCheck } from '../workspace/needs.ts';
import { createMeter, type Meter, type Progress, plannedReads } from '../workspace/progress.ts';
import { readWorkspace, unreadFacts } from '../workspace/read-workspace.ts';
import type { Prober } from '../workspace/receivers/prober.ts';
import { type Snapshot, type SnapshotContent, takeSnapshot } from '../workspace/snapshot.ts';
import { readKeyFingerprint } from '../workspace/webhook-key.ts';
import { baseUrlProblem } from './base-url-problem.ts';
import { keepSnapshot } from './keep-snapshot.ts';

export interface InspectDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  clientOf(environment: string): SpotDraftReader;
  prober: Prober;
}

/** Reads an environment, judges it, and keeps snapshot and report. */
export async function checkEnvironment(
  dependencies: InspectDependencies,
  environment: Environment,
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const { config, db, clock, logger } = dependencies;
  const checkedAt = clock.now();
  const started = performance.now();
  const needs = needsForCheck(config, environment);
  const blocked = baseUrlProblem(config, environment);
  const planned = blocked ? 0 : plannedReads(needs, config.environments.length - 1);
  const meter = createMeter(planned, onProgress);
  onProgress({ done: 0, planned });

  // In memory for as long as the check lasts: facts, snapshot and report hold fingerprints.
  const keys = new Map<string, Secret>();
  const keyRead = (of: string) => (hmacKey: Secret) => void keys.set(of, hmacKey);
  const others = readOtherKeys(dependencies, environment, meter, keyRead);
  const client = meter.watch(dependencies.clientOf(environment.name));
  const reading = {
    client,
    needs,
    workspaceId: environment.workspaceId,
    now: checkedAt,
    keyRead: keyRead(environment.name),
  };
  const read = blocked ? unreadFacts(needs, blocked, await others) : await readWorkspace(reading, others);
  const facts: WorkspaceFacts = { ...read, host: meter.host() };

  // An empty snapshot would look like a configuration.
  const taken = facts.access.known ? takeSnapshot(facts) : null;
  const kept = taken && (await keepSnapshot(dependencies, environment.name, checkedAt, taken));
  const judged = evaluate({
    environment,
    environments: config.environments,
    requires: requirementsFor(config.requires, environment.name),
    externalMetadata: config.externalMetadata,
    publicUrl: config.publicUrl,
    trustedHosts: config.trustedHosts,
    facts,
    log: await readLog(dependencies, environment, checkedAt),
    receivers: await dependencies.prober.probe(environment, { facts, keys }),
    now: checkedAt,
  });
  const now = taken ?? { unread: facts.access.known ? 'nothing was read' : facts.access.reason };
  const signOffs = await readSignOffFacts(dependencies, environment, now, checkedAt);
  const wanted = signOffsOf(config.signOffs, environment.name);
  const results = judgeSignOffs(wanted, signOffs, environment, checkedAt);
  const items = await applyWaivers(dependencies, environment.name, withSignOffs(judged, results), checkedAt);
  const report: Report = {
    id: randomId('rpt'),
    environment: environment.name,
    production: environment.production,
    verdict: verdictOf(items),
    checkedAt,
    durationMs: Math.round(performance.now() - started),
    apiCalls: meter.requests(),
    snapshot: taken && kept ? taken.hash : null,
    items,
  };
  await saveReport(db, report).catch((error) =>
    logger.error({ err: error, report: report.id }, 'report not kept'),
  );
  return report;
}

async function readSignOffFacts(
  dependencies: InspectDependencies,
  environment: Environment,
  now: Snapshot | { unread: string },
  at: number,
): Promise<Fact<SignOffFacts>> {
  try {
    return known(await readSignOffs(dependencies, environment, now, at), []);
  } catch (error) {
    dependencies.logger.error({ err: error, environment: environment.name }, 'sign-offs not read');
    return unknown('database', 'the sign-offs could not be read from the database', []);
  }
}

/** Without a readable store nothing is accepted: a failure stays one. */
async function applyWaivers(
  { db, logger }: InspectDependencies,
  environment: string,
  items: ItemResult[],
  now: number,
): Promise<ItemResult[]> {
  try {
    if ((await openWaivers(db, { kind: 'check', environment })).length === 0) return items;
    return await inTransaction(db, async (transaction) => {
      const waivers = await openWaivers(transaction, { kind: 'check', environment });
      const waived = waiveChecks(items, waivers, now);
      for (const { id, how } of waived.ended)
        await endWaiver(transaction, id, { at: now, how, by: null, reason: null });
      return waived.items;
    });
  } catch (error) {
    logger.error({ err: error, environment }, 'waivers not read');
    return items;
  }
}

/** What tells workspaces apart is read of all other environments too, each at its own pace. */
async function readOtherKeys(
  { config, db, clientOf, logger }: InspectDependencies,
  environment: Environment,
  meter: Meter,
  keyRead: (of: string) => (hmacKey: Secret) => void,
): Promise<OtherWebhookKey[]> {
  const others = config.environments.filter((other) => other.name !== environment.name);
  return Promise.all(
    others.map(async (other): Promise<OtherWebhookKey> => {
      const blocked = baseUrlProblem(config, other);
      const fingerprint = blocked
        ? unknown('not_asked', blocked, [])
        : await readKeyFingerprint(meter.count(clientOf(other.name)), keyRead(other.name));
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
  { name, webhooks }: Environment,
  now: number,
): Promise<Fact<LogFacts>> {
  try {
    return known(await readLogFacts(db, name, webhooks?.activities ?? [], now), []);
  } catch (error) {
    logger.error({ err: error, environment: name }, 'event log not read');
    return unknown('database', 'the event log could not be read from the database', []);
  }
}
