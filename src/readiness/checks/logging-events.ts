import type { Check } from '../check.ts';
import { combine, judgeFact, nothingRequired, pass, skip } from '../judgement.ts';
import { deliveryEvidence } from '../log-evidence.ts';
import { webhookBases } from '../webhook-bases.ts';

export const check: Check = {
  id: 'logging.events',
  item: 'logging',
  title: 'Events are logged with their ids',
  severity: 'blocking',
  restsOn: webhookBases,
  judge({ environment, log }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const expected = `events of ${environment.name} in the log`;
    return combine(
      judgeFact(log, expected, ({ newestVerified }) => {
        // The check of the deliveries says which activity is missing and what to do.
        if (newestVerified === null)
          return [skip(expected, 'no delivery has arrived yet (webhooks.delivering)')];
        const { event_id, request_id, received_at } = newestVerified;
        const newest = `newest ${event_id}, request ${request_id}, ${new Date(received_at).toISOString()}`;
        return [pass(expected, newest, [deliveryEvidence(newestVerified)])];
      }),
    );
  },
};
