import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../src/time/clock.ts';
import { createFaults, type FaultRule, type Faults } from './faults.ts';
import type { SimContract, Workspace } from './model.ts';
import { API_PATH } from './operations.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { type ServerState, serve } from './respond.ts';
import { createTrafficMeter, type Traffic } from './traffic.ts';
import {
  createWebhookCall,
  sendWebhookCall,
  type WebhookCall,
  type WebhookDelivery,
} from './webhook-calls.ts';

export type { RecordedRequest } from './recorded-request.ts';

export interface SpotDraftOptions {
  workspaces: Workspace[];
  /** Default: 0, any free port. */
  port?: number;
  /** Clock of records that the simulator creates. The rate limit and traffic use real, monotonic time. */
  clock?: Clock;
  /** Rate limit per workspace; further requests get 429. Default: 10, from SpotDraft's terms of usage. */
  requestsPerSecond?: number;
  /** Delay before every answer. Default: 0. */
  latencyMs?: number;
  /** Maximum rows of one analytics answer. Default: 5,000, as documented. */
  analyticsRowLimit?: number;
  /** Called when the contracts' latest webhook calls are sent again. */
  onRetrigger?: (workspaceKey: string, contractIds: number[]) => void;
}

export interface SimulatedSpotDraft {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** `url` with the public API's path. */
  baseUrl: string;
  /** `127.0.0.1:PORT` */
  host: string;
  /** The live state of a workspace. A change shows in the next answer. */
  workspace(key: string): Workspace;
  /** Real target of webhooks by origin: registered URLs are https, but receivers listen on loopback. */
  webhookRoutes: Map<string, string>;
  /** Sends a contract's activity to every active webhook of the workspace that subscribes to it. */
  announce(key: string, activity: string, contract: SimContract): Promise<WebhookDelivery[]>;
  /** All requests, in order of arrival. */
  requests: RecordedRequest[];
  faults: Pick<Faults, 'add' | 'clear'>;
  /** Traffic figures, measured on arrival, including refused requests. */
  traffic(key: string): Traffic;
  /** Clears requests and traffic. The rate limit keeps its last second. */
  resetTraffic(): void;
  /** Stops the server and closes open connections. */
  stop(): Promise<void>;
}

/** Starts a simulated SpotDraft with these workspaces on the loopback interface. */
export async function startSpotDraft(options: SpotDraftOptions): Promise<SimulatedSpotDraft> {
  const settings: Required<SpotDraftOptions> = {
    port: 0,
    clock: systemClock,
    requestsPerSecond: 10,
    latencyMs: 0,
    analyticsRowLimit: 5_000,
    onRetrigger: () => {},
    ...options,
  };
  const keys = settings.workspaces.map((workspace) => workspace.key);
  if (new Set(keys).size < keys.length) throw new Error(`Two workspaces share a key: ${keys.join(', ')}.`);

  const stopping = new AbortController();
  const latest = new Map(keys.map((key) => [key, new Map<number, WebhookCall>()]));
  const state: ServerState = {
    settings: {
      ...settings,
      onRetrigger(key, contractIds) {
        settings.onRetrigger(key, contractIds);
        for (const id of contractIds) {
          const call = latest.get(key)?.get(id);
          // A contract without an earlier call has nothing to repeat; the answer does not say so.
          if (call) void sendWebhookCall(workspace(key), call, webhookRoutes);
        }
      },
    },
    url: '',
    requests: [],
    faults: createFaults(),
    meters: new Map(keys.map((key) => [key, createTrafficMeter()])),
    stopping: stopping.signal,
  };
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(settings.clock.now()).toUTCString());
    void serve(state, request, response);
  });
  // Longer than any pause of a test or a polling client, so that a kept connection does not close under a request.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.url = `http://${host}`;

  const workspace = (key: string): Workspace =>
    known(
      settings.workspaces.find((each) => each.key === key),
      key,
      keys,
    );
  const webhookRoutes = new Map<string, string>();
  return {
    url: state.url,
    baseUrl: state.url + API_PATH,
    host,
    requests: state.requests,
    faults: { add: (rule: FaultRule) => state.faults.add(rule), clear: () => state.faults.clear() },
    workspace,
    webhookRoutes,
    announce(key, activity, contract) {
      const call = createWebhookCall(workspace(key), { activity, contract, at: settings.clock.now() });
      const hasSubscriber = workspace(key).webhooks.some(
        ({ status, onlyForActivities }) => status === 'ACTIVE' && onlyForActivities.includes(activity),
      );
      if (hasSubscriber) latest.get(key)?.set(call.contract, call);
      return sendWebhookCall(workspace(key), call, webhookRoutes);
    },
    traffic: (key) => known(state.meters.get(key), key, keys).read(),
    resetTraffic() {
      state.requests.length = 0;
      for (const meter of state.meters.values()) meter.reset();
    },
    async stop() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function known<T>(found: T | undefined, key: string, keys: string[]): T {
  if (found === undefined)
    throw new Error(`There is no workspace "${key}". Known workspaces: ${keys.join(', ')}.`);
  return found;
}
