import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import * as clientModule from '../../src/spotdraft/client.ts';
import { type EndpointId, endpoints, type LookId, looks } from '../../src/spotdraft/endpoints.ts';
import { createPace } from '../../src/spotdraft/pace.ts';
import { createTransport } from '../../src/spotdraft/transport.ts';
import { type WriteId, writes } from '../../src/spotdraft/writes.ts';
import { createFarClocks } from '../../src/time/far-clocks.ts';
import fc, { runs } from '../fast-check.ts';

interface Seen {
  method: string;
  /** Path and query as received. */
  target: string;
  /** Header names. */
  headers: string[];
  body: string;
}

/** A server that records every request and answers `{}`, and a client for it. */
async function recorded() {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method, target: url, headers: Object.keys(headers), body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createTransport({ ca: null });
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });
  const paths: string[] = [];
  const client = clientModule.createSpotDraftClient({
    environment: 'prod',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2.1/public`,
    credentials: { clientId: new Secret('id'), clientSecret: new Secret('secret') },
    userEmail: 'a@b.example',
    transport,
    pace: createPace(100_000),
    farClocks: createFarClocks({ now: () => 0 }),
    clock: { now: () => 0 },
    retry: { baseDelayMs: 1 },
    timeoutMs: clientModule.documentedTimeouts,
    log: async ({ path }) => void paths.push(path),
  });
  return { client, seen, logged: paths };
}

const hostile = [
  '../webhooks/',
  '1/../..',
  '..',
  '%2e%2e',
  '%2e%2e%2fwebhooks%2f',
  '1?x=',
  '1#',
  'T-1/../../webhooks/',
  'T-1\n',
  'T-1%00',
  'contracts/webhooks/re_trigger_latest',
  '',
  'T-',
  't-1',
  'T-1 ',
  '\\..\\',
];
const anything = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.constantFrom(Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 60, -0),
  fc.constantFrom(null, undefined, true, [], [1], {}),
  fc.nat().map((number) => `T-${number}`),
  fc.nat(),
);
const parameters = fc.record({
  contractTypeId: anything,
  templateId: anything,
  contractId: anything,
  email: anything,
  page: anything,
  limit: anything,
  createdSince: anything,
  by: anything,
  value: anything,
  id: anything,
  flags: fc.array(anything, { maxLength: 3 }),
  query: anything,
  webhookId: anything,
  title: anything,
  url: anything,
  activities: anything,
  headers: fc.array(fc.record({ name: fc.string(), value: fc.string().map((value) => new Secret(value)) }), {
    maxLength: 2,
  }),
});

/** The only requests that may be sent, as `METHOD path` without the query. */
const allowed: Record<EndpointId | LookId, RegExp> = {
  contractTypes: /^GET \/contract_types\/$/,
  contractTypeEntities: /^GET \/contract_types\/-?\d+\/entities$/,
  intakeForm: /^GET \/contract_types\/-?\d+\/intake_form\/questionnaire\/$/,
  metadataFields: /^GET \/key_pointers\/$/,
  templates: /^GET \/templates\/$/,
  templatesWithArchived: /^GET \/templates\/$/,
  template: /^GET \/templates\/-?\d+\/$/,
  templateFields: /^GET \/templates\/-?\d+\/metadata$/,
  entities: /^GET \/organizations\/entities\/$/,
  roles: /^GET \/auth\/roles\/$/,
  users: /^GET \/auth\/users\/$/,
  featureFlags: /^POST \/workspace\/feature-flags\/$/,
  analytics: /^POST \/analytics\/query\/$/,
  hmacKey: /^GET \/webhooks\/hmac_key\/$/,
  contracts: /^GET \/contracts\/$/,
  contract: /^GET \/contracts\/$/,
  contractsOfRecord: /^GET \/contracts\/by_external_metadata\/[^/?#]+$/,
  externalMetadata: /^GET \/contracts\/[TH]-\d+[A-Za-z]?\/external_metadata$/,
};

const request = ({ method, target }: Seen): string =>
  `${method} ${target.replace(/[?].*/s, '').replace('/api/v2.1/public', '')}`;

for (const id of Object.keys({ ...endpoints, ...looks }) as (EndpointId | LookId)[])
  test(`${id} sends its documented read or nothing, whatever its parameters`, async () => {
    const { client, seen } = await recorded();
    // Types forbid most of these values, but SpotDraft's answers are untyped.
    const read = client.read as (id: EndpointId | LookId, parameters: unknown) => Promise<unknown>;
    await fc.assert(
      fc.asyncProperty(parameters, async (given) => {
        seen.length = 0;
        await read(id, given).catch(() => {});
        expect(seen.length).toBeLessThanOrEqual(1);
        for (const each of seen) {
          expect(request(each)).toMatch(allowed[id]);
          expect(request(each)).not.toMatch(/re_trigger|\.\.|%2e/i);
        }
      }),
      { numRuns: runs(50) },
    );
    const ordinary = {
      contractTypeId: 7,
      templateId: 7,
      contractId: 'T-7',
      email: 'a@b.example',
      page: 1,
      limit: 10,
      createdSince: null,
      by: 'contract_id',
      value: 'T-7',
      id: '006',
      flags: ['A'],
      query: 'SELECT 1',
    };
    seen.length = 0;
    await read(id, ordinary);
    expect(seen.map(request)).toEqual([expect.stringMatching(allowed[id])]);
  });

/** The only writes of the client. A new entry here is a decision about what this program may do. */
const allowedWrites: Record<WriteId, RegExp> = {
  createWebhook: /^POST \/webhooks\/$/,
  deleteWebhook: /^DELETE \/webhooks\/-?\d+$/,
  retriggerWebhook: /^POST \/contracts\/webhooks\/re_trigger_latest\/$/,
};

for (const id of Object.keys(writes) as WriteId[])
  test(`${id} sends its documented write once or nothing, whatever its parameters`, async () => {
    const { client, seen } = await recorded();
    const write = client.write as (id: WriteId, parameters: unknown) => Promise<unknown>;
    await fc.assert(
      fc.asyncProperty(parameters, async (given) => {
        seen.length = 0;
        await write(id, given).catch(() => {});
        expect(seen.length).toBeLessThanOrEqual(1);
        for (const each of seen) {
          expect(request(each)).toMatch(allowedWrites[id]);
          if (id === 'retriggerWebhook') expect(each.body).toMatch(/^\{"contract_ids":\[\d+\]\}$/);
        }
      }),
      { numRuns: runs(50) },
    );
    seen.length = 0;
    const ordinary = { title: 'T', url: 'https://a.example', activities: ['A'], headers: [] };
    await write(id, { ...ordinary, webhookId: 511, contractId: 481516 });
    expect(seen.map(request)).toEqual([expect.stringMatching(allowedWrites[id])]);
    expect(seen[0]?.headers).toContain('client-secret');
    expect(seen[0]?.headers).not.toContain('user-email');
  });

test('the only writes create a webhook, delete one, and re-trigger the latest call of a contract', () => {
  expect(Object.entries(writes).map(([id, { method }]) => `${method} ${id}`)).toEqual([
    'POST createWebhook',
    'DELETE deleteWebhook',
    'POST retriggerWebhook',
  ]);
});

test.each(hostile)('the id %j is refused before anything is sent', async (id) => {
  const { client, seen } = await recorded();
  await expect(client.read('externalMetadata', { contractId: id })).rejects.toThrow();
  for (const contractTypeId of [id, Number.NaN, 1.5, 2 ** 60])
    await expect(client.read('intakeForm', { contractTypeId })).rejects.toThrow();
  for (const webhookId of [id as unknown as number, Number.NaN, 1.5, 2 ** 60])
    await expect(client.write('deleteWebhook', { webhookId })).rejects.toThrow();
  for (const contractId of [id as unknown as number, [1, 2] as unknown as number, -1, Number.NaN, 2 ** 60])
    await expect(client.write('retriggerWebhook', { contractId })).rejects.toThrow();
  expect(seen).toEqual([]);
});

test('the only POST reads are the two documented queries', () => {
  const posts = Object.entries(endpoints).filter(([, { method }]) => method !== 'GET');
  expect(posts.map(([id, { method }]) => `${method} ${id}`)).toEqual(['POST featureFlags', 'POST analytics']);
});

test('a client can read, write and show its certificate, and the module exports nothing else', async () => {
  const { client } = await recorded();
  expect(Object.keys(client).sort()).toEqual(['certificate', 'read', 'write']);
  expect(Object.keys(clientModule).sort()).toEqual(['createSpotDraftClient', 'documentedTimeouts']);
});

test("a member's address is sent as given and logged as *", async () => {
  const { client, seen, logged } = await recorded();
  await client.read('users', { email: 'abc+123@xyz.example', page: 1, limit: 100 });
  expect(seen[0]?.target).toContain('user_email=abc%2B123%40xyz.example&');
  expect(logged).toEqual(['/api/v2.1/public/auth/users/?user_email=*&page=1&limit=100']);
});
