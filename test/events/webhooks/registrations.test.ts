import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/spotdraft/faults.ts';
import type { Environment } from '../../../src/config/config.ts';
import { Secret } from '../../../src/config/secret.ts';
import type { RegisterRequest } from '../../../src/events/webhooks/register.ts';
import { createRegistrations, type Registrations } from '../../../src/events/webhooks/registrations.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { environmentFile, type Stand, type StandOptions, startStand, there } from '../../environment.ts';

const CANARY = 'canary-header-value';
const ACTOR = 'cli:ana';
const plain: RegisterRequest = { title: null, activities: null, headers: [], again: false };

interface WebhookStand extends Stand {
  registrations: Registrations;
  prodEnvironment: Environment;
  audited(): Promise<{ act: string; actor: string; subject: string; detail: Record<string, unknown> }[]>;
  states(): Promise<[id: number | null, state: string][]>;
}

async function open(options: StandOptions = {}): Promise<WebhookStand> {
  const stand = await startStand({ log: null, overrides: { timeoutMs: () => 400 }, ...options });
  const { config, core } = stand;
  const registrations = createRegistrations({ config, ...core, clientOf: core.clients.of });
  const prodEnvironment = stand.environment('prod');
  return {
    ...stand,
    registrations,
    prodEnvironment,
    audited: async () => {
      const rows = await core.db.selectFrom('audit').selectAll().orderBy('key').execute();
      return rows.map(({ act, actor, subject, detail }) => ({
        act,
        actor,
        subject,
        detail: JSON.parse(detail),
      }));
    },
    states: async () =>
      (await registrations.list(prodEnvironment)).map(({ webhookId, state }) => [webhookId, state]),
  };
}

const register = ({ registrations, prodEnvironment }: WebhookStand, request: Partial<RegisterRequest> = {}) =>
  registrations.register(prodEnvironment, { ...plain, ...request }, ACTOR);
const remove = ({ registrations, prodEnvironment }: WebhookStand, id: number) =>
  registrations.delete(prodEnvironment, id, ACTOR);
const acts = async (stand: WebhookStand) => (await stand.audited()).map(({ act }) => act);
const madeId = ({ prod }: WebhookStand): number => there(prod.webhooks[0]).id;

it('a webhook is registered as configured, and its id, header names and actor are stored', async () => {
  const stand = await open();
  const result = await register(stand, {
    headers: [{ name: ' X-Access-Key ', value: new Secret(CANARY) }],
  });
  const id = madeId(stand);
  expect(result).toMatchObject({
    kind: 'done',
    summary: `Registered in prod (production) as webhook ${id}.`,
    remedy: null,
    status: 201,
    callId: expect.stringMatching(/^call_/),
    auditId: expect.stringMatching(/^aud_\w{26}$/),
  });
  expect(stand.prod.webhooks).toMatchObject([
    {
      title: 'Envcheck prod',
      url: 'https://envcheck.northwind.example/webhooks/prod',
      onlyForActivities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
      customHeaders: { 'X-Access-Key': CANARY },
    },
  ]);
  expect(await stand.registrations.list(stand.prodEnvironment)).toMatchObject([
    { webhookId: id, origin: 'created', state: 'active', headerNames: ['X-Access-Key'], deletedAt: null },
  ]);
  expect(await stand.audited()).toMatchObject([
    { act: 'webhook.register_attempt', actor: ACTOR, subject: stand.prodEnvironment.webhooks?.url },
    { act: 'webhook.register', actor: ACTOR, detail: { webhookId: id, headerNames: ['X-Access-Key'] } },
  ]);
});

