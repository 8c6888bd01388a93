import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import { createLineReader } from '../../src/events/intake/read-line.ts';
import { readLogFacts } from '../../src/events/log/log-facts.ts';
import { prepareDelivery } from '../../src/events/log/prepare-delivery.ts';
import type { CheckInput } from '../../src/readiness/check.ts';
import { checks } from '../../src/readiness/checks/index.ts';
import type { Judgement } from '../../src/readiness/judgement.ts';
import { createdContracts } from '../../src/store/api-calls.ts';
import { insertAudit, retriggerActs } from '../../src/store/audit.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type EventLogWriter, openEventLogWriter } from '../../src/store/event-log.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { insertRegistration, type Registration } from '../../src/store/webhook-registrations.ts';
import type { SampledContract, WorkspaceFacts } from '../../src/workspace/facts.ts';
import { temporaryFolder, there } from '../environment.ts';
import { createDatabase } from '../event-log.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const INTENDED = 'integrations@northwind.example';
const OTHER = 'ana.lima@northwind.example';

interface Log {
  db: Database;
  writer: EventLogWriter;
  /** Reports calls as the integration does, one line each. */
  report(...lines: object[]): void;
  deliver(...deliveries: Delivery[]): void;
  judge(
    id: string,
    changes?: Partial<Environment>,
    contracts?: WorkspaceFacts['contracts'],
  ): Promise<Judgement>;
}

interface Delivery {
  contractId: number;
  user?: string;
  /** Epoch ms; by default an hour ago. */
  at?: number;
  external?: unknown;
  activity?: string;
  /** The business user as it is sent, instead of `user`. */
  sent?: unknown;
  /** The bytes of the body, which is then kept in full; by default UTF-8, kept redacted. */
  bytesOf?: (json: string) => Buffer;
}

async function openLog(): Promise<Log> {
  const database = join(temporaryFolder(), 'envcheck.db');
  await createDatabase(database);
  const db = openDatabase(database);
  const writer = openEventLogWriter(database);
  onTestFinished(async () => {
    writer.close();
    await db.destroy();
  });
  const clock = { now: () => NOW };
  const read = createLineReader('calls', {
    environment: 'prod',
    payloads: 'redacted',
    keepMs: 90 * DAY_MS,
    clock,
  });
  let reported = 0;
  return {
    db,
    writer,
    report(...lines) {
      for (const changes of lines) {
        reported += 1;
        const line = { ...goodCall(reported), ...changes };
        const result = read({ number: reported, bytes: Buffer.from(JSON.stringify(line)) });
        if (result.kind !== 'calls') throw new Error(JSON.stringify(result));
        writer.reported.calls([result.row]);
      }
    },
    deliver(...deliveries) {
      writer.write(
        deliveries.map(
          ({
            contractId,
            user,
            at = NOW - HOUR_MS,
            external,
            activity = 'CONTRACT_CREATED',
            sent,
            bytesOf,
          }) =>
            prepareDelivery(
              {
                environment: 'prod',
                receivedAt: at,
                requestId: 'request',
                source: '127.0.0.1',
                rejection: null,
                signedWith: null,
                headerEventId: null,
                body: (bytesOf ?? ((json) => Buffer.from(json)))(
                  JSON.stringify({
                    activity,
                    contract_id: contractId,
                    ...(external === undefined ? {} : { external_metadata: external }),
                    ...(sent === undefined ? {} : { business_user: sent }),
                    ...(user === undefined ? {} : { business_user: { name: 'A', email: user } }),
                  }),
                ),
              },
              { payloads: bytesOf ? 'full' : 'redacted', eventIdFields: {} },
            ),
        ),
      );
    },
    async judge(id, changes = {}, contracts = null) {
      const environment = { ...prod, ...changes };
      const log = { known: true, value: await readLogFacts(db, environment, NOW), sources: [] };
      return there(checks.find((check) => check.id === id)).judge({
        environment,
        environments: [environment],
        requires: { users: [], logging: { requests: 'reported', retries: 'reported' } },
        notApplicable: [],
        trustedHosts: ['gateway.northwind.example'],
        facts: { roleMembers: null, contracts },
        log,
        now: NOW,
      } as unknown as CheckInput);
    },
  };
}

const prod = {
  name: 'prod',
  production: true,
  region: 'us',
  baseUrl: 'https://api.us.spotdraft.com/api/v2.1/public',
  userEmail: null,
  webhooks: null,
  intake: { token: null },
  routing: { businessUser: INTENDED },
} as unknown as Environment;

const goodCall = (index: number) => ({
  id: `own-${index}`,
  at: new Date(NOW - HOUR_MS - index * 1_000).toISOString(),
  method: 'POST',
  path: '/api/v2.1/public/contracts/',
  status: 201,
});

// host.calls

test.each([
  ['a path', [{}]],
  ['a path, and credentials that SpotDraft refuses as those of another region', [{ status: 401 }]],
  ['a path without an answer', [{ status: null }, { host: null }]],
  ['a path, and a host a month ago', [{}, { host: 'api.eu.spotdraft.com', at: '2026-10-30T00:00:00Z' }]],
])('calls that name only %s prove nothing about the host', async (_, lines) => {
  const log = await openLog();
  log.report(...lines);
  const judged = await log.judge('host.calls');
  expect(judged).toMatchObject({
    status: 'pass',
    expected: 'calls with the path /api/v2.1/public',
    reason: '1 not judged: no reported call names its host; send `host` (docs/reporting.md)',
  });
  expect(JSON.stringify(judged)).not.toContain('spotdraft.com');
});

