import { isMatch } from 'matcher';
import type { DriftIgnore } from '../../config/config.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';

const DAY_MS = 86_400_000;

/** Why a difference or a failing check counts as passed. Times are epoch ms UTC; `until` is the end, not included. */
export type Acceptance =
  | { kind: 'waiver'; id: string; by: string; reason: string; at: number; until: number }
  /** By a rule of the config. */
  | { kind: 'ignored'; path: string; reason: string; until: number | null };

export const acceptanceOf = (waiver: WaiverRow): Acceptance => ({
  kind: 'waiver',
  id: waiver.id,
  by: waiver.accepted_by,
  reason: waiver.reason,
  at: waiver.accepted_at,
  until: waiver.until,
});

/** A rule counts on its last day, too, until that is over everywhere that keeps UTC. */
export const ruleEnd = ({ until }: DriftIgnore): number | null =>
  until === null ? null : Date.parse(until) + DAY_MS;

export const isRuleActive = (rule: DriftIgnore, now: number): boolean => now < (ruleEnd(rule) ?? Infinity);

/** `*` is any text. What lies below a path that a rule names is meant too. Case does not matter, as with all names. */
export const ruleMatches = ({ path }: DriftIgnore, of: string): boolean =>
  // A leading ! would turn the meaning round.
  isMatch(of, [escaped(path), `${escaped(path)}/*`]);

const escaped = (path: string): string => path.replace(/^!/, '\\!');

/** The first rule of the config that counts and fits. */
export function ignoredBy(rules: readonly DriftIgnore[], path: string, now: number): Acceptance | null {
  const rule = rules.find((each) => isRuleActive(each, now) && ruleMatches(each, path));
  return rule ? { kind: 'ignored', path: rule.path, reason: rule.reason, until: ruleEnd(rule) } : null;
}
