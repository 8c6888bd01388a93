import type { Check } from '../check.ts';
import { acceptedText, judgeLogging } from '../integration-calls.ts';
import { fail, pass } from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

const expected = 'calls of the integration, of the last 7 days, with request ids';

/** Judges what the integration reported. Envcheck's own calls show nothing about the integration. */
export const check: Check = {
  id: 'logging.requests',
  item: 'logging',
  title: 'The integration logs its requests with their ids',
  severity: 'blocking',
  restsOn: [],
  judge: (input) =>
    judgeLogging(input, 'requests', {
      expected,
      judge({ reported }, newest) {
        const { count, newest: shown } = reported.identified;
        if (shown === null)
          return fail(
            expected,
            `none of the ${acceptedText(reported)} has one`,
            'Have the integration send requestId with each call it reports (docs/reporting.md)',
            [callEvidence(newest)],
          );
        const actual = `${count} of ${acceptedText(reported)} have one, newest ${shown.request_id}, ${new Date(shown.at).toISOString()}`;
        return pass(expected, actual, [callEvidence(shown)]);
      },
    }),
};
