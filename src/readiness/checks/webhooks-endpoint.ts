import {
  maskedUrl,
  ownWebhookPath,
  ownWebhookUrl,
  sharesWebhookUrl,
  webhookUrlProblem,
} from '../../config/webhook-url.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, nothingRequired, pass } from '../judgement.ts';
import { registeredFor } from '../registered-webhook.ts';

export const check: Check = {
  id: 'webhooks.endpoint',
  item: 'webhooks',
  title: "The webhook URL has https and this environment's own path",
  severity: 'blocking',
  restsOn: ({ environment, environments }) =>
    sharesWebhookUrl(environment, environments) ? ['webhooks.separate'] : [],
  judge({ environment, publicUrl, log }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const { url } = environment.webhooks;
    const expected = `https, path ${ownWebhookPath(environment, publicUrl)}`;
    const problem = webhookUrlProblem(url, environment, publicUrl);
    if (problem === null) return combine([pass(expected, maskedUrl(url), [])]);
    const own = ownWebhookUrl(environment, publicUrl);
    const label = environmentLabel(environment);
    const [registered] = log.known ? registeredFor(log.value.registered, own) : [];
    const remedy = registered
      ? `Set webhooks.url to ${own}: webhook ${registered.webhookId ?? 'without a known id'} is registered for it in the workspace of ${label}`
      : `Register ${own} in the workspace of ${label} and set webhooks.url to it`;
    return combine([fail(expected, `${maskedUrl(url)}: ${problem}`, remedy, [])]);
  },
};
