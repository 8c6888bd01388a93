import { expect, test } from 'vitest';
import { createContractType, createTemplate } from '../../sandbox/spotdraft/create-records.ts';
import type { Progress } from '../../src/workspace/progress.ts';
import { type ConfigFile, checkOf, environmentFile, startStand } from '../environment.ts';

const production = (stand: Awaited<ReturnType<typeof startStand>>) =>
  stand.spotdraft.requests.filter(({ workspace }) => workspace === 'prod');

const nothingRequired = (file: ConfigFile): void => {
  file.requires = {};
  delete file.externalMetadata;
  for (const each of Object.values(file.environments)) delete each.workspaceId;
};

const TYPES = Array.from({ length: 40 }, (_, index) => `Agreement ${index + 1}`);
const TEMPLATES = Array.from({ length: 60 }, (_, index) => `Form ${index + 1}`);

test('a large workspace is read at the configured rate, with no request more than needed', {
  timeout: 120_000,
}, async () => {
  const field = { variable: 'effective_date', type: 'date' as const };
  const stand = await startStand({
    pace: 'as configured',
    prepare: ({ prod }) => {
      prod.contractTypes = [];
      prod.templates = [];
      for (const name of TYPES)
        prod.contractTypes.push(
          createContractType(prod, {
            name,
            intakeForm: [field],
            metadataFields: [{ descriptors: [field] }],
          }),
        );
      for (const name of TEMPLATES) prod.templates.push(createTemplate(prod, { name, fields: [field] }));
    },
    edit: (file) => {
      nothingRequired(file);
      file.limits = { requestsPerSecond: 5 };
      file.requires = {
        contractTypes: TYPES.map((name) => ({
          name,
          entities: ['Northwind GmbH'],
          intakeFields: [field],
          metadataFields: [field],
        })),
        templates: TEMPLATES.map((name) => ({ name, fields: [field] })),
      };
    },
  });
  const progress: Progress[] = [];
  const report = await stand.check('prod', (each) => progress.push(each));
  expect(report.verdict).toBe('ready');

  // The key, the two lists, three details of each type, the fields of each template; and the key of UAT.
  const needed = 1 + 2 + 40 * 3 + 60;
  const { total, maxInAnySecond, maxInFlight } = stand.spotdraft.traffic('prod');
  expect([total, report.apiCalls, stand.spotdraft.traffic('uat').total]).toEqual([needed, needed + 1, 1]);
  expect(maxInAnySecond).toBeLessThanOrEqual(5);
  expect(maxInFlight).toBeLessThanOrEqual(4);
  const goal = 1.1 * (needed / 5) + 1;
  console.log(`${needed} calls in ${(report.durationMs / 1000).toFixed(1)} s, goal ${goal.toFixed(1)} s`);

  expect(progress[0]?.done).toBe(0);
  for (const [index, { done, planned }] of progress.entries()) {
    const before = progress[index - 1] ?? { done: 0, planned: 0 };
    expect(done).toBeGreaterThanOrEqual(before.done);
    expect(planned).toBeGreaterThanOrEqual(before.planned);
    expect(done).toBeLessThanOrEqual(planned);
  }
  // The plan was right from the start, and was carried out.
  expect(progress.find(({ planned }) => planned > 0)).toEqual({ done: 0, planned: needed + 1 });
  expect(progress.at(-1)).toEqual({ done: needed + 1, planned: needed + 1 });
});

test('a workspace that answers slowly has at most four requests to answer', async () => {
  const stand = await startStand({
    pace: 'as configured',
    latencyMs: 600,
    edit: (file) => {
      file.limits = { requestsPerSecond: 10 };
    },
  });
  const report = await stand.check();
  expect(report.verdict).toBe('ready');
  const { maxInFlight, maxInAnySecond } = stand.spotdraft.traffic('prod');
  expect(maxInFlight).toBe(4);
  expect(maxInAnySecond).toBeLessThanOrEqual(10);
});

test('one required template costs the key of each workspace and one list', async () => {
  const stand = await startStand({
    edit: (file) => {
      nothingRequired(file);
      file.requires = { templates: [{ name: 'MSA - Enterprise' }] };
    },
  });
  const progress: Progress[] = [];
  const report = await stand.check('prod', (each) => progress.push(each));
  expect(report.verdict).toBe('ready');
  expect(
    stand.spotdraft.requests
      .map(({ workspace, method, operation }) => `${workspace} ${method} ${operation}`)
      .sort(),
  ).toEqual(['prod GET hmac_key', 'prod GET templates', 'uat GET hmac_key']);
  expect([report.apiCalls, progress.at(-1)]).toEqual([3, { done: 3, planned: 3 }]);
});

