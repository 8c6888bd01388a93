import type { Environment } from '../../config/config.ts';
import type { Acknowledgement } from '../../store/acknowledgements.ts';
import { type FailureDependencies, type GatheredGroup, gatherFailures } from './gather.ts';
import { type GroupIdentity, type GroupStatus, groupId, groupStatus, lastSeen } from './group.ts';

/** A group as it is shown. */
export interface GroupView extends GroupIdentity, GroupStatus {
  id: string;
  /** Of those that the log keeps; of badly signed and refused deliveries, of samples: one of each sender and minute. */
  count: number;
  /** Epoch ms. `firstSeen`: as far as it is known. */
  firstSeen: number;
  lastSeen: number;
  /** It began before what the log keeps. */
  isBeyondKeep: boolean;
  /** Can be given to `find`; null: nothing of it is kept, or the activity never arrived. */
  sample: string | null;
}

export interface FailureOverview {
  environment: string;
  /** Epoch ms. */
  at: number;
  keepMs: number;
  /** Open ones first, then the newest. */
  groups: GroupView[];
  /** What could not be told, and why. */
  unknown: { what: string; why: string }[];
  /** What nobody watches. */
  notWatched: string[];
}

/** What failed in an environment. What cannot be read is told as such, and does not keep the rest from being told. */
export async function readFailures(
  dependencies: FailureDependencies,
  environment: Environment,
): Promise<FailureOverview> {
  const at = dependencies.clock.now();
  const { keepMs } = dependencies.config.log;
  const { groups, acknowledgements, complete, unknown, notWatched } = await gatherFailures(
    dependencies,
    environment,
    at,
  );
  const acts = Map.groupBy(acknowledgements, groupId);
  const present = groups.map((gathered) =>
    groupView(gathered, acts.get(gathered.group.id) ?? [], at - keepMs),
  );
  const gone = [...acts]
    .filter(([id]) => !present.some((group) => group.id === id))
    .flatMap(([id, own]) => forgotten(id, own).filter(({ kind }) => complete.has(kind)));
  return {
    environment: environment.name,
    at,
    keepMs,
    groups: [...present, ...gone].sort(openFirst),
    unknown,
    notWatched,
  };
}

const ranks = { open: 0, acknowledged: 1, resolved: 2 };
const openFirst = (left: GroupView, right: GroupView): number =>
  ranks[left.state] - ranks[right.state] || right.lastSeen - left.lastSeen;

/** `horizon`: what is older the log does not keep, epoch ms. */
export function groupView(
  { group, healed, sample }: GatheredGroup,
  acknowledgements: readonly Acknowledgement[],
  horizon: number,
): GroupView {
  const { id, environment, kind, activity, count, occurrences } = group;
  const firstSeen = Math.min(
    occurrences[0]?.first ?? 0,
    ...acknowledgements.map(({ first_seen }) => first_seen),
  );
  return {
    id,
    environment,
    kind,
    activity,
    count,
    firstSeen,
    lastSeen: lastSeen(group),
    // A silence that is as old as the log has begun when nobody knows.
    isBeyondKeep: firstSeen < horizon || (kind === 'silence' && firstSeen === horizon),
    sample,
    ...groupStatus(group, healed, acknowledgements),
  };
}

/** Somebody acknowledged it, and nothing of it is in the log any more. */
function forgotten(id: string, acknowledgements: readonly Acknowledgement[]): GroupView[] {
  const newest = acknowledgements.at(-1);
  if (!newest) return [];
  return [
    {
      id,
      environment: newest.environment,
      kind: newest.kind,
      activity: newest.activity,
      count: 0,
      firstSeen: Math.min(...acknowledgements.map(({ first_seen }) => first_seen)),
      lastSeen: newest.last_seen,
      isBeyondKeep: true,
      sample: null,
      state: 'resolved',
      since: newest.first_seen,
      reasons: newest.covers,
      acknowledgement: newest,
      reopened: null,
    },
  ];
}