it('a header value appears in no answer, log line, call or byte of the database, whatever SpotDraft echoes', async () => {
  const stand = await open();
  const headers = [{ name: 'X-Access-Key', value: new Secret(CANARY) }];
  const results = [];
  for (const fault of [
    { kind: 'status', status: 400, body: { detail: `no ${CANARY}`, message: CANARY } },
    { kind: 'status', status: 500, body: { detail: CANARY } },
    { kind: 'redirect', location: `https://a.example/${CANARY}` },
    null,
  ] satisfies (Fault | null)[]) {
    if (fault) stand.spotdraft.faults.add({ times: 1, fault });
    results.push(await register(stand, { headers, again: true }));
  }
  expect(results.map(({ kind }) => kind)).toEqual(['refused', 'lost', 'refused', 'done']);
  expect(JSON.stringify(results) + stand.logged.join('')).not.toContain(CANARY);
  const { database } = stand.config;
  for (const file of [database, `${database}-wal`]) expect(readFileSync(file).includes(CANARY)).toBe(false);
  // Prove that the search works: the name is there.
  expect(readFileSync(`${database}-wal`).includes('X-Access-Key')).toBe(true);
});

describe('refusals before a request', () => {
  it.each<[what: string, edit: NonNullable<StandOptions['edit']>, words: RegExp, remedy: RegExp]>([
    [
      'an environment without webhooks',
      (file) => void delete environmentFile(file, 'prod').webhooks,
      /no webhooks for prod \(production\)/,
      /Set webhooks\.url \(https:\/\/envcheck\.northwind\.example\/webhooks\/prod\)/,
    ],
    [
      'a URL that is not https',
      (file) => {
        there(environmentFile(file, 'prod').webhooks).url = 'http://envcheck.northwind.example/webhooks/prod';
      },
      /cannot be registered for prod \(production\): not https/,
      /Set webhooks\.url of prod to https/,
    ],
    [
      'the URL of another environment',
      (file) => {
        there(environmentFile(file, 'prod').webhooks).url = 'https://envcheck.northwind.example/webhooks/uat';
      },
      /its path is \/webhooks\/uat/,
      /Set webhooks\.url of prod to https:\/\/envcheck\.northwind\.example\/webhooks\/prod/,
    ],
    [
      'a base URL that would leak the credentials',
      (file) => {
        environmentFile(file, 'prod').baseUrl = 'https://evil.example/api/v2.1/public';
      },
      /must not receive credentials/,
      /Correct baseUrl/,
    ],
  ])('%s is refused with a next step', async (_what, edit, words, remedy) => {
    const stand = await open({ edit });
    const result = await register(stand);
    expect(result).toMatchObject({ kind: 'refused', status: null, auditId: null });
    expect(result.summary).toMatch(words);
    expect(result.remedy).toMatch(remedy);
    expect(stand.spotdraft.requests).toEqual([]);
    expect(await stand.states()).toEqual([]);
  });

  it('a registered URL is refused with its webhook id, and registered again on request', async () => {
    const stand = await open();
    await register(stand);
    const id = madeId(stand);
    const second = await register(stand);
    expect(second).toMatchObject({ kind: 'refused', registration: { webhookId: id } });
    expect(second.summary).toContain(`already, as webhook ${id}`);
    expect(second.remedy).toContain(`webhooks delete prod ${id}`);
    expect(second.remedy).toContain('register prod --again');
    expect(stand.prod.webhooks).toHaveLength(1);
    expect(await register(stand, { title: 'A second one', again: true })).toMatchObject({ kind: 'done' });
    expect(stand.prod.webhooks).toHaveLength(2);
  });

  it('a webhook that was neither registered nor noted here is not deleted', async () => {
    const stand = await open();
    const result = await remove(stand, 4711);
    expect(result).toMatchObject({ kind: 'refused', remedy: expect.stringContaining('note prod 4711') });
    expect(stand.spotdraft.requests).toEqual([]);
    expect(await stand.audited()).toEqual([]);
  });
});

