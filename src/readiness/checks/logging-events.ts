import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';
import { deliveryEvidence } from '../log-evidence.ts';
import { webhookBases } from '../webhook-bases.ts';

export const check: Check = {
  id: 'logging.events',
  item: 'logging',
  title: 'Events are logged with their ids',
  severity: 'blocking',
  // Without any delivery, the check of the deliveries says which activity is missing.
  restsOn: (input) => [
    ...webhookBases(input),
    ...(input.log.known && input.log.value.newestVerified === null ? ['webhooks.delivering'] : []),
  ],
  judge({ environment, log }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const expected = `events of ${environment.name} in the log`;
    return combine(
      judgeFact(log, expected, ({ newestVerified }) => {
        if (newestVerified === null) {
          const { url } = environment.webhooks ?? {};
          const remedy = `Register ${url} as a webhook in the workspace of ${environmentLabel(environment)} and create a test contract there`;
          return [fail(expected, 'none', remedy, [])];
        }
        const { event_id, request_id, received_at } = newestVerified;
        const newest = `newest ${event_id}, request ${request_id}, ${new Date(received_at).toISOString()}`;
        return [pass(expected, newest, [deliveryEvidence(newestVerified)])];
      }),
    );
  },
};
