import type { z } from 'zod';
import type { Secret } from '../config/secret.ts';
import { checkedId, integerId } from './endpoints.ts';
import * as schemas from './schemas.ts';

/** One thing that the client can change in SpotDraft. The table below is all there is. */
export interface Write<Parameters, Value> {
  method: 'POST' | 'DELETE';
  /** Below the base URL, with exactly the trailing slash (or none) that is documented for this operation. */
  path: (parameters: Parameters) => string;
  body?: (parameters: Parameters) => unknown;
  /** Of the answer that says it was done; null: that answer is a 204 and has no body. */
  schema: z.ZodType<Value> | null;
  /** What is sent and may come back in somebody's words, but must not be read there. */
  secrets: (parameters: Parameters) => Secret[];
  timeoutMs: number;
  /** No operation below is documented to take `user-email`. */
  actAs: 'workspace';
}

/** Longer than a read's: nothing is sent twice, so an answer that is given up on has to be looked for by a person. */
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
    // SpotDraft takes a list; one at a time is what a person can confirm and look after.
    body: ({ contractId }: { contractId: number }) => ({ contract_ids: [checkedId(contractId)] }),
    schema: schemas.retriggered,
    secrets: () => [],
    timeoutMs: TIMEOUT_MS,
    actAs: 'workspace',
  } satisfies Write<{ contractId: number }, z.infer<typeof schemas.retriggered>>,
};

export type WriteId = keyof typeof writes;
