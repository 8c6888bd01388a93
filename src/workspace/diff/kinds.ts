import { sameName } from '../names.ts';
import type { Weight } from './difference.ts';
import { type Item, OWN_VALUE } from './item.ts';

/** How the things of one list are compared, and what a difference between them weighs. */
export interface Kind {
  /** The list holds only what was asked for: what it does not hold was not looked at. */
  asked: boolean;
  /** What it is found by is compared to the letter: the value of an option is data. */
  exact: boolean;
  missing: Weight;
  extra(thing: Item): Weight;
  /** Found under the same name, spelled in another way. */
  spelling: Weight;
  values: Record<string, Rule>;
  lists: Record<string, Kind>;
  /** Whether what it holds is telling enough to know it by, where its name is another. */
  telling(thing: Item): boolean;
}

interface Rule {
  weigh(left: unknown, right: unknown): Weight;
  same(left: unknown, right: unknown): boolean;
}

const always = (weight: Weight): Rule => ({ weigh: () => weight, same: Object.is });
/** Breaking where it turns into this on the right. */
const breakingAs = (value: unknown): Rule => ({
  weigh: (_left, right) => (right === value ? 'breaking' : 'risky'),
  same: Object.is,
});

const holds = (thing: Item, ...lists: string[]): boolean =>
  lists.some((name) => {
    const list = thing.lists[name];
    return list !== undefined && 'known' in list && list.known.length > 0;
  });

const read = (thing: Item, name: string): unknown => {
  const part = thing.values[name];
  return part && 'known' in part ? part.known : null;
};

/** Missing on the right breaks what relies on it; what only the right has was not tried on the left. */
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
  telling: (thing) => read(thing, 'label') !== null,
};

const field: Kind = {
  ...basic,
  // Whoever creates a contract without it is refused on the right only.
  extra: (thing) => (read(thing, 'required') === true ? 'breaking' : 'risky'),
  // Programs name a variable to the letter.
  spelling: 'risky',
  values: { type: always('breaking'), required: breakingAs(true), label: always('cosmetic') },
  lists: { options: option },
  telling: (thing) => read(thing, 'label') !== null,
};

const contractType: Kind = {
  ...basic,
  lists: { entities: basic, intakeFields: field, metadataFields: field },
  telling: (thing) => holds(thing, 'intakeFields', 'metadataFields'),
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
  // By its tags a template is found, and no contract is refused for them.
  lists: { fields: field, tags: { ...basic, missing: 'risky' } },
  telling: (thing) => holds(thing, 'fields'),
};

const step: Kind = {
  ...basic,
  values: { order: always('risky') },
  telling: (thing) => read(thing, 'order') !== null,
};

const workflow: Kind = {
  ...basic,
  values: {
    status: {
      weigh: (left, right) => (left === 'PUBLISHED' && right !== null ? 'breaking' : 'risky'),
      same: Object.is,
    },
    unpublishedChanges: always('risky'),
  },
  lists: { signatories: step, approvals: step },
  telling: (thing) => holds(thing, 'signatories', 'approvals'),
};

const user: Kind = {
  ...basic,
  asked: true,
  values: { active: breakingAs(false) },
  lists: { roles: basic },
};

const featureFlag: Kind = { ...basic, asked: true, values: { [OWN_VALUE]: breakingAs(false) } };

/** The parts of a configuration by the first word of their paths; the words are those of the config. */
export const kinds: Record<string, Kind> = {
  contractTypes: contractType,
  templates: template,
  workflows: workflow,
  roles: basic,
  users: user,
  featureFlags: featureFlag,
  webhooks: basic,
};
