import type { Environment } from '../config/config.ts';
import { loggingSignOffIds } from '../config/requirements.ts';
import type { LogFacts } from '../events/log/log-facts.ts';
import type { LoggedCall, ReportedCalls } from '../store/api-calls.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { durationText } from '../time/duration-text.ts';
import type { CheckInput } from './check.ts';
import {
  combine,
  type Finding,
  fail,
  type Judgement,
  judgeFact,
  nothingRequired,
  provenBySignOff,
} from './judgement.ts';
import { callEvidence } from './log-evidence.ts';

/** `3 reported calls (2 more were answered 401 or 403)`: their number in a finding. */
export function acceptedText(reported: ReportedCalls): string {
  const others = othersText(reported, ' more');
  return `${reported.accepted.count} reported calls${others === '' ? '' : ` (${others})`}`;
}

/** Numbers of the calls that prove nothing; empty when there are none. */
const othersText = (
  {
    refused: { count: refused },
    misled: { count: misled },
    unanswered: { count: unanswered },
  }: ReportedCalls,
  more: string,
) =>
  [
    ...(refused > 0 ? [`${refused}${more} ${refused === 1 ? 'was' : 'were'} answered 401 or 403`] : []),
    ...(misled > 0 ? [`${misled}${more} ${misled === 1 ? 'was' : 'were'} redirected or answered 404`] : []),
    ...(unanswered > 0 ? [`${unanswered}${more} got no answer`] : []),
  ].join(', ');

/** The finding when SpotDraft accepted none of the reported calls, of which there is at least one. */
function noneAccepted(reported: ReportedCalls, environment: Environment): Finding {
  const { all, refused, misled } = reported;
  const label = environmentLabel(environment);
  return fail(
    'calls of the integration that SpotDraft accepts',
    refused.count === all.count
      ? `all ${all.count} reported calls of the last 7 days were answered 401 or 403`
      : `none of the ${all.count} reported calls of the last 7 days: ${othersText(reported, '')}`,
    refused.count > 0
      ? `Correct the credentials that the integration uses for ${label}`
      : `Check that the integration of ${label} reaches SpotDraft${misled.count > 0 ? ' at the right host and path' : ''}: a call without ${misled.count > 0 ? 'a result' : 'an answer'} proves nothing`,
    all.newest ? [callEvidence(all.newest)] : [],
  );
}

/**
 * Judges one kind of logging by what is reported, or by the sign-off that replaces it. `proof`: a finding that needs no accepted
 * call, or null. `judge` judges the accepted calls, of which `newest` is the newest. `explain` completes a finding.
 */
export function judgeLogging(
  input: CheckInput,
  kind: keyof typeof loggingSignOffIds,
  {
    expected,
    proof = () => null,
    judge,
    explain = (finding) => finding,
  }: {
    expected: string;
    proof?: (facts: LogFacts) => Finding | null;
    judge: (facts: LogFacts, newest: LoggedCall) => Finding;
    explain?: (finding: Finding, facts: LogFacts) => Finding;
  },
): Judgement {
  const { requires, log, environment } = input;
  if (requires.logging[kind] === 'signOff') return provenBySignOff(loggingSignOffIds[kind]);
  if (!log.known) return combine(judgeFact(log, expected, () => []));
  const facts = log.value;
  const proven = proof(facts);
  if (proven) return combine([proven]);
  const { all, accepted } = facts.reported;
  if (all.count === 0) {
    const unproven = unprovenLogging(input, facts, { expected, kind });
    return unproven === null
      ? nothingRequired('no intake is configured and the integration reports nothing')
      : combine([explain(unproven, facts)]);
  }
  return combine([
    accepted.newest === null
      ? noneAccepted(facts.reported, environment)
      : explain(judge(facts, accepted.newest), facts),
  ]);
}

/**
 * The finding when the integration reported no call lately: a failure where it should report, unknown in production. null
 * where nobody expects a report.
 */
function unprovenLogging(
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
