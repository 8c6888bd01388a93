import type { Environment } from '../config/config.ts';
import type { WebhookResult } from '../events/webhooks/act.ts';
import type { Arrival } from '../events/webhooks/arrival.ts';
import { arrivalText } from '../events/webhooks/arrival-text.ts';
import type { RetriggerResult } from '../events/webhooks/retrigger.ts';
import { LIST_NOTE, shortList } from '../events/webhooks/webhook-text.ts';
import type { Registration } from '../store/webhook-registrations.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { iso } from './event-json.ts';
import { alignColumns } from './table.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

export const webhookJson = (registration: Registration): object => ({
  id: registration.webhookId,
  state: registration.state,
  origin: registration.origin,
  title: registration.title,
  url: registration.url,
  activities: registration.activities,
  headers: registration.headerNames,
  since: iso(registration.registeredAt),
  deletedAt: registration.deletedAt === null ? null : iso(registration.deletedAt),
});

export const resultJson = (result: WebhookResult, { name }: Environment): object => ({
  environment: name,
  result: result.kind,
  summary: result.summary,
  remedy: result.remedy,
  webhook: result.registration && webhookJson(result.registration),
  status: result.status,
  callId: result.callId,
  auditId: result.auditId,
});

const marks = {
  done: { mark: '✓', style: 'green' },
  refused: { mark: '✗', style: 'red' },
  lost: { mark: '?', style: 'yellow' },
} as const;

export function renderResult(result: WebhookResult, terminal: Terminal): string {
  const { mark, style } = marks[result.kind];
  const { registration } = result;
  // The mark is coloured after wrapping, because escape sequences have no width.
  const summary = hangingIndent('  ', result.summary, terminal.width).slice(1);
  return [
    terminal.style(style, mark) + summary,
    ...(registration?.url && result.kind === 'done' ? [`  ${printable(registration.url)}`] : []),
    ...(registration?.activities && result.kind === 'done'
      ? [hangingIndent('  ', registration.activities.join(', '), terminal.width)]
      : []),
    ...(result.remedy ? [hangingIndent('  Next: ', result.remedy, terminal.width)] : []),
    ...(result.callId ? [`  ${result.callId}`] : []),
    '',
  ].join('\n');
}

export function renderWebhooks(
  registrations: Registration[],
  environment: Environment,
  terminal: Terminal,
): string {
  const label = environmentLabel(environment);
  const count = registrations.filter(({ state }) => state !== 'deleted').length;
  const title = `${label}: ${count} ${count === 1 ? 'webhook' : 'webhooks'}`;
  const rows = registrations.map((each) => [
    each.webhookId === null ? '–' : String(each.webhookId),
    each.origin === 'noted' ? `${each.state} (noted)` : each.state,
    printable(each.title ?? '–'),
    each.activities === null ? '–' : shortList(each.activities, 3),
    iso(each.registeredAt),
  ]);
  const table =
    registrations.length > 0 ? alignColumns([['id', 'state', 'title', 'activities', 'since'], ...rows]) : [];
  return [
    terminal.style('bold', title),
    '',
    ...table.map((line) => `  ${line}`),
    ...(table.length > 0 ? [''] : []),
    hangingIndent('', LIST_NOTE, terminal.width),
    '',
  ].join('\n');
}

/** The contract of `webhooks retrigger --json`. `contractId` is null when the given id is not an internal one; `delivery` is null when none arrived; `waitedMs` is null without a wait. */
export function retriggerJson(
  result: RetriggerResult,
  arrival: Arrival | null,
  { contractId, environment }: { contractId: number | null; environment: Environment },
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
    mark + hangingIndent('  ', summary, terminal.width).slice(1),
    ...(remedy ? [hangingIndent('  Next: ', remedy, terminal.width)] : []),
    '',
  ].join('\n');
}
