import { z } from 'zod';

/** What the log makes of a payload. Every part may be missing: a verified delivery of an unknown shape is stored too. */
export interface WebhookFacts {
  activity: string | null;
  /** Integer, without the prefix that composite ids have. */
  contractId: number | null;
  /** When it happened, epoch ms UTC; `created_at` of the payload is the contract's creation and not this. */
  occurredAt: number | null;
  /** As sent: what a responder copies from somewhere else. */
  timestamp: string | null;
  contractReferenceId: string | null;
  externalMetadataId: string | null;
}

const text = z.string().min(1).nullable().catch(null);
const textOrNumber = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .nullable()
  .catch(null);

const integer = z
  .union([
    z.int().nonnegative(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .nullable()
  .catch(null);

const payload = z.object({
  activity: text,
  contract_id: integer,
  contract_reference_id: textOrNumber,
  external_metadata: z.object({ id: textOrNumber }).nullable().catch(null),
  activity_data: z.object({ timestamp: text }).nullable().catch(null),
});

const nothing: WebhookFacts = {
  activity: null,
  contractId: null,
  occurredAt: null,
  timestamp: null,
  contractReferenceId: null,
  externalMetadataId: null,
};

/** Reads what it recognises and takes no offence at the rest. */
export function readWebhookPayload(body: unknown): WebhookFacts {
  const parsed = payload.safeParse(body);
  if (!parsed.success) return nothing;
  const { activity, contract_id, contract_reference_id, external_metadata, activity_data } = parsed.data;
  const timestamp = activity_data?.timestamp ?? null;
  const occurredAt = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return {
    activity,
    contractId: contract_id,
    occurredAt: Number.isNaN(occurredAt) ? null : occurredAt,
    timestamp,
    contractReferenceId: contract_reference_id,
    externalMetadataId: external_metadata?.id ?? null,
  };
}
