import { expect, test } from 'vitest';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import { planOf } from '../../../src/workspace/diff/plan.ts';
import type { SnapshotContent, SnapshotField } from '../../../src/workspace/snapshot.ts';

const compare = (left: SnapshotContent, right: SnapshotContent) =>
  compareSnapshots({ label: 'uat', content: left }, { label: 'prod', content: right });
const changes = (left: SnapshotContent, right: SnapshotContent) =>
  compare(left, right)
    .differences.map(({ kind, path }) => `${kind} ${path}`)
    .sort();
const entityNames = ({ entities: list }: SnapshotContent): string[] | null =>
  list && 'known' in list ? list.known.map(({ name }) => name) : null;
const titles = (left: SnapshotContent, right: SnapshotContent) =>
  planOf(compare(left, right), 'uat', entityNames(right)).map(({ title }) => title);

const field = (variable: string, label: string | null = null, type = 'date'): SnapshotField => ({
  variable,
  type,
  label,
  required: true,
  options: [],
});
const dates = [field('start_date', 'Start'), field('end_date', 'End')];
const many = ['msa_cap', 'msa_notice', 'msa_audit', 'msa_venue', 'msa_bond'].map((name) => field(name));

const types = (byName: Record<string, SnapshotField[]>): SnapshotContent => ({
  version: 1,
  contractTypes: { known: Object.keys(byName) },
  contractTypeDetails: Object.entries(byName).map(([contractType, known]) => ({
    contractType,
    entities: { known: [] },
    intakeFields: { known },
    metadataFields: { known: [] },
  })),
});
const templates = (byName: Record<string, SnapshotField[]>): SnapshotContent => ({
  version: 1,
  templates: { known: Object.keys(byName).map((name) => ({ name })) },
  templateFields: Object.entries(byName).map(([template, known]) => ({ template, fields: { known } })),
});
const fields = (...known: SnapshotField[]) => templates({ NDA: known });
const options = (...list: [unknown, string | null][]) =>
  fields({ ...field('terms'), options: list.map(([value, label]) => ({ value, label })) });
const roles = (...known: string[]): SnapshotContent => ({ version: 1, roles: { known } });
const entities = (byType: Record<string, string[]>): SnapshotContent => ({
  version: 1,
  contractTypes: { known: Object.keys(byType) },
  contractTypeDetails: Object.entries(byType).map(([contractType, known]) => ({
    contractType,
    entities: { known },
  })),
});
const workflow = (title: string, ...approvals: [string, number][]): SnapshotContent => ({
  version: 1,
  workflows: {
    known: [
      {
        title,
        status: 'PUBLISHED',
        unpublishedChanges: false,
        signatories: [],
        approvals: approvals.map(([name, order]) => ({ name, order })),
      },
    ],
  },
});

test('two contract types with the same two date fields are two contract types', () => {
  const [left, right] = [
    types({ 'Data Processing Agreement': dates }),
    types({ 'Employment Contract': dates }),
  ];
  expect(changes(left, right)).toEqual([
    'extra contractTypes/Employment Contract',
    'missing contractTypes/Data Processing Agreement',
  ]);
  expect(titles(left, right)).toEqual([
    'Create the contract type “Data Processing Agreement”, or rename “Employment Contract” if it is the same thing',
    'Add the intake field “end_date” to the contract type “Data Processing Agreement”',
    'Add the intake field “start_date” to the contract type “Data Processing Agreement”',
    'Remove the contract type “Employment Contract”, or add it to uat, unless you renamed it',
  ]);
});

test.each<[string, SnapshotContent, SnapshotContent]>([
  ['templates', templates({ MSA: dates }), templates({ SOW: dates })],
  ['a content that others have too', types({ A: many, Kept: many }), types({ B: many, Kept: many })],
  ['roles', roles('NA Sales'), roles('EU Sales')],
  ['roles that differ in a number', roles('Approver 1'), roles('Approver 2')],
  ['two parties', roles('Employer'), roles('Employee')],
  ['approvals of one order', workflow('W', ['CFO', 1]), workflow('W', ['CEO', 1])],
  ['workflows of one approval', workflow('Sales', ['CFO', 1]), workflow('Hiring', ['CFO', 1])],
  ['fields of one type', fields(field('start')), fields(field('renewal'))],
  ['fields with a label that says little', fields(field('start', 'Date')), fields(field('renewal', 'Date'))],
  ['options without labels', options(['TX', null]), options(['NY', null])],
  ['entities', entities({ T: ['Northwind Inc'] }), entities({ T: ['Northwind Inc.'] })],
])('one item is missing and another extra, not renamed: %s', (_what, left, right) => {
  expect(
    compare(left, right)
      .differences.map(({ kind }) => kind)
      .sort(),
  ).toEqual(['extra', 'missing']);
});

