import { createHash } from 'node:crypto';
import type { SimContract, Workspace } from './model.ts';

/** Public URL of Northwind's Envcheck. */
export const NORTHWIND_URL = 'https://envcheck.northwind.example';
export const PRODUCTION_INSTANCE = 'https://northwind.my.salesforce.example';
export const UAT_INSTANCE = 'https://northwind--uat.sandbox.my.salesforce.example';

export const webhookUrl = (environment: string): string => `${NORTHWIND_URL}/webhooks/${environment}`;

/**
 * A Salesforce Opportunity id: `006` plus 12 or 15 characters. It has no vowels, so that it cannot contain an
 * environment's marker by accident.
 */
export function opportunityId(name: string): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz0123456789';
  const bytes = [...createHash('sha256').update(name).digest()];
  const length = (bytes[0] ?? 0) % 2 === 0 ? 12 : 15;
  const rest = bytes.slice(1, length + 1).map((byte) => letters.charAt(byte % letters.length));
  return `006${rest.join('')}`;
}

/** A workspace's contracts, newest first. */
export const newestFirst = (workspace: Workspace): SimContract[] =>
  workspace.contracts.toSorted((left, right) => right.created.localeCompare(left.created));
