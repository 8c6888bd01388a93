import { describe, expect, test } from 'vitest';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import { segment, splitPath } from '../../../src/workspace/diff/path.ts';
import type { SnapshotContent } from '../../../src/workspace/snapshot.ts';
import { there } from '../../environment.ts';
import fc, { runs } from '../../fast-check.ts';
import { anyContent, name, type WholeContent } from './contents.ts';

const compare = (left: SnapshotContent, right: SnapshotContent) =>
  compareSnapshots({ label: 'uat', content: left }, { label: 'prod', content: right });

type Part = { known: unknown } | { unknown: string };
/** Sets or removes a part of a content; returns the path at which that has to be reported. */
type Setter = (content: WholeContent, part: Part | undefined) => string;

const put = (holder: object, key: string, part: Part | undefined): void => {
  if (part) Object.assign(holder, { [key]: part });
  else Reflect.deleteProperty(holder, key);
};
const top =
  (key: keyof SnapshotContent): Setter =>
  (content, part) => {
    put(content, key, part);
    return key;
  };
const detail =
  (key: string): Setter =>
  (content, part) => {
    const details = there(content.contractTypeDetails[0]);
    put(details, key, part);
    return `contractTypes/${segment(details.contractType)}/${key}`;
  };
const parts: Record<string, Setter> = {
  contractTypes: top('contractTypes'),
  entities: detail('entities'),
  intakeFields: detail('intakeFields'),
  metadataFields: detail('metadataFields'),
  'workspace entities': top('entities'),
  templates: top('templates'),
  'template fields': (content, part) => {
    const fields = there(content.templateFields[0]);
    put(fields, 'fields', part);
    return `templates/${segment(fields.template)}/fields`;
  },
  'template tags': (content, part) => {
    const tags = there(content.templateTags[0]);
    put(tags, 'tags', part);
    return `templates/${segment(tags.template)}/tags`;
  },
  workflows: top('workflows'),
  roles: top('roles'),
  user: (content, part) => {
    const user = there(content.users[0]);
    if (part) put(user, 'user', part);
    else content.users.shift();
    return `users/${segment(user.email)}`;
  },
  featureFlags: top('featureFlags'),
};

const failed: Part = { unknown: 'server_error' };
const states = {
  'failed on the left': { left: failed, right: null, reason: 'it could not be read in uat (server error)' },
  'failed on the right': { left: null, right: failed, reason: 'it could not be read in prod (server error)' },
  'failed on both': {
    left: failed,
    right: failed,
    reason: 'it could not be read in uat (server error), and it could not be read in prod (server error)',
  },
  'not read on the left': { left: undefined, right: null, reason: 'it was not read in uat' },
  'not read on the right': { left: null, right: undefined, reason: 'it was not read in prod' },
  'failed on the left, not read on the right': {
    left: failed,
    right: undefined,
    reason: 'it could not be read in uat (server error), and it was not read in prod',
  },
};

describe.each(Object.entries(parts))('%s', (_part, set) => {
  test.each(Object.entries(states))(
    '%s is reported as not compared, never as a difference',
    (_state, how) => {
      fc.assert(
        fc.property(anyContent, (content) => {
          const [left, right] = [structuredClone(content), structuredClone(content)];
          // null keeps the part as it was read.
          const paths = [
            ...(how.left === null ? [] : [set(left, how.left)]),
            ...(how.right === null ? [] : [set(right, how.right)]),
          ];
          expect(compare(left, right)).toEqual({
            differences: [],
            unknown: [{ path: paths[0], reason: how.reason }],
          });
        }),
        { numRuns: runs(20), endOnFailure: true },
      );
    },
  );

  test('a part that neither side read is not reported', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const [left, right] = [structuredClone(content), structuredClone(content)];
        set(left, undefined);
        set(right, undefined);
        expect(compare(left, right)).toEqual({ differences: [], unknown: [] });
      }),
      { numRuns: runs(20), endOnFailure: true },
    );
  });
});

const empty: SnapshotContent = { version: 1 };
const field = (variable: string, label: string | null = null) => ({
  variable,
  type: 'string',
  label,
  required: false,
  options: [],
});

