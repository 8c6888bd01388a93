import { canonicalJson } from '../../text/canonical-json.ts';
import { foldName, sameName } from '../names.ts';
import type { Weight } from './difference.ts';
import { type Item, nameOf, OWN_VALUE } from './item.ts';
import { splitPath } from './path.ts';

/** How the items of one list are compared, and the weight of a difference between them. */
export interface Kind {
  /** The list holds only items that were asked for by name: an item that it lacks was not read. */
  asked: boolean;
  /** The identity is compared exactly: option values, variables and flags are data that programs send. */
  exact: boolean;
  missing: Weight;
  extra(item: Item): Weight;
  /** Weight of the same name in another spelling; null when it is no difference of this item. */
  spelling: Weight | null;
  values: Record<string, Rule>;
  lists: Record<string, Kind>;
  /** False for items whose names are given, such as flags, and for references: another one is not the same one renamed. */
  renamed: boolean;
  /** Parts of the identity that are chosen from a list, so that the rest of it recognises the item. */
  chosen: string[];
  /** Content by which the item is recognised under any other name: at least so many marks that no other item has. */
  recognised: { marksOf(item: Item): string[]; least: number };
}

interface Rule {
  /** The list that comes with the same read. While that was not read on both sides, only the list is reported. */
  readWith?: string;
  weigh(left: unknown, right: unknown): Weight;
  /** The heaviest weight that `weigh` gives. */
  most: Weight;
  same(left: unknown, right: unknown): boolean;
}

const always = (weight: Weight): Rule => ({ weigh: () => weight, most: weight, same: Object.is });
/** Breaking when the right side has this value. */
const breakingAs = (value: unknown): Rule => ({
  weigh: (_left, right) => (right === value ? 'breaking' : 'risky'),
  most: 'breaking',
  same: Object.is,
});

/** The items of these lists that were read. */
const itemsIn = (item: Item, ...lists: string[]): Item[] =>
  lists.flatMap((name) => {
    const list = item.lists[name];
    return list && 'known' in list ? list.known : [];
  });

/** The names of everything in these lists. Two or three of them are shared by unrelated items. */
const byContent = (...lists: string[]): Kind['recognised'] => ({
  marksOf: (item) => itemsIn(item, ...lists).map(nameOf),
  least: 5,
});

/** The label that people see. */
const labelOf = (item: Item): string[] => {
  const label = read(item, 'label');
  return typeof label === 'string' && label.trim() !== '' ? [foldName(label)] : [];
};

const read = (item: Item, name: string): unknown => {
  const part = item.values[name];
  return part && 'known' in part ? part.known : null;
};

/** An item missing on the right breaks what relies on it. An extra one on the right was never tested on the left. */
const basic: Kind = {
  asked: false,
  exact: false,
  missing: 'breaking',
  extra: () => 'risky',
  spelling: 'cosmetic',
  values: {},
  lists: {},
  renamed: true,
  chosen: [],
  recognised: { marksOf: () => [], least: 1 },
};

/** An item that is defined elsewhere and named here. Its name in another spelling is a difference of its own. */
const reference: Kind = { ...basic, renamed: false, spelling: null };

const option: Kind = {
  ...basic,
  exact: true,
  spelling: null,
  values: { label: always('cosmetic') },
  recognised: { marksOf: labelOf, least: 1 },
};

const field: Kind = {
  ...basic,
  // A contract without an extra required field is refused on the right only.
  extra: (item) => (read(item, 'required') === true ? 'breaking' : 'risky'),
  exact: true,
  spelling: null,
  values: {
    type: always('breaking'),
    required: breakingAs(true),
    parentRequired: {
      ...breakingAs(true),
      same: (left, right) => (left ?? false) === (right ?? false),
    },
    defaultValue: {
      // An integration that leaves the field out relies on the default.
      weigh: (_left, right) => (right === null ? 'breaking' : 'risky'),
      most: 'breaking',
      same: (left, right) => canonicalJson(left) === canonicalJson(right),
    },
    label: always('cosmetic'),
  },
  lists: { options: option },
  recognised: {
    // "Date" is the label of many fields.
    marksOf: (item) =>
      labelOf(item).filter((label) => /\p{L}\P{L}+\p{L}/u.test(label) || itemsIn(item, 'options').length > 1),
    least: 1,
  },
};

