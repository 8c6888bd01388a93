import type { Environment } from '../../config/config.ts';
import type { WebhookResult } from '../../events/webhooks/act.ts';
import { derivedId, randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type AnswerTools, respondPrivately } from '../answer.ts';
import { webhooksMessage } from '../blocks/webhooks.ts';
import type { SlackTools } from '../slack-tools.ts';

/** `/envcheck webhooks prod`: privately, since URLs of receivers are nobody else's business. */
export const showWebhooks = async (
  tools: SlackTools,
  answering: AnswerTools,
  environment: Environment,
): Promise<void> => respondPrivately(answering, await currentWebhooks(tools, environment, null), false);

/** The list as it is now, with what was just done above it. */
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

/** Changes with what the config would have registered. */
export const registrationPlanId = ({ webhooks }: Environment): string =>
  derivedId('plan', ...(webhooks ? [webhooks.url, ...webhooks.activities] : []));
