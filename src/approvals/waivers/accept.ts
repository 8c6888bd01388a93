import type { Config } from '../../config/config.ts';
import type { Report } from '../../readiness/report.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { openDifferences } from '../../store/differences.ts';
import { newestReport } from '../../store/reports.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';
import { inTransaction } from '../../store/transaction.ts';
import { endWaiver, insertWaiver, type WaiverSubject, waiverById, waiverOf } from '../../store/waivers.ts';
import { lastDay, personText } from '../../text/acceptance-text.ts';
import { type ActResult, done, reasonProblem, refused } from '../../text/act-result.ts';
import { labelIn } from '../../text/environment-label.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { DAY_MS } from '../../time/units.ts';
import { differenceText } from '../../workspace/diff/difference-text.ts';
import { nearMiss } from '../../workspace/names.ts';
import { fingerprintOfCheck, fingerprintOfDifference } from './fingerprint.ts';
import { subjectText, toWaiver, type Waiver } from './waiver.ts';

/** A year, a leap day included. */
export const MAX_WAIVER_MS = 366 * DAY_MS;

export interface Acceptable {
  /** Fingerprint of the current value: a form shows one value and must not have another accepted. */
  fingerprint: string;
  /** One-line description of the accepted item. */
  shown: string;
}

export type Refusal = ReturnType<typeof refused>;

export interface AcceptRequest {
  subject: WaiverSubject;
  reason: string;
  /** End of the waiver, exclusive, epoch ms UTC. */
  until: number;
  /** Fingerprint that the person saw; null for the current value. */
  seen: string | null;
}

export type AcceptResult = ActResult &
  (
    | { kind: 'done'; waiver: Waiver }
    /** `field`: the part of the request to correct. */
    | { kind: 'refused'; field: 'subject' | 'reason' | 'until' }
  );

export interface WaiverDependencies {
  config: Config;
  db: Database;
  clock: Clock;
}

const refuse = (field: 'subject' | 'reason' | 'until', summary: string, remedy: string | null = null) => ({
  ...refused(summary, remedy),
  field,
});

/** Finds what the subject is now, or the reason why it cannot be accepted. */
export async function findAcceptable(
  { config }: Pick<WaiverDependencies, 'config'>,
  db: Database,
  subject: WaiverSubject,
): Promise<Acceptable | Refusal> {
  return subject.kind === 'check'
    ? acceptableCheck(config, db, subject)
    : acceptableDifference(config, db, subject);
}

async function acceptableCheck(
  config: Config,
  db: Database,
  { environment: name, check: id }: Extract<WaiverSubject, { kind: 'check' }>,
): Promise<Acceptable | Refusal> {
  const label = labelIn(config.environments, name);
  const report = await newestReport<Report>(db, name);
  if (!report) return refused(`${label} has not been checked yet.`, `Check it first: /envcheck ${name}`);
  const checks = report.items.flatMap((item) => item.checks);
  const check = checks.find((each) => each.id === id);
  if (!check) {
    const meant = nearMiss(
      checks.map((each) => each.id),
      id,
    );
    return refused(`${label} has no check “${id}”${meant ? `; did you mean ${meant}?` : '.'}`);
  }
  if (check.status !== 'fail' && check.status !== 'waived')
    return refused(
      `${id} of ${label} does not fail: its status is ${check.status}. Only a failing check can be accepted.`,
    );
  if (check.unjudged)
    return refused(
      `A part of ${id} of ${label} could not be judged: ${check.reason}.`,
      'Accept it once all of it is known',
    );
  return { fingerprint: fingerprintOfCheck(check), shown: check.actual.replaceAll('\n', '; ') };
}

async function acceptableDifference(
  config: Config,
  db: Database,
  { left, environment, path }: Extract<WaiverSubject, { kind: 'difference' }>,
): Promise<Acceptable | Refusal> {
  const [ours, theirs] = [labelIn(config.environments, left), labelIn(config.environments, environment)];
  const all = await openDifferences(db, { left, right: environment });
  const difference = all.find((each) => each.path === path);
  if (!difference) {
    const meant = nearMiss(
      all.map((each) => each.path),
      path,
    );
    return refused(
      `The last comparison of ${ours} and ${theirs} shows no difference “${path}”${meant ? `; did you mean ${meant}?` : '.'}`,
      meant ? null : `Compare them again (\`diff ${left} ${environment}\`)`,
    );
  }
  if (difference.uncheckedSince !== null)
    return refused(
      `“${path}” could not be compared since ${new Date(difference.uncheckedSince).toISOString()}.`,
      'Accept it once it can be compared',
    );
  return {
    fingerprint: fingerprintOfDifference(difference),
    shown: differenceText(difference, { missing: `only in ${ours}`, extra: `only in ${theirs}` }),
  };
}

/** Accepts the current value, for a reason and until a time. The waiver and its audit entry are written in one transaction. */
export async function accept(
  dependencies: WaiverDependencies,
  { subject, reason, until, seen }: AcceptRequest,
  actor: string,
): Promise<AcceptResult> {
  const { db, clock } = dependencies;
  const now = clock.now();
  const text = reason.trim();
  const problem = reasonProblem(text);
  if (problem !== null) return refuse('reason', problem);
  if (until <= now) return refuse('until', `${lastDay(until)} is over. Give a later day.`);
  if (until > now + MAX_WAIVER_MS)
    return refuse(
      'until',
      `${lastDay(until)} is more than a year away. The latest day is ${lastDay(now + MAX_WAIVER_MS)}.`,
    );
  return inTransaction(db, async (transaction): Promise<AcceptResult> => {
    const found = await findAcceptable(dependencies, transaction, subject);
    if ('kind' in found) return { ...found, field: 'subject' };
    if (seen !== null && seen !== found.fingerprint)
      return refuse('subject', `It has changed since this was shown. It is now: ${found.shown}.`);
    const before = await waiverOf(transaction, subject);
    if (before && before.fingerprint === found.fingerprint && now < before.until)
      return refuse(
        'subject',
        `${personText(before.accepted_by)} accepted it already, until ${lastDay(before.until)}.`,
        `Revoke ${before.id} first`,
      );
    if (before) {
      const how = now < before.until ? 'changed' : 'expired';
      await endWaiver(transaction, before.id, { at: now, how, by: null, reason: null });
    }
    const row = {
      id: randomId('wvr'),
      ...found,
      reason: text,
      accepted_by: actor,
      accepted_at: now,
      until,
    } satisfies Partial<WaiverRow>;
    await insertWaiver(transaction, subject, row);
    const auditId = await insertAudit(transaction, {
      at: now,
      actor,
      act: 'waiver.accept',
      environment: subject.environment,
      subject: subjectText(subject),
      detail: { waiver: row.id, reason: text, until: new Date(until).toISOString(), shown: found.shown },
    });
    const stored = await waiverById(transaction, row.id);
    if (!stored) throw new Error('a waiver that was just written is not there');
    const waiver = toWaiver(stored, now);
    return { ...done(`Accepted as ${waiver.id}: ${waiver.shown}`, auditId), waiver };
  });
}
