import { canonicalJson } from '../../text/canonical-json.ts';
import { nearMiss } from '../names.ts';
import { contentKey, type Item, isKnown, nameOf } from './item.ts';
import type { Kind } from './kinds.ts';

export interface Rename {
  left: Item;
  right: Item;
  /** The one part of the identity that is another. */
  by: string;
}

/**
 * Things that are probably one and the same under another name: everything else about them is equal, no other pair could
 * be meant, and what is equal is telling. Where there is nothing to it but its name, the names have to be close.
 */
export function findRenames(kind: Kind, missing: readonly Item[], extra: readonly Item[]): Rename[] {
  // Who was asked for by name is not somebody else.
  if (kind.asked) return [];
  // Of what could not be read nobody knows that it is equal.
  const [ones, others] = [missing.filter(isKnown), extra.filter(isKnown)];
  const found: Rename[] = [];
  const taken = new Set<Item>();
  for (const by of Object.keys(ones[0]?.identity ?? {})) {
    const left = Map.groupBy(ones, (thing) => allBut(by, thing));
    const right = Map.groupBy(others, (thing) => allBut(by, thing));
    for (const [rest, candidates] of left)
      for (const pair of pairs(kind, candidates, right.get(rest) ?? [], by)) {
        if (taken.has(pair.left) || taken.has(pair.right)) continue;
        taken.add(pair.left).add(pair.right);
        found.push(pair);
      }
  }
  return found;
}

const allBut = (by: string, thing: Item): string =>
  canonicalJson([{ ...thing.identity, [by]: null }, contentKey(thing)]);

function pairs(kind: Kind, missing: Item[], extra: Item[], by: string): Rename[] {
  const [left] = missing;
  const [right] = extra;
  if (!left || !right) return [];
  if (kind.telling(left)) return missing.length === 1 && extra.length === 1 ? [{ left, right, by }] : [];
  return missing.flatMap((one) => {
    const [other, ...more] = extra.filter((each) => areNear(one, each));
    if (!other || more.length > 0 || missing.filter((each) => areNear(each, other)).length > 1) return [];
    return [{ left: one, right: other, by }];
  });
}

/** In both directions, since a tolerance follows from the length of one of the names. */
const areNear = (left: Item, right: Item): boolean =>
  nearMiss([nameOf(left)], nameOf(right)) !== null && nearMiss([nameOf(right)], nameOf(left)) !== null;
