import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createContractType, createTemplate } from '../../sandbox/spotdraft/create-records.ts';
import { sendWithRetries } from '../../src/spotdraft/attempts.ts';
import { createPace } from '../../src/spotdraft/pace.ts';
import { createTransport } from '../../src/spotdraft/transport.ts';
import type { Progress } from '../../src/workspace/progress.ts';
import { type ConfigFile, checkOf, environmentFile, startStand } from '../environment.ts';
import { long } from '../long.ts';

const production = (stand: Awaited<ReturnType<typeof startStand>>) =>
  stand.spotdraft.requests.filter(({ workspace }) => workspace === 'prod');

const nothingRequired = (file: ConfigFile): void => {
  file.requires = {};
  delete file.externalMetadata;
  // A model would be compared with production, with many more reads.
  delete file.drift;
  file.notApplicable = (['configuration', 'external-metadata'] as const).map((item) => ({
    item,
    reason: 'these tests need none',
  }));
  for (const each of Object.values(file.environments)) delete each.workspaceId;
};

/** Requirements that take 11 reads of production. */
const severalReads = (file: ConfigFile): void => {
  nothingRequired(file);
  const field = { variable: 'effective_date' };
  file.requires = {
    contractTypes: [{ name: 'Order Form', entities: ['Northwind GmbH'], metadataFields: [field] }],
    templates: [{ name: 'MSA - Enterprise', fields: [field] }],
    workflows: [{ title: 'Order Form' }],
    roles: ['Legal Team'],
    users: [{ email: 'ana.lima@northwind.example' }],
  };
};

const TYPES = Array.from({ length: long ? 40 : 4 }, (_, index) => `Agreement ${index + 1}`);
const TEMPLATES = Array.from({ length: long ? 60 : 6 }, (_, index) => `Form ${index + 1}`);

test('a workspace is read at the configured rate, without a request more than needed', {
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

  // The key, two lists, three details of each type, the fields of each template. In UAT, the key.
  const needed = 1 + 2 + TYPES.length * 3 + TEMPLATES.length;
  const { total, maxInAnySecond, maxInFlight } = stand.spotdraft.traffic('prod');
  expect([total, report.apiCalls, stand.spotdraft.traffic('uat').total]).toEqual([needed, needed + 1, 1]);
  expect(maxInAnySecond).toBeLessThanOrEqual(5);
  expect(maxInFlight).toBeLessThanOrEqual(4);

  expect(progress[0]?.done).toBe(0);
  for (const [index, { done, planned }] of progress.entries()) {
    const before = progress[index - 1] ?? { done: 0, planned: 0 };
    expect(done).toBeGreaterThanOrEqual(before.done);
    expect(planned).toBeGreaterThanOrEqual(before.planned);
    expect(done).toBeLessThanOrEqual(planned);
  }
  // The plan was complete from the start, and was carried out.
  expect(progress.find(({ planned }) => planned > 0)).toEqual({ done: 0, planned: needed + 1 });
  expect(progress.at(-1)).toEqual({ done: needed + 1, planned: needed + 1 });
});

test('a slow workspace has at most four requests in flight', async () => {
  const stand = await startStand({
    pace: 'as configured',
    latencyMs: 600,
    edit: (file) => {
      file.limits = { requestsPerSecond: 10 };
      if (!long) severalReads(file);
    },
  });
  const report = await stand.check();
  expect(report.verdict).toBe('ready');
  const { maxInFlight, maxInAnySecond } = stand.spotdraft.traffic('prod');
  expect(maxInFlight).toBe(4);
  expect(maxInAnySecond).toBeLessThanOrEqual(10);
});

