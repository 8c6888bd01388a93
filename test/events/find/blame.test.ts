import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { up as contractsInPaths } from '../../../migrations/0018-contracts-in-paths.ts';
import { contractInPath } from '../../../src/spotdraft/contract-id.ts';
import fc, { runs } from '../../fast-check.ts';
import { act, at, type BlameLog, iso, openBlameLog } from './blame-log.ts';

let log: BlameLog;
beforeAll(async () => {
  log = await openBlameLog();
  // A log that is not empty, so that no answer says so.
  log.deliver(act(1));
});
afterAll(() => log.close());

/** Paths of calls, and the number of the contract that each names. */
const paths: [path: string, contract: number | null][] = [
  ['/contracts/4711/', 4711],
  ['/api/v2.1/public/contracts/4712/status?page=2', 4712],
  ['https://api.us.spotdraft.com/api/v2.1/public/contracts/T-4713', 4713],
  ['/contracts/h-4714?x=1', 4714],
  ['/contracts/v2/4715', 4715],
  ['/CONTRACTS/T-4716X/', 4716],
  ['/api/v2.1/public/contracts/?page=1&filter__contract_id=T-4717', 4717],
  ['/contracts/', null],
  ['/contracts/upload/', null],
  ['/contracts/webhooks/4718/', null],
  ['/contracts/4719-draft', null],
  ['/contracts/0/', null],
  ['/templates/4720/', null],
  ['/contracts/1234567890123456/', null],
];

describe('a reported call that names its contract in its path alone', () => {
  it.each(paths)('%s names %s', (path, contract) => {
    expect(contractInPath(path)).toBe(contract);
  });

  it('is found by the number, and its answer leaves no call out', async () => {
    log.calls(
      { method: 'GET', path: '/contracts/4711/', status: 200, requestId: 'crm-17' },
      { method: 'POST', path: '/api/v2.1/public/contracts/4712/send', status: 500, requestId: 'crm-18' },
      { method: 'GET', path: 'https://api.us.spotdraft.com/contracts/T-4713/', status: 404 },
      { method: 'GET', path: '/contracts/?filter__contract_id=4717', status: null, code: 'ETIMEDOUT' },
    );
    const none = 'no webhook of it is in the log.';
    expect(await log.answer('4711')).toBe(
      `Your integration’s call GET /contracts/4711/ was answered 200 (request crm-17); ${none}`,
    );
    expect(await log.answer('crm-17')).toBe(await log.answer('4711'));
    expect(await log.answer('4712')).toContain('contracts/4712/send was answered 500 (request crm-18)');
    expect(await log.answer('T-4713')).toContain('was answered 404');
    expect(await log.answer('4717')).toContain('got no answer (ETIMEDOUT)');
  });

  it('explains an event of its contract, and is found by the contract that the report gives, too', async () => {
    log.deliver(act(4730));
    log.calls(
      { method: 'PUT', path: '/contracts/4730/fields', status: 422, at: '2026-11-20T00:00:00Z' },
      { method: 'GET', path: '/contracts/4731/', status: 500, contractId: 4732 },
    );
    expect(await log.answer('4730')).toMatch(/arrived and was verified; your integration’s call PUT .* 422/);
    for (const id of ['4731', '4732', 'T-4731'])
      expect(await log.answer(id)).toMatch(
        /^Your integration’s call GET \/contracts\/4731\/ was answered 500/,
      );
  });

  it.each([
    ['/contracts/4741/clone', 4742, 4741, 4742],
    ['/api/v2.1/public/contracts/T-4743/', '4744', 4743, 4744],
    ['/contracts/?filter__contract_id=4745', 'T-4746', 4745, 4746],
  ])(
    '%s of contract %s is found by both, also around a delivery of either',
    async (path, contractId, inPath, reported) => {
      const requestId = `crm-${inPath}`;
      log.calls({ method: 'POST', path, status: 502, contractId, requestId });
      const answer = `Your integration’s call POST ${path} was answered 502 (request ${requestId}); no webhook of it is in the log.`;
      for (const id of [`${inPath}`, `T-${reported}`])
        expect([id, await log.answer(id)]).toEqual([id, answer]);
      log.deliver(act(inPath));
      for (const id of [`${inPath}`, requestId])
        expect([id, await log.answer(id)]).toEqual([
          id,
          expect.stringMatching(/CONTRACT_EXECUTED arrived and was verified; your integration’s call POST/i),
        ]);
      expect(await log.answer(`${reported}`)).toContain('call POST');
    },
  );

  it('gets the number in rows of an earlier version, too', async () => {
    const { db } = log;
    const rows = paths.map(([path], index) => ({
      call_id: `call_old${index}`,
      environment: 'prod',
      at: 1,
      method: 'GET',
      path: path.replace(/^https:\/\/[^/]*/, ''),
      status: 200,
      attempts: 1,
      duration_ms: 1,
      failure: null,
      reporter: 'integration' as const,
    }));
    await db.insertInto('api_calls').values(rows).execute();
    await contractsInPaths(db as never);
    const stored = await sql<{ contract_id: number | null; contract_id_exact: number | null }>`
      select contract_id, contract_id_exact from api_calls where call_id like 'call_old%' order by rowid`.execute(
      db,
    );
    expect(stored.rows).toEqual(
      paths.map(([, id]) => ({ contract_id: id, contract_id_exact: id === null ? null : 0 })),
    );
  });
});

