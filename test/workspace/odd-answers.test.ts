import { describe, expect, test } from 'vitest';
import type { OperationId } from '../../sandbox/spotdraft/operations.ts';
import { seedWorkspaces } from '../../sandbox/spotdraft/seed.ts';
import { checkOf, environmentFile, type Stand, startStand, there } from '../environment.ts';
import { contractType, template, templateField } from '../readiness/northwind.ts';

/** 2^60, which is sent as these digits. */
const HUGE = 2 ** 60;
const HUGE_DIGITS = '1152921504606847000';

const answer = ({ spotdraft }: Stand, operation: OperationId, body: unknown, path?: RegExp) =>
  spotdraft.faults.add({
    workspace: 'prod',
    operation,
    ...(path ? { path } : {}),
    fault: { kind: 'json', body },
  });

/** The contract types of the seed, with these ids. */
const typesWithIds = (stand: Stand, idOf: (id: number, index: number) => number | string) =>
  answer(
    stand,
    'contract_types',
    stand.prod.contractTypes.map(({ id, name }, index) => ({ id: idOf(id, index), name })),
  );

const pathsOf = ({ spotdraft }: Stand) => spotdraft.requests.map(({ path }) => path);

describe('ids that the schema allows', () => {
  test.each([
    ['negative', (_id: number, index: number) => -1 - index, '/contract_types/-1/entities'],
    [
      'beyond 2^53',
      (_id: number, index: number) => HUGE + index * 4_096,
      `/contract_types/${HUGE_DIGITS}/entities`,
    ],
    ['zero', () => 0, '/contract_types/0/entities'],
    ['text of digits', (id: number) => String(id), null],
  ])(
    '%s: contract types exist, and each detail is read by exactly that id or is unknown',
    async (_what, idOf, path) => {
      const stand = await startStand();
      typesWithIds(stand, idOf);
      const report = await stand.check();
      expect(checkOf(report, 'config.contract-types')).toMatchObject({ status: 'pass' });
      const entities = checkOf(report, 'config.entities');
      if (path === null) return expect(entities.status).toBe('pass');
      expect(pathsOf(stand).some((each) => each.endsWith(path))).toBe(true);
      expect(entities).toMatchObject({ status: 'unknown', reason: expect.stringContaining(path) });
    },
  );

  test('repeated: the details of each contract type are judged, and no template is reported as one of another type', async () => {
    const stand = await startStand();
    const { id } = contractType(stand.prod);
    // The type whose details are read comes last.
    stand.prod.contractTypes.reverse();
    typesWithIds(stand, () => id);
    const report = await stand.check();
    expect(checkOf(report, 'config.contract-types').status).toBe('pass');
    // The answers for this id are those of the type “Order Form”.
    expect(checkOf(report, 'config.entities').status).toBe('pass');
    expect(checkOf(report, 'config.intake-forms')).toMatchObject({
      status: 'fail',
      expected: expect.stringContaining('Mutual NDA'),
    });
    const own = stand.prod.templates.filter(({ contractTypeId }) => contractTypeId === id);
    const { expected } = checkOf(report, 'config.templates');
    for (const { name } of own) expect(expected).not.toContain(`template “${name}” of contract type`);
    await stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {});
  });

  test('a negative or huge id of a template is compared, too', async () => {
    const stand = await startStand();
    const types = stand.prod.contractTypes;
    answer(stand, 'templates', {
      items: [
        { id: -5, name: 'Order Form - Standard', contract_type_id: types[0]?.id },
        { id: HUGE, name: 'MSA - Enterprise', contract_type_id: HUGE },
      ],
    });
    const { differences, unknown } = await stand.core.drift.compare(
      stand.environment('uat'),
      stand.environment('prod'),
      () => {},
    );
    expect(unknown.map(({ path }) => path)).toContain('templates/MSA - Enterprise/fields');
    expect(differences.map(({ path }) => path)).toContain('templates/Mutual NDA - Standard');
    expect(pathsOf(stand).some((path) => path.endsWith(`/templates/${HUGE_DIGITS}/metadata`))).toBe(true);
  });
});

describe('one of many answers 404', () => {
  const notFound = { kind: 'status', status: 404 } as const;

  test('the metadata of one template is unknown and named, and the others are judged', async () => {
    const stand = await startStand();
    const { id } = template(stand.prod, 'Mutual NDA - Standard');
    stand.spotdraft.faults.add({
      workspace: 'prod',
      path: new RegExp(`/templates/${id}/metadata$`),
      fault: notFound,
    });
    const only = checkOf(await stand.check(), 'config.template-fields');
    expect(only).toMatchObject({ status: 'unknown', expected: 'fields of template “Mutual NDA - Standard”' });
    expect(only.reason).toContain('answered 404');

    templateField(stand.prod, 'payment_terms').type = 'string';
    const both = checkOf(await stand.check(), 'config.template-fields');
    expect(both).toMatchObject({ status: 'fail', expected: expect.stringContaining('payment_terms') });
    expect(both.reason).toContain('1 more could not be judged (fields of template “Mutual NDA - Standard”)');
  });

  test.each([
    ['entities', 'config.entities', 'Order Form'],
    ['intake_form/questionnaire/', 'config.intake-forms', 'Mutual NDA'],
  ])('%s of one contract type are unknown and named', async (detail, check, name) => {
    const stand = await startStand();
    const { id } = contractType(stand.prod, name);
    const path = new RegExp(`/contract_types/${id}/${detail}$`);
    stand.spotdraft.faults.add({ workspace: 'prod', path, fault: notFound });
    expect(checkOf(await stand.check(), check)).toMatchObject({
      status: 'unknown',
      expected: expect.stringContaining(`contract type “${name}”`),
      reason: expect.stringContaining('answered 404'),
    });
  });

  test('a comparison names it, and compares the rest', async () => {
    const stand = await startStand();
    const { id } = template(stand.prod, 'Mutual NDA - Standard');
    stand.spotdraft.faults.add({
      workspace: 'prod',
      path: new RegExp(`/templates/${id}/metadata$`),
      fault: notFound,
    });
    templateField(stand.prod, 'payment_terms').type = 'string';
    const { differences, unknown } = await stand.core.drift.compare(
      stand.environment('uat'),
      stand.environment('prod'),
      () => {},
    );
    expect(unknown.map(({ path }) => path)).toEqual(['templates/Mutual NDA - Standard/fields']);
    expect(differences.map(({ path }) => path)).toContain(
      'templates/Order Form - Standard/fields/payment_terms/type',
    );
  });
});

