import type { Acknowledgement } from '../../store/acknowledgements.ts';
import { derivedId } from '../../text/ids.ts';

/** What kinds of failure are told apart. `refused`: for another reason than a wrong signature. */
export type FailureKind = Acknowledgement['kind'];

/** Failures of one group and one cause that lie close together. */
export interface Occurrences {
  kind: FailureKind;
  /** Null: not known, as of every refused delivery. */
  activity: string | null;
  /** The rejection, or the code of the outcome. */
  reason: string;
  count: number;
  /** Epoch ms. */
  first: number;
  last: number;
}

export interface GroupIdentity {
  environment: string;
  kind: FailureKind;
  activity: string | null;
}

export interface FailureGroup extends GroupIdentity {
  /** `grp_…`, of the name: the same group has the same id for ever. */
  id: string;
  count: number;
  /** The oldest first. */
  occurrences: Occurrences[];
}

/** A time without failures of a group, epoch ms. */
export interface Pause {
  from: number;
  /** When it happened again; null: not until now. */
  to: number | null;
}

export type FailureState = 'open' | 'acknowledged' | 'resolved';

export interface GroupStatus {
  state: FailureState;
  /** What belongs together: since the group was last resolved. Its oldest failure, epoch ms. */
  since: number;
  /** Rejections or codes since then. */
  reasons: string[];
  /** The newest one, whether or not it still holds. */
  acknowledgement: Acknowledgement | null;
  /** Why the acknowledgement does not hold any more; null: it holds, or there is none. */
  reopened: { by: 'new_reason'; reasons: string[] } | { by: 'again' } | null;
}

/** So long nothing of a group may happen, and something must go well meanwhile, for it to be resolved. */
export const QUIET_MS = 24 * 3_600_000;

export const groupId = ({ environment, kind, activity }: GroupIdentity): string =>
  derivedId('grp', environment, kind, activity ?? '');

/** Every occurrence is in exactly one group: that of its kind and activity. */
export function groupOccurrences(environment: string, all: readonly Occurrences[]): FailureGroup[] {
  const groups = Map.groupBy(all, ({ kind, activity }) => groupId({ environment, kind, activity }));
  return [...groups].flatMap(([id, own]) => {
    const [any] = own;
    if (!any) return [];
    const { kind, activity } = any;
    const count = own.reduce((sum, each) => sum + each.count, 0);
    return [{ id, environment, kind, activity, count, occurrences: own.toSorted(byTime) }];
  });
}

const byTime = (left: Occurrences, right: Occurrences): number =>
  left.first - right.first || left.last - right.last;

/** When it happened last, epoch ms. */
export const lastSeen = ({ occurrences }: Pick<FailureGroup, 'occurrences'>): number =>
  Math.max(...occurrences.map(({ last }) => last));

/** Times in which the group may have been resolved: long enough, and of what is silence every one. */
export function findPauses({ kind, occurrences }: FailureGroup, now: number): Pause[] {
  const enough = kind === 'silence' ? 1 : QUIET_MS;
  const pauses: Pause[] = [];
  let last = Number.POSITIVE_INFINITY;
  for (const each of occurrences) {
    if (each.first - last >= enough) pauses.push({ from: last, to: each.first });
    last = Number.isFinite(last) ? Math.max(last, each.last) : each.last;
  }
  if (now - last >= enough) pauses.push({ from: last, to: null });
  return pauses;
}

/**
 * What state a group is in. `healed`: the pauses in which something went well. `acknowledgements`: of this group, the
 * oldest first; one holds for what was known when it was given, until the group is resolved.
 */
export function groupStatus(
  group: FailureGroup,
  healed: readonly Pause[],
  acknowledgements: readonly Acknowledgement[],
): GroupStatus {
  const since = Math.max(
    group.occurrences[0]?.first ?? 0,
    ...healed.flatMap(({ to }) => (to === null ? [] : [to])),
  );
  const current = group.occurrences.filter(({ first }) => first >= since);
  const reasons = [...new Set(current.map(({ reason }) => reason))].sort();
  const acknowledgement = acknowledgements.at(-1) ?? null;
  const judged = { since, reasons, acknowledgement };
  if (healed.some(({ to }) => to === null)) return { ...judged, state: 'resolved', reopened: null };
  if (acknowledgement === null) return { ...judged, state: 'open', reopened: null };
  if (acknowledgement.at < since) return { ...judged, state: 'open', reopened: { by: 'again' } };
  const unknown = reasons.filter((reason) => !acknowledgement.covers.includes(reason));
  return unknown.length > 0
    ? { ...judged, state: 'open', reopened: { by: 'new_reason', reasons: unknown } }
    : { ...judged, state: 'acknowledged', reopened: null };
}
