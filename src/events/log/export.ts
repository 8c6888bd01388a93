import { readWebhookPayload } from '../../spotdraft/webhook-payload.ts';
import { webhookText } from '../../spotdraft/webhook-text.ts';
import type { Database } from '../../store/database.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import { type EventNotes, eventNotes, noNotes, refusedIds } from '../../store/event-notes.ts';
import { storedPayload } from '../../store/event-payload.ts';
import {
  callPages,
  deliveryPages,
  type ExportedDelivery,
  type ExportRange,
  outcomePages,
} from '../../store/export.ts';
import { deliveriesOf, type FoundEvent } from '../../store/find.ts';
import { isNestedDeeply } from '../../text/nesting.ts';
import { callRecord, outcomeRecord } from './records.ts';
import { statusOf } from './refusal-text.ts';

export interface ExportPage {
  /** Records in output order. */
  records: Record<string, unknown>[];
  /** Number of rows by kind. */
  counts: Record<string, number>;
}

export interface Export {
  /** Column names of the flat records. */
  columns: readonly string[];
  pages(db: Database, range: ExportRange): AsyncGenerator<ExportPage>;
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** One record per event with a delivery in the range, with all of its deliveries, and one per refused delivery. */
export async function* eventRecords(db: Database, range: ExportRange): AsyncGenerator<ExportPage> {
  for await (const page of deliveryPages(db, range)) {
    const written = page.filter(({ firstInRange }) => firstInRange);
    const keys = written.flatMap(({ event }) => (event ? [event.key] : []));
    const deliveries = Map.groupBy(await deliveriesOf(db, keys), ({ event_key }) => event_key);
    const notes = await eventNotes(db, keys);
    const refused = written.filter(({ event }) => event === null);
    const ids = await refusedIds(
      db,
      refused.map(({ key }) => key),
    );
    const records = written.map((delivery) =>
      delivery.event
        ? eventRecord(
            delivery.event,
            deliveries.get(delivery.event.key) ?? [],
            notes.get(delivery.event.key) ?? noNotes,
          )
        : refusedRecord(delivery, ids.get(delivery.key) ?? []),
    );
    const payloads = records.filter(({ payloadKind }) => payloadKind === 'raw').length;
    const counts = {
      events: keys.length,
      deliveries: [...deliveries.values()].reduce((sum, its) => sum + its.length, 0),
      ...refusedCounts(refused),
      'payloads in full': payloads,
    };
    yield { records, counts };
  }
}

function eventRecord(
  event: FoundEvent,
  deliveries: LoggedDelivery[],
  { unread }: EventNotes,
): Record<string, unknown> {
  const kept = storedPayload(event);
  return {
    kind: 'event',
    id: event.id,
    environment: event.environment,
    activity: event.activity,
    contractId: event.contract_id,
    occurredAt: iso(event.occurred_at),
    deliveries: deliveries.map((delivery, index) => ({ ...deliveryRecord(delivery), duplicate: index > 0 })),
    unread,
    payloadKind: kept.kind,
    ...(kept.kind === 'raw'
      ? rawPayload(kept.bytes)
      : { payload: kept.kind === 'redacted' ? kept.json : null }),
  };
}

/** Rows, and the deliveries for which they stand besides. Rows of earlier versions do not say for how many. */
function refusedCounts(refused: readonly LoggedDelivery[]): Record<string, number> {
  const alike = refused.reduce((sum, delivery) => sum + (delivery.alike ?? 0), 0);
  return { refused: refused.length, ...(alike > 0 ? { 'more refused and not stored': alike } : {}) };
}

const refusedRecord = (
  delivery: LoggedDelivery,
  ids: { kind: string; value: string }[],
): Record<string, unknown> => ({
  kind: 'refused',
  environment: delivery.environment,
  ...deliveryRecord(delivery),
  rejection: delivery.rejection,
  status: statusOf(delivery),
  signedWith: delivery.signed_with,
  detail: delivery.detail,
  activity: delivery.activity,
  ids,
  alike: delivery.alike,
  until: iso(delivery.until),
});

const deliveryRecord = ({ id, received_at, rejection, request_id, source, bytes }: LoggedDelivery) => ({
  id,
  receivedAt: iso(received_at),
  verified: rejection === null,
  requestId: request_id,
  source,
  bytes,
});

/**
 * The payload as JSON, or as text where it is no JSON or nested deeply, and the bytes that came (base64) where these do not
 * give them back: another layout, encoding or compression, a repeated key, a rounded number.
 */
function rawPayload(bytes: Buffer): { payload: unknown; payloadBase64?: string } {
  const { text } = webhookText(bytes);
  const payload = isNestedDeeply(text) ? text : (readWebhookPayload(bytes).json ?? text);
  const isExact = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)).equals(bytes);
  return { payload, ...(isExact ? {} : { payloadBase64: bytes.toString('base64') }) };
}

