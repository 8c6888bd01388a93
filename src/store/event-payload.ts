import type { Database } from './database.ts';
import { unpack, unpackPayload } from './packed-json.ts';
import type { EventRow } from './tables/event-log.ts';

/** The stored payload of an event: the bytes as received, the allowed part as JSON, or nothing. */
export type StoredPayload =
  | { kind: 'raw'; bytes: Buffer }
  | { kind: 'redacted'; json: unknown }
  | { kind: 'none' };

/** Also reads rows from before `payload_kind` existed. */
export function storedPayload({
  payload,
  payload_kind: kind,
}: Pick<EventRow, 'payload' | 'payload_kind'>): StoredPayload {
  if (payload === null) return { kind: 'none' };
  if (kind === 'raw') return { kind, bytes: payload };
  if (kind === 'redacted') return { kind, json: unpackPayload(payload) };
  return ofUnknownKind(payload);
}

/** Guesses the kind of old rows: a payload that inflates to JSON was redacted, because no JSON text is a deflate stream. */
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

/** Events whose id has this prefix, ordered by id, at most `limit`, and the number of all. */
export async function eventsByPrefix(
  db: Database,
  prefix: string,
  limit: number,
): Promise<{ events: StoredEvent[]; total: number }> {
  const found = db.selectFrom('events').where('id', '>=', prefix).where('id', '<=', `${prefix}\u{10ffff}`);
  const rows = await found
    .select(['id', 'environment', 'payload', 'payload_kind'])
    .orderBy('id')
    .limit(limit)
    .execute();
  const { total } = await found
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return {
    events: rows.map(({ id, environment, ...row }) => ({ id, environment, payload: storedPayload(row) })),
    total,
  };
}