it('simultaneous registrations create one webhook', async () => {
  const stand = await open();
  stand.spotdraft.faults.add({ fault: { kind: 'slow', ms: 100 } });
  const results = await Promise.all([register(stand), register(stand), register(stand)]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(['done', 'refused', 'refused']);
  expect(stand.prod.webhooks).toHaveLength(1);
});

describe('a registration without a clear answer', () => {
  it.each<[what: string, fault: Fault]>([
    ['a late answer', { kind: 'timeout' }],
    ['a connection reset', { kind: 'reset' }],
    ['a 500', { kind: 'status', status: 500 }],
    ['a truncated answer', { kind: 'reset_mid_body' }],
    ['an empty answer', { kind: 'empty' }],
    ['an answer without an id', { kind: 'status', status: 201, body: {} }],
  ])('%s leaves the webhook as unknown, with the place to look', async (_what, fault) => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault });
    const result = await register(stand);
    expect(result).toMatchObject({ kind: 'lost', registration: { state: 'unknown', webhookId: null } });
    expect(result.summary).toContain('may have been created in prod (production), or not');
    for (const words of ['Developer settings', 'note prod <its id>', 'register prod --again'])
      expect(result.remedy).toContain(words);
    expect(await acts(stand)).toEqual(['webhook.register_attempt', 'webhook.register_lost']);
    const before = stand.spotdraft.requests.length;
    expect(before).toBe(1);
    // A second webhook must not be created by mistake.
    expect(await register(stand)).toMatchObject({ kind: 'refused', remedy: result.remedy });
    expect(stand.spotdraft.requests).toHaveLength(before);
  });

  it('a note adds the lost id, and the webhook is then like any other', async () => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    await register(stand);
    const id = madeId(stand);
    const seen = { webhookId: id, title: null, url: null };
    const result = await stand.registrations.note(stand.prodEnvironment, seen, ACTOR);
    expect(result.summary).toContain('as the one whose answer was lost');
    expect(await stand.registrations.list(stand.prodEnvironment)).toMatchObject([
      { webhookId: id, state: 'active', origin: 'created', title: 'Envcheck prod' },
    ]);
    expect(await remove(stand, id)).toMatchObject({ kind: 'done' });
    expect(stand.prod.webhooks).toEqual([]);
  });

  it('registering again closes a lost attempt that created nothing', async () => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault: { kind: 'reset' } });
    await register(stand);
    expect(await register(stand, { again: true })).toMatchObject({ kind: 'done' });
    expect(await stand.states()).toEqual([
      [madeId(stand), 'active'],
      [null, 'deleted'],
    ]);
  });
});

describe('a webhook that SpotDraft does not create as ACTIVE', () => {
  const created = (answer: object): Fault => ({ kind: 'status', status: 201, body: { id: 88, ...answer } });

  it.each([
    ['DISABLED_BY_ERROR', 'disabled', /SpotDraft says that it is DISABLED_BY_ERROR/],
    ['DISABLED_BY_USER', 'disabled', /SpotDraft says that it is DISABLED_BY_USER/],
    ['PAUSED', 'disabled', /SpotDraft says that it is PAUSED/],
    ['active', 'disabled', /SpotDraft says that it is active/],
    ['', 'unknown', /SpotDraft does not say its status/],
    [null, 'unknown', /SpotDraft does not say its status/],
    [undefined, 'unknown', /SpotDraft does not say its status/],
  ])('status %j is listed as %s, and the result says so', async (status, state, words) => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault: created({ status }) });
    const result = await register(stand);
    expect(result).toMatchObject({ kind: 'done', registration: { webhookId: 88, state } });
    expect(result.summary).toMatch(words);
    expect(result.remedy).toMatch(/^Switch it on .*webhooks note prod 88$/);
    expect(await stand.states()).toEqual([[88, state]]);
    // A second webhook would deliver twice once the first is on.
    expect(await register(stand)).toMatchObject({ kind: 'refused', registration: { webhookId: 88 } });
    await stand.registrations.note(stand.prodEnvironment, { webhookId: 88, title: null, url: null }, ACTOR);
    expect(await stand.states()).toEqual([[88, 'active']]);
  });

  it.each([-88, 0, Number.MAX_SAFE_INTEGER])('id %i is kept, and the webhook can be deleted', async (id) => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault: created({ id, status: 'ACTIVE' }) });
    expect(await register(stand)).toMatchObject({ kind: 'done', registration: { webhookId: id } });
    await remove(stand, id);
    expect(stand.spotdraft.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      path: expect.stringMatching(new RegExp(`/webhooks/${id}$`)),
    });
  });

  it('an id that a number cannot hold is not rounded to the id of another webhook', async () => {
    const stand = await open();
    stand.spotdraft.faults.add({ times: 1, fault: created({ id: 2 ** 53, status: 'ACTIVE' }) });
    expect(await register(stand)).toMatchObject({ kind: 'lost', registration: { webhookId: null } });
  });
});

