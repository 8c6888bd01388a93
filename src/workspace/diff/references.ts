import { foldName } from '../names.ts';
import { cannotTell, type Findings, type Matches } from './compare.ts';
import { type Item, nameOf } from './item.ts';
import { type Kind, template } from './kinds.ts';
import { pairItems } from './pair-items.ts';
import { segment } from './path.ts';

type Lists = Item['lists'];

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
  const entities = pairItems(distinct(ours), distinct(theirs), false);
  const { pairs, namesakes } = entities;
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
  identify(entities, ours, theirs);
}

const distinct = (items: Item[]): Item[] => [
  ...new Map(items.map((item) => [nameOf(item), { ...item }])).values(),
];

/** Roles are named by members, and by approvals of workflows. */
export function followRoles(roles: Matches, ours: Lists, theirs: Lists): void {
  const names = new Map(roles.pairs.map(({ left, right }) => [nameOf(right), nameOf(left)]));
  for (const { values } of below(listOf(theirs.workflows), 'approvals')) {
    const part = values.role;
    const left = part && 'known' in part ? names.get(String(part.known)) : undefined;
    if (left !== undefined) values.role = { known: left };
  }
  identify(roles, below(listOf(ours.users), 'roles'), below(listOf(theirs.users), 'roles'));
}

/**
 * Gives references to one and the same item one key, and the left name: a plan renames the item before the references to it.
 * Names of items that are not listed are compared as names.
 */
function identify({ pairs, missing, extra }: Matches, left: Item[], right: Item[]): void {
  const listed = { left: new Map<string, Item>(), right: new Map<string, Item>() };
  for (const pair of pairs) {
    listed.left.set(nameOf(pair.left), pair.left);
    listed.right.set(nameOf(pair.right), pair.left);
  }
  for (const item of missing) listed.left.set(nameOf(item), item);
  for (const item of extra) listed.right.set(nameOf(item), item);
  const items = [...pairs.map((pair) => pair.left), ...missing, ...extra];
  const namesakes = Map.groupBy(items, (item) => foldName(nameOf(item)));
  /** A name that only one item has is compared as a name, so that a side that does not list the item agrees too. */
  const keyOf = (item: Item): string => {
    const folded = foldName(nameOf(item));
    return namesakes.get(folded)?.length === 1 ? `~${folded}` : `=${items.indexOf(item)}`;
  };
  for (const [side, references] of [
    ['left', left],
    ['right', right],
  ] as const) {
    const folded = Map.groupBy(listed[side], ([name]) => foldName(name));
    for (const reference of references) {
      const name = nameOf(reference);
      const [only, ...more] = folded.get(foldName(name)) ?? [];
      const item = listed[side].get(name) ?? (more.length === 0 ? only?.[1] : undefined);
      reference.key = item === undefined ? `~${foldName(name)}` : keyOf(item);
      if (item !== undefined) reference.identity = { name: nameOf(item) };
    }
  }
}

/** Writes the contract types of the right templates as the left side names them, and returns how templates are compared. */
export function followTypes({ pairs: types }: Matches, ours: Lists, theirs: Lists): Kind {
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
