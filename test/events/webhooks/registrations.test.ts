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

interface Office extends Stand {
  registrations: Registrations;
  prodEnvironment: Environment;
  audited(): Promise<{ act: string; actor: string; subject: string; detail: Record<string, unknown> }[]>;
  states(): Promise<[id: number | null, state: string][]>;
}

async function open(options: StandOptions = {}): Promise<Office> {
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

const register = ({ registrations, prodEnvironment }: Office, request: Partial<RegisterRequest> = {}) =>
  registrations.register(prodEnvironment, { ...plain, ...request }, ACTOR);
const remove = ({ registrations, prodEnvironment }: Office, id: number) =>
  registrations.delete(prodEnvironment, id, ACTOR);
const acts = async (office: Office) => (await office.audited()).map(({ act }) => act);
const madeId = ({ prod }: Office): number => there(prod.webhooks[0]).id;

it('a webhook is registered as the config says, and its id, names and author are kept', async () => {
  const office = await open();
  const result = await register(office, {
    headers: [{ name: ' X-Access-Key ', value: new Secret(CANARY) }],
  });
  const id = madeId(office);
  expect(result).toMatchObject({
    kind: 'done',
    summary: `Registered in prod (production) as webhook ${id}.`,
    remedy: null,
    status: 201,
    callId: expect.stringMatching(/^call_/),
    auditId: expect.stringMatching(/^aud_\w{26}$/),
  });
  expect(office.prod.webhooks).toMatchObject([
    {
      title: 'Envcheck prod',
      url: 'https://envcheck.northwind.example/webhooks/prod',
      onlyForActivities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
      customHeaders: { 'X-Access-Key': CANARY },
    },
  ]);
  expect(await office.registrations.list(office.prodEnvironment)).toMatchObject([
    { webhookId: id, origin: 'created', state: 'active', headerNames: ['X-Access-Key'], deletedAt: null },
  ]);
  expect(await office.audited()).toMatchObject([
    { act: 'webhook.register_attempt', actor: ACTOR, subject: office.prodEnvironment.webhooks?.url },
    { act: 'webhook.register', actor: ACTOR, detail: { webhookId: id, headerNames: ['X-Access-Key'] } },
  ]);
});

it('a header’s value is in no answer, log line, call or byte of the database, whatever SpotDraft echoes', async () => {
  const office = await open();
  const headers = [{ name: 'X-Access-Key', value: new Secret(CANARY) }];
  const results = [];
  for (const fault of [
    { kind: 'status', status: 400, body: { detail: `no ${CANARY}`, message: CANARY } },
    { kind: 'status', status: 500, body: { detail: CANARY } },
    { kind: 'redirect', location: `https://a.example/${CANARY}` },
    null,
  ] satisfies (Fault | null)[]) {
    if (fault) office.spotdraft.faults.add({ times: 1, fault });
    results.push(await register(office, { headers, again: true }));
  }
  expect(results.map(({ kind }) => kind)).toEqual(['refused', 'lost', 'refused', 'done']);
  expect(JSON.stringify(results) + office.logged.join('')).not.toContain(CANARY);
  const { database } = office.config;
  for (const file of [database, `${database}-wal`]) expect(readFileSync(file).includes(CANARY)).toBe(false);
  // The search can find: the name is there.
  expect(readFileSync(`${database}-wal`).includes('X-Access-Key')).toBe(true);
});

describe('before anything is sent', () => {
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
      'a base URL that would give the credentials away',
      (file) => {
        environmentFile(file, 'prod').baseUrl = 'https://evil.example/api/v2.1/public';
      },
      /not one to send credentials to/,
      /Correct baseUrl/,
    ],
  ])('%s is refused with what to do', async (_what, edit, words, remedy) => {
    const office = await open({ edit });
    const result = await register(office);
    expect(result).toMatchObject({ kind: 'refused', status: null, auditId: null });
    expect(result.summary).toMatch(words);
    expect(result.remedy).toMatch(remedy);
    expect(office.spotdraft.requests).toEqual([]);
    expect(await office.states()).toEqual([]);
  });

  it('a URL that is registered already is refused with its id, until it is asked for again', async () => {
    const office = await open();
    await register(office);
    const id = madeId(office);
    const second = await register(office);
    expect(second).toMatchObject({ kind: 'refused', registration: { webhookId: id } });
    expect(second.summary).toContain(`already, as webhook ${id}`);
    expect(second.remedy).toContain(`webhooks delete prod ${id}`);
    expect(second.remedy).toContain('register prod --again');
    expect(office.prod.webhooks).toHaveLength(1);
    expect(await register(office, { title: 'A second one', again: true })).toMatchObject({ kind: 'done' });
    expect(office.prod.webhooks).toHaveLength(2);
  });

  it('an id that was neither made nor noted here is not deleted', async () => {
    const office = await open();
    const result = await remove(office, 4711);
    expect(result).toMatchObject({ kind: 'refused', remedy: expect.stringContaining('note prod 4711') });
    expect(office.spotdraft.requests).toEqual([]);
    expect(await office.audited()).toEqual([]);
  });
});

