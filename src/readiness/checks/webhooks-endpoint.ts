import {
  ownWebhookPath,
  ownWebhookUrl,
  sharesWebhookUrl,
  webhookUrlProblem,
} from '../../config/webhook-url.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'webhooks.endpoint',
  item: 'webhooks',
  title: "The webhook URL has https and this environment's own path",
  severity: 'blocking',
  restsOn: ({ environment, environments }) =>
    sharesWebhookUrl(environment, environments) ? ['webhooks.separate'] : [],
  judge({ environment, publicUrl }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const { url } = environment.webhooks;
    const expected = `https, path ${ownWebhookPath(environment, publicUrl)}`;
    const problem = webhookUrlProblem(url, environment, publicUrl);
    if (problem === null) return combine([pass(expected, url, [])]);
    const own = ownWebhookUrl(environment, publicUrl);
    const remedy = `Register ${own} in the workspace of ${environmentLabel(environment)} and set webhooks.url to it`;
    return combine([fail(expected, `${url}: ${problem}`, remedy, [])]);
  },
};
