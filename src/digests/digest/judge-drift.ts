import type { DifferenceState, PairState } from '../../store/digests.ts';
import { dayNumber } from '../../time/days.ts';
import { wasCompared } from '../../workspace/diff/compared-places.ts';
import { renamedTo } from '../../workspace/diff/covers.ts';
import type { Difference } from '../../workspace/diff/difference.ts';
import { differenceText, weightOrder } from '../../workspace/diff/difference-text.ts';
import { isWithin } from '../../workspace/diff/path.ts';
import { type GoneDifference, successorsIn } from '../../workspace/diff/succession.ts';
import type { ComparedDrift, DigestDifference, OpenDifference, PairDrift } from './digest-content.ts';

/** An item that was renamed in one of the two environments since the previous digest: its place before and now. */
export interface MovedItem {
  from: string;
  to: string;
}

/** Compares the open differences of a pair with the previous digest; `before` is null when it did not include the pair. */
export function judgeDrift(
  { open, notCompared, compared }: ComparedDrift,
  { names, moves }: { names: { left: string; right: string }; moves: readonly MovedItem[] },
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
  const state: PairState = {
    differences: {},
    ...(compared || before?.compared
      ? { compared: [...new Set([...(before?.compared ?? []), ...(compared ?? [])])].sort() }
      : {}),
    neverCompared: neverComparedAfter(before, notCompared),
  };
  const paths = new Set(open.map(({ path }) => path));
  const gone = Object.entries(before?.differences ?? {})
    .filter(([path]) => !paths.has(path))
    .map(([path, was]) => ({ path, renamedTo: was.renamedTo ?? null, shown: was.shown }));
  const earlierOf = continued(gone, open, moves);
  const isFirstAt = firstComparison(before);
  let moved = false;
  for (const difference of open) {
    const earlier = earlierOf.get(difference.path) ?? null;
    const was = before?.differences[difference.path] ?? null;
    const isFirst = was === null && earlier === null && isFirstAt(difference.path);
    const place = placeOf(difference, was, {
      isOld: before === null || isFirst,
      goesOn: was === null && earlier !== null,
    });
    drift[place].push({
      ...difference,
      day: dayNumber(difference.firstSeen, at),
      before:
        was === null
          ? (earlier?.shown ?? null)
          : was.fingerprint !== difference.fingerprint
            ? was.shown
            : null,
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
  const lives = new Set([...earlierOf.values()].flatMap(({ paths }) => paths));
  drift.resolved = gone
    .filter(({ path }) => !lives.has(path))
    .map(({ path, shown }) => ({ path, was: shown }));
  for (const list of [drift.added, drift.changed, drift.open, drift.accepted, drift.unchecked])
    list.sort(heaviestFirst);
  return { drift, state, moved: moved || gone.length > 0 };
}

/** Tells whether the digests so far could not have shown a difference at a path. */
function firstComparison(before: PairState | null): (path: string) => boolean {
  // Older digests did not list what they had compared.
  const compared = before?.compared ? new Set(before.compared) : null;
  const never = before?.neverCompared ?? [];
  return (path) =>
    (compared !== null && !wasCompared(compared, path)) || never.some((place) => isWithin(path, place));
}

/** Places that no comparison since the first one has covered. In a place, `*` stands for names. */
function neverComparedAfter(before: PairState | null, notCompared: PairDrift['notCompared']): string[] {
  const now = notCompared.map(({ path }) => path);
  if (before === null) return now;
  return (before.neverCompared ?? []).flatMap((was) =>
    now.some((path) => isWithin(was, path)) ? [was] : now.filter((path) => isWithin(path, was)),
  );
}

interface Continued {
  /** The paths at which it was before. */
  paths: string[];
  shown: string;
}

/** Current differences that continue one of the previous digest at another path, by their own path. */
function continued(
  gone: readonly (GoneDifference & { shown: string })[],
  open: readonly OpenDifference[],
  moves: readonly MovedItem[],
): Map<string, Continued> {
  const result = new Map<string, Continued>();
  const successors = successorsIn(open);
  const paths = new Set(open.map(({ path }) => path));
  for (const each of gone)
    for (const path of [...successors(each), ...movedTo(moves, each.path).filter((to) => paths.has(to))]) {
      const known = result.get(path);
      if (known) known.paths.push(each.path);
      else result.set(path, { paths: [each.path], shown: each.shown });
    }
  return result;
}

/** The later names of an item, which may be renamed several times between two digests. */
function movedTo(moves: readonly MovedItem[], from: string): string[] {
  const reached = new Set([from]);
  for (const move of moves) if (reached.has(move.from)) reached.add(move.to);
  return [...reached].slice(1);
}

/** A difference that could not be compared is always `unchecked`. `goesOn`: it continues one of the previous digest. */
function placeOf(
  { uncheckedSince, accepted, fingerprint }: OpenDifference,
  was: DifferenceState | null,
  { isOld, goesOn }: { isOld: boolean; goesOn: boolean },
): 'added' | 'changed' | 'open' | 'accepted' | 'unchecked' {
  if (uncheckedSince !== null) return 'unchecked';
  if (accepted) return 'accepted';
  if (goesOn) return 'changed';
  if (isOld) return 'open';
  if (was === null || was.accepted) return 'added';
  return was.fingerprint === fingerprint ? 'open' : 'changed';
}

function stateOf(
  difference: OpenDifference,
  { left, right }: { left: string; right: string },
): DifferenceState {
  const renamed = renamedTo(difference);
  return {
    fingerprint: difference.fingerprint,
    shown: differenceText(difference, { missing: `only in ${left}`, extra: `only in ${right}` }),
    accepted: difference.accepted !== null,
    unchecked: difference.uncheckedSince !== null,
    ...(renamed === null ? {} : { renamedTo: renamed }),
  };
}

const weigh = ({ weight }: Difference): number => weightOrder.indexOf(weight);

/** Heaviest first; within a weight, oldest first. */
const heaviestFirst = (left: DigestDifference, right: DigestDifference): number =>
  weigh(left) - weigh(right) || left.firstSeen - right.firstSeen || (left.path < right.path ? -1 : 1);