test('each further requirement costs the reads that it names', async () => {
  const reads = async (requires: ConfigFile['requires'], edit: (file: ConfigFile) => void = () => {}) => {
    const stand = await startStand({
      edit: (file) => {
        nothingRequired(file);
        file.requires = requires;
        edit(file);
      },
    });
    const report = await stand.check();
    expect(report.verdict).toBe('ready');
    return production(stand)
      .map(({ operation }) => operation)
      .filter((operation) => operation !== 'hmac_key')
      .sort();
  };
  const date = { variable: 'effective_date' };
  expect(await reads({})).toEqual([]);
  expect(await reads({ contractTypes: [{ name: 'Order Form' }] })).toEqual(['contract_types']);
  expect(await reads({ contractTypes: [{ name: 'Order Form', metadataFields: [date] }] })).toEqual([
    'contract_types',
    'key_pointers',
  ]);
  expect(await reads({ templates: [{ name: 'MSA - Enterprise', fields: [date] }] })).toEqual([
    'template_metadata',
    'templates',
  ]);
  expect(await reads({ templates: [{ name: 'Order Form - Standard', contractType: 'Order Form' }] })).toEqual(
    ['contract_types', 'templates'],
  );
  expect(await reads({ workflows: [{ title: 'Order Form' }] })).toEqual(Array(3).fill('analytics_query'));
  expect(await reads({ roles: ['Legal Team'] })).toEqual(['roles']);
  expect(await reads({ users: [{ email: 'ana.lima@northwind.example' }] })).toEqual(['users']);
  expect(await reads({ featureFlags: ['PUBLIC_ANALYTICS_QUERY_API'] })).toEqual(['feature_flags']);
  expect(
    await reads({}, (file) => {
      file.externalMetadata = { sample: 30, foreignMarkers: ['uat'] };
    }),
  ).toEqual(['contracts']);
});

test('two environments with one pair of credentials share one pace', async () => {
  const stand = await startStand({
    pace: 'as configured',
    edit: (file) => {
      file.limits = { requestsPerSecond: 5 };
      environmentFile(file, 'prod').credentials = environmentFile(file, 'uat').credentials;
    },
  });
  await Promise.all([stand.check('uat'), stand.check('prod')]);
  const { maxInAnySecond, maxInFlight, total } = stand.spotdraft.traffic('uat');
  expect(total).toBeGreaterThan(20);
  expect(maxInAnySecond).toBeLessThanOrEqual(5);
  expect(maxInFlight).toBeLessThanOrEqual(4);
});

test('a storm of 429 holds the whole workspace for as long as it is asked to, and then succeeds', async () => {
  const stand = await startStand({
    pace: 'as configured',
    latencyMs: 50,
    edit: (file) => {
      file.limits = { requestsPerSecond: 10 };
    },
  });
  const storm = { kind: 'status' as const, status: 429, headers: { 'retry-after': '2' } };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', times: 2, fault: storm });
  const report = await stand.check();
  expect(report.verdict).toBe('ready');
  expect(checkOf(report, 'routing.roles').evidence[0]?.attempts).toBe(3);

  const requests = production(stand);
  for (const refused of requests.filter(({ status }) => status === 429)) {
    // What had left before the answer was there had left.
    const held = requests.filter(({ at }) => at > refused.at + 150 && at < refused.at + 1_990);
    expect(held.map(({ path }) => path)).toEqual([]);
  }
  const { maxInAnySecond, maxInFlight } = stand.spotdraft.traffic('prod');
  expect(maxInAnySecond).toBeLessThanOrEqual(10);
  expect(maxInFlight).toBeLessThanOrEqual(4);
});

test('429 without Retry-After holds for a second, which is what the limit is counted in', async () => {
  const stand = await startStand({
    pace: 'as configured',
    edit: (file) => {
      nothingRequired(file);
      file.requires = { roles: ['Legal Team'] };
    },
  });
  stand.spotdraft.faults.add({
    workspace: 'prod',
    operation: 'roles',
    times: 1,
    fault: { kind: 'status', status: 429 },
  });
  expect((await stand.check()).verdict).toBe('ready');
  const [first, second] = production(stand).filter(({ operation }) => operation === 'roles');
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each([
  ['an hour', '3600'],
  ['a date next year', new Date(Date.now() + 365 * 86_400_000).toUTCString()],
])('a server that asks for %s is taken at its word: not readable now', async (_, retryAfter) => {
  const stand = await startStand();
  const fault = { kind: 'status' as const, status: 429, headers: { 'retry-after': retryAfter } };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', fault });
  const report = await stand.check();
  expect(checkOf(report, 'routing.roles').reason).toMatch(/answered 429: [^,]*$/);
  expect(production(stand).filter(({ operation }) => operation === 'roles')).toHaveLength(1);
});

test('what may not be tried again is not: 4xx, 501 and what is no JSON have one attempt', async () => {
  for (const status of [400, 402, 404, 409, 501]) {
    const stand = await startStand();
    stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', fault: { kind: 'status', status } });
    await stand.check();
    expect([status, production(stand).filter(({ operation }) => operation === 'roles').length]).toEqual([
      status,
      1,
    ]);
  }
});
