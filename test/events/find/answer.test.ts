import { describe, expect, it } from 'vitest';
import { answerOf } from '../../../src/events/find/answer.ts';
import type { Story } from '../../../src/events/find/story.ts';
import type { LoggedCall } from '../../../src/store/api-calls.ts';
import type { LoggedDelivery } from '../../../src/store/deliveries.ts';
import { noNotes } from '../../../src/store/event-notes.ts';
import type { EventWithDeliveries, FoundOutcome } from '../../../src/store/find.ts';

const NOV_3 = Date.UTC(2026, 10, 3, 8);

const delivery = (changes: Partial<LoggedDelivery> = {}): LoggedDelivery => ({
  key: 1,
  id: 'dlv_1',
  event_key: 1,
  environment: 'prod',
  received_at: NOV_3,
  request_id: 'req_1',
  source: '192.0.2.1',
  bytes: 2,
  rejection: null,
  signed_with: null,
  activity: null,
  detail: null,
  alike: null,
  until: null,
  ...changes,
});

const event = (activity: string | null, changes: Partial<EventWithDeliveries> = {}): EventWithDeliveries => ({
  key: 1,
  id: `evt_${activity}`,
  environment: 'prod',
  activity,
  contract_id: 7,
  occurred_at: NOV_3,
  received_at: NOV_3,
  payload: null,
  payload_kind: null,
  deliveries: [delivery()],
  deliveryCount: 1,
  notes: noNotes,
  ...changes,
});
const created = event('CONTRACT_CREATED');
const executed = event('CONTRACT_EXECUTED');

const outcome = (
  status: FoundOutcome['status'],
  of: EventWithDeliveries,
  changes: Partial<FoundOutcome> = {},
): FoundOutcome => ({
  id: `out_${status}`,
  own_id: status,
  environment: 'prod',
  at: NOV_3,
  status,
  attempt: 1,
  event_id: of.id,
  contract_id: null,
  activity: null,
  occurred_at: null,
  request_id: null,
  code: null,
  message: null,
  ...changes,
});

const call = (changes: Partial<LoggedCall> = {}): LoggedCall => ({
  call_id: 'call_1',
  environment: 'prod',
  at: NOV_3,
  method: 'POST',
  path: '/contracts/',
  status: 201,
  attempts: 1,
  duration_ms: 5,
  failure: null,
  reporter: 'integration',
  own_id: 'own',
  request_id: 'req_9',
  external_id: null,
  contract_id: 7,
  contract_id_exact: 1,
  path_contract_id: null,
  host: null,
  retries_stated: null,
  ...changes,
});

const story = (changes: Partial<Story> = {}): Story => ({
  environment: 'prod',
  label: 'prod (production)',
  contract: null,
  events: [],
  refused: [],
  hasMore: false,
  outcomes: [],
  senderIds: new Map(),
  names: new Map(),
  sharedIds: new Set(),
  sameId: null,
  calls: [],
  reads: null,
  status: null,
  missing: [],
  since: NOV_3,
  ...changes,
});
const told = (changes: Partial<Story>): string => answerOf([story(changes)]);

const both = [executed, created];
const BOTH = 'Both webhooks arrived and were verified';