it('two who register at once make one webhook', async () => {
  const office = await open();
  office.spotdraft.faults.add({ fault: { kind: 'slow', ms: 100 } });
  const results = await Promise.all([register(office), register(office), register(office)]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(['done', 'refused', 'refused']);
  expect(office.prod.webhooks).toHaveLength(1);
});

describe('a creation whose answer', () => {
  it.each<[what: string, fault: Fault]>([
    ['is late', { kind: 'timeout' }],
    ['is a reset', { kind: 'reset' }],
    ['is a 500', { kind: 'status', status: 500 }],
    ['is cut off', { kind: 'reset_mid_body' }],
    ['is empty', { kind: 'empty' }],
    ['has no id', { kind: 'status', status: 201, body: {} }],
  ])('%s may have happened: it is listed as unknown, with where to look', async (_what, fault) => {
    const office = await open();
    office.spotdraft.faults.add({ times: 1, fault });
    const result = await register(office);
    expect(result).toMatchObject({ kind: 'lost', registration: { state: 'unknown', webhookId: null } });
    expect(result.summary).toContain('may have been created in prod (production), or not');
    for (const words of ['Developer settings', 'note prod <its id>', 'register prod --again'])
      expect(result.remedy).toContain(words);
    expect(await acts(office)).toEqual(['webhook.register_attempt', 'webhook.register_lost']);
    const before = office.spotdraft.requests.length;
    expect(before).toBe(1);
    // A second one by mistake is what has to be kept from.
    expect(await register(office)).toMatchObject({ kind: 'refused', remedy: result.remedy });
    expect(office.spotdraft.requests).toHaveLength(before);
  });

  it('was lost gets its id by a note, and is then like any other', async () => {
    const office = await open();
    office.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    await register(office);
    const id = madeId(office);
    const seen = { webhookId: id, title: null, url: null };
    const result = await office.registrations.note(office.prodEnvironment, seen, ACTOR);
    expect(result.summary).toContain('as the one whose answer was lost');
    expect(await office.registrations.list(office.prodEnvironment)).toMatchObject([
      { webhookId: id, state: 'active', origin: 'created', title: 'Envcheck prod' },
    ]);
    expect(await remove(office, id)).toMatchObject({ kind: 'done' });
    expect(office.prod.webhooks).toEqual([]);
  });

  it('was lost and that was not there is closed by registering again', async () => {
    const office = await open();
    office.spotdraft.faults.add({ times: 1, fault: { kind: 'reset' } });
    await register(office);
    expect(await register(office, { again: true })).toMatchObject({ kind: 'done' });
    expect(await office.states()).toEqual([
      [madeId(office), 'active'],
      [null, 'deleted'],
    ]);
  });
});

it('a crash between request and answer leaves an attempt that says who tried what', async () => {
  const office = await open({ overrides: {} });
  office.spotdraft.faults.add({ fault: { kind: 'timeout' } });
  void register(office).catch(() => {});
  while (office.spotdraft.requests.length === 0) await sleep(5);
  // As the next start would find it: nothing after this moment is written.
  expect(await office.states()).toEqual([[null, 'unknown']]);
  expect(await office.audited()).toMatchObject([
    { act: 'webhook.register_attempt', actor: ACTOR, detail: { title: 'Envcheck prod' } },
  ]);
});

describe.each([400, 401, 403, 404, 429])('refused with %i', (status) => {
  it('a creation leaves nothing but the audit, with SpotDraft’s words and a next step', async () => {
    const office = await open();
    office.spotdraft.faults.add({
      times: 1,
      fault: { kind: 'status', status, body: { detail: 'Because.' } },
    });
    const result = await register(office);
    expect(result).toMatchObject({ kind: 'refused', status, registration: null });
    expect(result.summary).toContain(`Nothing was registered in prod (production). POST`);
    expect(result.summary).toContain(`answered ${status}: Because.`);
    expect(result.remedy).not.toBe('');
    expect(await office.states()).toEqual([]);
    expect(await office.audited()).toMatchObject([
      { act: 'webhook.register_attempt' },
      { act: 'webhook.register_refused', detail: { status, callId: result.callId } },
    ]);
  });
});

describe('a deletion', () => {
  it('that was done is kept with its time, and is not tried twice', async () => {
    const office = await open();
    await register(office);
    const id = madeId(office);
    expect(await remove(office, id)).toMatchObject({
      kind: 'done',
      summary: `Deleted webhook ${id} of prod (production).`,
      registration: { state: 'deleted', deletedAt: expect.any(Number) },
    });
    expect(await remove(office, id)).toMatchObject({
      kind: 'refused',
      summary: expect.stringContaining('was deleted at'),
    });
    expect((await acts(office)).slice(2)).toEqual(['webhook.delete_attempt', 'webhook.delete']);
  });

  it.each([403, 429])('that was refused with %i leaves the webhook active', async (status) => {
    const office = await open();
    await register(office);
    office.spotdraft.faults.add({ times: 1, fault: { kind: 'status', status } });
    const id = madeId(office);
    expect(await remove(office, id)).toMatchObject({ kind: 'refused', status });
    expect(await office.states()).toEqual([[id, 'active']]);
    expect((await acts(office)).at(-1)).toBe('webhook.delete_refused');
  });

  it('of one that SpotDraft does not know makes it unknown, and the second 404 takes it off the list', async () => {
    const office = await open();
    await register(office);
    const id = madeId(office);
    office.prod.webhooks.length = 0;
    const first = await remove(office, id);
    expect(first).toMatchObject({ kind: 'refused', status: 404, registration: { state: 'unknown' } });
    expect(first.remedy).toContain('gone, or not visible to these credentials');
    expect(await remove(office, id)).toMatchObject({ registration: { state: 'deleted' } });
  });

  it('whose answer was lost is unknown, and deleting again tells', async () => {
    const office = await open();
    await register(office);
    const id = madeId(office);
    office.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    const lost = await remove(office, id);
    expect(lost).toMatchObject({ kind: 'lost', registration: { state: 'unknown' } });
    expect(lost.remedy).toContain(`webhooks delete prod ${id}`);
    expect((await acts(office)).at(-1)).toBe('webhook.delete_lost');
    expect(await remove(office, id)).toMatchObject({ status: 404, registration: { state: 'deleted' } });
  });

  it('frees an id that SpotDraft may give out again', async () => {
    const office = await open();
    await register(office);
    const id = madeId(office);
    await remove(office, id);
    expect(await register(office)).toMatchObject({ kind: 'done' });
    expect(madeId(office)).toBe(id);
    expect(await office.states()).toEqual([[id, 'active']]);
  });
});

it('a webhook made elsewhere is noted, noted better, and can then be deleted', async () => {
  const office = await open();
  const { registrations, prodEnvironment } = office;
  await registrations.note(prodEnvironment, { webhookId: 88, title: null, url: null }, ACTOR);
  await registrations.note(prodEnvironment, { webhookId: 88, title: 'CRM sync', url: null }, 'slack:U0ALICE');
  expect(await registrations.list(prodEnvironment)).toMatchObject([
    { webhookId: 88, origin: 'noted', state: 'active', title: 'CRM sync', url: null, activities: null },
  ]);
  expect(await registrations.list(office.environment('uat'))).toEqual([]);
  expect(await office.audited()).toMatchObject([
    { act: 'webhook.note', subject: '88', actor: ACTOR, detail: { stateBefore: null } },
    { act: 'webhook.note', subject: '88', actor: 'slack:U0ALICE', detail: { title: 'CRM sync' } },
  ]);
  expect(office.spotdraft.requests).toEqual([]);
});

it('an id that could not be written down is told, with how to write it down', async () => {
  const office = await open();
  office.spotdraft.faults.add({ fault: { kind: 'slow', ms: 200 } });
  const registering = register(office);
  while (office.spotdraft.requests.length === 0) await sleep(5);
  await sql`create trigger broken before insert on audit begin select raise(abort, 'disk full'); end`.execute(
    office.core.db,
  );
  const result = await registering;
  const id = madeId(office);
  expect(result).toMatchObject({ kind: 'lost', status: 201 });
  expect(result.summary).toContain(`Webhook ${id} was created in prod (production).`);
  expect(result.remedy).toContain(`note prod ${id}`);
  expect(office.logged.join('')).toContain('not written down');
  expect(await office.states()).toEqual([[null, 'unknown']]);
});

it('a webhook whose audit entry cannot be written is not noted', async () => {
  const office = await open();
  await sql`create trigger full before insert on audit begin select raise(abort, 'disk full'); end`.execute(
    office.core.db,
  );
  const seen = { webhookId: 88, title: null, url: null };
  await expect(office.registrations.note(office.prodEnvironment, seen, ACTOR)).rejects.toThrow('disk full');
  expect(await office.states()).toEqual([]);
});

it('what was audited can be neither changed nor taken away', async () => {
  const office = await open();
  await register(office);
  const { db } = office.core;
  const before = await office.audited();
  await expect(db.updateTable('audit').set({ actor: 'cli:nobody' }).execute()).rejects.toThrow('append-only');
  await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
  expect(await office.audited()).toEqual(before);
});

it('what fails in the middle of a transaction has not happened', async () => {
  const office = await open();
  const half = inTransaction(office.core.db, async (transaction) => {
    await transaction
      .insertInto('receiver_keys')
      .values({ environment: 'prod', fingerprint: 'a', read_at: 1 })
      .execute();
    throw new Error('half-way');
  });
  await expect(half).rejects.toThrow('half-way');
  expect(await office.core.db.selectFrom('receiver_keys').selectAll().execute()).toEqual([]);
});
