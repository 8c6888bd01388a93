import { type Environment, loggingSignOffIds } from '../config/config.ts';
import type { LogFacts } from '../events/log/log-facts.ts';
import type { LoggedCall } from '../store/api-calls.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { durationText } from '../time/duration-text.ts';
import type { CheckInput } from './check.ts';
import { type Finding, fail } from './judgement.ts';
import { callEvidence } from './log-evidence.ts';

/** The calls that prove something: those that SpotDraft answered, and not with 401 or 403. */
export const acceptedCalls = (calls: readonly LoggedCall[]): LoggedCall[] =>
  calls.filter((call) => call.status !== null && !isRefused(call));

const isRefused = ({ status }: LoggedCall): boolean => status === 401 || status === 403;

/** `3 reported calls (2 more were answered 401 or 403)`: their number in a finding. */
export function acceptedText(calls: readonly LoggedCall[]): string {
  const others = othersText(calls, ' more');
  return `${acceptedCalls(calls).length} reported calls${others === '' ? '' : ` (${others})`}`;
}

/** Numbers of the calls that prove nothing; empty when there are none. */
function othersText(calls: readonly LoggedCall[], more: string): string {
  const refused = calls.filter(isRefused).length;
  const unanswered = calls.filter(({ status }) => status === null).length;
  return [
    ...(refused > 0 ? [`${refused}${more} ${refused === 1 ? 'was' : 'were'} answered 401 or 403`] : []),
    ...(unanswered > 0 ? [`${unanswered}${more} got no answer`] : []),
  ].join(', ');
}

/** The finding when SpotDraft accepted none of the reported calls, of which there is at least one. */
export function noneAccepted(calls: readonly LoggedCall[], environment: Environment): Finding {
  const refused = calls.filter(isRefused);
  const label = environmentLabel(environment);
  return fail(
    'calls of the integration that SpotDraft accepts',
    refused.length === calls.length
      ? `all ${calls.length} reported calls of the last 7 days were answered 401 or 403`
      : `none of the ${calls.length} reported calls of the last 7 days: ${othersText(calls, '')}`,
    refused.length > 0
      ? `Correct the credentials that the integration uses for ${label}`
      : `Check that the integration of ${label} reaches SpotDraft: a call without an answer proves nothing`,
    calls.slice(0, 1).map(callEvidence),
  );
}

/**
 * The finding when the integration reported no call lately: a failure where it should report, unknown in production. null
 * where nobody expects a report.
 */
export function unprovenLogging(
  { environment, notApplicable, now }: CheckInput,
  { newestReported }: LogFacts,
  { expected, kind }: { expected: string; kind: keyof typeof loggingSignOffIds },
): Finding | null {
  const label = environmentLabel(environment);
  const orSign = `or set requires.logging.${kind} to signOff and sign ${loggingSignOffIds[kind]}, with a note that says where they are logged`;
  if (newestReported)
    return fail(
      expected,
      `none; the newest reported call is ${durationText(now - newestReported.at)} old`,
      `Check that the integration of ${label} still reports its calls to /v1/${environment.name}/calls (docs/reporting.md), ${orSign}`,
      [callEvidence(newestReported)],
    );
  if (environment.intake)
    return fail(
      expected,
      'none: the integration has reported no call',
      `Have the integration report its calls to /v1/${environment.name}/calls (docs/reporting.md), ${orSign}`,
      [],
    );
  if (!environment.production || notApplicable.includes('logging')) return null;
  return {
    status: 'unknown',
    expected,
    reason: 'nothing shows what the integration logs: no intake is configured and it reports nothing',
    remedy: `Configure intake of ${label} and have the integration report its calls (docs/reporting.md), ${orSign}`,
    evidence: [],
  };
}
