import { beforeEach, describe, expect, test } from 'vitest';
import { repairProduction, seedWorkspaces } from '../../../sandbox/spotdraft/seed.ts';
import type { SimField, Workspace } from '../../../sandbox/spotdraft/workspace.ts';
import { callerOf, start } from './caller.ts';

const NOW = Date.UTC(2026, 5, 1, 9);
const DAY_MS = 86_400_000;
const INTEGRATION = 'integrations@northwind.example';

const fields = (list: SimField[] | null | undefined) =>
  (list ?? []).map(({ variable, type, required, options }) => ({ variable, type, required, options }));

/** A workspace's configuration by name, without ids, to compare two workspaces. */
function configuration(workspace: Workspace) {
  const typeName = (id: number) => workspace.contractTypes.find((type) => type.id === id)?.name;
  return {
    entities: workspace.entities.map((entity) => entity.name),
    roles: workspace.roles.map((role) => role.name),
    users: workspace.users.map(({ email, active, roleIds }) => ({
      email,
      active,
      roles: workspace.roles.filter((role) => roleIds.includes(role.id)).map((role) => role.name),
    })),
    contractTypes: workspace.contractTypes.map((type) => ({
      name: type.name,
      entities: type.entityIds.length,
      intakeForm: fields(type.intakeForm),
      metadata: type.metadataFields.map((field) => fields(field.descriptors)),
    })),
    templates: workspace.templates
      .map((template) => ({
        name: template.name,
        contractType: typeName(template.contractTypeId),
        state: template.state,
        fields: fields(template.fields),
      }))
      .sort((left, right) => left.name.localeCompare(right.name)),
    workflows: workspace.workflows.map(({ title, versions, signatories }) => {
      const newest = versions.at(-1);
      return {
        title,
        signatories: signatories.map(({ party, name }) => `${party} ${name}`),
        approvals: newest?.approvals.map((approval) => approval.name),
        status: newest?.status,
        unpublishedChanges: newest?.unpublishedChanges,
      };
    }),
    featureFlags: workspace.featureFlags,
  };
}

const opportunities = (workspace: Workspace) =>
  workspace.contracts.map((contract) => contract.externalMetadata?.id ?? '');
const foreign = (workspace: Workspace) =>
  workspace.contracts.filter(({ externalMetadata }) => /uat|sandbox/i.test(JSON.stringify(externalMetadata)));

let uat: Workspace;
let prod: Workspace;
beforeEach(() => {
  ({ uat, prod } = seedWorkspaces(NOW));
});

describe('seeded UAT', () => {
  test('has contract types, templates, workflows and users', () => {
    const { contractTypes, templates, workflows, users, featureFlags } = configuration(uat);
    const types = ['Order Form', 'Mutual NDA', 'Master Services Agreement'];
    expect(contractTypes.map((type) => [type.name, type.entities])).toEqual(types.map((name) => [name, 2]));
    expect(templates.map(({ name, contractType, state }) => [name, contractType, state])).toEqual([
      ['MSA - Enterprise', 'Master Services Agreement', 'published'],
      ['Mutual NDA - Standard', 'Mutual NDA', 'published'],
      ['Order Form - Standard', 'Order Form', 'published'],
    ]);
    for (const [index, workflow] of workflows.entries())
      expect(workflow).toEqual({
        title: types[index],
        signatories: ['CREATOR_PARTY CFO', 'COUNTER_PARTY Authorised signatory'],
        approvals: ['Legal review'],
        status: 'PUBLISHED',
        unpublishedChanges: false,
      });
    expect(users[0]).toEqual({ email: INTEGRATION, active: true, roles: ['NA Sales'] });
    expect(users).toHaveLength(3);
    expect(featureFlags).toEqual({ PUBLIC_ANALYTICS_QUERY_API: true });
  });

  test('has an intake form that offers Net 30 and Net 60', () => {
    const orderForm = configuration(uat).contractTypes[0];
    expect(orderForm?.intakeForm[0]).toEqual({
      variable: 'payment_terms',
      type: 'enum',
      required: true,
      options: [
        { label: 'Net 30', value: 'Net 30' },
        { label: 'Net 60', value: 'Net 60' },
      ],
    });
    expect(orderForm?.metadata.flat().map((field) => field.variable)).toEqual([
      'effective_date',
      'contract_value.amount',
      'contract_value.currency',
      'auto_renewal',
    ]);
  });
});