test.each<[string, SnapshotContent, SnapshotContent, string]>([
  ['a slip', roles('Legal Team'), roles('Leagl Team'), 'roles/Legal Team/name'],
  ['word order', roles('Sales, NA'), roles('NA Sales'), 'roles/Sales, NA/name'],
  [
    'punctuation',
    templates({ 'MSA - US': dates }),
    templates({ 'MSA (US)': dates }),
    'templates/MSA - US/name',
  ],
  ['lookalikes', types({ Order: dates }), types({ '\u041erder': dates }), 'contractTypes/Order/name'],
  ['five fields of its own', types({ A: many }), types({ Zulu: many }), 'contractTypes/A/name'],
  [
    'a telling label',
    fields(field('start', 'Start of service')),
    fields(field('begin', 'Start of service')),
    'templates/NDA/fields/start/variable',
  ],
  [
    'the case of a variable',
    fields(field('Payment_Terms')),
    fields(field('payment_terms')),
    'templates/NDA/fields/Payment_Terms/variable',
  ],
  [
    'the value of a labelled option',
    options(['Net 60', 'Net 60']),
    options(['net-60', 'Net 60']),
    'templates/NDA/fields/terms/options/Net 60/value',
  ],
  [
    'the type of an option value',
    options([30, null]),
    options(['30', null]),
    'templates/NDA/fields/terms/options/30/value',
  ],
  [
    'a blank after an option value',
    options(['Net 30', null]),
    options(['Net 30 ', null]),
    'templates/NDA/fields/terms/options/Net 30/value',
  ],
])('one item has another name: %s', (_what, left, right, path) => {
  expect(changes(left, right)).toEqual([`changed ${path}`]);
});

test.each([
  ['a number and its text', [30, '30'], ['30', '"30"']],
  ['a truth value and its text', [true, 'true'], ['"true"', 'true']],
  ['null and its text', [null, 'null'], ['"null"', 'null']],
  ['a text and the same in quotes', ['30', '"30"'], ['"30"', '"\\"30\\""']],
  ['a list and its text', [[1], '[1]'], ['"[1]"', '[1]']],
  ['decimals', [1.5, '1.5'], ['"1.5"', '1.5']],
])('%s are two options, each with a path of its own', (_what, values, names) => {
  const before = options(['Net 60', null]);
  const after = options(['Net 60', null], ...values.map((value): [unknown, null] => [value, null]));
  const paths = (kind: string) =>
    names.toSorted().map((name) => `${kind} templates/NDA/fields/terms/options/${name}`);
  expect(changes(before, after)).toEqual(paths('extra'));
  expect(changes(after, before)).toEqual(paths('missing'));
  expect(changes(after, after)).toEqual([]);
});

test.each<[string, SnapshotContent, SnapshotContent]>([
  ['four fields', templates({ Alpha: many.slice(0, 4) }), templates({ Beta: many.slice(0, 4) })],
  [
    'fields that another item has on one side',
    templates({ Alpha: many, Common: many }),
    templates({ Beta: many, Common: dates }),
  ],
])('content is not unmistakable by %s', (_, left, right) => {
  expect(changes(left, right)).toEqual(
    expect.arrayContaining(['extra templates/Beta', 'missing templates/Alpha']),
  );
});

test.each([
  [['a', 'b'], ['changed templates/NDA/fields/x/variable']],
  [['a'], ['extra templates/NDA/fields/total', 'missing templates/NDA/fields/x']],
])('a label of one word recognises a field with the options %j', (values, expected) => {
  const list = values.map((value) => ({ value, label: null }));
  const named = (variable: string) => fields({ ...field(variable, 'Terms'), options: list });
  expect(changes(named('x'), named('total'))).toEqual(expected);
});

test('two items that could be one extra item are both missing', () => {
  const left = templates({ 'Order Form A.': dates, 'Order Form, A': dates });
  expect(changes(left, templates({ 'Order Form A': dates }))).toEqual([
    'extra templates/Order Form A',
    'missing templates/Order Form A.',
    'missing templates/Order Form, A',
  ]);
});

test('an item with a near name and other content is offered as a question', () => {
  expect(titles(types({ 'Order Form': dates }), types({ 'Order Forms': [] }))[0]).toBe(
    'Create the contract type “Order Form”, or rename “Order Forms” if it is the same thing',
  );
  expect(titles(roles('Legal Team'), roles('Legal Teams', 'Legal-Team.s', 'legal  team'))[0]).toBe(
    'Create the role “Legal Team”, or rename “Legal Teams” or “legal [U+0020 SPACE]team” if one of them is the same thing',
  );
  expect(titles(roles('Legal Team'), roles('Finance'))[0]).toBe('Create the role “Legal Team”');
});

