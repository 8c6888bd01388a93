import type { ReadResult } from '../../spotdraft/fact.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import type { Comparison, NotComparedCause } from './difference.ts';
import { findRenames } from './find-renames.ts';
import { contentKey, type Item, isKnown, itemJson, nameOf, UNLISTED } from './item.ts';
import type { Kind } from './kinds.ts';
import { type Pairing, pairItems } from './pair-items.ts';
import { below, belowItem, type Place, pathOf } from './path.ts';

/** Results of a comparison while it runs. */
export interface Findings extends Pick<Comparison, 'differences'> {
  unknown: NotComparedCause[];
  /** Names of the two sides in reasons. */
  sides: [string, string];
  /** Places that one side did not read. Many of them may share one pattern. */
  notRead: { place: Place; reason: string }[];
}

export type Matches = Pick<Pairing, 'pairs' | 'missing' | 'extra'>;

/** Compares two lists of items. Returns which items are one and the same, and which are on one side only. */
export function compareLists(
  findings: Findings,
  place: Place,
  kind: Kind,
  left: ReadResult<Item[]> | undefined,
  right: ReadResult<Item[]> | undefined,
): Matches {
  const both = bothKnown(findings, place, left, right);
  if (!both) return { pairs: [], missing: [], extra: [] };
  const sides = both.map((list) => separateNameless(list, kind));
  noteNameless(findings, place, sides);
  const [ones = [], others = []] = sides.map(({ named }) => named);
  const pairing = pairItems(ones, others, kind.exact);
  const absent = sides.map((side) => absence(kind, side));
  for (const each of pairing.namesakes) compareNamesakes(findings, place, each.left, each.right);
  const missing: Item[] = [];
  const extra: Item[] = [];
  const comparing = (one: Item | undefined, other: Item | undefined) =>
    comparePair(findings, place, kind, [one, other], absent, missing, extra);
  for (const each of pairing.pairs) comparing(each.left, each.right);
  for (const one of pairing.missing) comparing(one, undefined);
  for (const other of pairing.extra) comparing(undefined, other);
  const renames = findRenames(kind, { ...pairing, missing, extra }, ones, others);
  for (const { left: one, right: other, by } of renames)
    findings.differences.push({
      path: pathOf(below(belowItem(place, nameOf(one)), by)),
      kind: 'changed',
      weight: kind.missing,
      left: one.identity[by],
      right: other.identity[by],
    });
  const renamed = new Set(renames.flatMap((rename) => [rename.left, rename.right]));
  const path = (one: Item) => pathOf(belowItem(place, nameOf(one)));
  for (const one of missing.filter((each) => !renamed.has(each)))
    findings.differences.push({
      path: path(one),
      kind: 'missing',
      weight: kind.missing,
      left: itemJson(one),
      right: null,
    });
  for (const one of extra.filter((each) => !renamed.has(each)))
    findings.differences.push({
      path: path(one),
      kind: 'extra',
      weight: kind.extra(one),
      left: null,
      right: itemJson(one),
    });
  const isAlone = (item: Item) => !renamed.has(item);
  return {
    pairs: [...pairing.pairs, ...renames],
    missing: missing.filter(isAlone),
    extra: extra.filter(isAlone),
  };
}

/** Items of one list, apart from those whose identity has an empty part and which nothing can be paired with. */
interface NamedItems {
  named: Item[];
  nameless: Item[];
}

/** The value of an option is data and may be null; every other identity is a name. */
function separateNameless(items: Item[], kind: Kind): NamedItems {
  if (kind.exact) return { named: items, nameless: [] };
  const { named = [], nameless = [] } = Object.groupBy(items, ({ identity }) =>
    Object.values(identity).includes(null) ? 'nameless' : 'named',
  );
  return { named, nameless };
}

/** True when the nameless items of both sides have equal contents, so that nothing speaks for a difference. */
function sameNameless(left: Item[], right: Item[]): boolean {
  const keys = (items: Item[]) =>
    JSON.stringify(items.map((item) => [JSON.stringify(item.identity), contentKey(item)]).sort());
  return keys(left) === keys(right);
}

/** Presence of an item that a list lacks. An item without a name may be any item, so the presence is then unknown. */
function absence(kind: Kind, { nameless }: NamedItems): ReadResult<boolean> | undefined {
  if (kind.asked) return undefined;
  return nameless.length > 0 ? { unknown: 'a_row_has_no_name' } : { known: false };
}

