import type { LogFacts } from '../events/log/log-facts.ts';
import type { LoggedCall } from '../store/api-calls.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { durationText } from '../time/duration-text.ts';
import type { CheckInput } from './check.ts';
import { type Finding, fail } from './judgement.ts';
import { callEvidence } from './log-evidence.ts';

/** True when SpotDraft refused the credentials of every call: nothing of the integration worked. */
export const allRefused = (calls: readonly LoggedCall[]): boolean =>
  calls.length > 0 && calls.every(({ status }) => status === 401 || status === 403);

/**
 * The finding when the integration reported no call lately: a failure where it should report, unknown in production. null
 * where nobody expects a report.
 */
export function unprovenLogging(
  { environment, notApplicable, now }: CheckInput,
  { newestReported }: LogFacts,
  expected: string,
): Finding | null {
  const label = environmentLabel(environment);
  if (newestReported)
    return fail(
      expected,
      `none; the newest reported call is ${durationText(now - newestReported.at)} old`,
      `Check that the integration of ${label} still reports its calls to /v1/${environment.name}/calls (docs/reporting.md)`,
      [callEvidence(newestReported)],
    );
  if (environment.intake)
    return fail(
      expected,
      'none: the integration has reported no call',
      `Have the integration report its calls to /v1/${environment.name}/calls (docs/reporting.md)`,
      [],
    );
  if (!environment.production || notApplicable.includes('logging')) return null;
  return {
    status: 'unknown',
    expected,
    reason: 'nothing shows what the integration logs: no intake is configured and it reports nothing',
    remedy: `Configure intake of ${label} and have the integration report its calls (docs/reporting.md), or set requires.logging to signOff and sign where they are logged`,
    evidence: [],
  };
}