test('parts that one side did not read are reported once per kind of item', () => {
  const types = { contractTypes: { known: ['A', 'B', 'C'] } };
  const whole: SnapshotContent = {
    ...empty,
    ...types,
    contractTypeDetails: ['A', 'B', 'C'].map((contractType) => ({
      contractType,
      entities: { known: ['E'] },
    })),
  };
  const partial: SnapshotContent = { ...empty, ...types, contractTypeDetails: [] };
  expect(compare(whole, partial)).toEqual({
    differences: [],
    unknown: [{ path: 'contractTypes/*/entities', reason: 'it was not read in prod' }],
  });
});

test('each failed read is reported separately', () => {
  const types = (part: { known: string[] } | { unknown: string }): SnapshotContent => ({
    ...empty,
    contractTypes: { known: ['A', 'B'] },
    contractTypeDetails: ['A', 'B'].map((contractType) => ({ contractType, entities: part })),
  });
  const { unknown } = compare(types({ known: ['E'] }), types({ unknown: 'timeout' }));
  expect(unknown.map(({ path }) => path)).toEqual(['contractTypes/A/entities', 'contractTypes/B/entities']);
});

test('a flag that one side was not asked for is not compared', () => {
  const flags = (known: Record<string, boolean | null>): SnapshotContent => ({
    ...empty,
    featureFlags: { known },
  });
  expect(compare(flags({ A: true, B: true }), flags({ A: true }))).toEqual({
    differences: [],
    unknown: [{ path: 'featureFlags/B', reason: 'it was not read in prod' }],
  });
});

test('a member with hidden roles has no missing roles', () => {
  const member = (roles: string[] | null): SnapshotContent => ({
    ...empty,
    users: [{ email: 'a@b.example', user: { known: { active: true, roles } } }],
  });
  expect(compare(member(['Legal']), member(null))).toEqual({
    differences: [],
    unknown: [{ path: 'users/a@b.example/roles', reason: 'it could not be read in prod (not shown)' }],
  });
});

test('items of one name are all equal or cannot be compared', () => {
  const templates = (...fields: string[]): SnapshotContent => ({
    ...empty,
    templates: { known: fields.map(() => ({ name: 'NDA' })) },
    templateFields: fields.map((variable) => ({ template: 'NDA', fields: { known: [field(variable)] } })),
  });
  expect(compare(templates('a', 'b'), templates('b', 'a'))).toEqual({ differences: [], unknown: [] });
  const reason = '2 in uat and 1 in prod have this name and cannot be told apart';
  expect(compare(templates('a', 'b'), templates('a'))).toEqual({
    differences: [],
    unknown: [{ path: 'templates/NDA', reason }],
  });
});

test('an unread or ambiguous pair is not reported as a rename', () => {
  const templates = (
    fields: { known: ReturnType<typeof field>[] } | { unknown: string },
    ...names: string[]
  ) => ({
    ...empty,
    templates: { known: names.map((each) => ({ name: each })) },
    templateFields: names.map((template) => ({ template, fields })),
  });
  const kinds = (left: SnapshotContent, right: SnapshotContent) =>
    compare(left, right).differences.map(({ path, kind }) => `${kind} ${path}`);
  const fields = { known: [field('a', 'A')] };
  expect(kinds(templates(fields, 'NDA form'), templates(fields, 'NDA forms'))).toEqual([
    'changed templates/NDA form/name',
  ]);
  const unread = { unknown: 'timeout' };
  expect(kinds(templates(unread, 'NDA form'), templates(unread, 'NDA forms'))).toEqual([
    'missing templates/NDA form',
    'extra templates/NDA forms',
  ]);
  expect(kinds(templates(fields, 'NDA form'), templates(fields, 'NDA forms', 'NDA-form'))).toEqual([
    'missing templates/NDA form',
    'extra templates/NDA forms',
    'extra templates/NDA-form',
  ]);
  const roles = (...known: string[]): SnapshotContent => ({ ...empty, roles: { known } });
  expect(kinds(roles('Legal Team'), roles('Legal Teams'))).toEqual(['changed roles/Legal Team/name']);
  expect(kinds(roles('Legal Team'), roles('Sales'))).toEqual([
    'missing roles/Legal Team',
    'extra roles/Sales',
  ]);
});

test('a path can be split again whatever the names are', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      expect(splitPath(names.map(segment).join('/'))).toEqual(names);
    }),
  );
  expect(segment('a/b~c')).toBe('a~1b~0c');
});