it('a crash between request and answer leaves an audited attempt', async () => {
  const stand = await open({ overrides: {} });
  stand.spotdraft.faults.add({ fault: { kind: 'timeout' } });
  void register(stand).catch(() => {});
  while (stand.spotdraft.requests.length === 0) await sleep(5);
  // The next start finds this state.
  expect(await stand.states()).toEqual([[null, 'unknown']]);
  expect(await stand.audited()).toMatchObject([
    { act: 'webhook.register_attempt', actor: ACTOR, detail: { title: 'Envcheck prod' } },
  ]);
});

describe.each([400, 401, 403, 404, 429])('refusal with %i', (status) => {
  it('a refused registration leaves only audit entries, with SpotDraft’s reason and a next step', async () => {
    const stand = await open();
    stand.spotdraft.faults.add({
      times: 1,
      fault: { kind: 'status', status, body: { detail: 'Because.' } },
    });
    const result = await register(stand);
    expect(result).toMatchObject({ kind: 'refused', status, registration: null });
    expect(result.summary).toContain(`Nothing was registered in prod (production). POST`);
    expect(result.summary).toContain(`answered ${status}: Because.`);
    expect(result.remedy).not.toBe('');
    expect(await stand.states()).toEqual([]);
    expect(await stand.audited()).toMatchObject([
      { act: 'webhook.register_attempt' },
      { act: 'webhook.register_refused', detail: { status, callId: result.callId } },
    ]);
  });
});

describe('deletions', () => {
  it('a deleted webhook stays listed with its time, and deleting it again succeeds without a request', async () => {
    const stand = await open();
    await register(stand);
    const id = madeId(stand);
    expect(await remove(stand, id)).toMatchObject({
      kind: 'done',
      summary: `Deleted webhook ${id} of prod (production).`,
      registration: { state: 'deleted', deletedAt: expect.any(Number) },
    });
    const sent = stand.spotdraft.requests.length;
    expect(await remove(stand, id)).toMatchObject({
      kind: 'done',
      status: null,
      summary: expect.stringContaining('is gone since'),
    });
    expect(stand.spotdraft.requests).toHaveLength(sent);
    expect((await acts(stand)).slice(2)).toEqual(['webhook.delete_attempt', 'webhook.delete']);
  });

  it.each([403, 429])('a deletion refused with %i leaves the webhook active', async (status) => {
    const stand = await open();
    await register(stand);
    stand.spotdraft.faults.add({ times: 1, fault: { kind: 'status', status } });
    const id = madeId(stand);
    expect(await remove(stand, id)).toMatchObject({ kind: 'refused', status });
    expect(await stand.states()).toEqual([[id, 'active']]);
    expect((await acts(stand)).at(-1)).toBe('webhook.delete_refused');
  });

  it('a webhook that is gone in SpotDraft is deleted here, and the result says both', async () => {
    const stand = await open();
    await register(stand);
    const id = madeId(stand);
    stand.prod.webhooks.length = 0;
    const gone = await remove(stand, id);
    expect(gone).toMatchObject({ kind: 'done', status: 404, registration: { state: 'deleted' } });
    expect(gone.summary).toContain(`Webhook ${id} of prod (production) is gone: SpotDraft answered 404`);
    expect(gone.remedy).toContain('Developer settings');
    expect((await acts(stand)).at(-1)).toBe('webhook.delete_gone');
  });

  it.each([400, 410, 500])('an answer of %i does not say that a webhook is gone', async (status) => {
    const stand = await open();
    await register(stand);
    stand.spotdraft.faults.add({ times: 1, fault: { kind: 'status', status } });
    const result = await remove(stand, madeId(stand));
    expect(result.kind).not.toBe('done');
    expect(result.registration?.state).not.toBe('deleted');
  });

  it('a deletion whose answer was lost leaves the webhook unknown until it is deleted again', async () => {
    const stand = await open();
    await register(stand);
    const id = madeId(stand);
    stand.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    const lost = await remove(stand, id);
    expect(lost).toMatchObject({ kind: 'lost', registration: { state: 'unknown' } });
    expect(lost.remedy).toContain(`webhooks delete prod ${id}`);
    expect((await acts(stand)).at(-1)).toBe('webhook.delete_lost');
    expect(await remove(stand, id)).toMatchObject({
      kind: 'done',
      status: 404,
      registration: { state: 'deleted' },
    });
  });

  it('SpotDraft may reuse the id of a deleted webhook', async () => {
    const stand = await open();
    await register(stand);
    const id = madeId(stand);
    await remove(stand, id);
    expect(await register(stand)).toMatchObject({ kind: 'done' });
    expect(madeId(stand)).toBe(id);
    expect(await stand.states()).toEqual([[id, 'active']]);
  });
});

