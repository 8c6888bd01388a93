import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../../config/version.ts';
import type { ApiCall } from '../../spotdraft/client.ts';
import { createDeliveryMetrics, type DeliveryMetrics } from './deliveries.ts';
import { addStateMetrics, type StateSources } from './state.ts';

export interface Metrics extends DeliveryMetrics {
  /** Of a call to SpotDraft that has ended. */
  countCall(call: ApiCall): void;
  /** Adds what is read when somebody scrapes, once there is something to read from. */
  observe(sources: StateSources): void;
  /** What Prometheus reads. */
  scrape(): Promise<{ contentType: string; text: string }>;
}

/** A registry of its own for every app: two in one process do not count for each other. */
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
    help: 'Always 1; its labels say what runs',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version: VERSION, node: process.version }, 1);
}

/** Counts our own calls to SpotDraft. Paths are no labels: they hold ids. */
function createApiCallMetrics(registry: Registry): (call: ApiCall) => void {
  const calls = new Counter({
    name: 'envcheck_api_calls_total',
    help: 'Calls to SpotDraft by class of the last status and by what came of them',
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
