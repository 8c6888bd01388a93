import type { ReadResult } from '../../../src/spotdraft/fact.ts';
import { foldName } from '../../../src/workspace/names.ts';
import type { SnapshotContent, SnapshotField } from '../../../src/workspace/snapshot.ts';
import fc from '../../fast-check.ts';

type Step = { name: string; order: number; conditional?: boolean };
/** Workflows whose tables have no empty cell where a test needs a value. */
export type Workflows = {
  title: string;
  status: string;
  unpublishedChanges: boolean;
  signatories: (Step & { party: string; conditionalRouting?: boolean })[];
  approvals: (Step & { role?: string })[];
}[];

/** A complete configuration in which every part could be read, so that a test may change any of it. */
export interface WholeContent extends SnapshotContent {
  contractTypes: { known: string[] };
  entities: { known: { name: string; referenceId: string | null; isPrimary: boolean }[] };
  contractTypeDetails: {
    contractType: string;
    entities: { known: string[] };
    intakeFields: { known: SnapshotField[] };
    metadataFields: { known: SnapshotField[] };
  }[];
  templates: { known: { name: string; contractType: string | null }[] };
  templateFields: { template: string; fields: { known: SnapshotField[] }; counterPartyKind: string }[];
  templateTags: { template: string; tags: { known: string[] } }[];
  workflows: { known: Workflows };
  roles: { known: string[] };
  users: { email: string; user: ReadResult<{ active: boolean; roles: string[] | null } | null> }[];
  featureFlags: { known: Record<string, boolean | null> };
  webhooks: string[];
}

/** Names with every character that could break a path or a comparison; no two fold to the same name. */
export const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 10 }),
  fc.constantFrom('a/b', 'a~1b', '*', 'Übung', 'Order Form', '__proto__', '日本'),
);
/** Contents with these names; no two of one list have the same key. */
export function contentOf(
  name: fc.Arbitrary<string>,
  keyOf: (name: string) => string,
): fc.Arbitrary<WholeContent> {
  const unique = <T>(item: fc.Arbitrary<T>, key: (one: T) => string, minLength = 1) =>
    fc.uniqueArray(item, { minLength, maxLength: 4, selector: (one) => keyOf(key(one)) });
  const names = unique(name, (one) => one);

  const field: fc.Arbitrary<SnapshotField> = fc.record({
    variable: name,
    type: fc.constantFrom('string', 'enum', 'date'),
    label: fc.option(name),
    required: fc.boolean(),
    parentRequired: fc.boolean(),
    defaultValue: fc.option(fc.oneof(name, fc.integer(), fc.boolean())),
    options: unique(
      fc.record({ value: fc.oneof(name, fc.integer(), fc.boolean()), label: fc.option(name) }),
      ({ value }) => JSON.stringify(value),
    ),
  });
  const fields = unique(field, ({ variable }) => variable);
  const known = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ known: T }> =>
    value.map((each) => ({ known: each }));

  const details = fc.record({
    entities: known(names),
    intakeFields: known(fields),
    metadataFields: known(fields),
  });
  const workflow = fc.record({
    title: name,
    status: fc.constantFrom('PUBLISHED', 'UNPUBLISHED'),
    unpublishedChanges: fc.boolean(),
    signatories: unique(
      fc.record({
        party: fc.constantFrom('CREATOR_PARTY', 'COUNTER_PARTY'),
        name,
        order: fc.nat(3),
        conditional: fc.boolean(),
        conditionalRouting: fc.boolean(),
      }),
      (one) => one.name,
    ),
    approvals: unique(
      fc.record({ name, order: fc.nat(3), conditional: fc.boolean(), role: name }),
      (one) => one.name,
    ),
  });

  return fc
    .record({
      types: names,
      entities: known(
        unique(fc.record({ name, referenceId: fc.option(name), isPrimary: fc.boolean() }), (one) => one.name),
      ),
      details: fc.array(details, { minLength: 4, maxLength: 4 }),
      templates: names,
      templateFields: fc.array(known(fields), { minLength: 4, maxLength: 4 }),
      templateTags: fc.array(known(names), { minLength: 4, maxLength: 4 }),
      ofType: fc.nat(3),
      kinds: fc.array(fc.constantFrom('Individual', 'Organisation', 'Both'), { minLength: 4, maxLength: 4 }),
      workflows: known(unique(workflow, ({ title }) => title)),
      roles: known(names),
      users: unique(fc.record({ email: name, active: fc.boolean(), roles: names }), ({ email }) =>
        foldName(email),
      ),
      featureFlags: known(
        names.chain((list) =>
          fc
            .array(fc.option(fc.boolean()), { minLength: list.length, maxLength: list.length })
            .map((values) => Object.fromEntries(list.map((one, index) => [one, values[index] ?? null]))),
        ),
      ),
      webhooks: names,
    })
    .map(
      ({ types, details: each, templates, templateFields, templateTags, ofType, kinds, users, ...rest }) => ({
        version: 1 as const,
        scope: 'complete' as const,
        ...rest,
        contractTypes: { known: types },
        contractTypeDetails: types.map((contractType, index) => ({
          contractType,
          ...(each[index] as (typeof each)[0]),
        })),
        templates: {
          known: templates.map((one, index) => ({
            name: one,
            contractType: types[(index + ofType) % types.length] ?? null,
          })),
        },
        templateFields: templates.map((template, index) => ({
          template,
          fields: templateFields[index] as { known: SnapshotField[] },
          counterPartyKind: kinds[index] ?? 'Both',
        })),
        templateTags: templates.map((template, index) => ({
          template,
          tags: templateTags[index] as { known: string[] },
        })),
        users: users.map(({ email, ...member }) => ({ email, user: { known: member } })),
      }),
    );
}

export const anyContent = contentOf(name, foldName);

/** Random numbers from 0 to 1 from a seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Shuffles every list at every depth. */
export function shuffled<T>(value: T, random = randomFrom(1)): T {
  if (Array.isArray(value)) {
    const items = value.map((each) => ({ each: shuffled(each, random), at: random() }));
    return items.sort((a, b) => a.at - b.at).map(({ each }) => each) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, shuffled(each, random)] as const)
      .reverse(),
  ) as T;
}
