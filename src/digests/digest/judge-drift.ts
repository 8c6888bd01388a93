import type { DifferenceState, PairState } from '../../store/digests.ts';
import { dayNumber } from '../../time/days.ts';
import type { Difference } from '../../workspace/diff/difference.ts';
import { differenceText, weightOrder } from '../../workspace/diff/difference-text.ts';
import type { DigestDifference, OpenDifference, PairDrift } from './digest-content.ts';

/** Compares the open differences of a pair with the previous digest; `before` is null when it did not include the pair. */
export function judgeDrift(
  { open, notCompared }: { open: OpenDifference[]; notCompared: PairDrift['notCompared'] },
  names: { left: string; right: string },
  before: PairState | null,
  at: number,
): { drift: PairDrift; state: PairState; moved: boolean } {
  const drift: PairDrift = {
    added: [],
    changed: [],
    open: [],
    accepted: [],
    unchecked: [],
    resolved: [],
    notCompared,
  };
  const state: PairState = { differences: {} };
  let moved = false;
  for (const difference of open) {
    const was = before?.differences[difference.path] ?? null;
    const place = placeOf(difference, was, before === null);
    drift[place].push({
      ...difference,
      day: dayNumber(difference.firstSeen, at),
      before: was && was.fingerprint !== difference.fingerprint ? was.shown : null,
      noLongerAccepted: was?.accepted === true && difference.accepted === null,
    });
    const now = stateOf(difference, names);
    state.differences[difference.path] = now;
    moved ||=
      before !== null &&
      (place === 'added' ||
        place === 'changed' ||
        was?.accepted !== now.accepted ||
        was.unchecked !== now.unchecked ||
        was.fingerprint !== now.fingerprint);
  }
  const missing = Object.entries(before?.differences ?? {}).filter(([path]) => !(path in state.differences));
  drift.resolved = missing.map(([path, { shown }]) => ({ path, was: shown }));
  for (const list of [drift.added, drift.changed, drift.open, drift.accepted, drift.unchecked])
    list.sort(heaviestFirst);
  return { drift, state, moved: moved || missing.length > 0 };
}

/** A difference that could not be compared is always `unchecked`. */
function placeOf(
  { uncheckedSince, accepted, fingerprint }: OpenDifference,
  was: DifferenceState | null,
  isBaseline: boolean,
): 'added' | 'changed' | 'open' | 'accepted' | 'unchecked' {
  if (uncheckedSince !== null) return 'unchecked';
  if (accepted) return 'accepted';
  if (isBaseline) return 'open';
  if (was === null || was.accepted) return 'added';
  return was.fingerprint === fingerprint ? 'open' : 'changed';
}

const stateOf = (
  difference: OpenDifference,
  { left, right }: { left: string; right: string },
): DifferenceState => ({
  fingerprint: difference.fingerprint,
  shown: differenceText(difference, { missing: `only in ${left}`, extra: `only in ${right}` }),
  accepted: difference.accepted !== null,
  unchecked: difference.uncheckedSince !== null,
});

const weigh = ({ weight }: Difference): number => weightOrder.indexOf(weight);

/** Heaviest first; within a weight, oldest first. */
const heaviestFirst = (left: DigestDifference, right: DigestDifference): number =>
  weigh(left) - weigh(right) || left.firstSeen - right.firstSeen || (left.path < right.path ? -1 : 1);
