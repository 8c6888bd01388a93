import { sharesWebhookUrl } from '../config/webhook-url.ts';
import type { CheckInput } from './check.ts';

/** What arrives at a webhook URL that is shared or wrong says nothing about this environment. */
export const webhookBases = ({ environment, environments }: CheckInput): string[] => [
  ...(sharesWebhookUrl(environment, environments) ? ['webhooks.separate'] : []),
  'webhooks.endpoint',
];
