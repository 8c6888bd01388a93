import type { ReadResult } from '../../spotdraft/fact.ts';
import type { SnapshotContent, SnapshotField, SnapshotWorkflow } from '../snapshot.ts';
import { type Item, OWN_VALUE, PRESENT, UNLISTED } from './item.ts';

type Lists = Item['lists'];

/** Items of a snapshot, part by part. A part that was not read is undefined. */
export function itemsOf(content: SnapshotContent): Lists {
  return {
    contractTypes: contractTypes(content),
    entities: mapPart(content.entities, (list) =>
      list.map(({ name, referenceId, isPrimary }) =>
        newItem({ name }, { referenceId: { known: referenceId }, isPrimary: cell(isPrimary) }),
      ),
    ),
    templates: templates(content),
    workflows: mapPart(content.workflows, (list) => list.map(workflow)),
    roles: mapPart(content.roles, names),
    // Without required users the list of users is empty.
    users: { known: (content.users ?? []).map(user) },
    featureFlags: mapPart(content.featureFlags, (flags) => Object.entries(flags).map(featureFlag)),
    webhooks: content.webhooks && { known: names(content.webhooks) },
  };
}

/** Number of items in a snapshot, including fields, options and steps. */
export const countItems = (content: SnapshotContent): number => countIn(itemsOf(content));

const countIn = (lists: Lists): number =>
  Object.values(lists).reduce(
    (sum, part) =>
      part && 'known' in part
        ? part.known.reduce((inner, { lists: below }) => inner + 1 + countIn(below), sum)
        : sum,
    0,
  );

function mapPart<A, B>(part: ReadResult<A> | undefined, change: (value: A) => B): ReadResult<B> | undefined {
  return part && ('known' in part ? { known: change(part.known) } : part);
}

const newItem = (identity: Item['identity'], values: Item['values'] = {}, lists: Lists = {}): Item => ({
  identity,
  presence: PRESENT,
  values,
  lists,
});

const names = (list: string[]): Item[] => list.map((name) => newItem({ name }));

function contractTypes({ contractTypes: types, contractTypeDetails = [] }: SnapshotContent) {
  const details = takeByName(contractTypeDetails, ({ contractType }) => contractType);
  return mapPart(types, (list) =>
    list.map((name) => {
      const own = details(name);
      return newItem(
        { name },
        {},
        {
          entities: mapPart(own?.entities, (entities) => entities.map(entityOfType)),
          intakeFields: mapPart(own?.intakeFields, fields),
          metadataFields: mapPart(own?.metadataFields, fields),
        },
      );
    }),
  );
}

function templates({ templates: rows, templateFields = [], templateTags = [] }: SnapshotContent) {
  const details = takeByName(templateFields, ({ template }) => template);
  const tagged = takeByName(templateTags, ({ template }) => template);
  return mapPart(rows, (list) =>
    list.map(({ name, contractType }) => {
      const own = details(name);
      return newItem(
        { name },
        {
          contractType: contractType === undefined ? undefined : { known: contractType },
          counterPartyKind: cell(own?.counterPartyKind),
        },
        { fields: mapPart(own?.fields, fields), tags: mapPart(tagged(name)?.tags, names) },
      );
    }),
  );
}

const entityOfType = (entity: string | { name: string; isPrimary: boolean }): Item =>
  typeof entity === 'string'
    ? newItem({ name: entity })
    : newItem({ name: entity.name }, { isPrimary: { known: entity.isPrimary } });

/** Returns the entries of a name one after the other: two items of one name have two sets of details. */
function takeByName<T>(entries: T[], nameOf: (entry: T) => string): (name: string) => T | undefined {
  const waiting = Map.groupBy(entries, nameOf);
  const taken = new Map<string, number>();
  return (name) => {
    const next = taken.get(name) ?? 0;
    taken.set(name, next + 1);
    return waiting.get(name)?.[next];
  };
}

const fields = (list: SnapshotField[]): Item[] =>
  list.map(({ variable, type, label, required, parentRequired, defaultValue, options }) =>
    newItem(
      { variable },
      {
        type: { known: type },
        required: { known: required },
        // Older snapshots lack both. null is what the answer says: no obligation, no default.
        parentRequired: parentRequired === undefined ? undefined : { known: parentRequired },
        defaultValue: defaultValue === undefined ? undefined : { known: defaultValue },
        label: { known: label },
      },
      {
        options: {
          known: options.map((option) =>
            newItem({ value: option.value }, { label: { known: option.label } }),
          ),
        },
      },
    ),
  );

const workflow = ({ title, status, unpublishedChanges, ...parts }: SnapshotWorkflow): Item => {
  const unclear = (part: 'workflow' | 'signatories' | 'approvals') => parts.unclear?.includes(part) ?? false;
  const steps = (part: 'signatories' | 'approvals', list: Item[]): ReadResult<Item[]> =>
    unclear(part) ? { unknown: 'unclear' } : { known: list };
  return {
    ...newItem(
      { title: named(title) },
      { status: cell(status), unpublishedChanges: cell(unpublishedChanges) },
      {
        signatories: steps('signatories', parts.signatories.map(signatory)),
        approvals: steps('approvals', parts.approvals.map(approval)),
      },
    ),
    presence: unclear('workflow') ? { unknown: 'unclear' } : PRESENT,
  };
};

const signatory = ({ party, name, ...values }: SnapshotWorkflow['signatories'][number]): Item =>
  newItem(
    { party: named(party), name: named(name) },
    {
      order: cell(values.order),
      conditional: cell(values.conditional),
      conditionalRouting: cell(values.conditionalRouting),
    },
  );

const approval = ({ name, role, roleUnlisted, ...step }: SnapshotWorkflow['approvals'][number]): Item =>
  newItem(
    { name: named(name) },
    {
      order: cell(step.order),
      conditional: cell(step.conditional),
      role: roleUnlisted ? UNLISTED : cell(role),
    },
  );

/** The value of a cell that may be empty: an empty one was not read. */
const cell = (value: unknown): ReadResult<unknown> | undefined =>
  value === null || value === undefined ? undefined : { known: value };

/** An empty name identifies nothing. */
const named = (name: string | null): string | null => (name === '' ? null : name);

function user({ email, user: part }: NonNullable<SnapshotContent['users']>[number]): Item {
  if ('unknown' in part) return { ...newItem({ email }), presence: part };
  const member = part.known;
  if (member === null) return { ...newItem({ email }), presence: { known: false } };
  return newItem(
    { email },
    { active: { known: member.active } },
    { roles: member.roles === null ? { unknown: 'not_shown' } : { known: names(member.roles) } },
  );
}

const featureFlag = ([name, on]: [string, boolean | null]): Item => ({
  ...newItem({ name }, on === null ? {} : { [OWN_VALUE]: { known: on } }),
  presence: { known: on !== null },
});