test('both workspaces have thirty contracts of the last weeks, each with an Opportunity', () => {
  for (const { contracts } of [uat, prod]) {
    expect(contracts).toHaveLength(30);
    for (const { created, externalMetadata } of contracts) {
      expect(Date.parse(created)).toBeLessThan(NOW);
      expect(Date.parse(created)).toBeGreaterThan(NOW - 30 * DAY_MS);
      expect(externalMetadata).toMatchObject({ integrationName: 'Salesforce', recordType: 'Opportunity' });
      expect(externalMetadata?.id).toMatch(/^006(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{15})$/);
    }
  }
  expect(new Set(opportunities(uat)).size).toBe(30);
  expect(opportunities(uat).filter((id) => opportunities(prod).includes(id))).toEqual([]);
});

describe('seeded production', () => {
  test('differs from UAT only in a template, an option, a workflow and a role', () => {
    const [actual, expected] = [configuration(prod), configuration(uat)];
    expected.templates = expected.templates.filter((template) => template.name !== 'Order Form - Standard');
    const option = expected.contractTypes[0]?.intakeForm[0]?.options?.[1];
    expect(option).toEqual({ label: 'Net 60', value: 'Net 60' });
    if (option) option.value = 'net-60';
    if (expected.workflows[0]) expected.workflows[0].unpublishedChanges = true;
    if (expected.users[0]) expected.users[0].roles = [];
    expect(actual).toEqual(expected);
  });

  test('has one contract that points to UAT and two for one Opportunity', () => {
    expect(foreign(prod)).toHaveLength(1);
    expect(new Set(opportunities(prod)).size).toBe(29);
  });
});

describe('the repair of production', () => {
  test('reports its work, makes production like UAT, and does nothing the second time', () => {
    const sentences = repairProduction(prod, uat);
    expect(sentences).toHaveLength(7);
    expect(sentences.slice(0, 4)).toEqual([
      'Created and published the template "Order Form - Standard".',
      'Changed the value of payment_terms "Net 60" from "net-60" to "Net 60".',
      'Published the pending changes of the workflow "Order Form".',
      `Added ${INTEGRATION} to the role "NA Sales".`,
    ]);
    expect(sentences[4]).toMatch(
      /^Registered https:\/\/\S+\/webhooks\/prod as the webhook URL instead of UAT's\.$/,
    );
    expect(sentences[5]).toMatch(/^Changed contract T-\d+ to point to the production instance/);
    expect(sentences[6]).toMatch(/^Gave contract T-\d+ its own opportunity, 006/);
    expect(configuration(prod)).toEqual(configuration(uat));
    expect(foreign(prod)).toEqual([]);
    expect(new Set(opportunities(prod)).size).toBe(30);
    expect(repairProduction(prod, uat)).toEqual([]);
  });

  test('uses ids of production', () => {
    repairProduction(prod, uat);
    const template = prod.templates.find((each) => each.name === 'Order Form - Standard');
    expect(uat.templates.map(({ id }) => id)).not.toContain(template?.id);
    expect(template?.contractTypeId).toBe(prod.contractTypes[0]?.id);
  });

  test('publishes a new version, which is the newest', () => {
    const before = prod.workflows[0]?.versions.length ?? 0;
    repairProduction(prod, uat);
    const versions = prod.workflows[0]?.versions ?? [];
    expect(versions).toHaveLength(before + 1);
    const newest = versions.toSorted((a, b) =>
      (b.lastPublished ?? '').localeCompare(a.lastPublished ?? ''),
    )[0];
    expect(newest).toBe(versions.at(-1));
    expect(new Set(versions.map((version) => version.frozenId)).size).toBe(versions.length);
    expect(Date.parse(newest?.lastPublished ?? '')).toBeLessThan(NOW);
  });

  test('shows in the next answer of a running server', async () => {
    const server = await start([uat, prod]);
    const call = callerOf(server, prod);
    const names = async () =>
      (await call('GET', '/templates/')).json.items.map((item: { name: string }) => item.name);
    expect(await names()).not.toContain('Order Form - Standard');
    repairProduction(server.workspace('prod'), server.workspace('uat'));
    expect(await names()).toContain('Order Form - Standard');
  });
});

test('the credentials are obviously fake and the seed is the same every time', () => {
  expect([uat.clientId, uat.clientSecret, prod.clientId]).toEqual([
    'sim-uat-client-id',
    'sim-uat-client-secret',
    'sim-prod-client-id',
  ]);
  expect(seedWorkspaces(NOW)).toEqual({ uat, prod });
});
