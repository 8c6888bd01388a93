import type { Environment } from '../../config/config.ts';
import type { WebhookResult } from '../../events/webhooks/act.ts';
import { derivedId, randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type AnswerTools, respondPrivately } from '../answer.ts';
import { webhooksMessage } from '../blocks/webhooks.ts';
import type { SlackTools } from '../slack-tools.ts';

/** `/envcheck webhooks ENV` answers privately, because receiver URLs are not for the channel. */
export const showWebhooks = async (
  tools: SlackTools,
  answering: AnswerTools,
  environment: Environment,
): Promise<void> => respondPrivately(answering, await currentWebhooks(tools, environment, null), false);

/** The current list, with the result of the last act above it. */
export const currentWebhooks = async (
  { registrations }: SlackTools,
  environment: Environment,
  result: WebhookResult | null,
): Promise<Message> =>
  webhooksMessage({
    environment,
    registrations: await registrations.list(environment),
    result,
    showing: randomId('showing'),
    plan: registrationPlanId(environment),
  });

/** An id that changes with the URL or the activities that the config would register. */
export const registrationPlanId = ({ webhooks }: Environment): string =>
  derivedId('plan', ...(webhooks ? [webhooks.url, ...webhooks.activities] : []));
