import { canonicalJson } from '../../text/canonical-json.ts';
import { renamedTo } from './covers.ts';
import type { Difference } from './difference.ts';

/** A change of an environment, or one that was undone within the period. Times are epoch ms UTC. */
export interface ShownChange {
  difference: Difference;
  at: number;
  /** When the value was what it had been before; null when it still differs. */
  backAt: number | null;
}

/** The changes of a period one by one, newest first. What went and came back is one of them, however often it did. */
export function shownChanges(changes: readonly { at: number; differences: Difference[] }[]): ShownChange[] {
  const all = changes.flatMap(({ at, differences }) => differences.map((difference) => ({ at, difference })));
  const shown = [...Map.groupBy(all, ({ difference }) => placeOf(difference)).values()].flatMap((group) => {
    const [last, first] = [group[0], group.at(-1)];
    if (
      !first ||
      !last ||
      group.length < 2 ||
      canonicalJson(first.difference.left) !== canonicalJson(last.difference.right)
    )
      return group.map((each): ShownChange => ({ ...each, backAt: null }));
    return [{ ...first, backAt: last.at }];
  });
  return shown.sort((left, right) => (right.backAt ?? right.at) - (left.backAt ?? left.at));
}

/** Equal for the two directions of a rename. */
function placeOf(difference: Difference): string {
  const renamed = renamedTo(difference);
  if (renamed === null) return difference.path;
  return [difference.path.slice(0, difference.path.lastIndexOf('/')), renamed].sort().join('\n');
}
