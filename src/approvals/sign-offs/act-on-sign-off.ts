import type { Config, Environment, SignOff } from '../../config/config.ts';
import { countPeople, endOf, samePerson, stateOf } from '../../readiness/sign-off-state.ts';
import { canRenew, changesText, isoDay, signerText, signOffsOf } from '../../readiness/sign-offs.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { newestReport } from '../../store/reports.ts';
import { insertSignOffAct, type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { findSnapshotContent, newestCompleteSnapshot, snapshotContent } from '../../store/snapshots.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { type ActResult, done, refused } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { compareWithCauses } from '../../workspace/diff/compare-snapshots.ts';
import { coversDifference, coversPlace } from '../../workspace/diff/covers.ts';
import { changeLine } from '../../workspace/diff/difference-text.ts';
import { nearMiss } from '../../workspace/names.ts';
import type { SnapshotContent } from '../../workspace/snapshot.ts';
import { requestProblem, type SignOffRequest } from './request.ts';

export interface SignOffDependencies {
  config: Config;
  db: Database;
  clock: { now(): number };
}

/** The person who acts. */
export interface Signer {
  /** Id in the audit: `slack:U…` or `cli:` and a name. */
  actor: string;
  personName: string;
  /** The person for whom the command line acts; null when none was named. */
  person: string | null;
}

interface Acting {
  transaction: Transaction;
  environment: Environment;
  signOff: SignOff;
  acts: SignOffAct[];
  request: SignOffRequest;
  who: Signer;
  now: number;
}

/** Signs, refuses or withdraws. The act and its audit entry are written in one transaction. */
export async function actOnSignOff(
  { config, db, clock }: SignOffDependencies,
  environment: Environment,
  request: SignOffRequest,
  who: Signer,
): Promise<ActResult> {
  const wrong = requestProblem(request);
  if (wrong) return refused(wrong.problem);
  const own = signOffsOf(config.signOffs, environment.name);
  const signOff = own.find(({ id }) => id === request.signOff);
  if (!signOff) return notConfigured(environment, own, request.signOff);
  if (request.act === 'sign' && signOff.needsNote && request.note.trim() === '')
    return refused(
      `“${signOff.title}” needs a note that says where. Nothing was signed.`,
      `Sign again and name the place in the note, such as a dashboard or a log group`,
    );
  return inTransaction(db, async (transaction) => {
    const acts = (await signOffActs(transaction, environment.name)).filter(
      (act) => act.signOff === signOff.id,
    );
    const acting: Acting = { transaction, environment, signOff, acts, request, who, now: clock.now() };
    if (request.act === 'sign') return sign(acting);
    return request.act === 'refuse' ? refuse(acting) : withdraw(acting);
  });
}

function notConfigured(environment: Environment, own: SignOff[], id: string): ActResult {
  const label = environmentLabel(environment);
  const ids = own.map((each) => each.id);
  if (ids.length === 0) return refused(`${label} has no sign-offs.`, 'Add one under signOffs in the config');
  const meant = nearMiss(ids, id);
  return refused(
    `${label} has no sign-off “${id}”${meant ? `; did you mean ${meant}?` : '.'} It has: ${ids.join(', ')}.`,
  );
}

async function sign(acting: Acting): Promise<ActResult> {
  const { transaction, environment, signOff, acts, request, who, now } = acting;
  const label = environmentLabel(environment);
  const state = stateOf(signOff, acts, now);
  const mine = state.approvals.find((approval) => samePerson(approval, who, signOff.people));
  const end = mine ? endOf(mine, signOff) : null;
  if (mine && !canRenew(mine, signOff, now))
    return refused(
      `${signerText(mine)} signed “${signOff.title}” off for ${label} already, on ${isoDay(mine.at)}${end === null ? '' : `, until ${isoDay(end)}`}. One person counts once.`,
      state.people < signOff.approvals
        ? 'Another person has to sign, in Slack or with their own account'
        : null,
    );
  const report = await newestReport(transaction, environment.name);
  if (!report?.snapshot)
    return refused(
      report
        ? `At the last check of ${label} nothing could be read, so there is no configuration to sign for.`
        : `${label} has not been checked yet, so there is no configuration to sign for.`,
      `Check it first: /envcheck ${environment.name}`,
    );
  const everything = await newestCompleteSnapshot<SnapshotContent>(transaction, environment.name);
  // A check, or a comparison that reads more, may have seen a change while the form was open.
  const changed =
    (await changedSince(transaction, signOff, request.seen, report.snapshot)) ??
    (await changedSince(transaction, signOff, request.seenComplete, everything?.hash ?? null));
  if (changed !== null)
    return refused(
      `The configuration of ${label} ${changed}. Nothing was signed.`,
      'Review it, then sign again',
    );
  const until = signOff.validForMs === null ? null : now + signOff.validForMs;
  const auditId = await write(acting, {
    snapshot: report.snapshot,
    completeSnapshot: everything?.hash ?? null,
    expiresAt: until,
  });
  const others = state.approvals.filter((approval) => !samePerson(approval, who, signOff.people));
  const count = countPeople([...others, who], signOff.people);
  const missing = signOff.approvals - count;
  const rest =
    missing > 0
      ? ` ${count} of ${signOff.approvals} have signed; ${missing} more ${missing === 1 ? 'person has' : 'people have'} to.`
      : '';
  const alike =
    count <= others.length
      ? ' Envcheck cannot tell some of these accounts apart: list them under access.people.'
      : '';
  return done(
    `${who.personName} signed “${signOff.title}” off for ${label}, on snapshot ${report.snapshot.slice(0, 12)}${until === null ? '' : `, until ${isoDay(until)}`}.${rest}${alike}`,
    auditId,
  );
}

/** Covered changes between two snapshots, or a covered place that cannot be read now, as a text; null when there are none. */
async function changedSince(
  transaction: Transaction,
  signOff: SignOff,
  seen: string | null,
  now: string | null,
): Promise<string | null> {
  if (seen === null || now === null || seen === now) return null;
  const shown = await findSnapshotContent<SnapshotContent>(transaction, seen);
  if (!shown) return 'can no longer be compared with what was shown';
  const { differences, unknown } = compareWithCauses(
    { label: 'what was shown', content: shown },
    { label: 'now', content: await snapshotContent(transaction, now) },
  );
  const covered = differences.filter((difference) => coversDifference(signOff.covers, difference));
  if (covered.length > 0)
    return `changed since this was shown: ${changesText({ changes: { total: covered.length, shown: covered.map(changeLine) } })}`;
  // A place that cannot be read now may have changed, and a signature would cover an unknown state.
  const unread = unknown.find(({ path, why }) => why === 'failed_right' && coversPlace(signOff.covers, path));
  return unread ? `could not be read since this was shown: ${unread.path}: ${unread.reason}` : null;
}

async function refuse(acting: Acting): Promise<ActResult> {
  const { environment, signOff, acts, who, now, request } = acting;
  const label = environmentLabel(environment);
  const { refusal, approvals } = stateOf(signOff, acts, now);
  if (refusal && samePerson(refusal, who, signOff.people))
    return refused(
      `${signerText(refusal)} refused “${signOff.title}” for ${label} already, on ${isoDay(refusal.at)}: ${refusal.note}`,
      'Withdraw that first to give another reason',
    );
  const auditId = await write(acting, {});
  const ended =
    approvals.length > 0
      ? ` That ended ${approvals.length === 1 ? 'a signature' : `${approvals.length} signatures`}.`
      : '';
  const reason = request.note.trim();
  const stop = ended !== '' && !/[.!?…]$/.test(reason) ? '.' : '';
  return done(`${who.personName} refused “${signOff.title}” for ${label}: ${reason}${stop}${ended}`, auditId);
}

async function withdraw(acting: Acting): Promise<ActResult> {
  const { environment, signOff, acts, who, now } = acting;
  const label = environmentLabel(environment);
  const { approvals, voided, expired, reworded, refusal } = stateOf(signOff, acts, now);
  const signed = [...approvals, ...voided.map(({ approval }) => approval), ...expired, ...reworded].find(
    (each) => samePerson(each, who, signOff.people),
  );
  const what = refusal && samePerson(refusal, who, signOff.people) ? refusal : signed;
  if (!what)
    return refused(
      `${who.personName} has no signature or refusal of “${signOff.title}” for ${label} to withdraw.`,
    );
  const auditId = await write(acting, { about: what.id });
  return done(
    `${who.personName} withdrew the ${what.act === 'refuse' ? 'refusal' : 'signature'} of ${isoDay(what.at)} from “${signOff.title}” of ${label}.`,
    auditId,
  );
}

async function write(
  { transaction, environment, signOff, request, who, now }: Acting,
  bound: Partial<Pick<SignOffAct, 'snapshot' | 'completeSnapshot' | 'expiresAt' | 'about'>>,
): Promise<string> {
  const note = request.note.trim() === '' ? null : request.note.trim();
  const link = request.link.trim() === '' ? null : request.link.trim();
  const id = await insertSignOffAct(transaction, {
    environment: environment.name,
    signOff: signOff.id,
    act: request.act,
    at: now,
    actor: who.actor,
    person: who.person,
    personName: who.personName,
    note,
    link,
    title: signOff.title,
    snapshot: null,
    completeSnapshot: null,
    expiresAt: null,
    about: null,
    changes: null,
    ...bound,
  });
  return insertAudit(transaction, {
    at: now,
    actor: who.actor,
    act: `sign-off.${request.act}`,
    environment: environment.name,
    subject: signOff.id,
    detail: { id, person: who.person, name: who.personName, note, link, ...bound },
  });
}
