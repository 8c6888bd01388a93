import { DAY_MS } from '../time/units.ts';
import type { DriftIgnore } from './config.ts';

/** End of a rule, epoch ms UTC, not included: the end of its last day. null: never. */
export const ruleEnd = ({ until }: DriftIgnore): number | null =>
  until === null ? null : Date.parse(until) + DAY_MS;

export const isRuleActive = (rule: DriftIgnore, now: number): boolean => now < (ruleEnd(rule) ?? Infinity);