const ARRIVED = 'CONTRACT_EXECUTED arrived and was verified';
const failed = (contractId: number | string, more: object = {}) => ({
  status: 'failed',
  contractId,
  activity: 'CONTRACT_EXECUTED',
  occurredAt: iso(at),
  ...more,
});
/** True for an answer that says of the events themselves that the integration failed. */
const isBlamed = (answer: string) => /but your integration failed/.test(answer);

describe('a body with several events', () => {
  it('is found under the ids of each, and is of the contract that was asked for', async () => {
    log.deliver([act(6001), act(6002, 'CONTRACT_EXECUTED', at + 5)]);
    log.deliver({ events: [act(6003, 'CONTRACT_CREATED'), { data: { object: act(6004) } }] });
    log.deliver([act(6005, 'CONTRACT_EXECUTED', at, { contract_reference_id: 'SD-6005' }), act('T-6006')]);
    log.deliver({ activity: 'CONTRACT_EXECUTED', contract_ids: [6007, 6008] });
    for (const id of ['6001', '6002', '6005', 'SD-6005', 'T-6006', '6007', '6008'])
      expect([id, await log.answer(id)]).toEqual([
        id,
        expect.stringContaining(`${ARRIVED}; your integration reported no outcome`),
      ]);
    for (const id of ['6003', '6004'])
      expect(await log.answer(id)).toBe(
        'A webhook with several events arrived and was verified; your integration reported no outcome.',
      );
    const { stories } = await log.find('6002');
    expect(stories.map(({ events }) => events.map(({ contract_id: id }) => id))).toEqual([[6002]]);
  });

  it('has the outcomes of each contract, and no other', async () => {
    const event = log.deliver([act(6011), act(6012)]);
    log.outcomes(failed(6012, { code: 'DOWN' }));
    expect(await log.answer('6012')).toBe(`${ARRIVED}, but your integration failed to process it (DOWN).`);
    expect(await log.answer('6011')).toBe(`${ARRIVED}; your integration reported no outcome.`);
    expect(await log.answer(event)).toBe(
      `In prod (production), contract 6012: ${ARRIVED}, but your integration failed to process it (DOWN); in prod (production), contract 6011: ${ARRIVED}; your integration reported no outcome.`,
    );
    // The log does not say which time or activity is whose.
    log.deliver([act(6015), act(6016, 'CONTRACT_EXECUTED', at + 5)]);
    log.outcomes(failed(6016, { occurredAt: iso(at + 5), code: 'LATER' }));
    expect(await log.answer('6016')).toMatch(/no outcome; .*\(LATER\), which may be this one/);
    expect(await log.answer('6015')).toBe(`${ARRIVED}; your integration reported no outcome.`);
    const mixed = log.deliver([act(6013, 'CONTRACT_CREATED'), act(6014, 'CONTRACT_EXECUTED', at + 7)]);
    log.outcomes(failed(6014, { occurredAt: iso(at + 7), code: 'MIXED' }));
    for (const id of ['6014', mixed])
      expect(await log.answer(id)).toMatch(/no outcome; .*failure of .*\(MIXED\), which may be this one/);
    expect(await log.answer('6013')).not.toContain('MIXED');
  });
});