test.each([
  [
    'a host and a relative path',
    { host: 'api.us.spotdraft.com', path: '/contracts/' },
    'host',
    /not judged: no reported call has its complete path/,
  ],
  ['a complete URL', { path: 'https://api.us.spotdraft.com/api/v2.1/public/contracts/' }, 'both', null],
  ['both', { host: 'API.us.spotdraft.com:443' }, 'both', null],
])('a call that names %s passes for what it names', async (_, line, parts, reason) => {
  const log = await openLog();
  log.report(line);
  const judged = await log.judge('host.calls');
  expect(judged.status).toBe('pass');
  expect(judged.actual.split('\n')).toEqual([
    '1 of 1 reported calls that name their host go to api.us.spotdraft.com',
    ...(parts === 'both' ? ['1 of 1 reported calls with a complete path have /api/v2.1/public'] : []),
  ]);
  if (reason === null) expect(judged.reason).toBeNull();
  else expect(judged.reason).toMatch(reason);
});

test('the host counts from the older calls that name one, when the newest name only a path', async () => {
  const log = await openLog();
  log.report({}, {}, { host: 'api.eu.spotdraft.com', at: new Date(NOW - 3 * DAY_MS).toISOString() });
  expect(await log.judge('host.calls')).toMatchObject({
    status: 'fail',
    expected: 'calls to the host api.us.spotdraft.com',
    actual:
      '1 of 1 reported calls that name their host go to api.eu.spotdraft.com: that is the host of region eu, and the environment is in us',
  });
});

test.each<[string, string, Partial<Environment>, string]>([
  ['one of trustedHosts', 'https://gateway.northwind.example', {}, 'pass'],
  ['no trusted host', 'https://other.northwind.example', {}, 'fail'],
  [
    'the region behind a proxy',
    'https://api.us.spotdraft.com',
    { baseUrl: 'https://proxy.example/api/v2.1/public' },
    'pass',
  ],
  [
    'plain http of an http base URL',
    'http://sim.example',
    { baseUrl: 'http://sim.example/api/v2.1/public' },
    'pass',
  ],
  ['plain http of an https base URL', 'http://api.us.spotdraft.com', {}, 'fail'],
])('a call to %s is judged by the config', async (_, origin, changes, status) => {
  const log = await openLog();
  log.report({ path: `${origin}/api/v2.1/public/contracts/` });
  expect((await log.judge('host.calls', changes)).status).toBe(status);
});

test('a corrected host passes a day after the last call to the wrong one', async () => {
  const log = await openLog();
  log.report({ host: 'api.eu.spotdraft.com', at: new Date(NOW - 25 * HOUR_MS).toISOString() });
  log.report({ host: 'api.us.spotdraft.com' });
  expect((await log.judge('host.calls')).status).toBe('pass');
});

test('calls that name neither host nor complete path leave the check pending', async () => {
  const log = await openLog();
  log.report({ path: '/contracts/' });
  expect(await log.judge('host.calls')).toMatchObject({ status: 'skipped', pending: true });
});

