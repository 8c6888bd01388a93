/**
 * What of a payload is kept under `log.payloads: redacted`: identifiers, activity, times and status. An allow list, so that
 * a field that SpotDraft adds, or one that a person's name turns up in, is not kept.
 */
const kept: Shape = {
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

/** The allowed part of a payload. Lists of objects keep their length; a value in place of an object is dropped. */
export const redact = (payload: unknown): unknown => pick(payload, kept);

const pick = (value: unknown, shape: Shape): unknown =>
  Array.isArray(value) ? value.map((entry) => pickObject(entry, shape)) : pickObject(value, shape);

/** A list in a list is dropped as well: no deeper than the shape, whatever is sent. */
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