describe('a failed outcome', () => {
  it.each<[string, number, object, RegExp]>([
    [
      'another activity',
      6101,
      { activity: 'CONTRACT_VOIDED' },
      /failure of CONTRACT_VOIDED of 2026-11-30 09:00/,
    ],
    ['a day before', 6102, { occurredAt: iso(at - 86_400_000) }, /CONTRACT_EXECUTED of 2026-11-29 09:00/],
    ['after the arrival', 6103, { occurredAt: iso(at + 600_000) }, /CONTRACT_EXECUTED of 2026-11-30 09:10/],
    [
      'an unknown event',
      6104,
      { eventId: 'E-unknown', activity: 'CONTRACT_SIGNED' },
      /CONTRACT_SIGNED E-unknown/,
    ],
  ])('is no failure of the event that arrived when it is of %s', async (_of, contract, more, text) => {
    log.deliver(act(contract));
    log.outcomes(failed(contract, { code: 'OTHER', ...more }));
    const answer = await log.answer(String(contract));
    expect(answer).toMatch(text);
    expect(answer).toMatch(
      /^CONTRACT_EXECUTED arrived and was verified; .*reported no outcome; the integration also reported a failure of .* \(OTHER\), whose webhook is not in the log\.$/,
    );
  });

  it.each<[string, number, object]>([
    ['by its time', 6111, {}],
    ['in whole seconds', 6112, { occurredAt: '2026-11-30T09:00:00Z' }],
    ['by the time of its arrival', 6113, { occurredAt: iso(at + 1_000) }],
    ['under an id of the integration', 6114, { eventId: 'own-id-6114' }],
  ])('is the failure of the event that it names %s', async (_how, contract, more) => {
    log.deliver(act(contract, 'CONTRACT_EXECUTED', at + 250));
    log.outcomes(failed(contract, { occurredAt: iso(at + 250), code: 'OWN', ...more }));
    expect(await log.answer(String(contract))).toBe(
      `${ARRIVED}, but your integration failed to process it (OWN).`,
    );
  });

  it('is shown with the other contract when it names an event id of that one', async () => {
    log.deliver(act(6151), { eventId: 'E-6151' });
    log.outcomes(failed(6152, { eventId: 'E-6151', code: 'ODD' }));
    expect(await log.answer('6152')).toBe(
      `In prod (production), contract 6151: ${ARRIVED}, but your integration failed to process it (ODD).`,
    );
  });

  it('is of the nearest of two events, and of neither at the same distance', async () => {
    log.deliver(act(6121, 'CONTRACT_EXECUTED', at));
    log.deliver(act(6121, 'CONTRACT_EXECUTED', at + 500));
    log.outcomes(failed(6121, { occurredAt: iso(at + 500), code: 'SECOND' }));
    const [story] = (await log.find('6121')).stories;
    expect(story?.outcomes).toHaveLength(1);
    expect(await log.answer('6121')).toContain('failed to process CONTRACT_EXECUTED (SECOND)');
    log.deliver(act(6122, 'CONTRACT_EXECUTED', at, { n: 1 }));
    log.deliver(act(6122, 'CONTRACT_EXECUTED', at, { n: 2 }));
    log.outcomes(failed(6122, { code: 'TWIN' }));
    expect(await log.answer('6122')).toMatch(/a failure of .*\(TWIN\), which may be one of them\.$/);
  });

  it('may be the failure of an event without a time or an activity, and is not said to be another', async () => {
    log.deliver({ activity: 'CONTRACT_EXECUTED', contract_id: 6131 });
    log.deliver({ event: 'CONTRACT_EXECUTED', data: { contract_id: 6132 } });
    log.outcomes(failed(6131), failed(6132));
    for (const id of ['6131', '6132'])
      expect(await log.answer(id)).toMatch(/reported a failure of .*, which may be this one\.$/);
  });

  it('leads to its event by its own id, and names it by the request that delivered it', async () => {
    log.deliver(act(6141));
    log.outcomes(failed(6141, { id: 'sync-6141', code: 'BY_OWN' }));
    expect(await log.answer('sync-6141')).toContain('failed to process it (BY_OWN)');
    const event = log.deliver(act(6142), { eventId: 'E-6142' });
    log.outcomes({ status: 'failed', id: 'sync-6142', eventId: 'E-6142', code: 'BY_ID' });
    expect(await log.answer('sync-6142')).toContain('failed to process it (BY_ID)');
    const [found] = (await log.find(event)).events;
    const requestId = found?.deliveries[0]?.request_id;
    log.deliver(act(6143));
    const [other] = (await log.find('6143')).events;
    log.outcomes({
      status: 'failed',
      eventId: 'x-1',
      requestId: other?.deliveries[0]?.request_id,
      code: 'BY_REQUEST',
    });
    expect(requestId).not.toBe(other?.deliveries[0]?.request_id);
    expect(await log.answer('6143')).toContain('failed to process it (BY_REQUEST)');
    expect(await log.answer('6142')).not.toContain('BY_REQUEST');
  });
});

