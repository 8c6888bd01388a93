import type { ReadResult } from '../../spotdraft/fact.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import type { Comparison, NotComparedCause } from './difference.ts';
import { contentKey, type Item, isKnown, itemJson, itemKey, nameOf } from './item.ts';
import type { Kind } from './kinds.ts';
import { below, belowItem, type Place, pathOf } from './path.ts';
import { findRenames } from './renames.ts';

/** What comes of a comparison while it runs. */
export interface Findings extends Pick<Comparison, 'differences'> {
  unknown: NotComparedCause[];
  /** What the two sides are called in reasons. */
  sides: [string, string];
  /** Places that one side did not look at; many of them may have one pattern. */
  notRead: { place: Place; reason: string }[];
}

export function compareLists(
  findings: Findings,
  place: Place,
  kind: Kind,
  left: ReadResult<Item[]> | undefined,
  right: ReadResult<Item[]> | undefined,
): void {
  const both = bothKnown(findings, place, left, right);
  if (!both) return;
  const [leftGroups, rightGroups] = both.map((list) => Map.groupBy(list, (one) => itemKey(one, kind.exact)));
  const missing: Item[] = [];
  const extra: Item[] = [];
  for (const key of new Set([...(leftGroups?.keys() ?? []), ...(rightGroups?.keys() ?? [])])) {
    const ones = leftGroups?.get(key) ?? [];
    const others = rightGroups?.get(key) ?? [];
    if (ones.length > 1 || others.length > 1) compareNamesakes(findings, place, ones, others);
    else comparePair(findings, place, kind, ones[0], others[0], missing, extra);
  }
  const renames = findRenames(kind, missing, extra);
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
}

/** The things of one key, at most one on each side. One that is on one side only is put on a list. */
function comparePair(
  findings: Findings,
  place: Place,
  kind: Kind,
  left: Item | undefined,
  right: Item | undefined,
  missing: Item[],
  extra: Item[],
): void {
  const there = left ?? right;
  if (!there) return;
  const absent: ReadResult<boolean> | undefined = kind.asked ? undefined : { known: false };
  const own = belowItem(place, nameOf(there));
  const both = bothKnown(findings, own, left ? left.presence : absent, right ? right.presence : absent);
  if (!both) return;
  const [onLeft, onRight] = both;
  if (onLeft && onRight && left && right) compareThings(findings, own, kind, left, right);
  else if (onLeft && left) missing.push(left);
  else if (onRight && right) extra.push(right);
}

/** Several of one name cannot be told apart: they are the same all together, or a person has to look. */
function compareNamesakes(findings: Findings, place: Place, left: Item[], right: Item[]): void {
  const rest = (things: Item[]) => canonicalJson(things.map(contentKey).sort());
  if ([...left, ...right].every(isKnown) && rest(left) === rest(right)) return;
  const there = left[0] ?? right[0];
  if (!there) return;
  const [one, other] = findings.sides;
  findings.unknown.push({
    path: pathOf(belowItem(place, nameOf(there))),
    reason: `${left.length} in ${one} and ${right.length} in ${other} have this name and cannot be told apart`,
    why: 'ambiguous',
  });
}

function compareThings(findings: Findings, place: Place, kind: Kind, left: Item, right: Item): void {
  for (const [by, one] of Object.entries(left.identity)) {
    const other = right.identity[by];
    if (!kind.exact && one !== other)
      findings.differences.push({
        path: pathOf(below(place, by)),
        kind: 'changed',
        weight: kind.spelling,
        left: one,
        right: other,
      });
  }
  for (const [name, { same, weigh }] of Object.entries(kind.values)) {
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

/** Null: it is not known on both sides. Where at least one of them looked, that is noted with the reason. */
function bothKnown<T>(
  findings: Findings,
  place: Place,
  left: ReadResult<T> | undefined,
  right: ReadResult<T> | undefined,
): [T, T] | null {
  if (left === undefined && right === undefined) return null;
  if (left && 'known' in left && right && 'known' in right) return [left.known, right.known];
  const reasons = [left, right].flatMap((part, index) => {
    const side = findings.sides[index];
    if (part === undefined) return [`it was not read in ${side}`];
    return 'unknown' in part
      ? [`it could not be read in ${side} (${part.unknown.replaceAll('_', ' ')})`]
      : [];
  });
  const failed = (part: ReadResult<T> | undefined) => part !== undefined && 'unknown' in part;
  const reason = reasons.join(', and ');
  if (failed(right)) findings.unknown.push({ path: pathOf(place), reason, why: 'failed_right' });
  else if (failed(left)) findings.unknown.push({ path: pathOf(place), reason, why: 'failed_left' });
  else findings.notRead.push({ place, reason });
  return null;
}