test('one required template costs one list and the key of each workspace', async () => {
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

test('two environments with the same credentials share one pace', async () => {
  const stand = await startStand({
    pace: 'as configured',
    edit: (file) => {
      // SpotDraft documents 10: a pace that ignores the configured rate has to fail.
      file.limits = { requestsPerSecond: long ? 5 : 7 };
      environmentFile(file, 'prod').credentials = environmentFile(file, 'uat').credentials;
    },
  });
  await Promise.all([stand.check('uat'), stand.check('prod')]);
  const { maxInAnySecond, maxInFlight, total } = stand.spotdraft.traffic('uat');
  expect(total).toBeGreaterThan(20);
  expect(maxInAnySecond).toBeLessThanOrEqual(stand.config.limits.requestsPerSecond);
  expect(maxInFlight).toBeLessThanOrEqual(4);
});

test('a 429 holds the whole workspace for as long as SpotDraft asks, and then the check succeeds', async () => {
  const times = long ? 2 : 1;
  const stand = await startStand({
    pace: 'as configured',
    latencyMs: 50,
    edit: (file) => {
      file.limits = { requestsPerSecond: 10 };
    },
  });
  const fault = { kind: 'status' as const, status: 429, headers: { 'retry-after': '2' } };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', times, fault });
  const report = await stand.check();
  expect(report.verdict).toBe('ready');
  expect(checkOf(report, 'routing.roles').evidence[0]?.attempts).toBe(times + 1);

  const requests = production(stand);
  for (const refused of requests.filter(({ status }) => status === 429)) {
    // Requests sent before that answer arrived do not count.
    const held = requests.filter(({ at }) => at > refused.at + 150 && at < refused.at + 1_990);
    expect(held.map(({ path }) => path)).toEqual([]);
  }
  const { maxInAnySecond, maxInFlight } = stand.spotdraft.traffic('prod');
  expect(maxInAnySecond).toBeLessThanOrEqual(10);
  expect(maxInFlight).toBeLessThanOrEqual(4);
});

test('a 429 without Retry-After holds for a second, the period in which the limit is counted', async () => {
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

test('a workspace that goes on refusing is asked once for each further read', async () => {
  const server = createServer((_request, response) => response.writeHead(429, { 'retry-after': '0' }).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const transport = createTransport({ ca: null });
  const attempt = {
    method: 'GET' as const,
    url: `http://127.0.0.1:${port}/`,
    headers: {},
    body: null,
    timeoutMs: 5_000,
  };
  const reading = { transport, pace: createPace(1_000), retry: { baseDelayMs: 1 } };
  const reads = await Promise.all(Array.from({ length: 20 }, () => sendWithRetries(attempt, reading)));
  expect(reads[0]?.attempts).toBeGreaterThan(1);
  expect(reads.slice(8).map(({ attempts }) => attempts)).toEqual(reads.slice(8).map(() => 1));
  await transport.close();
  server.close();
});

test.each([
  ['for an hour', '3600'],
  ['until next year', new Date(Date.now() + 365 * 86_400_000).toUTCString()],
])('a fact is unknown at once when the server asks to wait %s', async (_, retryAfter) => {
  const stand = await startStand();
  const fault = { kind: 'status' as const, status: 429, headers: { 'retry-after': retryAfter } };
  stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', fault });
  const report = await stand.check();
  expect(checkOf(report, 'routing.roles').reason).toMatch(/answered 429: [^,]*$/);
  expect(production(stand).filter(({ operation }) => operation === 'roles')).toHaveLength(1);
});

test('a read answered with 4xx or 501 is not tried again', async () => {
  const stand = await startStand({
    edit: (file) => {
      nothingRequired(file);
      file.requires = { roles: ['Legal Team'] };
    },
  });
  for (const status of [400, 402, 404, 409, 501]) {
    stand.spotdraft.faults.clear();
    stand.spotdraft.faults.add({ workspace: 'prod', operation: 'roles', fault: { kind: 'status', status } });
    await stand.check();
    const sent = production(stand).filter(
      (request) => request.operation === 'roles' && request.status === status,
    );
    expect([status, sent.length]).toEqual([status, 1]);
  }
});