test('all calls of the period count, however many are newer', async () => {
  const log = await openLog();
  const minutesAgo = (minutes: number) => new Date(NOW - minutes * MINUTE_MS).toISOString();
  log.report({ path: 'https://api.eu.spotdraft.com/api/v2/contracts/1', at: minutesAgo(600) });
  log.report({ host: 'api.us.spotdraft.com' });
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
    insert into api_calls (call_id, environment, at, method, path, status, attempts, duration_ms, reporter, host)
    select 'call_' || i, 'prod', ${NOW} - i, 'GET', '/api/v2.1/public/contracts/T-' || i || '/status', 200, 1, 1,
      'integration', 'api.us.spotdraft.com' from n`.execute(log.db);
  expect(await log.judge('host.calls')).toMatchObject({
    status: 'fail',
    actual:
      '1 of 1202 reported calls that name their host go to api.eu.spotdraft.com: that is the host of region eu, and the environment is in us\n' +
      '1 of 1202 reported calls with a complete path have /api/v2: the configured path is /api/v2.1/public',
  });
  const facts = await readLogFacts(log.db, prod, NOW);
  expect(facts.targets.map(({ start, count }) => [start, count])).toEqual([
    ['/api/v2.1/public', 1201],
    ['/api/v2', 1],
  ]);
});

test.each([
  ['/api/v2.1/public/contracts/T-1/status?page=2', '/api/v2.1/public'],
  ['/api/v2.1/public', '/api/v2.1/public'],
  ['/api/v2.1/publications/7', '/api/v2.1'],
  ['/api/api/v2.1/public/contracts/', '/api/api/v2.1/public'],
  ['/api//v2.1//public/contracts/', '/api//v2.1//public'],
  ['/api/v2/contracts/1/', '/api/v2'],
  ['/eu/proxy/api/v2.1/public/contracts/1', '/eu/proxy/api/v2.1/public'],
  ['/API/V2.1/PUBLIC/contracts/1', '/API/V2.1/PUBLIC'],
  ['/Api/v2/contracts/1', '/Api/v2'],
  ['/api/API/v2.1/Public/contracts', '/api/API/v2.1/Public'],
  ['/PUBLIC/V2.1/contracts/9', '/PUBLIC/V2.1'],
  ['/v2.1/public/contracts/9', '/v2.1'],
  ['/public/v2.1/contracts/9', '/public/v2.1'],
])('the path %s is called %s in the result', async (path, shown) => {
  const log = await openLog();
  log.report({ path });
  expect((await log.judge('host.calls')).actual).toMatch(
    new RegExp(`^1 of 1 reported calls with a complete path have ${shown.replaceAll('.', '\\.')}(?::|$)`),
  );
});

// routing.business-user

/** A contract of somebody else, which got another business user. */
const foreign = { contractId: 900, user: OTHER };
const own = { contractId: 4000, user: INTENDED };

test.each([
  ['read', { contractId: 900, method: 'GET', status: 200 }],
  [
    'read by its composite id',
    { contractId: 'T-900', method: 'GET', path: '/api/v2.1/public/contracts/T-900/status', status: 200 },
  ],
  ['changed', { contractId: 900, path: '/api/v2.1/public/contracts/T-900/external_metadata' }],
  ['updated', { contractId: 900, method: 'PUT', path: '/contracts/900/', status: 200 }],
  ['deleted', { contractId: 900, method: 'DELETE', status: 204 }],
  ['re-triggered', { contractId: 900, path: '/contracts/webhooks/re_trigger_latest/', status: 200 }],
  ['not created: SpotDraft refused it', { contractId: 900, status: 400 }],
  ['not created: no answer came', { contractId: 900, status: null }],
  ['created under the number of a composite id', { contractId: 'T-900' }],
  ['created under the number of a historical id', { contractId: 'h-900' }],
  ['read, and another one created', { contractId: 900, method: 'GET', status: 200 }, { contractId: 'T-5' }],
] as [string, ...object[]][])(
  'a report of a contract that was %s marks none, so all deliveries are judged',
  async (_, ...lines) => {
    const log = await openLog();
    log.report(...lines);
    log.deliver(foreign, { ...foreign, contractId: 901 }, { ...foreign, contractId: 902 });
    const judged = await log.judge('routing.business-user');
    expect(judged.status).toBe('fail');
    expect(judged.actual).toMatch(/^3 of 3 contracts got another one/);
  },
);

test.each([
  [
    'went to others',
    [{ contractId: 4711 }],
    [foreign, { ...foreign, contractId: 901 }],
    /^2 contracts were routed to others, and none of the 2 contracts delivered can be matched to what the integration reported$/,
  ],
  [
    'went to others in part',
    [{ contractId: 4711 }],
    [foreign, own],
    /^1 contract was routed to others, and none of the 2/,
  ],
  [
    'went to the intended user',
    [{ contractId: 4711 }],
    [own],
    /^0 contracts were routed to others, and none of the 1 contract /,
  ],
  [
    'do not exist',
    [{ contractId: 4711 }, { contractId: 'T-9' }],
    [],
    /^the integration created 2 contracts, and no delivery/,
  ],
])(
  'created contracts are unknown when the deliveries are about none of them and %s',
  async (_, lines, delivered, reason) => {
    const log = await openLog();
    log.report(...lines);
    log.deliver(...delivered);
    expect(await log.judge('routing.business-user')).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(reason),
    });
  },
);

test.each([
  ['a byte order mark', (json: string) => Buffer.from(`\ufeff${json}`)],
  ['UTF-16', (json: string) => Buffer.from(`\ufeff${json}`, 'utf16le')],
  ['gzip', (json: string) => gzipSync(json)],
])('the business user in a complete payload with %s is judged', async (_, bytesOf) => {
  const log = await openLog();
  log.deliver({ ...foreign, bytesOf });
  expect(await log.judge('routing.business-user')).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^1 of 1 contracts got another one/),
  });
});

test('contracts reported by a composite id only are counted beside those that pass', async () => {
  const log = await openLog();
  log.report({ contractId: 501 }, { contractId: 'T-502' });
  log.deliver({ ...own, contractId: 501 });
  const passed = await log.judge('routing.business-user');
  expect(passed).toMatchObject({
    status: 'pass',
    actual: 'all 1 contracts of the last 30 days do',
    reason: expect.stringMatching(/^1 not judged: reported as T- or H-502 only/),
  });
  log.deliver({ ...foreign, contractId: 502 });
  const unclear = await log.judge('routing.business-user');
  expect(unclear.status).toBe('unknown');
  expect(unclear.reason).toMatch(
    /^1 contract of the integration: reported as T- or H-502 only.*; 1 contract was routed to/,
  );
  expect(unclear.remedy).toMatch(/by the number that webhooks carry/);
  log.report({ contractId: 502 });
  expect((await log.judge('routing.business-user')).actual).toMatch(
    /^1 of 2 contracts got another one; contract 502 /,
  );
});

test.each([
  ['of the record in the delivery', { contractId: 'T-77', externalId: '006A' }, { external: { id: '006A' } }],
  ['under the number of the delivery', { contractId: 'T-4000' }, { external: { id: '006A' } }],
])('a call %s belongs to a contract of the integration', async (_, line, delivery) => {
  const log = await openLog();
  log.report(line);
  log.deliver({ ...own, ...delivery }, foreign);
  expect(await log.judge('routing.business-user')).toMatchObject({ status: 'pass', reason: null });
});

test('created contracts that no delivery is about are counted beside those that pass', async () => {
  const log = await openLog();
  log.report(
    { contractId: 4000 },
    { contractId: 4001 },
    { contractId: 4002, path: '/contracts/4002/comments' },
  );
  log.deliver(own, foreign);
  expect(await log.judge('routing.business-user')).toMatchObject({
    status: 'pass',
    reason:
      '1 not judged: no delivery of the last 30 days is about contract 4001, which it reported as created',
  });
});

test('the list of contracts shows who created a contract that was reported by its composite id', async () => {
  const log = await openLog();
  log.report({ contractId: 501 }, { contractId: 'T-502' });
  log.deliver({ ...own, contractId: 501 }, foreign);
  const unmarked = { id: 'T-502', external: null };
  const withList = async (...rows: SampledContract[]) => {
    const { status, actual } = await log.judge('routing.business-user', {}, list(...rows));
    return [status, actual];
  };
  expect(await withList(listed(unmarked))).toEqual([
    'pass',
    expect.stringMatching(/\nall 1 contracts of the integration in/),
  ]);
  expect(await withList(listed({ ...unmarked, creator: OTHER }))).toEqual([
    'fail',
    expect.stringMatching(/contract T-502 /),
  ]);
  expect(await withList(listed({ ...unmarked, ...unreadRecord }))).toEqual(['pass', expect.anything()]);
  expect(await withList(listed({ ...unmarked, id: '502' }))).toEqual(['unknown', 'unknown']);
  expect(await withList(listed(unmarked), listed({ ...unmarked, id: 'H-502' }))).toEqual([
    'unknown',
    'unknown',
  ]);
});

test.each([
  ['POST /contracts/', {}],
  ['PUT of a relative path', { method: 'PUT', path: '/contracts', status: 200 }],
  ['POST with a query', { path: '/contracts/?page=1' }],
  ['an upload', { path: '/api/v2.1/public/contracts/upload/', status: 202 }],
  ['a number as text', { contractId: '900' }],
  ['a call of three weeks ago', { at: new Date(NOW - 21 * DAY_MS).toISOString() }],
])('a contract that the integration created (%s) is judged, and the others are not', async (_, line) => {
  const log = await openLog();
  log.report({ contractId: 900, ...line });
  log.deliver(foreign, own);
  const judged = await log.judge('routing.business-user');
  expect(judged.status).toBe('fail');
  expect(judged.actual).toMatch(/^1 of 1 contracts got another one; contract 900 /);
});

test.each([
  [{ id: null }],
  [{ id: '' }],
  [{ id: '  ' }],
  [{ id: null, integration_name: 'Salesforce', record_type: 'Opportunity' }],
  [{}],
  [null],
])('external metadata %j links a contract to nothing', async (external) => {
  const log = await openLog();
  log.deliver({ ...foreign, external }, { ...own, external: { id: '006A' } });
  expect(await log.judge('routing.business-user')).toMatchObject({
    status: 'pass',
    actual: 'all 1 contracts of the last 30 days do',
  });
});

test('a contract linked by a numeric id is judged beside a reported one', async () => {
  const log = await openLog();
  log.report({ contractId: 4000 });
  log.deliver({ ...foreign, external: { id: 17 } }, own);
  expect((await log.judge('routing.business-user')).actual).toMatch(/^1 of 2 contracts got another one/);
});

test('all contracts are judged when the integration marks none, and the next step says how to mark them', async () => {
  const log = await openLog();
  log.report({}, { externalId: '006A' });
  log.deliver(foreign, own);
  const judged = await log.judge('routing.business-user');
  expect(judged.actual).toMatch(/^1 of 2 contracts got another one/);
  expect(judged.remedy).toMatch(/If people created these contracts, have it report contractId/);
});

test('a contract of another environment with the same number is not the integration’s', async () => {
  const log = await openLog();
  log.report({ contractId: 900 });
  await log.db.updateTable('api_calls').set({ environment: 'uat' }).execute();
  log.report({ contractId: 4000 });
  log.deliver(foreign, own);
  expect((await log.judge('routing.business-user')).status).toBe('pass');
});

test('a contract id stored before exact ids were told apart proves nothing', async () => {
  const log = await openLog();
  log.report({ contractId: 900 });
  await log.db.updateTable('api_calls').set({ contract_id_exact: null }).execute();
  log.deliver(foreign, own);
  expect((await log.judge('routing.business-user')).actual).toMatch(/^1 of 2 contracts got another one/);
});

test('the result says when only the newest 500 events were read', async () => {
  const log = await openLog();
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ contractId: index + 1, user: INTENDED, at: NOW - index }));
  log.deliver(...many(500));
  expect((await log.judge('routing.business-user')).actual).toBe('all 500 contracts of the last 30 days do');
  log.deliver({ ...foreign, contractId: 999, at: NOW - DAY_MS });
  expect(await log.judge('routing.business-user')).toMatchObject({
    status: 'pass',
    actual: 'all 500 contracts of the newest 500 events do',
  });
  log.report({ contractId: 999 });
  expect((await log.judge('routing.business-user')).status).toBe('unknown');
});

const listed = (changes: Partial<SampledContract> & { external?: string | null } = {}): SampledContract => {
  const { external = '006A', ...rest } = changes;
  return {
    id: 'T-7',
    title: 'Order Form',
    counterparty: 'Fabrikam',
    createdAt: NOW - DAY_MS,
    creator: INTENDED,
    externalMetadata: {
      known: true,
      value: external === null ? null : { id: external, integration: 'S', recordType: 'O', data: {} },
      sources: [],
    },
    ...rest,
  };
};
const list = (...contracts: SampledContract[]): WorkspaceFacts['contracts'] => ({
  known: true,
  value: contracts,
  sources: [],
});
const unreadList = { known: false, code: 'timeout', reason: 'no answer', sources: [] } as never;
const unreadRecord = { externalMetadata: unreadList as never };
const inList = /contracts? .*in the list of contracts .*created_by_user_email/;

test.each([
  [
    'the intended user',
    [listed({ creator: ` ${INTENDED.toUpperCase()}` })],
    'pass',
    /^all 1 contracts of the integration in the list of contracts were created by/,
  ],
  [
    'another user',
    [listed(), listed({ id: 'T-8', creator: OTHER })],
    'fail',
    /^1 of 2 contracts .*; contract T-8 was created by another user$/,
  ],
  [
    'another user for a record that was read, and nobody shown',
    [listed({ creator: null }), listed({ creator: OTHER })],
    'fail',
    /^1 of 1 contracts/,
  ],
  ['nobody who is shown', [listed({ creator: null })], 'unknown', /^unknown$/],
  [
    'another user without an external record',
    [listed({ creator: OTHER, external: null }), listed()],
    'pass',
    /^all 1 contracts/,
  ],
  [
    'another user with an empty record id',
    [listed({ creator: OTHER, external: ' ' }), listed()],
    'pass',
    /^all 1 contracts/,
  ],
  [
    'another user five weeks ago',
    [listed({ creator: OTHER, createdAt: NOW - 35 * DAY_MS }), listed()],
    'pass',
    /^all 1 contracts/,
  ],
  [
    'another user at an unknown time',
    [listed({ creator: OTHER, createdAt: null })],
    'fail',
    /^1 of 1 contracts/,
  ],
  [
    'another user for an unread record',
    [listed({ creator: OTHER, ...unreadRecord }), listed()],
    'unknown',
    /^unknown$/,
  ],
  ['the intended user for an unread record', [listed(unreadRecord), listed()], 'pass', /^all 1 contracts/],
])('without deliveries the list of contracts shows a creator: %s', async (_, contracts, status, actual) => {
  const log = await openLog();
  const judged = await log.judge('routing.business-user', {}, list(...contracts));
  expect([judged.status, judged.actual]).toEqual([status, expect.stringMatching(actual)]);
  if (status === 'fail') expect(judged.actual).toMatch(inList);
  expect(JSON.stringify(judged)).not.toContain(OTHER);
});

test.each([
  [
    'no contract of the integration',
    list(listed({ external: null, creator: OTHER })),
    'skipped',
    /links an external record$/,
  ],
  ['no contract', list(), 'skipped', /links an external record$/],
  ['an unread list', unreadList, 'unknown', /the list of contracts could not be read: no answer$/],
  ['no list', null, 'skipped', /^no delivery of the last 30 days names a business user$/],
])('without deliveries and with %s nothing passes', async (_, contracts, status, reason) => {
  const log = await openLog();
  expect(await log.judge('routing.business-user', {}, contracts)).toMatchObject({
    status,
    reason: expect.stringMatching(reason),
  });
});

test('a delivery outranks the list for its own contract, and both are judged for others', async () => {
  const log = await openLog();
  log.deliver({ ...own, external: { id: '006A' } });
  const contracts = [listed({ creator: OTHER }), listed({ id: 'T-8', external: '006B' })];
  expect((await log.judge('routing.business-user', {}, list(...contracts))).actual.split('\n')).toEqual([
    'all 1 contracts of the last 30 days do',
    'all 1 contracts of the integration in the list of contracts were created by the intended user (created_by_user_email)',
  ]);
  contracts.push(listed({ id: 'T-9', external: '006C', creator: OTHER }));
  expect(await log.judge('routing.business-user', { userEmail: OTHER }, list(...contracts))).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(
      /^1 of 2 contracts .*; contract T-9 was created by ana\.lima@northwind\.example, the configured userEmail$/,
    ),
  });
  expect((await log.judge('routing.business-user', {}, unreadList)).status).toBe('pass');
});

test('contracts that link no record are somebody else’s when those in the list do', async () => {
  const log = await openLog();
  log.deliver(foreign);
  expect((await log.judge('routing.business-user', {}, list(listed()))).status).toBe('pass');
});

test('beside deliveries, a contract of the list without a creator is left out and counted', async () => {
  const log = await openLog();
  log.deliver({ ...own, external: { id: '006A' } });
  const contracts = list(listed({ external: '006B', creator: null }));
  expect(await log.judge('routing.business-user', {}, contracts)).toMatchObject({
    status: 'pass',
    reason: expect.stringMatching(/^1 not judged: 1 of 1 contracts .* show no creator/),
  });
});

test.each([
  ['a name alone', { name: 'Bot' }],
  ['an empty address', { name: 'Bot', email: '' }],
  ['an address that is none', { name: 'Bot', email: 'bot' }],
  ['null', null],
  ['a text', 'Bot'],
  ['nothing', undefined],
])('a business user with %s is unknown, beside others too', async (_, sent) => {
  const log = await openLog();
  log.deliver({ contractId: 501, sent, external: { id: 'x1' } });
  expect(await log.judge('routing.business-user')).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(
      /^1 of 1 contracts show no address of a business user; contract 501 \(evt_/,
    ),
  });
  log.deliver({ ...own, external: { id: 'x2' } });
  expect((await log.judge('routing.business-user')).status).toBe('unknown');
  log.deliver({ ...foreign, external: { id: 'x3' } });
  expect((await log.judge('routing.business-user')).actual).toMatch(/^1 of 3 contracts got another one/);
});

test('an older delivery names the business user that the newest leaves out', async () => {
  const log = await openLog();
  log.deliver({ ...own, at: NOW - DAY_MS }, { contractId: own.contractId, activity: 'CONTRACT_SIGNED' });
  expect((await log.judge('routing.business-user')).status).toBe('pass');
});

test('an unread list of contracts and payloads that were not kept are named beside what passes', async () => {
  const log = await openLog();
  log.deliver(own);
  expect(await log.judge('routing.business-user', {}, unreadList)).toMatchObject({
    status: 'pass',
    reason: '1 not judged: the list of contracts could not be read: no answer',
  });
});

// logging.requests and logging.retries

test.each([
  ['undefined'],
  ['null'],
  [' NULL '],
  ['-'],
  ['0'],
  [0],
  ['N/A'],
  ['#N/A'],
  ['(none)'],
  ['[object Object]'],
  ['NaN'],
  ['00000000-0000-0000-0000-000000000000'],
  ['\u3164'],
  ['{requestId}'],
  ['{{request_id}}'],
  ['<request-id>'],
  ['***'],
])('the request id %j is a placeholder and proves nothing', async (requestId) => {
  const log = await openLog();
  log.report({ requestId });
  expect((await log.judge('logging.requests')).actual).toBe('none of the 1 reported calls has one');
});

test.each([['r-0'], ['7'], ['nullable-1'], ['req_none'], ['заявка-17'], ['0001']])(
  'the request id %j counts',
  async (requestId) => {
    const log = await openLog();
    log.report({ requestId });
    expect((await log.judge('logging.requests')).status).toBe('pass');
  },
);

test.each([[301], [302], [307], [404], [101]])('calls answered %i prove no logging', async (status) => {
  const log = await openLog();
  log.report({ status, requestId: 'r-1', retries: 1 });
  for (const id of ['logging.requests', 'logging.retries'])
    expect(await log.judge(id)).toMatchObject({
      status: 'fail',
      actual: 'none of the 1 reported calls of the last 7 days: 1 was redirected or answered 404',
      remedy: expect.stringMatching(/at the right host and path/),
    });
});

test.each([
  [
    'one refused call has an id',
    [{ status: 401, requestId: 'r-1' }, {}],
    'fail',
    'none of the 1 reported calls (1 more was answered 401 or 403) has one',
  ],
  [
    'every refused call has one',
    [{ status: 403, requestId: 'r-1' }, { status: 401, requestId: 'r-2' }, {}, { status: 404 }],
    'fail',
    'none of the 1 reported calls (2 more were answered 401 or 403, 1 more was redirected or answered 404) has one',
  ],
  [
    'all calls with an id are refused',
    [{ status: 401, requestId: 'r-1' }],
    'fail',
    'all 1 reported calls of the last 7 days were answered 401 or 403',
  ],
  [
    'an accepted call has one',
    [{ status: 401, requestId: 'r-1' }, { requestId: 'r-2' }],
    'pass',
    '1 of 1 reported calls (1 more was answered 401 or 403) have one, newest r-2, 2026-11-30T10:59:58.000Z',
  ],
])('request ids count on accepted calls only: %s', async (_, lines, status, actual) => {
  const log = await openLog();
  log.report(...lines);
  expect(await log.judge('logging.requests')).toMatchObject({ status, actual });
});

test.each([
  ['6 days and 23 h ago', -(7 * DAY_MS - HOUR_MS), 'pass'],
  ['7 days and 1 h ago', -(7 * DAY_MS + HOUR_MS), 'fail'],
  ['59 min ahead of the clock', 59 * MINUTE_MS, 'pass'],
  ['61 min ahead of the clock', 61 * MINUTE_MS, 'fail'],
])('a call of %s counts by the limits of the log', async (_, from, status) => {
  const log = await openLog();
  log.report({ requestId: 'r-1', retries: 0 });
  await log.db
    .updateTable('api_calls')
    .set({ at: NOW + from })
    .execute();
  expect((await log.judge('logging.requests')).status).toBe(status);
  expect((await log.judge('logging.retries')).status).toBe(status);
});

test.each([
  ['production', true, 'unknown'],
  ['another environment', false, 'skipped'],
])('without intake and without a report, logging in %s proves nothing', async (_, production, status) => {
  const log = await openLog();
  const changes = { production, intake: null };
  expect((await log.judge('logging.requests', changes)).status).toBe(status);
  expect((await log.judge('logging.retries', changes)).status).toBe(status);
});

test.each([
  [
    'a call with attempts alone',
    [{ retries: 2 }],
    /^1 of 1 reported calls state them; call_\w+ has 3 attempts/,
  ],
  [
    'a call without retries',
    [{ retries: 0 }, {}],
    /^1 of 2 reported calls state them; call_\w+ has 1 attempt,/,
  ],
  [
    'a refused call beside it',
    [{ retries: 5, status: 401 }, { retries: 1 }],
    /^1 of 1 reported calls \(1 more .*\) state them; call_\w+ has 2 attempts/,
  ],
])('stated retries are counted as they are shown: %s', async (_, lines, actual) => {
  const log = await openLog();
  log.report(...lines);
  const judged = await log.judge('logging.retries');
  expect([judged.status, judged.actual]).toEqual(['pass', expect.stringMatching(actual)]);
});

test.each([
  ['several attempts', { retries: 2 }, 'pass', /^1 of 1 reported calls state them; call_\w+ has 3 attempts/],
  ['one attempt', { retries: 0 }, 'unknown', /^unknown$/],
])('a call of an older version with %s', async (_, line, status, actual) => {
  const log = await openLog();
  log.report(line);
  await log.db.updateTable('api_calls').set({ retries_stated: null }).execute();
  const judged = await log.judge('logging.retries');
  expect([judged.status, judged.actual]).toEqual([status, expect.stringMatching(actual)]);
});

test('retries that only refused calls state prove nothing', async () => {
  const log = await openLog();
  log.report({ retries: 3, status: 401 }, {});
  expect(await log.judge('logging.retries')).toMatchObject({
    status: 'fail',
    actual: 'none of the 1 reported calls (1 more was answered 401 or 403) states its retries',
  });
});

const again = { contractId: 4000, activity: 'CONTRACT_EXECUTED' };

test.each([
  ['just before it', retriggerActs.attempt, MINUTE_MS, 'contract 4000', 'prod', false],
  ['whose answer was lost', retriggerActs.lost, 30 * MINUTE_MS, 'contract 4000', 'prod', false],
  ['that SpotDraft accepted', retriggerActs.done, 1, 'contract 4000', 'prod', false],
  ['that SpotDraft refused', retriggerActs.refused, MINUTE_MS, 'contract 4000', 'prod', true],
  ['of another contract', retriggerActs.done, MINUTE_MS, 'contract 40', 'prod', true],
  ['in another environment', retriggerActs.done, MINUTE_MS, 'contract 4000', 'uat', true],
  ['hours before', retriggerActs.done, 2 * HOUR_MS, 'contract 4000', 'prod', true],
  ['after it', retriggerActs.done, -MINUTE_MS, 'contract 4000', 'prod', true],
])('a repeated delivery and a re-trigger %s', async (_, act, before, subject, environment, counts) => {
  const log = await openLog();
  log.report({});
  log.deliver({ ...again, at: NOW - 5 * HOUR_MS }, again);
  await inTransaction(log.db, (transaction) =>
    insertAudit(transaction, {
      at: NOW - HOUR_MS - before,
      actor: 'cli:ada',
      act,
      environment,
      subject,
      detail: {},
    }),
  );
  const judged = await log.judge('logging.retries');
  if (counts)
    expect(judged).toMatchObject({ status: 'pass', actual: expect.stringMatching(/repeated an event/) });
  else expect(judged.status).toBe('fail');
});

const HOOK = 'https://hooks.northwind.example/webhooks/prod';
const hook = (webhookId: number, changes: Partial<Registration> = {}): Omit<Registration, 'key'> => ({
  environment: 'prod',
  webhookId,
  origin: 'created',
  state: 'active',
  title: 'Envcheck',
  url: HOOK,
  activities: ['CONTRACT_EXECUTED'],
  headerNames: [],
  registeredAt: NOW - 9 * DAY_MS,
  deletedAt: null,
  ...changes,
});
const withHook = { webhooks: { url: HOOK } } as Partial<Environment>;

test.each([
  ['at the same moment', 0, [], false],
  ['within the same second', 900, [], false],
  ['within a minute', 59_999, [], false],
  ['after a minute', MINUTE_MS, [], true],
  ['later, from one webhook', HOUR_MS, [hook(1)], true],
  ['later, from one of two webhooks with this URL', HOUR_MS, [hook(1), hook(2, { url: `${HOOK}/` })], false],
  ['later, from a webhook with unknown activities', HOUR_MS, [hook(1), hook(2, { activities: null })], false],
  [
    'later, beside a webhook for other activities',
    HOUR_MS,
    [hook(1), hook(2, { activities: ['CONTRACT_VOIDED'] })],
    true,
  ],
  ['later, beside a webhook with another URL', HOUR_MS, [hook(1), hook(2, { url: `${HOOK}/2` })], true],
  ['later, beside a deleted webhook', HOUR_MS, [hook(1), hook(2, { state: 'deleted' })], true],
] as [string, number, Omit<Registration, 'key'>[], boolean][])(
  'an event that arrives again %s',
  async (_, after, hooks, counts) => {
    const log = await openLog();
    await inTransaction(log.db, async (transaction) => {
      for (const each of hooks) await insertRegistration(transaction, each);
    });
    log.deliver({ ...again, at: NOW - 2 * HOUR_MS }, { ...again, at: NOW - 2 * HOUR_MS + after });
    log.report({});
    const judged = await log.judge('logging.retries', withHook);
    expect([judged.status, judged.actual]).toEqual(
      counts
        ? ['pass', expect.stringMatching(/^delivery dlv_\w+ repeated an event, /)]
        : [
            'fail',
            expect.stringMatching(
              /^none of the 1 reported calls states its retries; delivery .* two webhooks with one URL do/,
            ),
          ],
    );
    if (!counts) expect(judged.remedy).toMatch(/^Have the integration send retries/);
  },
);

test.each([
  [
    'a call without an answer',
    [{ status: null, requestId: 'r-1', retries: 3 }],
    'none of the 1 reported calls of the last 7 days: 1 got no answer',
    /^Check that the integration of prod/,
  ],
  [
    'calls that were refused or got no answer',
    [
      { status: null, requestId: 'r-1', retries: 3 },
      { status: 401, requestId: 'r-2' },
    ],
    'none of the 2 reported calls of the last 7 days: 1 was answered 401 or 403, 1 got no answer',
    /^Correct the credentials/,
  ],
])('%s proves neither ids nor retries', async (_, lines, actual, remedy) => {
  const log = await openLog();
  log.report(...lines);
  for (const id of ['logging.requests', 'logging.retries']) {
    const judged = await log.judge(id);
    expect(judged).toMatchObject({ status: 'fail', actual, remedy: expect.stringMatching(remedy) });
  }
});

test('an answered call counts beside one without an answer', async () => {
  const log = await openLog();
  log.report({ status: null, requestId: 'r-1', retries: 3 }, {});
  expect((await log.judge('logging.requests')).actual).toBe(
    'none of the 1 reported calls (1 more got no answer) has one',
  );
  expect((await log.judge('logging.retries')).actual).toBe(
    'none of the 1 reported calls (1 more got no answer) states its retries',
  );
  log.report({ status: 500, requestId: 'r-3', retries: 1 });
  expect((await log.judge('logging.requests')).status).toBe('pass');
  expect((await log.judge('logging.retries')).status).toBe('pass');
});

test('the call or delivery that a check looks for counts, however many calls and deliveries are newer', async () => {
  const log = await openLog();
  log.report({ requestId: 'r-1', retries: 2, contractId: 4000 });
  log.deliver({ ...again, at: NOW - 2 * HOUR_MS }, { ...again, at: NOW - HOUR_MS });
  const numbers = (last: number) =>
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${last})`;
  await sql`${numbers(6_000)}
    insert into api_calls (call_id, environment, at, method, path, status, attempts, duration_ms, reporter)
    select 'call_' || i, 'prod', ${NOW} - i, 'GET', '/x', iif(i % 3 = 0, 401, 200), 1, 1, 'integration' from n`.execute(
    log.db,
  );
  expect(await log.judge('logging.requests')).toMatchObject({
    status: 'pass',
    actual: expect.stringMatching(
      /^1 of 4001 reported calls \(2000 more were answered 401 or 403\) have one, newest r-1, /,
    ),
  });
  expect(await log.judge('logging.retries')).toMatchObject({
    status: 'pass',
    actual: expect.stringMatching(/^1 of 4001 reported calls .* has 3 attempts, /),
  });
  expect(await createdContracts(log.db, 'prod', { since: NOW - DAY_MS, until: NOW })).toHaveLength(1);
  expect(await createdContracts(log.db, 'prod', { since: NOW - MINUTE_MS, until: NOW })).toEqual([]);
  await sql`${numbers(6_000)} insert into events (id, environment, activity, received_at)
    select 'evt_' || i, 'prod', 'CONTRACT_SIGNED', ${NOW} - i from n`.execute(log.db);
  await sql`insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes)
    select 'dlv_' || key, key, environment, received_at, 'r', '127.0.0.1', 2 from events
    where activity = 'CONTRACT_SIGNED'`.execute(log.db);
  expect((await readLogFacts(log.db, prod, NOW)).newestRedelivery).toMatchObject({
    isLater: true,
    delivery: { received_at: NOW - HOUR_MS },
  });
});

test('an older repetition that nobody asked for counts behind a re-triggered one', async () => {
  const log = await openLog();
  log.deliver({ ...again, at: NOW - 2 * HOUR_MS }, again);
  log.deliver({ ...again, at: NOW - 5 * MINUTE_MS });
  await inTransaction(log.db, (transaction) =>
    insertAudit(transaction, {
      at: NOW - 6 * MINUTE_MS,
      actor: 'cli:ada',
      act: retriggerActs.done,
      environment: 'prod',
      subject: 'contract 4000',
      detail: {},
    }),
  );
  expect((await log.judge('logging.retries')).actual).toMatch(/repeated an event, 2026-11-30T11:00:00/);
});

test.each([
  ['an intake that got nothing', {}, []],
  ['reports that stopped', {}, [{ at: new Date(NOW - 9 * DAY_MS).toISOString() }]],
  ['no intake', { intake: null }, []],
])('the next step of logging.requests with %s also names the sign-off', async (_, changes, lines) => {
  const log = await openLog();
  log.report(...lines);
  expect((await log.judge('logging.requests', changes)).remedy).toMatch(
    /, or set requires\.logging\.requests to signOff and sign logging-requests, with a note that says where they are logged$/,
  );
});
