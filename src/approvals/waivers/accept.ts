import type { Config } from '../../config/config.ts';
import type { Report } from '../../readiness/report.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { openDifferences } from '../../store/differences.ts';
import { newestReport } from '../../store/reports.ts';
import type { WaiverRow } from '../../store/tables/acts.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { endWaiver, insertWaiver, type WaiverSubject, waiverById, waiverOf } from '../../store/waivers.ts';
import { lastDay, personText } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { differenceText } from '../../workspace/diff/difference-text.ts';
import { nearMiss } from '../../workspace/names.ts';
import { fingerprintOfCheck, fingerprintOfDifference } from './fingerprint.ts';
import { subjectText, toWaiver, type Waiver } from './waiver.ts';

const DAY_MS = 86_400_000;
/** A year, a leap day included. */
export const MAX_WAIVER_MS = 366 * DAY_MS;
const MAX_REASON = 500;

export interface Acceptable {
  /** Of what is there now; a form shows one value and must not have another accepted. */
  fingerprint: string;
  /** What is accepted, on one line. */
  shown: string;
}

export interface AcceptRequest {
  subject: WaiverSubject;
  reason: string;
  /** Epoch ms UTC; it counts before this time. */
  until: number;
  /** The fingerprint that the person saw; null: what is there now. */
  seen: string | null;
}

export type Accepted =
  | { kind: 'accepted'; waiver: Waiver; auditId: string }
  /** Nothing was changed. `field`: what of the request was wrong. */
  | { kind: 'refused'; field: 'subject' | 'reason' | 'until'; why: string };

export interface WaiverDependencies {
  config: Config;
  db: Database;
  clock: Clock;
}

const refused = (field: 'subject' | 'reason' | 'until', why: string) =>
  ({ kind: 'refused', field, why }) as const;

/** What could be accepted there now, or why nothing can be. */
export async function findAcceptable(
  { config }: Pick<WaiverDependencies, 'config'>,
  db: Database | Transaction,
  subject: WaiverSubject,
): Promise<Acceptable | { why: string }> {
  return subject.kind === 'check'
    ? acceptableCheck(config, db, subject)
    : acceptableDifference(config, db, subject);
}

async function acceptableCheck(
  config: Config,
  db: Database | Transaction,
  { environment: name, check: id }: Extract<WaiverSubject, { kind: 'check' }>,
): Promise<Acceptable | { why: string }> {
  const label = labelOf(config, name);
  const report = await newestReport<Report>(db, name);
  if (!report) return { why: `${label} has not been checked yet: check it first` };
  const checks = report.items.flatMap((item) => item.checks);
  const check = checks.find((each) => each.id === id);
  if (!check) {
    const meant = nearMiss(
      checks.map((each) => each.id),
      id,
    );
    return { why: `there is no check “${id}” of ${label}${meant ? `; did you mean ${meant}?` : ''}` };
  }
  if (check.status !== 'fail' && check.status !== 'waived')
    return { why: `${id} of ${label} does not fail: it is ${check.status}; only what fails can be accepted` };
  if (check.unjudged)
    return {
      why: `a part of ${id} of ${label} could not be judged (${check.reason}); accept it once all of it is known`,
    };
  return { fingerprint: fingerprintOfCheck(check), shown: check.actual.replaceAll('\n', '; ') };
}

const labelOf = ({ environments }: Config, name: string): string => {
  const environment = environments.find((each) => each.name === name);
  return environment ? environmentLabel(environment) : name;
};

async function acceptableDifference(
  config: Config,
  db: Database | Transaction,
  { left, environment, path }: Extract<WaiverSubject, { kind: 'difference' }>,
): Promise<Acceptable | { why: string }> {
  const [ours, theirs] = [labelOf(config, left), labelOf(config, environment)];
  const all = await openDifferences(db, { left, right: environment });
  const difference = all.find((each) => each.path === path);
  if (!difference) {
    const meant = nearMiss(
      all.map((each) => each.path),
      path,
    );
    return {
      why: `the last comparison of ${ours} and ${theirs} shows no difference “${path}”${meant ? `; did you mean ${meant}?` : '; compare them again to see what there is'}`,
    };
  }
  if (difference.uncheckedSince !== null)
    return {
      why: `“${path}” could not be compared since ${new Date(difference.uncheckedSince).toISOString()}; accept it once it can be`,
    };
  return {
    fingerprint: fingerprintOfDifference(difference),
    shown: differenceText(difference, { missing: `only in ${ours}`, extra: `only in ${theirs}` }),
  };
}

/** Accepts what is there now, for a reason and a time. The audit entry is written with it or nothing is. */
export async function accept(
  dependencies: WaiverDependencies,
  { subject, reason, until, seen }: AcceptRequest,
  actor: string,
): Promise<Accepted> {
  const { db, clock } = dependencies;
  const now = clock.now();
  const text = reason.trim();
  if (text === '') return refused('reason', 'a reason is needed: it is what the next person will ask for');
  if (text.length > MAX_REASON)
    return refused('reason', `it has ${text.length} characters; ${MAX_REASON} at most`);
  if (until <= now) return refused('until', `${lastDay(until)} is over; give a later day`);
  if (until > now + MAX_WAIVER_MS)
    return refused(
      'until',
      `${lastDay(until)} is more than a year away; ${lastDay(now + MAX_WAIVER_MS)} at the latest`,
    );
  return inTransaction(db, async (transaction): Promise<Accepted> => {
    const found = await findAcceptable(dependencies, transaction, subject);
    if ('why' in found) return refused('subject', found.why);
    if (seen !== null && seen !== found.fingerprint)
      return refused('subject', `it has changed since this was shown; it is now: ${found.shown}`);
    const before = await waiverOf(transaction, subject);
    if (before && before.fingerprint === found.fingerprint && now < before.until)
      return refused(
        'subject',
        `${personText(before.accepted_by)} accepted it already, until ${lastDay(before.until)}; revoke ${before.id} first`,
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
    return { kind: 'accepted', waiver: toWaiver(stored, now), auditId };
  });
}
