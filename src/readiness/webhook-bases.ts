import { sharesWebhookUrl } from '../config/webhook-url.ts';
import type { CheckInput } from './check.ts';

/** Checks to pass before arrivals count: deliveries at a shared or wrong webhook URL prove nothing about this environment. */
export const webhookBases = ({ environment, environments }: CheckInput): string[] => [
  ...(sharesWebhookUrl(environment, environments) ? ['webhooks.separate'] : []),
  'webhooks.endpoint',
];
