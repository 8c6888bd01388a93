import type { Environment } from '../config/config.ts';
import type { Arrival } from '../events/webhooks/arrival.ts';
import { arrivalText } from '../events/webhooks/arrival-text.ts';
import type { RetriggerResult } from '../events/webhooks/retrigger.ts';
import { printable } from '../text/printable.ts';
import { iso } from './event-json.ts';
import { resultJson } from './render-webhooks.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

/** `delivery` null: none arrived within `waitedMs`; that null too: none was watched for. */
export function retriggerJson(
  result: RetriggerResult,
  arrival: Arrival | null,
  { contractId, environment }: { contractId: number; environment: Environment },
): object {
  const { webhook: _, ...common } = resultJson(result, environment) as Record<string, unknown>;
  const delivery =
    arrival?.kind === 'arrived'
      ? {
          id: arrival.delivery.id,
          event: arrival.delivery.eventId,
          activity: arrival.delivery.activity,
          receivedAt: iso(arrival.delivery.receivedAt),
          again: arrival.again,
        }
      : null;
  const waitedMs = arrival && (arrival.kind === 'arrived' ? arrival.afterMs : arrival.waitedMs);
  return { ...common, contractId, delivery, waitedMs };
}

export function renderArrival(arrival: Arrival, environment: Environment, terminal: Terminal): string {
  const { summary, remedy } = arrivalText(arrival, environment);
  const mark = arrival.kind === 'arrived' ? terminal.style('green', '✓') : terminal.style('yellow', '?');
  return [
    mark + hangingIndent('  ', printable(summary), terminal.width).slice(1),
    ...(remedy ? [hangingIndent('  Next: ', printable(remedy), terminal.width)] : []),
    '',
  ].join('\n');
}
