import { loggingSignOffIds } from '../../config/config.ts';
import type { Check } from '../check.ts';
import { acceptedCalls, acceptedText, noneAccepted, unprovenLogging } from '../integration-calls.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  pass,
  provenBySignOff,
} from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

/** Judges what the integration reported. Envcheck's own calls show nothing about the integration. */
export const check: Check = {
  id: 'logging.requests',
  item: 'logging',
  title: 'The integration logs its requests with their ids',
  severity: 'blocking',
  restsOn: [],
  judge(input) {
    const { requires, log } = input;
    if (requires.logging.requests === 'signOff') return provenBySignOff(loggingSignOffIds.requests);
    const expected = 'calls of the integration, of the last 7 days, with request ids';
    if (log.known && log.value.reported.length === 0) {
      const unproven = unprovenLogging(input, log.value, { expected, kind: 'requests' });
      return unproven === null
        ? nothingRequired('no intake is configured and the integration reports nothing')
        : combine([unproven]);
    }
    return combine(
      judgeFact(log, expected, ({ reported }): Finding[] => {
        const accepted = acceptedCalls(reported);
        if (accepted.length === 0) return [noneAccepted(reported, input.environment)];
        const identified = accepted.filter(({ request_id }) => request_id !== null);
        const [shown] = identified;
        if (shown === undefined)
          return [
            fail(
              expected,
              `none of the ${acceptedText(reported)} has one`,
              'Have the integration send requestId with each call it reports (docs/reporting.md)',
              accepted.slice(0, 1).map(callEvidence),
            ),
          ];
        const count = `${identified.length} of ${acceptedText(reported)} have one`;
        const actual = `${count}, newest ${shown.request_id}, ${new Date(shown.at).toISOString()}`;
        return [pass(expected, actual, [callEvidence(shown)])];
      }),
    );
  },
};