describe('lists of another shape', () => {
  test.each<[what: string, operation: OperationId, body: unknown, check: string]>([
    [
      'entities as one object',
      'contract_type_entities',
      { entity_name: 'Northwind GmbH' },
      'config.entities',
    ],
    [
      'contract types as one object',
      'contract_types',
      { id: 1, name: 'Order Form' },
      'config.contract-types',
    ],
    [
      'templates as a list',
      'templates',
      [{ id: 1, name: 'MSA - Enterprise', contract_type_id: 2 }],
      'config.templates',
    ],
    ['roles as null', 'roles', { active_roles: null }, 'routing.roles'],
  ])('%s are unknown, never found and never missing', async (_what, operation, body, check) => {
    const stand = await startStand();
    answer(stand, operation, body);
    expect(checkOf(await stand.check(), check)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('unexpected shape'),
    });
  });

  test.each<[operation: OperationId, body: unknown, check: string]>([
    ['contract_type_entities', [], 'config.entities'],
    ['templates', { items: [] }, 'config.templates'],
    ['roles', { active_roles: [] }, 'routing.roles'],
    ['contract_types', [{ id: 1, name: '' }], 'config.contract-types'],
  ])('an empty list of %s is a list: what is required is missing', async (operation, body, check) => {
    const stand = await startStand();
    answer(stand, operation, body);
    const found = checkOf(await stand.check(), check);
    expect(found).toMatchObject({
      status: 'fail',
      actual: expect.stringMatching(/^not found|but not of this contract type/),
    });
    expect(found.remedy).not.toContain('“”');
  });
});

test('a contract of a member whose roles are not shown leaves the business user unknown', async () => {
  const stand = await startStand({
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'Contract Desk' };
    },
  });
  stand.prod.roles.push({ ...there(stand.prod.roles[0]), id: 901, name: 'Contract Desk' });
  const member = (email: string, roles?: string[]) => ({
    id: email,
    email,
    name: email,
    is_active: true,
    ...(roles && { roles: roles.map((name, id) => ({ id, name })) }),
  });
  const judgedWith = async (...results: object[]) => {
    stand.spotdraft.faults.clear();
    answer(stand, 'users', { page: 1, limit: 100, total_results: results.length, results });
    return checkOf(await stand.check(), 'routing.business-user');
  };
  const integration = 'integrations@northwind.example';
  expect(await judgedWith(member(integration))).toMatchObject({
    status: 'unknown',
    reason: 'the list of members shows no roles of 1 active ones, and the business user may be one of them',
  });
  expect((await judgedWith(member(integration), member('b@b.example', ['Contract Desk']))).status).toBe(
    'unknown',
  );
  expect((await judgedWith(member(integration, []), member('b@b.example'))).status).toBe('fail');
  expect((await judgedWith(member(integration, ['Contract Desk']), member('b@b.example'))).status).toBe(
    'pass',
  );
});

test('an active account counts beside an inactive one with the same address', async () => {
  const email = 'integrations@northwind.example';
  const stand = await startStand();
  const account = (id: number, is_active: boolean) => ({
    id,
    email: id === 1 ? email.toUpperCase() : email,
    name: 'Bot',
    is_active,
    roles: [{ id: 1, name: 'NA Sales' }],
  });
  const judgedWith = async (...results: object[]) => {
    stand.spotdraft.faults.clear();
    answer(stand, 'users', { page: 1, limit: 100, total_results: results.length, results });
    return checkOf(await stand.check(), 'routing.users').actual;
  };
  expect(await judgedWith(account(1, false), account(2, true))).not.toMatch(/not active/);
  expect(await judgedWith(account(1, false), account(2, false))).toMatch(/not active/);
});

test('empty names end neither a comparison nor a plan', async () => {
  const { prod } = seedWorkspaces(Date.now());
  const stand = await startStand();
  answer(stand, 'contract_types', [{ id: prod.contractTypes[0]?.id, name: '' }]);
  answer(stand, 'contract_type_entities', [{ entity_name: '' }]);
  answer(stand, 'templates', { items: [{ id: 1, name: '', contract_type_id: 2 }] });
  const { differences } = await stand.core.drift.compare(
    stand.environment('uat'),
    stand.environment('prod'),
    () => {},
  );
  expect(differences.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['contractTypes/', 'templates/']),
  );
});