it('a webhook created elsewhere can be noted, and noted again with more details', async () => {
  const stand = await open();
  const { registrations, prodEnvironment } = stand;
  await registrations.note(prodEnvironment, { webhookId: 88, title: null, url: null }, ACTOR);
  await registrations.note(prodEnvironment, { webhookId: 88, title: 'CRM sync', url: null }, 'slack:U0ALICE');
  expect(await registrations.list(prodEnvironment)).toMatchObject([
    { webhookId: 88, origin: 'noted', state: 'active', title: 'CRM sync', url: null, activities: null },
  ]);
  expect(await registrations.list(stand.environment('uat'))).toEqual([]);
  expect(await stand.audited()).toMatchObject([
    { act: 'webhook.note', subject: '88', actor: ACTOR, detail: { stateBefore: null } },
    { act: 'webhook.note', subject: '88', actor: 'slack:U0ALICE', detail: { title: 'CRM sync' } },
  ]);
  expect(stand.spotdraft.requests).toEqual([]);
});

it('the answer shows a new id that could not be stored, and the command to store it', async () => {
  const stand = await open();
  stand.spotdraft.faults.add({ fault: { kind: 'slow', ms: 200 } });
  const registering = register(stand);
  while (stand.spotdraft.requests.length === 0) await sleep(5);
  await sql`create trigger broken before insert on audit begin select raise(abort, 'disk full'); end`.execute(
    stand.core.db,
  );
  const result = await registering;
  const id = madeId(stand);
  expect(result).toMatchObject({ kind: 'lost', status: 201 });
  expect(result.summary).toContain(`Webhook ${id} was created in prod (production).`);
  expect(result.remedy).toContain(`note prod ${id}`);
  expect(stand.logged.join('')).toContain('outcome of a webhook act not stored');
  expect(await stand.states()).toEqual([[null, 'unknown']]);
});

it('a webhook whose audit entry cannot be written is not noted', async () => {
  const stand = await open();
  await sql`create trigger full before insert on audit begin select raise(abort, 'disk full'); end`.execute(
    stand.core.db,
  );
  const seen = { webhookId: 88, title: null, url: null };
  await expect(stand.registrations.note(stand.prodEnvironment, seen, ACTOR)).rejects.toThrow('disk full');
  expect(await stand.states()).toEqual([]);
});

it('audit entries can be neither changed nor deleted', async () => {
  const stand = await open();
  await register(stand);
  const { db } = stand.core;
  const before = await stand.audited();
  await expect(db.updateTable('audit').set({ actor: 'cli:nobody' }).execute()).rejects.toThrow('append-only');
  await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
  expect(await stand.audited()).toEqual(before);
});

it('a transaction that fails halfway changes nothing', async () => {
  const stand = await open();
  const half = inTransaction(stand.core.db, async (transaction) => {
    await transaction
      .insertInto('receiver_keys')
      .values({ environment: 'prod', fingerprint: 'a', read_at: 1 })
      .execute();
    throw new Error('half-way');
  });
  await expect(half).rejects.toThrow('half-way');
  expect(await stand.core.db.selectFrom('receiver_keys').selectAll().execute()).toEqual([]);
});
