import type { Database } from './database.ts';
import { unpack, unpackPayload } from './packed-json.ts';
import type { EventRow } from './tables/event-log.ts';

/** What is kept of an event's payload: the bytes as they came, the allowed part of it as JSON, or nothing. */
export type StoredPayload =
  | { kind: 'raw'; bytes: Buffer }
  | { kind: 'redacted'; json: unknown }
  | { kind: 'none' };

/** Reads rows of before `payload_kind` was noted, too. */
export function storedPayload({
  payload,
  payload_kind: kind,
}: Pick<EventRow, 'payload' | 'payload_kind'>): StoredPayload {
  if (payload === null) return { kind: 'none' };
  if (kind === 'raw') return { kind, bytes: payload };
  if (kind === 'redacted') return { kind, json: unpackPayload(payload) };
  return ofUnknownKind(payload);
}

/** A row of before the kind was noted: what inflates to JSON was redacted, for no JSON text is such a stream. */
function ofUnknownKind(payload: Buffer): StoredPayload {
  try {
    return { kind: 'redacted', json: unpack(payload) };
  } catch {
    return { kind: 'raw', bytes: payload };
  }
}

export interface StoredEvent {
  /** `evt_…` */
  id: string;
  environment: string;
  payload: StoredPayload;
}

/** Events whose id begins like this, at most `limit`, in the order of their ids. */
export async function eventsByPrefix(db: Database, prefix: string, limit: number): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['id', 'environment', 'payload', 'payload_kind'])
    .where('id', '>=', prefix)
    .where('id', '<=', `${prefix}\u{10ffff}`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, environment, ...row }) => ({ id, environment, payload: storedPayload(row) }));
}