describe('a call around a delivery', () => {
  it.each([
    ['its path', { path: '/contracts/6172/' }],
    ['a composite id in its path', { path: '/contracts/T-6172/status' }],
    ['the filter of a list', { path: '/contracts/?filter__contract_id=6172' }],
    ['its report', { path: '/x', contractId: 'H-6172' }],
    ['a record of that contract', { path: '/contracts/', externalId: 'deal-6172' }],
  ])('is of another story when it names another contract by %s, and takes no place', async (_how, call) => {
    count += 1;
    const contract = 6_180 + count;
    log.deliver(act(6172, 'CONTRACT_EXECUTED', at, { external_metadata: { id: 'deal-6172' } }));
    const receivedAt = at - count * 3_600_000;
    log.deliver(act(contract, 'CONTRACT_EXECUTED', receivedAt), { receivedAt });
    const when = { at: iso(receivedAt - 1_000), method: 'POST' };
    log.calls(...Array.from({ length: 210 }, () => ({ ...when, status: 500, ...call })));
    log.calls(
      { ...when, path: '/users/', status: 200, id: `near-${contract}` },
      { ...when, path: `/contracts/T-${contract}/`, status: 200, id: `own-${contract}` },
      { ...when, path: '/contracts/', externalId: 'unheard-of', status: 200, id: `any-${contract}` },
    );
    const found = await log.find(String(contract));
    expect(found.calls.map(({ own_id: id }) => id).sort()).toEqual(
      ['any', 'near', 'own'].map((name) => `${name}-${contract}`),
    );
    expect([found.counts.calls, found.leftOut]).toEqual([3, {}]);
  });
});
let count = 0;

describe('another record with the number of a contract', () => {
  it.each<[string, number, object, string]>([
    ['own id', 6201, { id: '6201' }, 'an outcome'],
    ['request id', 6202, { requestId: '6202' }, 'a request'],
    ['event id', 6203, { eventId: '6203' }, 'an event'],
  ])('an outcome with it as its %s is a matter of its own', async (_kind, contract, more, what) => {
    log.deliver(act(contract));
    log.outcomes(failed(contract + 50, { code: 'BOOM', ...more }));
    expect(await log.answer(String(contract))).toBe(
      `${ARRIVED}; your integration reported no outcome. ${contract} is also the id of ${what} of contract ${contract + 50}: your integration failed to process CONTRACT_EXECUTED (BOOM); the webhook itself is not in the log.`,
    );
    expect(await log.answer(String(contract + 50))).toMatch(/^Your integration failed to process/);
  });

  it('a call with it as its id or external id is a matter of its own', async () => {
    log.deliver(act(6211));
    log.deliver(act(6212));
    log.deliver(act(6213));
    log.calls(
      { method: 'POST', path: '/x', status: 500, requestId: '6211', contractId: 6299 },
      { method: 'POST', path: '/x', status: 500, externalId: '6212' },
      { method: 'POST', path: '/x', status: 500, id: '6213', contractId: 'T-6298' },
    );
    const own = `${ARRIVED}; your integration reported no outcome.`;
    expect(await log.answer('6211')).toContain(
      `${own} 6211 is also the id of a request of contract 6299: your`,
    );
    expect(await log.answer('6212')).toContain(`${own} 6212 is also the id of an external record: your`);
    expect(await log.answer('6213')).toContain(
      `${own} 6213 is also the id of a call: your integration’s call`,
    );
  });

  it('an outcome of another contract is told with the event of that contract', async () => {
    log.deliver(act(6221));
    log.deliver(act(6222));
    log.outcomes(failed(6222, { id: '6221', code: 'THEIRS' }));
    expect(await log.answer('6221')).toBe(
      `${ARRIVED}; your integration reported no outcome. 6221 is also the id of an outcome of contract 6222: ${ARRIVED}, but your integration failed to process it (THEIRS).`,
    );
  });
});

