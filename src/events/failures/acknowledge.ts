import type { Environment } from '../../config/config.ts';
import { insertAcknowledgement, listAcknowledgements } from '../../store/acknowledgements.ts';
import { insertAudit } from '../../store/audit.ts';
import { inTransaction } from '../../store/transaction.ts';
import { personText } from '../../text/acceptance-text.ts';
import { type ActResult, done, reasonProblem, refused } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { groupText, reasonTexts } from './failure-text.ts';
import { type FailureDependencies, gatherFailures } from './gather.ts';
import type { GatheredFailures } from './gathered.ts';
import { groupId } from './group.ts';
import { type GroupView, groupView } from './read-failures.ts';

const MIN_PREFIX = 6;

export interface AcknowledgeRequest {
  /** `grp_…`, or a prefix of it. */
  group: string;
  reason: string;
  /** Rejections or codes that the person saw; null for the current ones. */
  seen: readonly string[] | null;
}

export type AcknowledgeResult = ActResult & ({ kind: 'done'; group: GroupView } | { kind: 'refused' });

/** Records that a person knows of the current state of a group. It is stored with its audit entry or not at all. */
export async function acknowledge(
  dependencies: FailureDependencies,
  environment: Environment,
  { group: id, reason, seen }: AcknowledgeRequest,
  actor: string,
): Promise<AcknowledgeResult> {
  const { db, config, clock } = dependencies;
  const text = reason.trim();
  const problem = reasonProblem(text);
  if (problem !== null) return refused(problem);
  // Reads the log before taking the write lock, so that no receiver waits for it.
  const now = clock.now();
  const known = await gatherFailures(dependencies, environment, now);
  const found = known.groups.filter(({ group }) => group.id === id || isPrefix(group.id, id));
  const [gathered] = found;
  if (!gathered || found.length > 1) return refused(notFound(id, environment, known, found.length > 1));
  return inTransaction(db, async (transaction): Promise<AcknowledgeResult> => {
    const own = (await listAcknowledgements(transaction, environment.name)).filter(
      (each) => groupId(each) === gathered.group.id,
    );
    const group = groupView(gathered, own, now - config.log.keepMs);
    const refusal = refusalFor(group, seen);
    if (refusal !== null) return refused(refusal);
    const act = await insertAcknowledgement(transaction, {
      environment: group.environment,
      kind: group.kind,
      activity: group.activity,
      at: now,
      actor,
      reason: text,
      covers: group.reasons,
      count: group.count,
      first_seen: group.firstSeen,
      last_seen: group.lastSeen,
    });
    const auditId = await insertAudit(transaction, {
      at: now,
      actor,
      act: 'failures.acknowledge',
      environment: environment.name,
      subject: groupText(group),
      detail: {
        acknowledgement: act.id,
        group: group.id,
        reason: text,
        covers: act.covers,
        count: act.count,
      },
    });
    const summary = `Acknowledged in ${environmentLabel(environment)}: ${groupText(group)}`;
    return { ...done(summary, auditId), group: groupView(gathered, [...own, act], now - config.log.keepMs) };
  });
}

const isPrefix = (id: string, typed: string): boolean => typed.length >= MIN_PREFIX && id.startsWith(typed);

function refusalFor(
  { kind, state, reasons, acknowledgement, lastSeen }: GroupView,
  seen: readonly string[] | null,
): string | null {
  if (state === 'resolved') return `It is resolved: no failure since ${new Date(lastSeen).toISOString()}.`;
  if (state === 'acknowledged' && acknowledgement)
    return `${personText(acknowledgement.actor)} acknowledged it already, at ${new Date(acknowledgement.at).toISOString()}: ${acknowledgement.reason}`;
  const unseen = seen === null ? [] : reasons.filter((reason) => !seen.includes(reason));
  return unseen.length > 0
    ? `The group has changed since this was shown: ${reasonTexts(kind, unseen).join(', ')} is new. Look at it again first.`
    : null;
}

function notFound(
  id: string,
  environment: Environment,
  gathered: Pick<GatheredFailures, 'acknowledgements' | 'unknown'>,
  several: boolean,
): string {
  const { acknowledgements, unknown } = gathered;
  const label = environmentLabel(environment);
  if (several) return `Several groups of ${label} begin with “${id}”. Give more of the id.`;
  if (acknowledgements.some((each) => groupId(each) === id))
    return 'The group has no failure left in the log: it is older than `log.keep`.';
  // An unreadable part must not look as if it were empty.
  if (unknown.length > 0)
    return `No group “${id}” of ${label} is known, and not everything could be read: ${unknown.map(({ what, why }) => `${what} (${why})`).join('; ')}.`;
  return `There is no group “${id}” of failures in ${label}. \`failures ${environment.name}\` lists the groups.`;
}
