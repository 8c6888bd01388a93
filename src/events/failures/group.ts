import type { Acknowledgement } from '../../store/acknowledgements.ts';
import type { CountedFailures } from '../../store/failures.ts';
import { derivedId } from '../../text/ids.ts';

/** Kinds of failure. `refused`: for another reason than an invalid signature. */
export type FailureKind = Acknowledgement['kind'];

/** Failures of one group and one cause within a short time. */
export interface Occurrences extends Omit<CountedFailures, 'reason'> {
  kind: FailureKind;
  /** The rejection or the code of its signer, or the outcome's code. */
  reason: string;
}

export interface GroupIdentity {
  environment: string;
  kind: FailureKind;
  activity: string | null;
}

export interface FailureGroup extends GroupIdentity {
  /** `grp_…`, derived from the identity: the same group always has the same id. */
  id: string;
  /** Failures, refused deliveries that are not in the log included. */
  count: number;
  /** Number of rows in the log; fewer than `count` when refused deliveries came too fast. */
  kept: number;
  /** False when there were more than `count`. */
  isExact: boolean;
  /** Oldest first. */
  occurrences: Occurrences[];
}

/** A period without failures of a group, epoch ms. */
export interface Pause {
  from: number;
  /** The next failure; null when there is none. */
  to: number | null;
}

export type FailureState = 'open' | 'acknowledged' | 'resolved';

export interface GroupStatus {
  state: FailureState;
  /** The oldest failure since the group was last resolved, epoch ms. */
  since: number;
  /** Rejections or codes since then, sorted. */
  reasons: string[];
  /** Number of failures since then for each of these reasons, in their order. */
  counts?: number[];
  /** The newest acknowledgement, even when it no longer holds. */
  acknowledgement: Acknowledgement | null;
  /** Why the acknowledgement no longer holds; null when it holds or there is none. */
  reopened: { by: 'new_reason'; reasons: string[] } | { by: 'again' } | null;
}

/** Time without failures, and with a success, after which a group is resolved. */
export const QUIET_MS = 24 * 3_600_000;

export const groupId = ({ environment, kind, activity }: GroupIdentity): string =>
  derivedId('grp', environment, kind, activity ?? '');

/** Groups occurrences by kind and activity. Each is in exactly one group. */
export function groupOccurrences(environment: string, all: readonly Occurrences[]): FailureGroup[] {
  const groups = Map.groupBy(all, ({ kind, activity }) => groupId({ environment, kind, activity }));
  return [...groups].flatMap(([id, own]) => {
    const [any] = own;
    if (!any) return [];
    const { kind, activity } = any;
    const count = own.reduce((sum, each) => sum + each.count, 0);
    const kept = own.reduce((sum, each) => sum + (each.kept ?? each.count), 0);
    const isExact = own.every(({ uncounted = 0 }) => uncounted === 0);
    return [{ id, environment, kind, activity, count, kept, isExact, occurrences: own.toSorted(byTime) }];
  });
}

const byTime = (left: Occurrences, right: Occurrences): number =>
  left.first - right.first || left.last - right.last;

/** Time of the newest failure, epoch ms. */
export const lastSeen = ({ occurrences }: Pick<FailureGroup, 'occurrences'>): number =>
  // A spread would end the process at some 100,000 occurrences: codes may differ in each outcome.
  occurrences.reduce((newest, { last }) => Math.max(newest, last), Number.NEGATIVE_INFINITY);

/** Pauses long enough to resolve the group. For a silence every pause is. */
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
 * The state of a group. `healed`: its pauses that contain a success. `acknowledgements`: those of this group, oldest first;
 * one covers the reasons known when it was given, until the group is resolved.
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
  const ofReason = new Map<string, number>();
  for (const { reason, count } of current) ofReason.set(reason, (ofReason.get(reason) ?? 0) + count);
  const reasons = [...ofReason.keys()].sort();
  const acknowledgement = acknowledgements.at(-1) ?? null;
  const counts = reasons.map((reason) => ofReason.get(reason) ?? 0);
  const judged = { since, reasons, counts, acknowledgement };
  if (healed.some(({ to }) => to === null)) return { ...judged, state: 'resolved', reopened: null };
  if (acknowledgement === null) return { ...judged, state: 'open', reopened: null };
  if (acknowledgement.at < since) return { ...judged, state: 'open', reopened: { by: 'again' } };
  const unknown = reasons.filter((reason) => !acknowledgement.covers.includes(reason));
  return unknown.length > 0
    ? { ...judged, state: 'open', reopened: { by: 'new_reason', reasons: unknown } }
    : { ...judged, state: 'acknowledged', reopened: null };
}
