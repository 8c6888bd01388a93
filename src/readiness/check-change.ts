import type { CheckResult } from './report.ts';

/** The last judgement of a check that is remembered; a report that cannot judge it does not replace it. */
export interface LastJudgement {
  /** `unknown`: no report could judge it so far. */
  status: 'pass' | 'warn' | 'fail' | 'waived' | 'unknown';
  /** The last report could not judge it. */
  unclear: boolean;
}

/**
 * `failed`: it fails or warns, and did neither when it was last judged. `found failing`: it fails or warns in its first
 * judgement, so it may have done so for long. `eased`: it warns and failed before. `readable again`: it passes, and passed
 * when it was last judged or never was.
 */
export type CheckChange =
  | 'failed'
  | 'found failing'
  | 'still failing'
  | 'eased'
  | 'unclear'
  | 'accepted'
  | 'resolved'
  | 'readable again'
  | 'none'
  | 'not judged';

type Judged = Pick<CheckResult, 'status' | 'waitsFor'>;

/** True when the report could not judge the check: a fact is unknown, or the check that it waits for did not pass. */
export const isUnclear = ({ status, waitsFor }: Judged): boolean =>
  status === 'unknown' || waitsFor !== undefined;

/** The change of a check since it was last judged, for digests, notices and reports alike. Only what had failed is resolved. */
export function changeOf(was: LastJudgement | null, now: Judged): CheckChange {
  if (isUnclear(now)) return 'unclear';
  switch (now.status) {
    case 'fail':
    case 'warn':
      if (was === null || was.status === 'unknown') return 'found failing';
      if (was.status === 'fail' && now.status === 'warn') return 'eased';
      return was.status === now.status ? 'still failing' : 'failed';
    case 'waived':
      return 'accepted';
    case 'pass':
      if (was?.status === 'fail' || was?.status === 'warn') return 'resolved';
      return was?.status === 'unknown' || was?.unclear ? 'readable again' : 'none';
    default:
      return 'not judged';
  }
}

/** The judgement to remember after a report; null when the config no longer asks for the check. */
export function judgementAfter(was: LastJudgement | null, now: Judged): LastJudgement | null {
  if (isUnclear(now)) return { status: was?.status ?? 'unknown', unclear: true };
  return now.status === 'skipped' || now.status === 'unknown' ? null : { status: now.status, unclear: false };
}
