import { isMatch } from 'matcher';
import type { DriftIgnore } from '../../config/config.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';

const DAY_MS = 86_400_000;

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

/** End of a rule, epoch ms UTC, not included: the end of its last day. null: never. */
export const ruleEnd = ({ until }: DriftIgnore): number | null =>
  until === null ? null : Date.parse(until) + DAY_MS;

export const isRuleActive = (rule: DriftIgnore, now: number): boolean => now < (ruleEnd(rule) ?? Infinity);

/** In a rule, `*` matches any text. A rule also matches everything below its path, and ignores case, as all names do. */
export const ruleMatches = ({ path }: DriftIgnore, of: string): boolean =>
  // A leading ! would negate the pattern.
  isMatch(of, [escaped(path), `${escaped(path)}/*`]);

const escaped = (path: string): string => path.replace(/^!/, '\\!');

/** The first active rule of the config that matches the path. */
export function ignoredBy(rules: readonly DriftIgnore[], path: string, now: number): Acceptance | null {
  const rule = rules.find((each) => isRuleActive(each, now) && ruleMatches(each, path));
  return rule ? { kind: 'ignored', path: rule.path, reason: rule.reason, until: ruleEnd(rule) } : null;
}
