import type { ReadResult } from '../../spotdraft/fact.ts';
import type { SnapshotContent } from '../snapshot.ts';
import { compareLists, type Findings } from './compare.ts';
import type { Comparison, Difference, NotComparedCause } from './difference.ts';
import type { Item } from './item.ts';
import { itemsOf } from './items-of.ts';
import { type Kind, kinds } from './kinds.ts';
import { below, pathOf, patternOf } from './path.ts';
import { followEntities, followRoles, followTypes } from './references.ts';

export interface Side {
  /** Name in reasons: an environment, or an environment at a time. */
  label: string;
  content: SnapshotContent;
}

/** Returns the differences of two configurations and what could not be compared. Ids, hosts, times and order are ignored. */
export function compareSnapshots(left: Side, right: Side): Comparison {
  const { differences, unknown } = compareWithCauses(left, right);
  return { differences, unknown: unknown.map(({ path, reason }) => ({ path, reason })) };
}

/** As `compareSnapshots`, with the cause for each place that could not be compared. */
export function compareWithCauses(
  left: Side,
  right: Side,
): { differences: Difference[]; unknown: NotComparedCause[] } {
  const findings: Findings = {
    sides: [left.label, right.label],
    differences: [],
    unknown: [],
    notRead: [],
  };
  const [ours, theirs] = [itemsOf(left.content), itemsOf(right.content)];
  // Without the list of roles, approvals have ids of roles only. The unread list itself is reported once.
  const rolesRead = [ours.roles, theirs.roles].every((roles) => roles && 'known' in roles);
  if (!rolesRead) for (const { workflows } of [ours, theirs]) leaveOutRoles(workflows);
  followEntities(findings, ours.contractTypes, theirs.contractTypes);
  const compare = (name: string, kind = kinds[name] as Kind) =>
    compareLists(findings, below(null, name), kind, ours[name], theirs[name]);
  const types = compare('contractTypes');
  compare('templates', followTypes(types, ours, theirs));
  followRoles(compare('roles'), ours, theirs);
  compare('workflows');
  for (const name of ['entities', 'users', 'featureFlags', 'webhooks']) compare(name);
  return {
    differences: findings.differences.sort(byPath),
    unknown: [...findings.unknown, ...together(findings.notRead)].sort(byPath),
  };
}

const byPath = (left: { path: string }, right: { path: string }): number =>
  left.path < right.path ? -1 : left.path > right.path ? 1 : 0;

function leaveOutRoles(workflows: ReadResult<Item[]> | undefined): void {
  if (!workflows || 'unknown' in workflows) return;
  for (const { lists } of workflows.known)
    if (lists.approvals && 'known' in lists.approvals)
      for (const { values } of lists.approvals.known) values.role = undefined;
}

/** Groups what one side did not read into one entry per kind of item: there may be hundreds of items. */
function together(notRead: Findings['notRead']): NotComparedCause[] {
  const groups = Map.groupBy(notRead, ({ place, reason }) => `${patternOf(place)}\n${reason}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const path = group.length > 1 ? patternOf(first.place) : pathOf(first.place);
    return [{ path, reason: first.reason, why: 'not_read' }];
  });
}