describe('an event id that several events share', () => {
  it('makes a failure under it the failure of none, and denies no webhook', async () => {
    for (const contract of [6301, 6302]) log.deliver(act(contract), { eventId: 'E-63' });
    log.outcomes({ status: 'failed', id: 'sync-63', eventId: 'E-63', code: 'Z' });
    for (const id of ['6301', '6302'])
      expect(await log.answer(id)).toBe(
        `${ARRIVED}, though E-63 came with different bodies; your integration reported no outcome; the integration also reported a failure of E-63 (Z), an id that several events share.`,
      );
    for (const id of ['E-63', 'sync-63']) {
      const answer = await log.answer(id);
      expect(answer).toContain(
        'your integration failed to process E-63 (Z); several events share this id, so it may be about any of them',
      );
      expect(answer).not.toMatch(/not in the log|but your integration/);
    }
  });

  it('leaves a failure that names its contract with that contract', async () => {
    for (const contract of [6311, 6312]) log.deliver(act(contract), { eventId: 'E-631' });
    log.outcomes(failed(6311, { eventId: 'E-631', code: 'OWN' }));
    expect(isBlamed(await log.answer('6311'))).toBe(true);
    expect(await log.answer('6312')).not.toContain('but your integration failed');
    expect(await log.answer('E-631')).toMatch(/contract 6311: .*, but your .*contract 6312: .* no outcome/);
  });
});

describe('an answer about a contract', () => {
  it('begins with the contract that was asked for, and tells others that share its event id after it', async () => {
    for (const contract of [6321, 6322]) log.deliver(act(contract), { eventId: 'E-632' });
    log.outcomes(failed(6329, { eventId: 'E-632', code: 'CONTRA', occurredAt: iso(at + 60_000) }));
    const own = `${ARRIVED}, though E-632 came with different bodies; your integration reported no outcome`;
    for (const id of ['6321', 'T-6322'])
      expect(await log.answer(id)).toBe(
        `${own}. E-632 is also the id of an event of contract 6329: your integration failed to process E-632 (CONTRA); several events share this id, so it may be about any of them.`,
      );
    const other = await log.answer('6329');
    expect(other).toMatch(/^Your integration failed to process (?:E-632|CONTRACT_EXECUTED) \(CONTRA\)/);
    expect(other.indexOf('6321')).toBeGreaterThan(other.indexOf('. '));
  });

  it('begins with it when a body of several events has its contract too, and when others are worse', async () => {
    log.deliver([act(6331), act(6332)], { eventId: 'E-633' });
    log.deliver(act(6333), { eventId: 'E-633' });
    log.outcomes(failed(6332, { eventId: 'E-633', code: 'THEIRS' }));
    expect(await log.answer('6333')).toMatch(
      /^CONTRACT_EXECUTED arrived.*no outcome\..* E-633 is also .* contract 6332: /,
    );
    expect(await log.answer('6331')).not.toMatch(/^[^.]*THEIRS/);
    expect(await log.answer('6332')).toContain('THEIRS');
  });
});