describe('the answer about webhooks that arrived', () => {
  it.for<[string, Partial<Story>, string]>([
    [
      'a payload that could not be read',
      { events: [event(null, { notes: { unread: 'not_json', sharedIds: [] } })] },
      'A webhook that could not be read arrived and was verified; your integration reported no outcome.',
    ],
    ['no outcome', { events: both }, `${BOTH}; your integration reported no outcome.`],
    [
      'one webhook without an outcome',
      { events: [executed] },
      'CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.',
    ],
    [
      'a repeated delivery',
      { events: [event('CONTRACT_EXECUTED', { deliveryCount: 130_000 })] },
      'CONTRACT_EXECUTED arrived 130,000 times and was verified; your integration reported no outcome.',
    ],
    [
      'more events than are read',
      { events: both, hasMore: true },
      'More than 2 webhooks arrived and were verified; your integration reported no outcome.',
    ],
    [
      'an unknown shape',
      { events: [event(null)] },
      'A webhook of an unknown shape arrived and was verified; your integration reported no outcome.',
    ],
    [
      'one outcome of two',
      { events: both, outcomes: [outcome('processed', created)] },
      `${BOTH}; your integration reported no outcome of CONTRACT_EXECUTED.`,
    ],
    [
      'both processed',
      { events: both, outcomes: [outcome('processed', created), outcome('processed', executed)] },
      `${BOTH}; your integration processed both.`,
    ],
    [
      'one skipped',
      { events: both, outcomes: [outcome('processed', created), outcome('skipped', executed)] },
      `${BOTH}; your integration skipped CONTRACT_EXECUTED and processed the rest.`,
    ],
    [
      'the only one skipped',
      { events: [executed], outcomes: [outcome('skipped', executed, { code: 'not_mine' })] },
      'CONTRACT_EXECUTED arrived and was verified; your integration skipped it (not_mine).',
    ],
    [
      'a failure',
      {
        events: both,
        outcomes: [
          outcome('processed', created),
          outcome('failed', executed, { code: 'crm_down', attempt: 3 }),
        ],
      },
      `${BOTH}, but your integration failed to process CONTRACT_EXECUTED (crm_down, attempt 3).`,
    ],
    [
      'a failure before a success',
      {
        events: [executed],
        outcomes: [
          outcome('failed', executed, { at: NOV_3 }),
          outcome('processed', executed, { at: NOV_3 + 5 }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration processed it.',
    ],
    [
      'a failure after a success',
      {
        events: [executed],
        outcomes: [
          outcome('processed', executed, { at: NOV_3 }),
          outcome('failed', executed, { at: NOV_3 + 5 }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified, but your integration failed to process it.',
    ],
    [
      'a failure by the id of the sender',
      {
        events: [executed],
        outcomes: [outcome('failed', executed, { event_id: 'theirs' })],
        senderIds: new Map([['theirs', executed.id]]),
      },
      'CONTRACT_EXECUTED arrived and was verified, but your integration failed to process it.',
    ],
    [
      'a failure by contract, activity and time',
      {
        events: both,
        outcomes: [
          outcome('failed', created, {
            event_id: null,
            contract_id: 7,
            activity: 'CONTRACT_CREATED',
            occurred_at: NOV_3,
          }),
        ],
      },
      `${BOTH}, but your integration failed to process CONTRACT_CREATED.`,
    ],
    [
      'a failure of an event that is not shown',
      {
        events: both,
        outcomes: [outcome('failed', created, { event_id: 'evt_other', activity: 'CONTRACT_VOIDED' })],
      },
      `${BOTH}; your integration reported no outcome; the integration also reported a failure of CONTRACT_VOIDED evt_other, whose webhook is not in the log.`,
    ],
    [
      'an outcome under an unknown id',
      { events: [executed], outcomes: [outcome('processed', created, { event_id: 'evt_other' })] },
      'CONTRACT_EXECUTED arrived and was verified; your integration processed evt_other, another event, and reported no outcome of this one.',
    ],
    [
      'an outcome of another time',
      {
        events: both,
        outcomes: [
          outcome('skipped', executed, {
            event_id: null,
            contract_id: 7,
            activity: 'CONTRACT_EXECUTED',
            occurred_at: NOV_3 - 1,
          }),
        ],
      },
      `${BOTH}; your integration skipped CONTRACT_EXECUTED of another time and reported no outcome of 2 of them.`,
    ],
    [
      'a failed write before a later failed read',
      {
        events: [executed],
        calls: [call({ status: 500 }), call({ at: NOV_3 + 5, status: 404, method: 'GET', path: '/status' })],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration’s call POST /contracts/ was answered 500 (request req_9).',
    ],
    [
      'a retry',
      { events: [executed], outcomes: [outcome('retrying', executed, { attempt: 2 })] },
      'CONTRACT_EXECUTED arrived and was verified; your integration could not process it yet and will retry (attempt 2).',
    ],
    [
      'a failed call',
      { events: [executed], calls: [call({ status: 503 })] },
      'CONTRACT_EXECUTED arrived and was verified; your integration’s call POST /contracts/ was answered 503 (request req_9).',
    ],
    [
      'a failed call that succeeded later',
      { events: [executed], calls: [call({ status: 503 }), call({ at: NOV_3 + 5 })] },
      'CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.',
    ],
    [
      'a call that succeeded with the other form of the contract’s id',
      {
        events: [executed],
        calls: [
          call({ status: 404, method: 'GET', path: '/v2.1/public/contracts/T-7/' }),
          call({ at: NOV_3 + 5, method: 'GET', path: '/v2.1/public/contracts/H-7' }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.',
    ],
    [
      'a call that found no contract under either form',
      {
        events: [executed],
        calls: [
          call({ status: 404, method: 'GET', path: '/contracts/T-7/status' }),
          call({ at: NOV_3 + 5, status: 404, method: 'GET', path: '/contracts/H-7/status' }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration’s call GET /contracts/H-7/status was answered 404 (request req_9).',
    ],
    [
      'a failure that the other form of the id does not explain',
      {
        events: [executed],
        calls: [
          call({ status: 500, method: 'GET', path: '/contracts/T-7' }),
          call({ at: NOV_3 + 5, method: 'GET', path: '/contracts/H-7' }),
          call({ at: NOV_3 + 9, method: 'GET', path: '/contracts/T-77' }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration’s call GET /contracts/T-7 was answered 500 (request req_9).',
    ],
    [
      'a call that another contract does not repeat',
      {
        events: [executed],
        calls: [
          call({ status: 404, method: 'GET', path: '/contracts/7' }),
          call({ at: NOV_3 + 5, method: 'GET', path: '/contracts/H-77' }),
        ],
      },
      'CONTRACT_EXECUTED arrived and was verified; your integration’s call GET /contracts/7 was answered 404 (request req_9).',
    ],
    [
      'an expected webhook that did not come',
      { events: [created], status: 'EXECUTED', missing: ['CONTRACT_EXECUTED'] },
      'CONTRACT_CREATED arrived and was verified; CONTRACT_EXECUTED did not arrive, though SpotDraft says that the contract is executed.',
    ],
    [
      'a refused delivery of the same activity beside a processed one',
      {
        events: [executed],
        outcomes: [outcome('processed', executed)],
        refused: [
          delivery({ rejection: 'bad_signature', signed_with: 'uat current', activity: 'CONTRACT_EXECUTED' }),
        ],
      },
      "CONTRACT_EXECUTED arrived and was verified, and your integration processed it; another CONTRACT_EXECUTED was refused: it was signed with uat's key.",
    ],
    [
      'a refused delivery of another activity beside two processed ones',
      {
        events: both,
        outcomes: [outcome('processed', executed), outcome('processed', created)],
        refused: [delivery({ rejection: 'wrong_type', activity: 'CONTRACT_VOIDED' })],
      },
      `${BOTH}, and your integration processed both; CONTRACT_VOIDED was refused with 415: its content type is not JSON.`,
    ],
    [
      'one of two processed beside a missing one',
      { events: both, outcomes: [outcome('processed', executed)], missing: ['CONTRACT_VOIDED'] },
      `${BOTH}; CONTRACT_VOIDED did not arrive.`,
    ],
    [
      'a refused repetition of the same request',
      { events: [executed], refused: [delivery({ rejection: 'missing_signature' })] },
      'CONTRACT_EXECUTED arrived and was verified; a delivery was refused: it had no signature.',
    ],
  ])('names %s', ([, facts, expected]) => {
    expect(told(facts)).toBe(expected);
  });
});

describe('the answer about webhooks that are unlike others', () => {
  const late = (hours: number, of = executed) => ({ ...of, received_at: NOV_3 + hours * 3_600_000 });
  const clash = (value: string, of = executed) => ({
    ...of,
    notes: { unread: null, sharedIds: [{ value, events: ['evt_other'] }] },
  });

  it.for<[string, Partial<Story>, string]>([
    [
      'one late',
      { events: [late(26)] },
      'CONTRACT_EXECUTED arrived and was verified, 26 h after it occurred',
    ],
    ['one of two late', { events: [late(72), created] }, `${BOTH}, CONTRACT_EXECUTED 3 d after it occurred`],
    [
      'both late',
      { events: [late(2), late(5, created)] },
      `${BOTH}, both of them late, CONTRACT_CREATED 5 h after it occurred`,
    ],
    [
      'more than are read',
      { events: [late(30), created], hasMore: true },
      'More than 2 webhooks arrived and were verified, CONTRACT_EXECUTED 30 h after it occurred',
    ],
    [
      'an id that another body has',
      { events: [clash('wh-1')] },
      'CONTRACT_EXECUTED arrived and was verified, though wh-1 came with different bodies',
    ],
    [
      'two such ids',
      { events: [clash('wh-1'), clash('wh-2', created)] },
      `${BOTH}, though wh-1 and 1 more event id came with different bodies`,
    ],
    [
      'one late under such an id',
      { events: [{ ...late(26), notes: clash('wh-1').notes }] },
      'CONTRACT_EXECUTED arrived and was verified, 26 h after it occurred, though wh-1 came with different bodies',
    ],
  ])('%s: the first sentence says so', ([, changes, text]) => {
    expect(told(changes)).toBe(`${text}; your integration reported no outcome.`);
  });

  it.each([
    ['within the hour', late(0.9)],
    ['before it occurred, by our clock', late(-3)],
    ['without a time', { ...executed, occurred_at: null }],
  ])('%s: no word of lateness', (_, each) => {
    expect(told({ events: [each] })).toBe(
      'CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.',
    );
  });
});

describe('the answer when no webhook arrived', () => {
  const reads = { newest: call({ reporter: 'envcheck', method: 'GET', at: NOV_3 }), times: 2 };

  it.for<[string, Partial<Story>, string]>([
    [
      'a delivery without a signature',
      { refused: [delivery({ rejection: 'missing_signature' })] },
      'A delivery was refused: it had no signature.',
    ],
    [
      'deliveries with a wrong signature',
      { refused: [delivery({ rejection: 'bad_signature' }), delivery({ rejection: 'bad_signature' })] },
      "2 deliveries were refused: the newest was not signed with this workspace's key.",
    ],
    [
      "a delivery signed with another environment's key",
      { refused: [delivery({ rejection: 'bad_signature', signed_with: 'uat current' })] },
      "A delivery was refused: it was signed with uat's key.",
    ],
    [
      'an outcome of an event that is not in the log',
      { outcomes: [outcome('failed', executed, { activity: 'CONTRACT_EXECUTED', code: 'crm_down' })] },
      'Your integration failed to process CONTRACT_EXECUTED (crm_down); the webhook itself is not in the log.',
    ],
    [
      'a failed call before later good ones',
      { calls: [call({ at: NOV_3 + 5, path: '/other' }), call({ status: null, request_id: null })] },
      'Your integration’s call POST /contracts/ got no answer; no webhook of it is in the log.',
    ],
    [
      'a call',
      { calls: [call()] },
      'Your integration’s call POST /contracts/ was answered 201 (request req_9); no webhook of it is in the log.',
    ],
    [
      'a call that names no contract',
      { calls: [call({ contract_id: null, contract_id_exact: null })] },
      'Your integration’s call POST /contracts/ was answered 201 (request req_9); it names no contract, so its webhooks cannot be found.',
    ],
    [
      'a write of Envcheck',
      { calls: [call({ reporter: 'envcheck', contract_id: null, path: '/webhooks/', request_id: null })] },
      'Envcheck’s call POST /webhooks/ was answered 201.',
    ],
    [
      'a contract that Envcheck read',
      { reads },
      'Known in prod (production), no webhook received: Envcheck read this contract on 3 Nov 2026.',
    ],
    [
      'a contract that SpotDraft knows',
      { status: 'REDLINING', reads },
      'Known in prod (production), no webhook received: SpotDraft says that it is redlining.',
    ],
    [
      'an executed contract whose webhooks were expected',
      { status: 'EXECUTED', missing: ['CONTRACT_EXECUTED'] },
      'Nothing arrived for this contract since 3 Nov 2026, though SpotDraft says that it is executed.',
    ],
  ])('names %s', ([, facts, expected]) => {
    expect(told(facts)).toBe(expected);
  });
});

describe('two outcomes or calls of one second', () => {
  const failed = outcome('failed', executed, { code: 'CRM_DOWN' });
  const processed = outcome('processed', executed, { id: 'out_2', attempt: 2 });
  const EXECUTED = 'CONTRACT_EXECUTED arrived and was verified';

  it.each([
    ['first', [failed, processed]],
    ['last', [processed, failed]],
  ])('the later attempt counts when the failure is read %s', (_order, outcomes) => {
    expect(told({ events: [executed], outcomes })).toBe(`${EXECUTED}; your integration processed it.`);
  });

  it('a second attempt that fails counts before the first', () => {
    const outcomes = [outcome('retrying', executed), outcome('failed', executed, { attempt: 2 })];
    expect(told({ events: [executed], outcomes })).toContain('failed to process it');
  });

  it.each([
    [call({ status: 429 }), call({ call_id: 'call_2' })],
    [call({ call_id: 'call_2' }), call({ status: 429 })],
  ])('a repeated call that succeeds counts', (...calls) => {
    expect(told({ calls })).toContain('was answered 201');
  });
});

it('the answer about several environments begins with the worst news', () => {
  const uat = story({
    label: 'uat',
    events: both,
    outcomes: [outcome('processed', created), outcome('processed', executed)],
  });
  const prod = story({ events: [executed], outcomes: [outcome('failed', executed)] });
  expect(answerOf([uat, prod])).toBe(
    'In prod (production): CONTRACT_EXECUTED arrived and was verified, but your integration failed to process it; in uat: both webhooks arrived and were verified; your integration processed both.',
  );
  const many = ['a', 'b', 'c', 'd', 'e'].map((label) => story({ label, events: [created] }));
  expect(answerOf(many)).toMatch(/^In a: .*; in b: .*; in c: .*; 2 more environments know it\.$/);
});

it('the answer about several contracts names each, also those that it does not tell', () => {
  const of = (contract: number, status: FoundOutcome['status']) => {
    const own = event('CONTRACT_EXECUTED', { contract_id: contract });
    return story({ contract, events: [own], outcomes: [outcome(status, own)] });
  };
  expect(answerOf([of(1, 'processed'), of(2, 'failed')])).toBe(
    'In prod (production), contract 2: CONTRACT_EXECUTED arrived and was verified, but your integration failed to process it; in prod (production), contract 1: CONTRACT_EXECUTED arrived and was verified; your integration processed it.',
  );
  const many = Array.from({ length: 30 }, (_, index) => of(index + 1, 'processed'));
  expect(answerOf(many.slice(0, 5))).toMatch(
    /; it also leads to prod \(production\), contract 4 and prod \(production\), contract 5\.$/,
  );
  expect(answerOf(many)).toMatch(/contract 23 and 7 more\.$/);
  expect(told({ events: both, hasMore: null })).toMatch(/^At least 2 webhooks arrived/);
});

it.each([
  ['processed', 'your integration processed E-1, an id that several of them share'],
  ['skipped', 'your integration skipped E-1, an id that several of them share'],
  ['retrying', 'your integration could not yet process E-1, an id that several of them share'],
  ['failed', 'the integration also reported a failure of E-1, an id that several events share'],
] as const)('an outcome “%s” under an id of two events is taken for neither', (status, text) => {
  const notes = { ...noNotes, sharedIds: [{ value: 'E-1', events: ['other'] }] };
  const events = [
    event('CONTRACT_CREATED', { notes }),
    event('CONTRACT_EXECUTED', { notes, id: 'evt_2', key: 2 }),
  ];
  const [first] = events;
  if (!first) throw new Error('two events');
  const outcomes = [outcome(status, first, { event_id: 'E-1' })];
  expect(told({ events, outcomes, senderIds: new Map([['E-1', 'evt_2']]) })).toContain(text);
});
