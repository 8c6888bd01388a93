import { sameName } from '../names.ts';
import type { Weight } from './difference.ts';
import { type Item, OWN_VALUE } from './item.ts';

/** How the items of one list are compared, and the weight of a difference between them. */
export interface Kind {
  /** The list holds only items that were asked for by name: an item that it lacks was not read. */
  asked: boolean;
  /** The identity is compared exactly: the value of an option is data. */
  exact: boolean;
  missing: Weight;
  extra(item: Item): Weight;
  /** Weight of the same name in another spelling. */
  spelling: Weight;
  values: Record<string, Rule>;
  lists: Record<string, Kind>;
  /** True when the content is specific enough to recognise the item under another name. */
  telling(item: Item): boolean;
}

interface Rule {
  weigh(left: unknown, right: unknown): Weight;
  same(left: unknown, right: unknown): boolean;
}

const always = (weight: Weight): Rule => ({ weigh: () => weight, same: Object.is });
/** Breaking when the right side has this value. */
const breakingAs = (value: unknown): Rule => ({
  weigh: (_left, right) => (right === value ? 'breaking' : 'risky'),
  same: Object.is,
});

const holds = (item: Item, ...lists: string[]): boolean =>
  lists.some((name) => {
    const list = item.lists[name];
    return list !== undefined && 'known' in list && list.known.length > 0;
  });

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
  telling: () => false,
};

const option: Kind = {
  ...basic,
  exact: true,
  values: { label: always('cosmetic') },
  telling: (item) => read(item, 'label') !== null,
};

const field: Kind = {
  ...basic,
  // A contract without an extra required field is refused on the right only.
  extra: (item) => (read(item, 'required') === true ? 'breaking' : 'risky'),
  // Programs use the exact spelling of a variable.
  spelling: 'risky',
  values: { type: always('breaking'), required: breakingAs(true), label: always('cosmetic') },
  lists: { options: option },
  telling: (item) => read(item, 'label') !== null,
};

const contractType: Kind = {
  ...basic,
  lists: { entities: basic, intakeFields: field, metadataFields: field },
  telling: (item) => holds(item, 'intakeFields', 'metadataFields'),
};

const template: Kind = {
  ...basic,
  values: {
    contractType: {
      weigh: () => 'breaking',
      same: (left, right) =>
        typeof left === 'string' && typeof right === 'string' ? sameName(left, right) : left === right,
    },
  },
  // People search templates by tags; no contract is refused for a missing one.
  lists: { fields: field, tags: { ...basic, missing: 'risky' } },
  telling: (item) => holds(item, 'fields'),
};

/** A signatory or approval. With a condition it may be left out, and an integration waits in vain for its event. */
const step: Kind = {
  ...basic,
  values: { order: always('risky'), conditional: always('risky') },
  telling: (item) => read(item, 'order') !== null,
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
      same: (left, right) => sameName(String(left), String(right)),
    },
  },
};

const workflow: Kind = {
  ...basic,
  values: {
    status: {
      weigh: (left) => (left === 'PUBLISHED' ? 'breaking' : 'risky'),
      same: Object.is,
    },
    unpublishedChanges: always('risky'),
  },
  lists: { signatories: signatory, approvals: approval },
  telling: (item) => holds(item, 'signatories', 'approvals'),
};

const user: Kind = {
  ...basic,
  asked: true,
  values: { active: breakingAs(false) },
  lists: { roles: basic },
};

const featureFlag: Kind = { ...basic, asked: true, values: { [OWN_VALUE]: breakingAs(false) } };

/** The parts of a configuration by the first segment of their paths, which is the key in the config. */
export const kinds: Record<string, Kind> = {
  contractTypes: contractType,
  templates: template,
  workflows: workflow,
  roles: basic,
  users: user,
  featureFlags: featureFlag,
  webhooks: basic,
};
