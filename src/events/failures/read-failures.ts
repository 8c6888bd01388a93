import type { Environment } from '../../config/config.ts';
import type { Acknowledgement } from '../../store/acknowledgements.ts';
import { type FailureDependencies, gatherFailures } from './gather.ts';
import type { GatheredGroup } from './gathered.ts';
import { type FailureGroup, type GroupStatus, groupId, groupStatus, lastSeen } from './group.ts';

/** A group for display. */
export interface GroupView extends Omit<FailureGroup, 'occurrences'>, GroupStatus {
  /** Times in epoch ms. `firstSeen` is the earliest known one. */
  firstSeen: number;
  lastSeen: number;
  /** The group began before the log's horizon. */
  isBeyondKeep: boolean;
  /** An id for `find`; null when nothing is kept or the activity never arrived. */
  sample: string | null;
  /** More about the state of missing events; null or absent where nothing is to add. */
  hint?: string | null;
}

export interface FailureOverview {
  environment: string;
  /** Epoch ms. */
  at: number;
  keepMs: number;
  /** Open groups first, then by newest failure. */
  groups: GroupView[];
  /** Parts that could not be read, with the reason. */
  unknown: { what: string; why: string }[];
  /** Failures that are not watched, with the reason. */
  notWatched: string[];
}

/** Failures of an environment. Unreadable parts are listed as unknown, and the rest is returned. */
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

/** `horizon`: start of what the log keeps, epoch ms. */
export function groupView(
  { group, healed, sample, hint = null }: GatheredGroup,
  acknowledgements: readonly Acknowledgement[],
  horizon: number,
): GroupView {
  const { occurrences, ...shown } = group;
  const firstSeen = Math.min(
    occurrences[0]?.first ?? 0,
    ...acknowledgements.map(({ first_seen }) => first_seen),
  );
  return {
    ...shown,
    firstSeen,
    lastSeen: lastSeen(group),
    // The start of a silence that is as old as the log is unknown.
    isBeyondKeep: firstSeen < horizon || (group.kind === 'silence' && firstSeen === horizon),
    sample,
    hint,
    ...groupStatus(group, healed, acknowledgements),
  };
}

/** An acknowledged group without failures left in the log. */
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
      kept: 0,
      isExact: true,
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
