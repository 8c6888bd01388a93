import type { SnapshotContent } from '../snapshot.ts';
import { isIdentity } from './covers.ts';
import { type Item, nameOf } from './item.ts';
import { itemsOf } from './items-of.ts';
import { kinds } from './kinds.ts';
import { segment } from './path.ts';

/** Ends the place of an empty list: everything below it was compared. */
const BELOW = '/**';

/**
 * Kinds of places that both configurations hold, such as `templates/x/fields` with `*` for names; an item that is read by its
 * name has a place of its own. A difference in any other place may be older than the first comparison that shows it.
 */
export function comparedPlaces(left: SnapshotContent, right: SnapshotContent): string[] {
  const [ours, theirs] = [readPlaces(left), readPlaces(right)];
  return [...new Set([...ours, ...theirs])]
    .filter((place) => holds(ours, place) && holds(theirs, place))
    .sort();
}

/** True when the place of the difference at this path is among the compared ones. */
export const wasCompared = (places: ReadonlySet<string>, path: string): boolean =>
  holds(places, placeOf(path));

function readPlaces(content: SnapshotContent): Set<string> {
  const places = new Set<string>();
  const walk = (lists: Item['lists'], above: string): void => {
    for (const [name, list] of Object.entries(lists)) {
      if (!list || 'unknown' in list) continue;
      const place = `${above}${name}`;
      places.add(place);
      if (list.known.length === 0 && !isAsked(place)) places.add(`${place}${BELOW}`);
      for (const item of list.known) {
        if (isAsked(place) && 'known' in item.presence) places.add(`${place}/${segment(nameOf(item))}`);
        for (const [value, part] of Object.entries(item.values))
          if (part && 'known' in part) places.add(`${place}/*/${value}`);
        walk(item.lists, `${place}/*/`);
      }
    }
  };
  walk(itemsOf(content), '');
  return places;
}

const isAsked = (list: string): boolean => kinds[list]?.asked === true;

function holds(places: ReadonlySet<string>, place: string): boolean {
  if (places.has(place)) return true;
  const names = place.split('/');
  return names.some((_, index) => places.has(`${names.slice(0, index + 1).join('/')}${BELOW}`));
}

/** The place of a difference, in the form of `comparedPlaces`. Even positions of a path name lists and values, odd ones items. */
function placeOf(path: string): string {
  const names = path.split('/');
  if (names.length === 2 && isAsked(names[0] ?? '')) return path;
  const starred = names.map((name, index) => (index % 2 === 1 ? '*' : name));
  if (isIdentity(names.at(-1)) && names.length % 2 === 1) return starred.slice(0, -2).join('/');
  return (names.length % 2 === 0 ? starred.slice(0, -1) : starred).join('/');
}