function noteNameless(findings: Findings, place: Place, sides: NamedItems[]): void {
  const [left = [], right = []] = sides.map(({ nameless }) => nameless);
  if (sameNameless(left, right)) return;
  const [one, other] = findings.sides;
  findings.unknown.push({
    path: pathOf(place),
    reason: `${left.length} in ${one} and ${right.length} in ${other} have no name and cannot be told apart`,
    why: 'ambiguous',
  });
}

/**
 * Compares the items of one key, at most one on each side. An item on one side only goes to `missing` or `extra`, when the
 * other side, by its `absent`, certainly lacks it.
 */
function comparePair(
  findings: Findings,
  place: Place,
  kind: Kind,
  [left, right]: readonly [Item | undefined, Item | undefined],
  [absentLeft, absentRight]: (ReadResult<boolean> | undefined)[],
  missing: Item[],
  extra: Item[],
): void {
  const there = left ?? right;
  if (!there) return;
  const own = belowItem(place, nameOf(there));
  const [onTheLeft, onTheRight] = [left ? left.presence : absentLeft, right ? right.presence : absentRight];
  const both = bothKnown(findings, own, onTheLeft, onTheRight);
  if (!both) return;
  const [onLeft, onRight] = both;
  if (onLeft && onRight && left && right) compareItems(findings, own, kind, left, right);
  else if (onLeft && left) missing.push(left);
  else if (onRight && right) extra.push(right);
}

/** Nothing distinguishes items of one name: either all of them are equal on both sides, or a person has to check. */
function compareNamesakes(findings: Findings, place: Place, left: Item[], right: Item[]): void {
  const rest = (items: Item[]) => canonicalJson(items.map(contentKey).sort());
  if ([...left, ...right].every(isKnown) && rest(left) === rest(right)) return;
  const there = left[0] ?? right[0];
  if (!there) return;
  const path = pathOf(belowItem(place, nameOf(there)));
  findings.unknown.push({ path, reason: cannotTell(findings, left, right), why: 'ambiguous' });
}

export const cannotTell = ({ sides: [one, other] }: Findings, left: Item[], right: Item[]): string =>
  `${left.length} in ${one} and ${right.length} in ${other} have this name and cannot be told apart`;

function compareItems(findings: Findings, place: Place, kind: Kind, left: Item, right: Item): void {
  for (const [by, one] of Object.entries(left.identity)) {
    const other = right.identity[by];
    if (kind.spelling !== null && one !== other)
      findings.differences.push({
        path: pathOf(below(place, by)),
        kind: 'changed',
        weight: kind.spelling,
        left: one,
        right: other,
      });
  }
  for (const [name, { same, weigh, readWith }] of Object.entries(kind.values)) {
    if (readWith !== undefined && ![left, right].every(({ lists }) => wasRead(lists[readWith]))) continue;
    const inner = below(place, name);
    const both = bothKnown(findings, inner, left.values[name], right.values[name]);
    if (both && !same(both[0], both[1]))
      findings.differences.push({
        path: pathOf(inner),
        kind: 'changed',
        weight: weigh(both[0], both[1]),
        left: both[0],
        right: both[1],
      });
  }
  for (const [name, inner] of Object.entries(kind.lists))
    compareLists(findings, below(place, name), inner, left.lists[name], right.lists[name]);
}

const wasRead = (part: ReadResult<unknown> | undefined): boolean => part !== undefined && 'known' in part;

/** Returns null unless both sides are known. When at least one side read the place, the reason goes to the findings. */
function bothKnown<T>(
  findings: Findings,
  place: Place,
  left: ReadResult<T> | undefined,
  right: ReadResult<T> | undefined,
): [T, T] | null {
  const isAbsent = (part: ReadResult<T> | undefined) => part === undefined || part === UNLISTED;
  if (isAbsent(left) && isAbsent(right)) return null;
  if (left && 'known' in left && right && 'known' in right) return [left.known, right.known];
  const reasons = [left, right].flatMap((part, index) => {
    const side = findings.sides[index];
    if (part === undefined) return [`it was not read in ${side}`];
    if (part === UNLISTED) return [`its id is not among the active roles of ${side}`];
    return 'unknown' in part
      ? [`it could not be read in ${side} (${part.unknown.replaceAll('_', ' ')})`]
      : [];
  });
  const failed = (part: ReadResult<T> | undefined) => !isAbsent(part) && !wasRead(part);
  const reason = reasons.join(', and ');
  if (failed(right)) findings.unknown.push({ path: pathOf(place), reason, why: 'failed_right' });
  else if (failed(left)) findings.unknown.push({ path: pathOf(place), reason, why: 'failed_left' });
  else findings.notRead.push({ place, reason });
  return null;
}
