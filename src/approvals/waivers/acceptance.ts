import type { DriftIgnore } from '../../config/config.ts';
import { isRuleActive, ruleEnd } from '../../config/drift-rules.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';
import { matchesPath } from '../../workspace/diff/covers.ts';

/** Why a difference or a failing check counts as passed. Times are epoch ms UTC; `until` is the end, not included. */
export type Acceptance =
  | { kind: 'waiver'; id: string; by: string; reason: string; at: number; until: number }
  /** Accepted by a rule of the config. */
  | { kind: 'ignored'; path: string; reason: string; until: number | null };

export const acceptanceOf = (waiver: WaiverRow): Acceptance => ({
  kind: 'waiver',
  id: waiver.id,
  by: waiver.accepted_by,
  reason: waiver.reason,
  at: waiver.accepted_at,
  until: waiver.until,
});

/** The first active rule of the config that matches the path. */
export function ignoredBy(rules: readonly DriftIgnore[], path: string, now: number): Acceptance | null {
  const rule = rules.find((each) => isRuleActive(each, now) && matchesPath(each.path, path));
  return rule ? { kind: 'ignored', path: rule.path, reason: rule.reason, until: ruleEnd(rule) } : null;
}
