import type { Environment } from '../config/config.ts';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { needsForComparison } from '../workspace/needs.ts';
import { createMeter, type Meter, type Progress, plannedReads } from '../workspace/progress.ts';
import { readWorkspace } from '../workspace/read-workspace.ts';
import { type Snapshot, takeCompleteSnapshot } from '../workspace/snapshot.ts';
import { baseUrlProblem } from './base-url-problem.ts';
import type { InspectDependencies } from './dependencies.ts';
import { keepSnapshot } from './keep-results.ts';

/** A complete snapshot with its time (epoch ms UTC), or the reason why there is none; `apiCalls` counts the requests sent. */
export type ConfigurationReading =
  | { snapshot: Snapshot; takenAt: number; apiCalls: number }
  | { snapshot: null; reason: string; apiCalls: number };

/** Reads everything of an environment that can be compared, at the pace of a check, and keeps the snapshot. */
export async function readConfiguration(
  dependencies: InspectDependencies,
  environment: Environment,
  onProgress: (progress: Progress) => void,
): Promise<ConfigurationReading> {
  const { config, clock, clientOf } = dependencies;
  const blocked = baseUrlProblem(config, environment);
  if (blocked) return { snapshot: null, reason: blocked, apiCalls: 0 };
  const takenAt = clock.now();
  const needs = needsForComparison(config, environment);
  const planned = plannedReads(needs, 0);
  const meter = createMeter(planned, onProgress);
  onProgress({ done: 0, planned });
  const client = meter.watch(expectingDetails(clientOf(environment.name), meter));
  const reading = { client, needs, workspaceId: environment.workspaceId, now: takenAt, onKey: () => {} };
  const read = await readWorkspace(reading, Promise.resolve([]));
  if (!read.access.known) return { snapshot: null, reason: read.access.reason, apiCalls: meter.requests() };
  const snapshot = takeCompleteSnapshot(
    { ...read, host: meter.host() },
    { featureFlags: needs.featureFlags, activities: environment.webhooks?.activities ?? [] },
  );
  await keepSnapshot(dependencies, environment.name, takenAt, snapshot);
  return { snapshot, takenAt, apiCalls: meter.requests() };
}

/** Adds the detail reads to the plan once the lists are known: three per contract type, two per template. */
function expectingDetails(client: SpotDraftReader, meter: Meter): SpotDraftReader {
  const readsEach: Record<string, number> = { contractTypes: 3, templates: 2 };
  return {
    certificate: client.certificate,
    async read(endpoint, parameters) {
      const fact = await client.read(endpoint, parameters);
      const reads = readsEach[endpoint] ?? 0;
      if (fact.known && Array.isArray(fact.value)) meter.expect(reads * fact.value.length);
      return fact;
    },
  };
}
