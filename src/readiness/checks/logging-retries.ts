import type { Check } from '../check.ts';
import { combine, judgeFact, nothingRequired, pass } from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

export const check: Check = {
  id: 'logging.retries',
  item: 'logging',
  title: 'Retries are logged',
  severity: 'blocking',
  judge({ log }) {
    if (log.known && log.value.newestCall === null)
      return nothingRequired('no API call is in the log yet (logging.requests)');
    const expected = 'the attempts of every API call in the log';
    return combine(
      judgeFact(log, expected, ({ newestCall, newestRetriedCall }) => {
        const shown = newestRetriedCall ?? newestCall;
        if (shown === null) return [];
        const actual = newestRetriedCall
          ? `newest retried ${shown.call_id}, ${shown.attempts} attempts, ${new Date(shown.at).toISOString()}`
          : `newest ${shown.call_id}, 1 attempt; no call was retried`;
        return [pass(expected, actual, [callEvidence(shown)])];
      }),
    );
  },
};
