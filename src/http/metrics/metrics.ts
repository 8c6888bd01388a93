import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../../config/version.ts';
import type { ApiCall } from '../../spotdraft/client.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from './deliveries.ts';
import { addStateMetrics, type StateSources } from './state.ts';

export interface Metrics extends DeliveryMetrics {
  /** Counts a finished call to SpotDraft. */
  countCall(call: ApiCall): void;
  /** Adds the metrics that are read at each scrape. */
  observe(sources: StateSources): void;
  /** The text for Prometheus. */
  scrape(): Promise<{ contentType: string; text: string }>;
}

/** Each app has its own registry, so that two apps in one process count separately. */
export function createMetrics(environments: readonly string[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addBuildInfo(registry);
  return {
    ...createDeliveryMetrics(registry, environments),
    countCall: createApiCallMetrics(registry),
    observe: (sources) => addStateMetrics(registry, environments, sources),
    scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function addBuildInfo(registry: Registry): void {
  const info = new Gauge({
    name: 'envcheck_build_info',
    help: 'Always 1; the labels name the running version',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version: VERSION, node: process.version }, 1);
}

/** Counts our calls to SpotDraft. Paths are not labels, because they contain ids. */
function createApiCallMetrics(registry: Registry): (call: ApiCall) => void {
  const calls = new Counter({
    name: 'envcheck_api_calls_total',
    help: 'Calls to SpotDraft by class of the last status and by outcome',
    labelNames: ['environment', 'status', 'outcome'],
    registers: [registry],
  });
  return ({ environment, status, failure }) =>
    calls.inc({
      environment,
      status: status === null ? 'none' : `${Math.floor(status / 100)}xx`,
      outcome: failure ?? 'ok',
    });
}
