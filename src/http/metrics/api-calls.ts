import { Counter, type Registry } from 'prom-client';
import type { ApiCall } from '../../spotdraft/client.ts';

/** Counts our own calls to SpotDraft. Paths are no labels: they hold ids. */
export function createApiCallMetrics(registry: Registry): (call: ApiCall) => void {
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