const deliveryColumns = [
  'deliveryId',
  'receivedAt',
  'environment',
  'verified',
  'rejection',
  'duplicate',
  'requestId',
  'source',
  'bytes',
  'eventId',
  'activity',
  'contractId',
  'occurredAt',
  'unread',
  'signedWith',
  'detail',
  'alike',
  'until',
];

/** One flat record per delivery in the range. */
export const deliveryExport: Export = {
  columns: deliveryColumns,
  async *pages(db, range) {
    for await (const page of deliveryPages(db, range)) {
      const refused = page.filter(({ rejection }) => rejection !== null);
      const notes = await eventNotes(
        db,
        page.flatMap(({ event }) => (event ? [event.key] : [])),
      );
      yield {
        records: page.map((delivery) => flatDelivery(delivery, notes)),
        counts: { deliveries: page.length - refused.length, ...refusedCounts(refused) },
      };
    }
  },
};

function flatDelivery(
  { event, duplicate, ...delivery }: ExportedDelivery,
  notes: ReadonlyMap<number, EventNotes>,
): Record<string, unknown> {
  const { id, environment, rejection } = delivery;
  return {
    ...deliveryRecord(delivery),
    deliveryId: id,
    environment,
    rejection,
    duplicate,
    eventId: event?.id ?? null,
    activity: event?.activity ?? delivery.activity,
    contractId: event?.contract_id ?? null,
    occurredAt: iso(event?.occurred_at ?? null),
    unread: event ? (notes.get(event.key)?.unread ?? null) : null,
    signedWith: delivery.signed_with,
    detail: delivery.detail,
    alike: delivery.alike,
    until: iso(delivery.until),
  };
}

/** The count of rows that arrived in the range and happened at another time. */
const LATE = 'of another time that arrived in this one';

/** API calls reported by the integration. */
export const callExport: Export = {
  columns: [
    'callId',
    'at',
    'environment',
    'reporter',
    'method',
    'path',
    'status',
    'attempts',
    'durationMs',
    'failure',
    'ownId',
    'requestId',
    'contractId',
    'externalId',
  ],
  async *pages(db, range) {
    for await (const { rows, late } of callPages(db, range))
      yield {
        counts: { calls: rows.length, ...(late ? { [LATE]: rows.length } : {}) },
        records: rows.map(callRecord),
      };
  },
};

/** Outcomes reported by the integration. */
export const outcomeExport: Export = {
  columns: [
    'outcomeId',
    'at',
    'environment',
    'status',
    'attempt',
    'eventId',
    'contractId',
    'activity',
    'occurredAt',
    'requestId',
    'code',
    'message',
    'ownId',
  ],
  async *pages(db, range) {
    for await (const { rows, late } of outcomePages(db, range))
      yield {
        counts: { outcomes: rows.length, ...(late ? { [LATE]: rows.length } : {}) },
        records: rows.map(outcomeRecord),
      };
  },
};
