/** The parts of a payload that the log reads. Every part may be missing: a verified delivery of an unknown shape is stored too. */
export interface WebhookFacts {
  activity: string | null;
  /** Integer, without the prefix of composite ids. */
  contractId: number | null;
  /** When it happened, epoch ms UTC. Not `created_at`, which is the creation of the contract. */
  occurredAt: number | null;
  /** The time as sent: people copy it from other places. */
  timestamp: string | null;
  contractReferenceId: string | null;
  externalMetadataId: string | null;
}

/** Reads the fields it recognises and ignores the rest. By hand: zod takes 130 ms to load in the thread that writes the log. */
export function readWebhookPayload(body: unknown): WebhookFacts {
  const payload = fieldsOf(body);
  const timestamp = text(fieldsOf(payload.activity_data).timestamp);
  const occurredAt = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return {
    activity: text(payload.activity),
    contractId: integer(payload.contract_id),
    occurredAt: Number.isNaN(occurredAt) ? null : occurredAt,
    timestamp,
    contractReferenceId: textOrNumber(payload.contract_reference_id),
    externalMetadataId: textOrNumber(fieldsOf(payload.external_metadata).id),
  };
}

/** The stored form of a mark. */
const MARK = /^usr_[0-9a-z]{26}$/;

/** The business user of a payload; null when the payload has none. */
export function businessUserIn(payload: unknown): { address: string | null; mark: string | null } | null {
  const { email, mark, ...more } = fieldsOf(fieldsOf(payload).business_user);
  if (email === undefined && mark === undefined && Object.keys(more).length === 0) return null;
  return {
    address: typeof email === 'string' && email.includes('@') ? email : null,
    mark: typeof mark === 'string' && MARK.test(mark) ? mark : null,
  };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** A non-empty text, or a finite number as text; null for anything else. */
export const textOrNumber = (value: unknown): string | null =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : text(value);

function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : null;
}
