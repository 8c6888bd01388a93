import type { DriftIgnore } from '../../config/config.ts';
import { isRuleActive } from '../../config/drift-rules.ts';
import { insertAudit } from '../../store/audit.ts';
import { newestComparison, openDifferences } from '../../store/differences.ts';
import { inTransaction } from '../../store/transaction.ts';
import { allWaivers, endWaiver, type WaiverSubject, waiverById } from '../../store/waivers.ts';
import { lastDay } from '../../text/acceptance-text.ts';
import { type ActResult, done, REASON_NEEDED, refused } from '../../text/act-result.ts';
import { matchesPath } from '../../workspace/diff/covers.ts';
import {
  type Acceptable,
  type AcceptRequest,
  type AcceptResult,
  accept,
  findAcceptable,
  type Refusal,
  type WaiverDependencies,
} from './accept.ts';
import { subjectText, toWaiver, type Waiver } from './waiver.ts';

/** A rule of `drift.ignore` with its effect. */
export interface IgnoreRule extends DriftIgnore {
  isOver: boolean;
  /** Number of open differences of the configured pairs that it matches; null before the first comparison. */
  matches: number | null;
}

export type RevokeResult = ActResult & ({ kind: 'done'; waiver: Waiver } | { kind: 'refused' });

export interface Waivers {
  /** Finds what the subject is now, or the reason why it cannot be accepted. */
  acceptable(subject: WaiverSubject): Promise<Acceptable | Refusal>;
  accept(request: AcceptRequest, actor: string): Promise<AcceptResult>;
  revoke(id: string, reason: string, actor: string): Promise<RevokeResult>;
  /** All waivers, ended ones included, newest first. */
  list(): Promise<Waiver[]>;
  rules(): Promise<IgnoreRule[]>;
}

/** Waivers for every surface: Slack and the command line follow the same rules. */
export const createWaivers = (dependencies: WaiverDependencies): Waivers => ({
  acceptable: (subject) => findAcceptable(dependencies, dependencies.db, subject),
  accept: (request, actor) => accept(dependencies, request, actor),
  revoke: (id, reason, actor) => revoke(dependencies, id, reason, actor),
  list: async () => {
    const now = dependencies.clock.now();
    return (await allWaivers(dependencies.db)).map((row) => toWaiver(row, now));
  },
  rules: () => readRules(dependencies),
});

async function revoke(
  { db, clock }: WaiverDependencies,
  id: string,
  reason: string,
  actor: string,
): Promise<RevokeResult> {
  const text = reason.trim();
  if (text === '') return refused(REASON_NEEDED);
  const now = clock.now();
  return inTransaction(db, async (transaction): Promise<RevokeResult> => {
    const row = await waiverById(transaction, id);
    if (!row) return refused(`There is no waiver “${id}”.`);
    const before = toWaiver(row, now);
    if (before.state !== 'active') return refused(`${id} no longer counts: ${endText(before)}.`);
    await endWaiver(transaction, id, { at: now, how: 'revoked', by: actor, reason: text });
    const auditId = await insertAudit(transaction, {
      at: now,
      actor,
      act: 'waiver.revoke',
      environment: row.environment,
      subject: subjectText(before.subject),
      detail: { waiver: id, reason: text },
    });
    return {
      ...done(`${id} no longer counts.`, auditId),
      waiver: { ...before, state: 'revoked', endedAt: now, endedBy: actor, endedReason: text },
    };
  });
}

/** How a waiver ended. */
export function endText({ state, endedAt, endedReason, until }: Waiver): string {
  const at = endedAt === null ? '' : ` at ${new Date(endedAt).toISOString()}`;
  switch (state) {
    case 'active':
      return `it counts until ${lastDay(until)}`;
    case 'expired':
      return `it ended on ${lastDay(until)}`;
    case 'revoked':
      return `it was revoked${at}`;
    case 'changed':
      return `what it accepted changed${at}`;
    case 'resolved':
      return `what it accepted was resolved${at}`;
    case 'not judged':
      return `what it accepted is ${endedReason}${at === '' ? '' : `, seen${at}`}`;
  }
}

async function readRules({ config, db, clock }: WaiverDependencies): Promise<IgnoreRule[]> {
  const pairs = config.drift.pairs.map(([left, right]) => ({ left, right }));
  const compared = (await Promise.all(pairs.map((pair) => newestComparison(db, pair)))).some(
    (newest) => newest !== null && !newest.failed,
  );
  const open = (await Promise.all(pairs.map((pair) => openDifferences(db, pair)))).flat();
  const now = clock.now();
  return config.drift.ignore.map((rule) => ({
    ...rule,
    isOver: !isRuleActive(rule, now),
    matches: compared ? open.filter(({ path }) => matchesPath(rule.path, path)).length : null,
  }));
}
