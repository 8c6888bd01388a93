import type { Config, Environment } from '../config/config.ts';
import type { Clock } from '../time/clock.ts';
import type { FarClocks } from '../time/far-clocks.ts';
import type { RetryPolicy } from './attempts.ts';
import { type ApiCall, createSpotDraftClient, type SpotDraftClient } from './client.ts';
import { createPace, type Pace } from './pace.ts';
import { createTransport } from './transport.ts';

export interface Clients {
  of(environment: string): SpotDraftClient;
  close(): Promise<void>;
}

export interface ClientsOptions {
  clock: Clock;
  farClocks: FarClocks;
  retry: RetryPolicy;
  /** As in ClientOptions. */
  timeoutMs: (documented: number) => number;
  /** PEM of an additional certificate authority; null for the system's only. */
  ca: string | null;
  /** Must not throw. */
  log: (call: ApiCall) => Promise<void>;
}

/** A client for each environment, each with its own connections. */
export function createClients(
  { environments, limits }: Config,
  { clock, farClocks, retry, timeoutMs, ca, log }: ClientsOptions,
): Clients {
  const paces = new Map<string, Pace>();
  /** SpotDraft limits a workspace, so two environments that share credentials by mistake share one pace. */
  const paceOf = ({ baseUrl, credentials }: Environment): Pace => {
    const workspace = `${new URL(baseUrl).host} ${credentials.clientId.reveal()}`;
    const pace = paces.get(workspace) ?? createPace(limits.requestsPerSecond);
    paces.set(workspace, pace);
    return pace;
  };
  const parts = environments.map((environment) => {
    const { name, baseUrl, credentials, userEmail } = environment;
    const transport = createTransport({ ca });
    const pace = paceOf(environment);
    const client = createSpotDraftClient({
      environment: name,
      baseUrl,
      credentials,
      userEmail,
      transport,
      pace,
      clock,
      farClocks,
      retry,
      timeoutMs,
      log,
    });
    return { name, client, transport };
  });
  return {
    of(name) {
      const part = parts.find((each) => each.name === name);
      if (!part) throw new Error(`no environment ${name}`);
      return part.client;
    },
    close: async () => {
      await Promise.all(parts.map(({ transport }) => transport.close()));
    },
  };
}
