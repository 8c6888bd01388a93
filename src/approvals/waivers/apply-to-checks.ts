import { itemsOf } from '../../readiness/evaluate.ts';
import type { CheckResult, ItemResult } from '../../readiness/report.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';
import { acceptanceText } from '../../text/acceptance-text.ts';
import { acceptanceOf } from './acceptance.ts';
import { fingerprintOfCheck } from './fingerprint.ts';

export interface WaivedItems {
  items: ItemResult[];
  /** Waivers whose time is over because what they accepted is not what is there any more. */
  ended: { id: string; how: 'changed' | 'resolved' }[];
}

/**
 * Failing checks that a person accepted become `waived`. One that fails in another way, or passes, ends its waiver; one that
 * could not be told, or was not judged, says nothing about it.
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
    // What failed was accepted; what could not be judged beside it was not.
    if (check.unjudged) return { ...check, status: 'unknown', reason: `${accepted}; ${check.reason}` };
    return { ...check, status: 'waived', reason: accepted, remedy: null };
  };
  const results = items.flatMap(({ checks }) => checks.map(judge));
  return { items: itemsOf(results), ended };
}
