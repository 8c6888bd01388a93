import type { Check } from '../check.ts';
import { combine, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'logging.requests',
  item: 'logging',
  title: 'Requests are logged with their ids',
  severity: 'blocking',
  judge({ newestApiCall, facts }) {
    const expected = 'API calls of this environment in the log';
    const nothingAsked = !facts.access.known && facts.access.sources.length === 0;
    if (newestApiCall.known && newestApiCall.value === null && nothingAsked)
      return nothingRequired('no call has been made to this environment yet');
    return combine(
      judgeFact(newestApiCall, expected, (call) => {
        if (!call)
          return [
            fail(
              expected,
              'none, although calls were made',
              'Look for “api call not logged” in the log of Envcheck',
              [],
            ),
          ];
        const { callId, method, path, status, attempts, ms, at } = call;
        const evidence = [{ callId, method, path, status, attempts, ms, at }];
        return [pass(expected, `newest ${callId}, ${new Date(at).toISOString()}`, evidence)];
      }),
    );
  },
};
