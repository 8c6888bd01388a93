import type { ReadResult } from '../../spotdraft/fact.ts';
import { foldName } from '../names.ts';
import type { SnapshotContent, SnapshotField } from '../snapshot.ts';
import { type Item, OWN_VALUE, PRESENT } from './item.ts';

type Lists = Item['lists'];

/** What a snapshot holds, part by part. A part that was not read is undefined. */
export function itemsOf(content: SnapshotContent): Lists {
  return {
    contractTypes: contractTypes(content),
    templates: templates(content),
    workflows: mapPart(content.workflows, (list) => list.map(workflow)),
    roles: mapPart(content.roles, names),
    // Nobody asked for is the same as an empty list of those who were.
    users: { known: (content.users ?? []).map(user) },
    featureFlags: mapPart(content.featureFlags, (flags) => Object.entries(flags).map(featureFlag)),
    webhooks: content.webhooks && { known: names(content.webhooks) },
  };
}

/** How many things a snapshot holds, fields, options and steps included. */
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

const thing = (identity: Item['identity'], values: Item['values'] = {}, lists: Lists = {}): Item => ({
  identity,
  presence: PRESENT,
  values,
  lists,
});

const names = (list: string[]): Item[] => list.map((name) => thing({ name }));

function contractTypes({ contractTypes: types, contractTypeDetails = [] }: SnapshotContent) {
  const details = takeByName(contractTypeDetails, ({ contractType }) => contractType);
  return mapPart(types, (list) =>
    list.map((name) => {
      const own = details(name);
      return thing(
        { name },
        {},
        {
          entities: mapPart(own?.entities, names),
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
    list.map(({ name, contractType }) =>
      thing(
        { name },
        { contractType: contractType === undefined ? undefined : { known: contractType } },
        { fields: mapPart(details(name)?.fields, fields), tags: mapPart(tagged(name)?.tags, names) },
      ),
    ),
  );
}

/** Hands out the entries of a name one after the other: two things of one name have two sets of details. */
function takeByName<T>(entries: T[], nameOf: (entry: T) => string): (name: string) => T | undefined {
  const waiting = Map.groupBy(entries, (entry) => foldName(nameOf(entry)));
  const taken = new Map<string, number>();
  return (name) => {
    const key = foldName(name);
    const next = taken.get(key) ?? 0;
    taken.set(key, next + 1);
    return waiting.get(key)?.[next];
  };
}

const fields = (list: SnapshotField[]): Item[] =>
  list.map(({ variable, type, label, required, options }) =>
    thing(
      { variable },
      { type: { known: type }, required: { known: required }, label: { known: label } },
      {
        options: {
          known: options.map((option) => thing({ value: option.value }, { label: { known: option.label } })),
        },
      },
    ),
  );

type Workflow = Extract<NonNullable<SnapshotContent['workflows']>, { known: unknown }>['known'][number];

const workflow = ({ title, status, unpublishedChanges, signatories, approvals }: Workflow): Item =>
  thing(
    { title },
    { status: { known: status }, unpublishedChanges: { known: unpublishedChanges } },
    {
      signatories: {
        known: signatories.map(({ party, name, order }) =>
          thing({ party, name }, { order: { known: order } }),
        ),
      },
      approvals: { known: approvals.map(({ name, order }) => thing({ name }, { order: { known: order } })) },
    },
  );

function user({ email, user: part }: NonNullable<SnapshotContent['users']>[number]): Item {
  if ('unknown' in part) return { ...thing({ email }), presence: part };
  const member = part.known;
  if (member === null) return { ...thing({ email }), presence: { known: false } };
  return thing(
    { email },
    { active: { known: member.active } },
    { roles: member.roles === null ? { unknown: 'not_shown' } : { known: names(member.roles) } },
  );
}

const featureFlag = ([name, on]: [string, boolean | null]): Item => ({
  ...thing({ name }, on === null ? {} : { [OWN_VALUE]: { known: on } }),
  presence: { known: on !== null },
});