/** Templates find an entity by its reference id. */
const entity: Kind = {
  ...basic,
  values: { referenceId: always('breaking'), isPrimary: always('risky') },
};

const contractType: Kind = {
  ...basic,
  lists: {
    entities: { ...reference, values: { isPrimary: always('risky') } },
    intakeFields: field,
    metadataFields: field,
  },
  recognised: byContent('intakeFields', 'metadataFields'),
};

/** SpotDraft's document spells it Organisation for templates and Organization for webhooks. */
const britishSpelling = (kind: unknown): string => String(kind).replace(/organiz/i, 'organis');

export const template: Kind = {
  ...basic,
  values: {
    contractType: {
      weigh: () => 'breaking',
      most: 'breaking',
      same: (left, right) =>
        typeof left === 'string' && typeof right === 'string' ? sameName(left, right) : left === right,
    },
    counterPartyKind: {
      readWith: 'fields',
      // A template for both kinds takes every counterparty that one of a single kind takes.
      weigh: (_left, right) => (sameName(String(right), 'Both') ? 'risky' : 'breaking'),
      most: 'breaking',
      same: (left, right) => sameName(britishSpelling(left), britishSpelling(right)),
    },
  },
  // People search templates by tags; no contract is refused for a missing one.
  lists: { fields: field, tags: { ...basic, missing: 'risky' } },
  recognised: byContent('fields'),
};

/** A signatory or approval. With a condition it may be left out, and an integration waits in vain for its event. */
const step: Kind = {
  ...basic,
  values: { order: always('risky'), conditional: always('risky') },
  chosen: ['party'],
};
const signatory: Kind = {
  ...step,
  values: { ...step.values, conditionalRouting: always('risky') },
};
const approval: Kind = {
  ...step,
  values: {
    ...step.values,
    role: {
      weigh: () => 'risky',
      most: 'risky',
      same: (left, right) => sameName(String(left), String(right)),
    },
  },
};

const workflow: Kind = {
  ...basic,
  values: {
    status: {
      weigh: (left) => (left === 'PUBLISHED' ? 'breaking' : 'risky'),
      most: 'breaking',
      same: Object.is,
    },
    unpublishedChanges: always('risky'),
  },
  lists: { signatories: signatory, approvals: approval },
  recognised: byContent('signatories', 'approvals'),
};

const user: Kind = {
  ...basic,
  asked: true,
  renamed: false,
  // A user is read by the address in the config.
  spelling: null,
  values: { active: breakingAs(false) },
  lists: { roles: reference },
};

const featureFlag: Kind = {
  ...basic,
  asked: true,
  renamed: false,
  exact: true,
  spelling: null,
  values: { [OWN_VALUE]: breakingAs(false) },
};

/** The parts of a configuration by the first segment of their paths, which is the key in the config. */
export const kinds: Record<string, Kind> = {
  contractTypes: contractType,
  entities: entity,
  templates: template,
  workflows: workflow,
  roles: basic,
  users: user,
  featureFlags: featureFlag,
  webhooks: { ...basic, renamed: false },
};

/** True when a difference at this place could be breaking. In a path, names of items and parts of them alternate. */
export function mayBreak(path: string): boolean {
  const [list = '', ...steps] = splitPath(path);
  let kind: Kind | undefined = kinds[list as keyof typeof kinds];
  for (let at = 1; kind !== undefined && at < steps.length; at += 2) {
    const part = steps[at] ?? '';
    const rule: Rule | undefined = kind.values[part];
    if (rule) return rule.most === 'breaking';
    kind = kind.lists[part];
  }
  return kind === undefined || kind.missing === 'breaking';
}
