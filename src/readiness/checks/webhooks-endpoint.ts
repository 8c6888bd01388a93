import type { Check } from '../check.ts';
import { environmentLabel } from '../environment-label.ts';
import { combine, fail, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'webhooks.endpoint',
  item: 'webhooks',
  title: "https and this environment's own path",
  severity: 'blocking',
  judge({ environment, publicUrl }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const { url } = environment.webhooks;
    const { protocol, pathname } = new URL(url);
    const path = `${publicUrl ? new URL(publicUrl).pathname.replace(/\/$/, '') : ''}/webhooks/${environment.name}`;
    const expected = `https, path ${path}`;
    const problem =
      protocol !== 'https:'
        ? 'not https, and SpotDraft takes nothing else'
        : pathname !== path
          ? `its path is ${pathname}`
          : null;
    if (problem === null) return combine([pass(expected, url, [])]);
    const own = `${publicUrl ?? 'https://<your host>'}/webhooks/${environment.name}`;
    const remedy = `Register ${own} in the workspace of ${environmentLabel(environment)} and set webhooks.url to it`;
    return combine([fail(expected, `${url}: ${problem}`, remedy, [])]);
  },
};