describe('a record of a contract', () => {
  it.each([
    ['external id', 6341, { external_metadata: { id: 'deal-634' } }, 'deal-634'],
    ['Salesforce id', 6342, { external_metadata: { id: '0065g00000AbCdF' } }, '0065g00000AbCdFAAV'],
    ['reference id', 6343, { contract_reference_id: 'ND-6343' }, 'ND-6343'],
  ])('has the failed outcomes and calls of its contract: %s', async (_kind, contract, more, id) => {
    log.deliver(act(contract, 'CONTRACT_EXECUTED', at, more));
    log.deliver(act(contract, 'CONTRACT_EXECUTED', at, more), { environment: 'uat' });
    log.outcomes(failed(contract, { activity: 'CONTRACT_VOIDED', code: 'VOID' }));
    log.calls({ method: 'PUT', path: `/contracts/${contract}/`, status: 500, at: '2026-11-20T00:00:00Z' });
    const [byNumber, byRecord] = [await log.find(`${contract}`), await log.find(id)];
    expect(byNumber.answer).toContain('(VOID)');
    expect(byRecord.answer).toBe(byNumber.answer);
    expect(byRecord.counts).toMatchObject({ outcomes: 1, calls: 1 });
  });

  it('has those of each of its contracts, and none of the same number in another environment', async () => {
    const record = { external_metadata: { id: 'deal-635' } };
    log.deliver([6351, 6352].map((contract) => act(contract, 'CONTRACT_EXECUTED', at, record)));
    log.deliver(act(6351), { environment: 'uat' });
    log.outcomes(failed(6352, { occurredAt: iso(at + 60_000), code: 'LATER' }));
    expect(await log.answer('deal-635')).toMatch(/^In prod.*6352: .*LATER.*6351: .*no outcome/);
    expect((await log.find('deal-635', 'uat')).outcomes).toEqual([]);
  });
});

describe('a body with more events than are told one by one', () => {
  it.each([11, 60, 250])('says under the record of all how many contracts it has: %i', async (count) => {
    const record = { external_metadata: { id: `deal-all-${count}` } };
    const first = 70_000 + count * 1_000;
    const bodies = Array.from({ length: count }, (_, index) =>
      act(first + index, 'CONTRACT_EXECUTED', at, record),
    );
    log.deliver(bodies);
    const { answer, leftOut } = await log.find(`deal-all-${count}`);
    expect(answer).toBe(
      `${ARRIVED}, for ${count} contracts (${first}, ${first + 1}, ${first + 2} and ${count - 3} more); your integration reported no outcome.`,
    );
    expect(leftOut).toEqual({});
    expect(await log.answer(`${first + count - 1}`)).not.toContain('contracts (');
  });
});

describe('a failed call that names only the external record of a contract', () => {
  it.each([
    ['deal-6401', 'deal-6401', 6401],
    ['0065g00000AbCdEAAV', '0065g00000AbCdE', 6402],
    ['6403', '6403', 6403],
  ])('%s is a call of its contract under each id', async (record, called, contract) => {
    log.deliver(act(contract, 'CONTRACT_EXECUTED', at, { external_metadata: { id: record } }));
    log.calls({
      ...{ method: 'POST', path: '/contracts/', status: 500, requestId: `crm-${contract}` },
      ...{ externalId: called, at: '2026-11-20T00:00:00Z' },
    });
    const answer = `${ARRIVED}; your integration’s call POST /contracts/ was answered 500 (request crm-${contract}).`;
    for (const id of [String(contract), record, called, `crm-${contract}`])
      expect([id, await log.answer(id)]).toEqual([id, answer]);
  });

  it('is not of one contract when the record has two', async () => {
    for (const contract of [6411, 6412])
      log.deliver(act(contract, 'CONTRACT_EXECUTED', at, { external_metadata: { id: 'deal-641' } }));
    log.calls({ method: 'POST', path: '/contracts/', status: 500, externalId: 'deal-641' });
    expect(await log.answer('6411')).toBe(`${ARRIVED}; your integration reported no outcome.`);
    expect(await log.answer('deal-641')).toContain('call POST /contracts/ was answered 500');
  });
});

