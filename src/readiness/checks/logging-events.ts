import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';
import { deliveryEvidence } from '../log-evidence.ts';

export const check: Check = {
  id: 'logging.events',
  item: 'logging',
  title: 'Events are logged with their ids',
  severity: 'blocking',
  judge({ environment, log }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const expected = `events of ${environment.name} in the log`;
    return combine(
      judgeFact(log, expected, ({ newestVerified }) => {
        if (newestVerified === null)
          return [
            fail(
              expected,
              'none',
              `Register ${environment.webhooks?.url} as a webhook in the workspace of ${environmentLabel(environment)} and create a test contract there`,
              [],
            ),
          ];
        const { event_id, request_id, received_at } = newestVerified;
        const newest = `newest ${event_id}, request ${request_id}, ${new Date(received_at).toISOString()}`;
        return [pass(expected, newest, [deliveryEvidence(newestVerified)])];
      }),
    );
  },
};
