import { expect, test } from 'vitest';
import { createWorkspace, type Workspace } from '../../../sandbox/spotdraft/workspace.ts';

const seed = (key: string) => ({
  key,
  entities: [{ name: 'Northwind Inc.' }],
  roles: [{ name: 'Legal' }],
  users: [{ email: 'ana.lima@northwind.example', roles: ['Legal'] }],
  contractTypes: [{ name: 'NDA', metadataFields: [{ descriptors: [{ variable: 'a' }] }] }],
  templates: [{ name: 'NDA - Standard' }],
  workflows: [
    { title: 'NDA', approvals: ['Review'], signatories: [{ party: 'CREATOR_PARTY' as const, name: 'CFO' }] },
  ],
  contracts: [{ name: 'One' }],
});

/** All ids of a workspace, and its credentials. */
const identities = (workspace: Workspace) => [
  workspace.workspaceId,
  workspace.clientId,
  workspace.clientSecret,
  workspace.hmacKey,
  ...[workspace.entities, workspace.roles, workspace.users, workspace.templates, workspace.contracts]
    .flat()
    .map(({ id }) => id),
  ...workspace.contractTypes.flatMap(({ id, metadataFields }) => [
    id,
    ...metadataFields.map((field) => field.id),
  ]),
  ...workspace.workflows.flatMap(({ id, versions, signatories }) => [
    id,
    ...signatories.map((signatory) => signatory.id),
    ...versions.flatMap((version) => [version.frozenId, ...version.approvals.map((approval) => approval.id)]),
  ]),
];

test('a workspace is the same every time it is created', () => {
  expect(createWorkspace(seed('uat'))).toEqual(createWorkspace(seed('uat')));
});

test('the same names get different ids and credentials in another workspace', () => {
  const uat = identities(createWorkspace(seed('uat')));
  const prod = identities(createWorkspace(seed('prod')));
  expect(uat).toHaveLength(15);
  expect(uat.filter((identity) => prod.includes(identity))).toEqual([]);
});

test('records with the same name get different ids', () => {
  const same = { name: 'NDA' };
  const { contractTypes, templates, contracts } = createWorkspace({
    key: 'uat',
    contractTypes: [same, same],
    templates: [same, same],
    contracts: [same, same, same],
  });
  for (const list of [contractTypes, templates, contracts])
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
});

test('names become references', () => {
  const uat = createWorkspace({
    ...seed('uat'),
    contractTypes: [{ name: 'NDA' }, { name: 'MSA', entities: ['Northwind Inc.'] }],
    templates: [{ name: 'MSA - Enterprise', contractType: 'MSA' }],
  });
  expect(uat.templates[0]?.contractTypeId).toBe(uat.contractTypes[1]?.id);
  expect(uat.users[0]?.roleIds).toEqual([uat.roles[0]?.id]);
  expect(uat.contractTypes[1]?.entityIds).toEqual([uat.entities[0]?.id]);
});

test('an unknown name is an error that lists the known ones', () => {
  const wrong = { ...seed('uat'), templates: [{ name: 'MSA', contractType: 'msa' }] };
  expect(() => createWorkspace(wrong)).toThrow(
    'The seed refers to an unknown contract type "msa". Known: "NDA".',
  );
  expect(() => createWorkspace({ key: 'uat', templates: [{ name: 'X' }] })).toThrow('has no contract type');
});

test('given values are kept and copied from the seed', () => {
  const externalMetadata = { id: '1', recordData: { a: 1 } };
  const given = {
    key: 'uat',
    clientId: 'id',
    clientSecret: 'secret',
    workspaceId: 4000,
    contractTypes: [{ id: 7, name: 'NDA' }],
    contracts: [{ id: 'H-9', externalMetadata }],
  };
  const uat = createWorkspace(given);
  expect(uat).toMatchObject({ clientId: 'id', clientSecret: 'secret', workspaceId: 4000 });
  expect(uat.contracts[0]).toMatchObject({ id: 'H-9', contractTypeId: 7, externalMetadata });
  externalMetadata.recordData.a = 2;
  expect(uat.contracts[0]?.externalMetadata?.recordData).toEqual({ a: 1 });
});

test('a workspace can be used as a seed', () => {
  const uat = createWorkspace(seed('uat'));
  expect(createWorkspace(uat)).toEqual(uat);
});