test('an entity that exists in the workspace, or is renamed there, is only added to the contract type', () => {
  const withList = (content: SnapshotContent, ...names: string[]): SnapshotContent => ({
    ...content,
    entities: { known: names.map((name) => ({ name, referenceId: name, isPrimary: null })) },
  });
  const left = withList(entities({ NDA: ['Acme GmbH'], MSA: [] }), 'Acme GmbH');
  const lacking = entities({ NDA: [], MSA: [] });
  const add = 'Add the entity “Acme GmbH” to the contract type “NDA”';
  const isEnsured = (right: SnapshotContent) => titles(left, right).some((title) => /^Make sure/.test(title));
  for (const name of ['Acme GmbH', 'ACME GmbH', 'Acme\u00a0GmbH']) {
    expect(titles(left, withList(lacking, name))).toContain(add);
    expect(isEnsured(withList(lacking, name))).toBe(false);
  }
  expect(isEnsured(lacking)).toBe(true);
});

test('an entity that one contract type lacks is added there, whatever another entity is called', () => {
  const left = entities({ NDA: ['Northwind Inc', 'Northwind LLC'], MSA: ['Northwind Inc'] });
  const right = entities({ NDA: ['Northwind Inc.', 'Northwind LLC'], MSA: ['Northwind Inc'] });
  expect(titles(left, right)).toEqual([
    'Make sure that the entity “Northwind Inc” exists, or rename “Northwind Inc.” if it is the same thing',
    'Add the entity “Northwind Inc” to the contract type “NDA”, or rename “Northwind Inc.” if it is the same thing',
    'Remove the entity “Northwind Inc.” from the contract type “NDA”, or add it to uat, unless you renamed it',
  ]);
});

test('an entity in another spelling is one difference and one step, whatever the number of contract types', () => {
  const left = entities({ NDA: ['Northwind'], MSA: ['Northwind'] });
  const right = entities({ NDA: ['northwind '], MSA: ['northwind '] });
  expect(changes(left, right)).toEqual(['changed contractTypes/MSA/entities/Northwind/name']);
  expect(titles(left, right)).toEqual(['Rename the entity “northwind ” to “Northwind”']);
});

test('a renamed role stays the role of its members', () => {
  const members = (role: string): SnapshotContent => ({
    ...roles(role),
    users: [{ email: 'a@x.example', user: { known: { active: true, roles: [role] } } }],
  });
  expect(changes(members('Legal Team'), members('Legal Teams'))).toEqual(['changed roles/Legal Team/name']);
});

test('each of two names that differ in case is its own item', () => {
  expect(changes(roles('Legal', 'legal'), roles('legal', 'Legal'))).toEqual([]);
  expect(changes(roles('Legal', 'legal'), roles('Legal'))).toEqual(['missing roles/legal']);
  const typed = (contractType: string): SnapshotContent => ({
    ...types({ Legal: [], legal: dates }),
    templates: { known: [{ name: 'T', contractType }] },
  });
  expect(changes(typed('Legal'), typed('Legal'))).toEqual([]);
  expect(changes(typed('Legal'), typed('legal'))).toEqual(['changed templates/T/contractType']);
  const member = (role: string): SnapshotContent => ({
    ...roles('Legal', 'legal'),
    users: [{ email: 'a@x.example', user: { known: { active: true, roles: [role] } } }],
  });
  expect(changes(member('Legal'), member('legal'))).toEqual([
    'extra users/a@x.example/roles/legal',
    'missing users/a@x.example/roles/Legal',
  ]);
});

test('a hidden difference is shown by the code of the character', () => {
  expect(titles(roles('Legal Team'), roles('Legal\u200b Team'))).toEqual([
    'Rename the role “Legal[U+200B ZERO WIDTH SPACE] Team” to “Legal Team”',
  ]);
});

test('a missing item offers at most three names that it may have had', () => {
  const near = ['Legal Teams', 'Legal Teamz', 'Legal Teamy', 'Legal Teamx', 'Legal Teamw'];
  const [title = ''] = titles(roles('Legal Team'), roles(...near));
  expect(near.filter((each) => title.includes(`“${each}”`))).toHaveLength(3);
});

test('two items that share no more than a type are not offered as one', () => {
  const [add] = titles(fields(field('start_date')), fields(field('renewal')));
  expect(add).toBe('Add the field “start_date” to the template “NDA”');
  const [offered] = titles(fields(field('start_date', 'Begin')), fields(field('renewal', 'Begin')));
  expect(offered).toContain('or rename “renewal”');
});
