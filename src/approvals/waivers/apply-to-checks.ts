import { itemsOf } from '../../readiness/evaluate.ts';
import type { CheckResult, ItemResult } from '../../readiness/report.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';
import { acceptanceText } from '../../text/acceptance-text.ts';
import { acceptanceOf } from './acceptance.ts';
import { fingerprintOfCheck } from './fingerprint.ts';

export interface WaivedItems {
  items: ItemResult[];
  /** Waivers that end because what they accepted has changed or is gone. */
  ended: { id: string; how: 'changed' | 'resolved' }[];
}

/**
 * Turns failing checks that a person accepted into `waived`. A check that passes or fails in another way ends its waiver; an
 * unknown or skipped one leaves it as it is.
 */
export function waiveChecks(
  items: readonly ItemResult[],
  waivers: readonly WaiverRow[],
  now: number,
): WaivedItems {
  const ended: WaivedItems['ended'] = [];
  const judge = (check: CheckResult): CheckResult => {
    const waiver = waivers.find(({ subject, until }) => subject === check.id && now < until);
    if (!waiver || check.status === 'unknown' || check.status === 'skipped') return check;
    if (check.status === 'pass' || fingerprintOfCheck(check) !== waiver.fingerprint) {
      ended.push({ id: waiver.id, how: check.status === 'pass' ? 'resolved' : 'changed' });
      return check;
    }
    const accepted = acceptanceText(acceptanceOf(waiver));
    // The waiver accepts the failure, not the findings that could not be judged.
    if (check.unjudged) return { ...check, status: 'unknown', reason: `${accepted}; ${check.reason}` };
    return { ...check, status: 'waived', reason: accepted, remedy: null };
  };
  const results = items.flatMap(({ checks }) => checks.map(judge));
  return { items: itemsOf(results), ended };
}
