import { foldName } from '../names.ts';
import { cannotTell, type Findings } from './compare.ts';
import { type Item, nameOf } from './item.ts';
import { type Kind, template } from './kinds.ts';
import { pairItems } from './pair-items.ts';
import { segment } from './path.ts';

type Lists = Item['lists'];
type Pairs = readonly { left: Item; right: Item }[];

/**
 * Some items name another one: a template its contract type, a member its roles, a contract type its entities. The names
 * agree when they mean one and the same item on both sides, also when that item was renamed; of two items whose names differ
 * in case, each is its own.
 */

const listOf = (part: Lists[string]): Item[] => (part && 'known' in part ? part.known : []);

const below = (items: Item[], list: string): Item[] => items.flatMap(({ lists }) => listOf(lists[list]));

/**
 * Entities are listed only with the contract types that allow them, so all contract types of a side are one list. Adds one
 * difference for each entity that the right side spells in another way.
 */
export function followEntities(findings: Findings, left: Lists[string], right: Lists[string]): void {
  const [ours, theirs] = [below(listOf(left), 'entities'), below(listOf(right), 'entities')];
  const { pairs, namesakes } = pairItems(distinct(ours), distinct(theirs), false);
  const places = [...listOf(left), ...listOf(right)].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const placeOf = (entity: string): string[] => {
    const isHere = ({ lists }: Item) => listOf(lists.entities).some((each) => nameOf(each) === entity);
    return ['contractTypes', ...places.filter(isHere).map(nameOf).slice(0, 1), 'entities', entity];
  };
  for (const { left: one, right: other } of pairs) {
    const [name, spelled] = [nameOf(one), nameOf(other)];
    if (name === spelled) continue;
    const path = [...placeOf(name), 'name'].map(segment).join('/');
    findings.differences.push({ path, kind: 'changed', weight: 'cosmetic', left: name, right: spelled });
  }
  for (const { left: ones, right: others } of namesakes) {
    const path = placeOf(nameOf((ones[0] ?? others[0]) as Item))
      .map(segment)
      .join('/');
    findings.unknown.push({ path, reason: cannotTell(findings, ones, others), why: 'ambiguous' });
  }
  identify(pairs, ours, theirs);
}

const distinct = (items: Item[]): Item[] => [
  ...new Map(items.map((item) => [nameOf(item), { ...item }])).values(),
];

/** `roles` are the pairs of roles that are one and the same. */
export function followRoles(roles: Pairs, ours: Lists, theirs: Lists): void {
  identify(roles, below(listOf(ours.users), 'roles'), below(listOf(theirs.users), 'roles'));
}

/**
 * Gives references to one and the same item one key, and the left name: a plan renames the item before the references to it.
 * Names of items that are not listed are compared as names.
 */
function identify(pairs: Pairs, left: Item[], right: Item[]): void {
  const names = pairs.map((pair) => ({ left: nameOf(pair.left), right: nameOf(pair.right) }));
  for (const [side, references] of [
    ['left', left],
    ['right', right],
  ] as const) {
    const listed = new Map(names.map((each) => [each[side], each.left]));
    const folded = Map.groupBy(listed, ([name]) => foldName(name));
    for (const reference of references) {
      const name = nameOf(reference);
      const [only, ...more] = folded.get(foldName(name)) ?? [];
      const own = listed.get(name) ?? (more.length === 0 ? only?.[1] : undefined);
      reference.key = own === undefined ? `~${foldName(name)}` : `=${own}`;
      if (own !== undefined) reference.identity = { name: own };
    }
  }
}

/** Writes the contract types of the right templates as the left side names them, and returns how templates are compared. */
export function followTypes(types: Pairs, ours: Lists, theirs: Lists): Kind {
  if (![ours.contractTypes, theirs.contractTypes].every((part) => part && 'known' in part)) return template;
  const names = new Map(types.map(({ left, right }) => [nameOf(right), nameOf(left)]));
  for (const { values } of listOf(theirs.templates)) {
    const part = values.contractType;
    const left = part && 'known' in part && names.get(String(part.known));
    if (left !== undefined && left !== false) values.contractType = { known: left };
  }
  const paired = new Set(names.values());
  const { contractType } = template.values;
  return {
    ...template,
    values: {
      ...template.values,
      ...(contractType && {
        contractType: {
          ...contractType,
          same: (left, right) =>
            left === right ||
            (!paired.has(String(left)) && !paired.has(String(right)) && contractType.same(left, right)),
        },
      }),
    },
  };
}
