import type { z } from 'zod';
import type { Secret } from '../config/secret.ts';
import { checkedId, integerId } from './endpoints.ts';
import * as schemas from './schemas.ts';

/** One change that the client can make in SpotDraft. The table below lists all of them. */
export interface Write<Parameters, Value> {
  method: 'POST' | 'DELETE';
  /** Below the base URL, with exactly the trailing slash (or none) that is documented for this operation. */
  path: (parameters: Parameters) => string;
  body?: (parameters: Parameters) => unknown;
  /** Schema of the success answer; null when that answer is a 204 without a body. */
  schema: z.ZodType<Value> | null;
  /** Values that an answer may echo and that must be masked. */
  secrets: (parameters: Parameters) => Secret[];
  timeoutMs: number;
  /** No operation below is documented to accept `user-email`. */
  actAs: 'workspace';
}

/** Longer than for a read: a write is never repeated, so after a timeout a person has to look for its result. */
const TIMEOUT_MS = 30_000;

export interface NewWebhook {
  title: string;
  url: string;
  activities: string[];
  headers: { name: string; value: Secret }[];
}

export const writes = {
  createWebhook: {
    method: 'POST',
    path: () => '/webhooks/',
    body: ({ title, url, activities, headers }: NewWebhook) => ({
      title,
      url,
      only_for_activities: activities,
      ...(headers.length > 0
        ? { custom_headers: Object.fromEntries(headers.map(({ name, value }) => [name, value.reveal()])) }
        : {}),
    }),
    schema: schemas.createdWebhook,
    secrets: ({ headers }: NewWebhook) => headers.map(({ value }) => value),
    timeoutMs: TIMEOUT_MS,
    actAs: 'workspace',
  } satisfies Write<NewWebhook, z.infer<typeof schemas.createdWebhook>>,
  deleteWebhook: {
    method: 'DELETE',
    path: ({ webhookId }: { webhookId: number }) => `/webhooks/${integerId(webhookId)}`,
    schema: null,
    secrets: () => [],
    timeoutMs: TIMEOUT_MS,
    actAs: 'workspace',
  } satisfies Write<{ webhookId: number }, undefined>,
  retriggerWebhook: {
    method: 'POST',
    path: () => '/contracts/webhooks/re_trigger_latest/',
    // SpotDraft accepts a list; a person confirms and follows up one contract at a time.
    body: ({ contractId }: { contractId: number }) => ({ contract_ids: [checkedId(contractId)] }),
    schema: schemas.retriggered,
    secrets: () => [],
    timeoutMs: TIMEOUT_MS,
    actAs: 'workspace',
  } satisfies Write<{ contractId: number }, z.infer<typeof schemas.retriggered>>,
};

export type WriteId = keyof typeof writes;
