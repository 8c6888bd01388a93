import { expect, test } from 'vitest';
import { createWorkspace } from '../../../sandbox/spotdraft/workspace.ts';
import { startWith } from './caller.ts';

const names = (items: { name: string }[]) => items.map((item) => item.name);

const workspace = () =>
  createWorkspace({
    key: 'uat',
    entities: [{ name: 'Northwind Inc.' }, { name: 'Northwind GmbH' }],
    contractTypes: [
      {
        name: 'Order Form',
        entities: ['Northwind GmbH'],
        intakeForm: [
          { variable: 'terms', type: 'enum', required: true, options: [{ label: 'Net 30', value: 30 }] },
          {
            variable: 'items',
            type: 'repeating',
            attributes: [{ variable: 'sku', label: 'SKU', type: 'string', required: false }],
          },
        ],
        metadataFields: [
          { descriptors: [{ variable: 'a' }] },
          { descriptors: [{ variable: 'b' }, { variable: 'c' }], external: true },
          { descriptors: [{ variable: 'd' }], section: { name: 'Dates', type: 'SYSTEM_DEFINED' } },
        ],
      },
      { name: 'NDA', intakeForm: null },
    ],
    templates: [
      { name: 'Standard', tags: ['sales', 'eu'], counterPartyKind: 'Organisation' },
      { name: 'Personal', contractType: 'NDA', tags: ['eu'], counterPartyKind: 'Individual' },
      { name: 'Any' },
      { name: 'Old', state: 'archived' },
      { name: 'New', state: 'draft' },
    ],
  });

test.each([
  ['', ['Standard', 'Personal', 'Any']],
  ['?include_archived=false', ['Standard', 'Personal', 'Any']],
  ['?include_archived=true', ['Standard', 'Personal', 'Any', 'Old']],
  ['?cp_types=Organisation', ['Standard', 'Any']],
  ['?cp_types=Individual&cp_types_all=true', ['Personal']],
  ['?tags=eu', ['Personal', 'Any']],
  ['?tags=eu&tags=sales', ['Standard', 'Personal', 'Any']],
  ['?tags_all=eu', ['Standard', 'Personal']],
  ['?tags_all=eu&tags_all=sales', ['Standard']],
])('templates%s lists %j', async (query, expected) => {
  const { call } = await startWith(workspace());
  expect(names((await call('GET', `/templates/${query}`)).json.items)).toEqual(expected);
});

test.each(['?include_archived=maybe', '?cp_types=Organization', '?exclude_multi_party=2'])(
  'templates%s is refused',
  async (query) => {
    const { call } = await startWith(workspace());
    expect((await call('GET', `/templates/${query}`)).status).toBe(400);
  },
);

test('a template has its contract type, tags and fields', async () => {
  const uat = workspace();
  const [, template] = uat.templates;
  const { call } = await startWith(uat);
  expect((await call('GET', `/templates/${template?.id}/`)).json).toEqual({
    id: template?.id,
    name: 'Personal',
    contract_type_id: uat.contractTypes[1]?.id,
    tags: ['eu'],
  });
  template?.fields.push({
    variable: 'start',
    label: 'Start',
    type: 'date',
    required: true,
    helpText: 'From',
  });
  expect((await call('GET', `/templates/${template?.id}/metadata`)).json).toEqual({
    attributes: [
      { variable: 'start', display_label: 'Start', type: 'date', required: true, help_text: 'From' },
    ],
    counter_party_kind: 'Individual',
  });
});

test('an archived template can still be read by id', async () => {
  const uat = workspace();
  const { call } = await startWith(uat);
  const old = uat.templates.find((template) => template.name === 'Old');
  expect((await call('GET', `/templates/${old?.id}/`)).json.name).toBe('Old');
});

test('a contract type lists its own entities', async () => {
  const uat = workspace();
  const { call } = await startWith(uat);
  const entitiesOf = async (index: number) =>
    (await call('GET', `/contract_types/${uat.contractTypes[index]?.id}/entities`)).json.map(
      (entity: { entity_name: string }) => entity.entity_name,
    );
  expect(await entitiesOf(0)).toEqual(['Northwind GmbH']);
  expect(await entitiesOf(1)).toEqual(['Northwind Inc.', 'Northwind GmbH']);
});

test('an intake form has option values and the columns of repeating fields, and a missing form is an empty list', async () => {
  const uat = workspace();
  const { call } = await startWith(uat);
  const formOf = async (index: number) =>
    (await call('GET', `/contract_types/${uat.contractTypes[index]?.id}/intake_form/questionnaire/`)).json;
  expect(await formOf(0)).toEqual([
    {
      variable: 'terms',
      display_label: 'Terms',
      type: 'enum',
      required: true,
      options: [{ label: 'Net 30', value: 30 }],
    },
    {
      variable: 'items',
      display_label: 'Items',
      type: 'repeating',
      required: false,
      attributes: [{ variable: 'sku', display_label: 'SKU', type: 'string', required: false }],
    },
  ]);
  expect(await formOf(1)).toEqual([]);
});

test('metadata definitions belong to one contract type and have their sections', async () => {
  const uat = workspace();
  const { call } = await startWith(uat);
  const id = uat.contractTypes[0]?.id;
  const fields = (await call('GET', `/key_pointers/?contract_type_id=${id}`)).json;
  const variables = fields.map((field: { descriptors: { variable: string }[] }) =>
    field.descriptors.map((descriptor) => descriptor.variable).join('+'),
  );
  expect(variables).toEqual(['a', 'b+c', 'd']);
  expect(fields[0].section).toEqual(fields[1].section);
  expect(fields[2].section).toMatchObject({ section_type: 'SYSTEM_DEFINED', name: 'Dates' });
  const external = await call('GET', `/key_pointers/?contract_type_id=${id}&is_external=true`);
  expect(external.json).toEqual([fields[1]]);
  expect((await call('GET', '/key_pointers/?contract_type_id=1')).json).toEqual([]);
});

test.each(['', '?contract_type_id=', '?contract_type_id=abc'])(
  'key_pointers%s is refused without a contract type',
  async (query) => {
    const { call } = await startWith(workspace());
    expect((await call('GET', `/key_pointers/${query}`)).status).toBe(400);
  },
);

test('a change to the workspace shows in the next answer', async () => {
  const { server, call } = await startWith(workspace());
  const [type] = server.workspace('uat').contractTypes;
  if (type) type.name = 'Order form ';
  expect(names((await call('GET', '/contract_types/')).json)).toEqual(['Order form ', 'NDA']);
});
