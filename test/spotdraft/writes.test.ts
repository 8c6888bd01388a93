import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../sandbox/spotdraft/faults.ts';
import { Secret } from '../../src/config/secret.ts';
import type { WriteOutcome } from '../../src/spotdraft/interpret-write.ts';
import type { NewWebhook } from '../../src/spotdraft/writes.ts';
import { environmentFile, type Stand, startStand } from '../environment.ts';

const CANARY = 'canary-header-value';
const webhook: NewWebhook = {
  title: 'Envcheck prod',
  url: 'https://envcheck.northwind.example/webhooks/prod',
  activities: ['CONTRACT_CREATED'],
  headers: [{ name: 'X-Access-Key', value: new Secret(CANARY) }],
};

const create = ({ core }: Stand) => core.clients.of('prod').write('createWebhook', webhook);
const calls = ({ core }: Stand) =>
  core.db.selectFrom('api_calls').selectAll().where('reporter', '=', 'envcheck').orderBy('at').execute();

it('a webhook is created as requested and deleted by its id', async () => {
  const stand = await startStand();
  const created = await create(stand);
  expect(created).toMatchObject({ kind: 'done', value: { status: 'ACTIVE' }, source: { status: 201 } });
  const [made] = stand.prod.webhooks;
  expect(made).toMatchObject({
    title: 'Envcheck prod',
    url: webhook.url,
    onlyForActivities: ['CONTRACT_CREATED'],
    customHeaders: { 'X-Access-Key': CANARY },
  });
  const webhookId = made?.id ?? 0;
  const deleted = await stand.core.clients.of('prod').write('deleteWebhook', { webhookId });
  expect(deleted).toMatchObject({ kind: 'done', source: { status: 204 } });
  expect(stand.prod.webhooks).toEqual([]);
  expect(
    (await calls(stand)).map(({ method, path, status, attempts, failure }) => [
      method,
      path,
      status,
      attempts,
      failure,
    ]),
  ).toEqual([
    ['POST', '/api/v2.1/public/webhooks/', 201, 1, null],
    ['DELETE', `/api/v2.1/public/webhooks/${webhookId}`, 204, 1, null],
  ]);
});

describe('failed writes', () => {
  it.each<[what: string, fault: Fault, kind: WriteOutcome<unknown>['kind'], words: RegExp]>([
    [
      '400',
      { kind: 'status', status: 400, body: { detail: `bad ${CANARY}` } },
      'refused',
      /400: bad \[secret\]$/,
    ],
    ['401', { kind: 'status', status: 401 }, 'refused', /answered 401/],
    ['403', { kind: 'status', status: 403 }, 'refused', /answered 403/],
    ['404', { kind: 'status', status: 404 }, 'refused', /answered 404/],
    ['409', { kind: 'status', status: 409 }, 'refused', /answered 409/],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, 'refused', /answered 429/],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://elsewhere.example/' },
      'refused',
      /redirected to https:\/\/elsewhere/,
    ],
    ['500', { kind: 'status', status: 500 }, 'lost', /answered 500/],
    ['502 with a web page', { kind: 'html', status: 502 }, 'lost', /answered 502/],
    ['503', { kind: 'status', status: 503, headers: { 'retry-after': '0' } }, 'lost', /answered 503/],
    ['504', { kind: 'status', status: 504 }, 'lost', /answered 504/],
    ['a timeout', { kind: 'timeout' }, 'lost', /no answer within/],
    ['a reset after it was sent', { kind: 'reset' }, 'lost', /reset|closed/],
    ['a reset in mid-answer', { kind: 'reset_mid_body' }, 'lost', /reset|closed|abort/i],
    ['an empty answer', { kind: 'empty' }, 'lost', /empty body/],
    ['a web page', { kind: 'html' }, 'lost', /instead of JSON/],
    ['an empty 201', { kind: 'status', status: 201, body: {} }, 'lost', /unexpected shape/],
    [
      'a 201 without an id',
      { kind: 'status', status: 201, body: { id: null, custom_headers: { a: CANARY } } },
      'lost',
      /unexpected shape/,
    ],
    ['an endless answer', { kind: 'huge', bytes: 11 * 1024 * 1024 }, 'lost', /over 10 MiB/],
  ])('%s has the right outcome, and nothing is sent twice', async (what, fault, kind, words) => {
    const stand = await startStand({
      overrides: { timeoutMs: () => (what === 'an endless answer' ? 20_000 : 400) },
    });
    stand.spotdraft.faults.add({ fault });
    const created = await create(stand);
    expect(created).toMatchObject({ kind, reason: expect.stringMatching(words) });
    const deleted = await stand.core.clients.of('prod').write('deleteWebhook', { webhookId: 511 });
    expect(deleted.kind).toBe(kind);
    expect(stand.spotdraft.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    const logged = await calls(stand);
    expect(logged).toHaveLength(2);
    for (const { failure, attempts } of logged) expect([failure === null, attempts]).toEqual([false, 1]);
    expect(JSON.stringify([created, logged, stand.logged])).not.toContain(CANARY);
  });
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const standAt = (port: number): Promise<Stand> =>
  startStand({
    edit: (file) => {
      environmentFile(file, 'prod').baseUrl = `http://127.0.0.1:${port}/api/v2.1/public`;
      file.trustedHosts = ['127.0.0.1'];
    },
    overrides: { timeoutMs: () => 400 },
  });

it('a 201 with an empty body counts as a lost answer', async () => {
  const stand = await standAt(await listening(createServer((_, response) => response.writeHead(201).end())));
  expect(await create(stand)).toMatchObject({
    kind: 'lost',
    reason: expect.stringContaining('201 with an empty body'),
  });
});

it('a request that was never sent counts as refused', async () => {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const created = await create(await standAt(port));
  expect(created).toMatchObject({
    kind: 'refused',
    status: null,
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

it('a write refused with 429 delays the next call and is not tried again', async () => {
  const stand = await startStand();
  stand.spotdraft.faults.add({ times: 1, fault: { kind: 'status', status: 429 } });
  const started = performance.now();
  expect(await create(stand)).toMatchObject({ kind: 'refused', status: 429 });
  await sleep(50);
  expect(await create(stand)).toMatchObject({ kind: 'done' });
  expect(performance.now() - started).toBeGreaterThan(900);
  expect(stand.spotdraft.requests).toHaveLength(2);
});
