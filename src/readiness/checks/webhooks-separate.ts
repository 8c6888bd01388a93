import type { Environment } from '../../config/config.ts';
import { isSameEndpoint, maskedUrl } from '../../config/webhook-url.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'webhooks.separate',
  item: 'webhooks',
  title: 'No receiver URL is shared with another environment',
  severity: 'blocking',
  judge({ environment, environments }) {
    const own = receiverUrls(environment);
    if (own.length === 0) return nothingRequired('no webhook URL is configured');
    const others = environments.filter((other) => other.name !== environment.name);
    if (others.length === 0) return nothingRequired('there is no other environment to compare with');
    return combine(
      own.map(({ what, url }) => {
        const expected = `${what} is used by ${environmentLabel(environment)} only`;
        const sharing = others.flatMap((other) =>
          receiverUrls(other)
            .filter((theirs) => isSameEndpoint(theirs.url, url))
            .map((theirs) => `${theirs.what} of ${environmentLabel(other)}`),
        );
        if (sharing.length === 0) return pass(expected, maskedUrl(url), []);
        const remedy = `Give ${environmentLabel(environment)} its own receiver URL, and register it in that workspace`;
        return fail(expected, `${maskedUrl(url)} is also ${sharing.join(', ')}`, remedy, []);
      }),
    );
  },
};

const receiverUrls = ({ webhooks, receivers }: Environment): { what: string; url: string }[] => [
  ...(webhooks ? [{ what: 'webhooks.url', url: webhooks.url }] : []),
  ...receivers.map(({ name, url }) => ({ what: `receiver ${name}`, url })),
];
