import { businessUserIn, readWebhookPayload, textOrNumber } from '../../spotdraft/webhook-payload.ts';
import { PAYLOAD_UNREAD, type PreparedDelivery, type PreparedRefusal } from '../../store/event-log.ts';
import { packPayload } from '../../store/packed-json.ts';
import { addressMark, derivedId, randomId } from '../../text/ids.ts';
import { isPlaceholder } from '../../text/placeholder.ts';
import type { NewDelivery, Outage, Rejection } from './delivery.ts';
import { readSigner, signerCode } from './signer-text.ts';

export interface PrepareOptions {
  payloads: 'none' | 'redacted' | 'full';
  /** JSON pointers to the event id in the body, by environment, where configured. */
  eventIdFields: Record<string, string>;
}

/** Turns a delivery into its rows: the event with its id, the identifiers that lead to it, and the stored payload. */
export function prepareDelivery(delivery: NewDelivery, options: PrepareOptions): PreparedDelivery {
  const { environment, receivedAt, requestId, source, rejection, signedWith, body } = delivery;
  const own = {
    id: randomId('dlv'),
    environment,
    receivedAt,
    requestId,
    source,
    rejection,
    signedWith,
    bytes: body.length,
  };
  if (rejection) return { ...own, event: null, refused: prepareRefusal(delivery, options) };
  const { json, activity, contractId, occurredAt, identifiers, unread } = readWebhookPayload(body);
  const signedId = signedIdIn(json, environment, options);
  // A header is not signed, so it cannot make two bodies one event; a field of the body can, if there is an id in it.
  const isIdentity = signedId !== null && !isPlaceholder(signedId);
  const bodyId = derivedId('evt', environment, body);
  const identity = isIdentity ? derivedId('evt', environment, 'id', signedId) : bodyId;
  const payloadOf = (id: string) => keptPayload(json, body, id, options);
  const givenIds = [delivery.headerEventId, signedId].filter((id) => id !== null);
  return {
    ...own,
    event: {
      id: identity,
      activity,
      contractId,
      occurredAt,
      payload: payloadOf(identity),
      payloadKind: payloadKinds[options.payloads],
      identifiers: [...givenIds.map((value) => ({ kind: 'event', value })), ...identifiers],
      unread,
      ...(isIdentity && { byBody: () => ({ id: bodyId, payload: payloadOf(bodyId) }) }),
    },
  };
}

const signedIdIn = (
  json: unknown,
  environment: string,
  { eventIdFields }: Pick<PrepareOptions, 'eventIdFields'>,
): string | null => {
  const field = eventIdFields[environment];
  return field === undefined ? null : textAt(json, field);
};

/** The activity and the ids of a refused delivery: those of its body when its signature proves the sender, else its header's. */
function prepareRefusal(
  { environment, signedWith, headerEventId, detail = null, body }: NewDelivery,
  options: Pick<PrepareOptions, 'eventIdFields'>,
): PreparedRefusal {
  const given = headerEventId === null ? [] : [{ kind: 'event', value: headerEventId }];
  const kept = { detail, alike: 0, until: null };
  if (readSigner(signedWith) === null) return { ...kept, activity: null, identifiers: given };
  const { json, activity, identifiers, unread } = readWebhookPayload(body);
  const details = [detail, unread && PAYLOAD_UNREAD + unread].filter((part) => part !== null);
  const signedId = signedIdIn(json, environment, options);
  const signed = signedId === null ? [] : [{ kind: 'event', value: signedId }];
  return {
    ...kept,
    detail: details.join('; ') || null,
    activity,
    identifiers: [...given, ...signed, ...identifiers],
  };
}

/** The rows of deliveries that could not be stored when they came. */
export const prepareOutage = ({ environment, from, to, count, ...outage }: Outage): PreparedDelivery => {
  const { requestId, source, bytes, activity, identifiers } = outage;
  const alike = count - 1;
  return {
    id: randomId('dlv'),
    environment,
    receivedAt: from,
    requestId,
    source,
    rejection: 'not_stored' satisfies Rejection,
    signedWith: signerCode({ environment, key: 'current', faults: [] }),
    bytes,
    event: null,
    refused: { activity, detail: null, alike, until: alike > 0 ? to : null, identifiers },
  };
};

const payloadKinds = { none: null, redacted: 'redacted', full: 'raw' } as const;

function keptPayload(
  json: unknown,
  body: Uint8Array,
  eventId: string,
  { payloads }: PrepareOptions,
): Buffer | null {
  if (payloads === 'none') return null;
  // The exact bytes, so that their signature can be computed again.
  if (payloads === 'full') return Buffer.from(body);
  return packPayload(redact(json, eventId) ?? null);
}

/** The text or number at a JSON pointer (RFC 6901), as text. */
function textAt(json: unknown, pointer: string): string | null {
  let value: unknown = json;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return textOrNumber(value);
}

/**
 * The fields kept under `log.payloads: redacted`: identifiers, activity, times and status. An allow list, so that a field
 * that SpotDraft adds later, or one that may hold a person's name, is dropped.
 */
const allowedFields: Shape = {
  activity: true,
  activity_data: { timestamp: true, email_event_data: { email_mode: true, occured_at: true } },
  contract_id: true,
  contract_kind: true,
  contract_status: true,
  contract_type: true,
  contract_type_id: true,
  contract_type_name: true,
  contract_template_id: true,
  contract_reference_id: true,
  created_at: true,
  counterparties: { type: true, counterparty_id: true },
  entity: { reference_id: true },
  external_metadata: { id: true, integration_name: true, record_type: true, object_configuration_id: true },
};

interface Shape {
  [key: string]: true | Shape;
}

/**
 * The allowed part of a payload. Lists of objects keep their length; a value in place of an object is dropped. The address of
 * the business user is replaced by a mark, which only tells whether it is a given address.
 */
export function redact(payload: unknown, eventId: string): unknown {
  const kept = pick(payload, allowedFields);
  const user = businessUserIn(payload);
  if (user === null || typeof kept !== 'object' || kept === null || Array.isArray(kept)) return kept;
  return {
    ...kept,
    business_user: { mark: user.address === null ? user.mark : addressMark(eventId, user.address) },
  };
}

const pick = (value: unknown, shape: Shape): unknown =>
  Array.isArray(value) ? value.map((entry) => pickObject(entry, shape)) : pickObject(value, shape);

/** Drops nested lists too, so the result is never deeper than the shape. */
function pickObject(value: unknown, shape: Shape): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const given = value as Record<string, unknown>;
  const picked: Record<string, unknown> = {};
  for (const [key, allowed] of Object.entries(shape)) {
    if (!Object.hasOwn(given, key)) continue;
    const inner = given[key];
    if (allowed !== true) picked[key] = pick(inner, allowed);
    else if (isPlain(inner)) picked[key] = inner;
  }
  return picked;
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';
