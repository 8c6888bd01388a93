import type { Environment } from '../../config/config.ts';
import type { LogFacts } from '../../events/log/log-facts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check, CheckInput } from '../check.ts';
import { combine, type Finding, fail, judgeFact, pass, skip } from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

export const check: Check = {
  id: 'logging.requests',
  item: 'logging',
  title: 'Requests are logged with their ids',
  severity: 'blocking',
  judge({ environment, facts, log }) {
    return combine(
      judgeFact(log, 'API calls of this environment in the log', (found) => [
        judgeOwn(found, facts),
        ...judgeReported(found, environment),
      ]),
    );
  },
};

function judgeOwn({ newestCall }: LogFacts, { access }: CheckInput['facts']): Finding {
  const expected = 'API calls of this environment in the log';
  if (newestCall) {
    const { call_id, at } = newestCall;
    return pass(expected, `newest ${call_id}, ${new Date(at).toISOString()}`, [callEvidence(newestCall)]);
  }
  const nothingAsked = !access.known && access.sources.length === 0;
  return nothingAsked
    ? skip(expected, 'no call has been made to this environment yet')
    : fail(
        expected,
        'none, although calls were made',
        'Search the log of Envcheck for “api call not logged”',
        [],
      );
}

/** A configured intake means that the integration reports its calls. */
function judgeReported({ newestReportedCall }: LogFacts, environment: Environment): Finding[] {
  if (!environment.intake) return [];
  const expected = 'API calls that the integration reported';
  if (newestReportedCall === null)
    return [
      fail(
        expected,
        'none',
        `Have the integration report its calls to /v1/${environment.name}/calls (docs/reporting.md), or remove intake of ${environmentLabel(environment)} from the config`,
        [],
      ),
    ];
  const { call_id, request_id, at } = newestReportedCall;
  const request = request_id === null ? 'without a request id' : `request ${request_id}`;
  return [
    pass(expected, `newest ${call_id}, ${request}, ${new Date(at).toISOString()}`, [
      callEvidence(newestReportedCall),
    ]),
  ];
}