it('no answer denies what the log holds, and blames a contract only for what names it', async () => {
  const MINUTE_MS = 60_000;
  const activity = fc.constantFrom('CONTRACT_CREATED', 'CONTRACT_EXECUTED');
  const number = fc.integer({ min: 0, max: 2 });
  const delivery = fc.record({
    kind: fc.constant('delivery' as const),
    events: fc.array(fc.record({ contract: number, activity, minute: number }), {
      minLength: 1,
      maxLength: 3,
    }),
    hasSharedId: fc.boolean(),
  });
  const outcome = fc.record({
    kind: fc.constant('outcome' as const),
    contract: fc.integer({ min: 0, max: 3 }),
    activity,
    minute: number,
    offset: fc.constantFrom(0, 0, 250, 5 * 60 * MINUTE_MS, -24 * 60 * MINUTE_MS),
    as: fc.constantFrom('itself', 'shared id', 'number'),
    other: number,
  });
  const call = fc.record({
    kind: fc.constant('call' as const),
    contract: fc.integer({ min: 0, max: 3 }),
    by: fc.constantFrom('path', 'contract', 'record', 'number'),
    status: fc.constantFrom(200, 500),
    other: number,
  });
  let base = 1_000_000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(delivery, delivery, outcome, call), { minLength: 1, maxLength: 7 }),
      async (rows) => {
        base += 10;
        const received = at + 3 * MINUTE_MS;
        const delivered = rows.flatMap((row) => (row.kind === 'delivery' ? [row] : []));
        for (const [index, { events, hasSharedId }] of delivered.entries()) {
          const bodies = events.map((each) =>
            act(base + each.contract, each.activity, at + each.minute * MINUTE_MS, {
              index,
              external_metadata: { id: `deal-${base + each.contract}` },
            }),
          );
          log.deliver(bodies.length === 1 ? bodies[0] : bodies, {
            receivedAt: received,
            ...(hasSharedId && { eventId: `E-${base}` }),
          });
        }
        const failures = rows.flatMap((row, index) =>
          row.kind === 'outcome'
            ? [{ ...row, code: `C${base}_${index}`, time: at + row.minute * MINUTE_MS + row.offset }]
            : [],
        );
        for (const { as, other, contract, code, ...each } of failures)
          log.outcomes(
            failed(base + contract, {
              ...{ activity: each.activity, occurredAt: iso(each.time), code },
              ...(as === 'number' && { id: `${base + other}`, requestId: `${base + other}` }),
              ...(as === 'shared id' && { eventId: `E-${base}` }),
            }),
          );
        const called = rows.flatMap((row) => (row.kind === 'call' ? [row] : []));
        for (const { by, contract, status, other } of called)
          log.calls({
            ...{ method: 'POST', status, path: by === 'path' ? `/contracts/T-${base + contract}/x` : '/x' },
            ...(by !== 'path' && by !== 'record' && { contractId: base + contract }),
            ...(by === 'record' && { externalId: `deal-${base + contract}` }),
            ...(by === 'number' && { requestId: `${base + other}` }),
          });
        for (const contract of [0, 1, 2, 3]) {
          const { answer, found } = await log.find(`${base + contract}`);
          const own = answer.split(/ (?:\S+ is also the id of|It leads to) /)[0] ?? '';
          const events = delivered.flatMap((row) => row.events).filter((each) => each.contract === contract);
          const facts = { rows, contract, answer };
          const isInLog =
            events.length > 0 ||
            failures.some((each) => each.contract === contract) ||
            called.some((each) => each.contract === contract && each.by !== 'record');
          if (isInLog) expect({ ...facts, found }).toEqual({ ...facts, found: true });
          if (events.length > 0)
            expect(own).toMatch(/^(?!.*(?:never|[Nn]othing arrived|o webhook of it)).*arrived/);
          const clauses = own.split(/in prod \(production\), contract (\d+): /i);
          const mine =
            clauses.length === 1 ? own : (clauses[clauses.indexOf(`${base + contract}`) + 1] ?? '');
          const blamed = /but your integration failed to process [^;.]*?\((C\d+_\d+)/.exec(mine)?.[1];
          // The number is only the id of a call or an outcome, and the answer is about the contract that this one names.
          const isOnlyOther =
            !isInLog &&
            (called.some(({ by, other }) => by === 'number' && other === contract) ||
              failures.some(({ as, other }) => as === 'number' && other === contract));
          if (blamed === undefined || isOnlyOther) continue;
          const outcome = failures.find(({ code }) => code === blamed);
          const isNamed = (each: (typeof events)[number], time: number) =>
            each.activity === outcome?.activity && time >= at + each.minute * MINUTE_MS && time <= received;
          const sharing = delivered.filter(({ hasSharedId }) => hasSharedId);
          const isById =
            outcome?.as === 'shared id' &&
            sharing.length === 1 &&
            sharing[0]?.events.some((each) => each.contract === contract);
          const isByRest =
            outcome?.contract === contract && events.some((each) => isNamed(each, outcome.time));
          expect({ ...facts, isNamed: isById || isByRest }).toEqual({ ...facts, isNamed: true });
        }
      },
    ),
    { numRuns: runs(60) },
  );
});
