import type { SpotDraftReader } from '../spotdraft/client.ts';
import type { Fact } from '../spotdraft/fact.ts';
import type { HostFacts } from './facts.ts';
import type { Needs } from './needs.ts';

/** Reads done of reads planned. The plan grows when an answer makes more reads necessary. */
export interface Progress {
  done: number;
  planned: number;
}

export interface Meter {
  /** Returns the client with every read counted. */
  count(client: SpotDraftReader): SpotDraftReader;
  /** As `count`, and collects the host facts. */
  watch(client: SpotDraftReader): SpotDraftReader;
  host(): HostFacts;
  /** Adds reads to the plan. */
  expect(reads: number): void;
  /** Requests sent, retries included. */
  requests(): number;
}

export function createMeter(plannedFirst: number, onProgress: (progress: Progress) => void): Meter {
  let planned = plannedFirst;
  let done = 0;
  let requests = 0;
  let watched: SpotDraftReader | null = null;
  const host: HostFacts = {
    answered: null,
    redirected: null,
    certificateRefused: null,
    unreachable: null,
    certificate: null,
  };
  const wrap = (client: SpotDraftReader, observe: (fact: Fact<unknown>) => void): SpotDraftReader => ({
    certificate: client.certificate,
    async read(endpoint, parameters) {
      const fact = await client.read(endpoint, parameters);
      done += 1;
      requests += fact.sources.reduce((sum, source) => sum + source.attempts, 0);
      observe(fact);
      onProgress({ done, planned: Math.max(done, planned) });
      return fact;
    },
  });
  return {
    requests: () => requests,
    expect(reads) {
      planned += reads;
    },
    host: () => ({ ...host, certificate: watched?.certificate() ?? null }),
    count: (client) => wrap(client, () => {}),
    watch(client) {
      watched = client;
      return wrap(client, (fact) => noteHost(host, fact));
    },
  };
}

function noteHost(host: HostFacts, fact: Fact<unknown>): void {
  if (!fact.known && fact.code === 'redirect') host.redirected ??= fact;
  else if (!fact.known && fact.code === 'certificate') host.certificateRefused ??= fact;
  else if (!fact.known && (fact.code === 'network' || fact.code === 'timeout')) host.unreachable ??= fact;
  else host.answered ??= fact.sources[0] ?? null;
}

/** Number of reads for these needs when every required name is found once and every list fits on one page. */
export function plannedReads(needs: Needs, otherEnvironments: number): number {
  const one = (needed: boolean) => (needed ? 1 : 0);
  return (
    1 +
    otherEnvironments +
    one(needs.userEmail !== null) +
    one(needs.contractTypes) +
    needs.entities.size +
    needs.intakeForms.size +
    needs.metadataFields.size +
    one(needs.workspaceEntities) +
    one(needs.templates) +
    needs.templateFields.size +
    3 * one(needs.workflows) +
    one(needs.roles) +
    needs.userEmails.length +
    one(needs.featureFlags.length > 0) +
    one(needs.membersOf !== null) +
    one(needs.contractSample > 0 || (needs.workspaceId && !needs.workflows))
  );
}
