import { expect, test } from 'vitest';
import {
  judgeMissing,
  type ListedContract,
  type MissingFacts,
  possibleIds,
} from '../../../src/events/failures/judge-missing.ts';

const BASELINE = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;

const contract = (number: number, changes: Partial<ListedContract> = {}): ListedContract => ({
  id: `T-${number}`,
  link: `https://app.spotdraft.com/contracts/v2/${number + 9_000}`,
  referenceId: null,
  status: 'EXECUTED',
  created: new Date(BASELINE + DAY).toISOString(),
  ...changes,
});

/** Events by `kind value`; they arrived a day after the baseline. */
const log = (events: Record<string, string[]>): MissingFacts['known'] =>
  new Map(
    Object.entries(events).map(([id, activities]) => [
      id,
      activities.map((activity) => ({ activity, at: BASELINE + DAY })),
    ]),
  );

const judge = (contracts: ListedContract[], changes: Partial<MissingFacts> = {}) =>
  judgeMissing({
    contracts,
    total: contracts.length,
    executedSince: null,
    baseline: BASELINE,
    known: new Map(),
    announced: 0,
    unread: 0,
    ...changes,
  });
const ids = (judged: ReturnType<typeof judge>) => judged.missing.map((each) => each.contract);

test('an executed contract without its event is missing, and one with it is not', () => {
  const known = log({
    'contract 9002': ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    'contract 9001': ['CONTRACT_CREATED'],
  });
  expect(judge([contract(1), contract(2)], { known })).toEqual({
    missing: [{ contract: 'T-1', ids: [{ kind: 'contract', value: '9001' }] }],
    undated: [],
    notes: [],
    unknown: null,
  });
});

test('contracts that are not executed are never missing', () => {
  const contracts = ['DRAFT', 'REDLINING', 'SIGN', 'ON_HOLD', 'VOIDED'].map((status) =>
    contract(1, { status }),
  );
  expect(judge(contracts)).toMatchObject({ missing: [], notes: [] });
});

test('a status that the list does not show is counted, and is no alarm', () => {
  expect(judge([contract(1, { status: null })])).toMatchObject({
    missing: [],
    notes: ['1 contract whose status the list does not show'],
  });
});

test('a contract from before the first delivery is missing only with a proof of its later execution', () => {
  const old = contract(1, { created: new Date(BASELINE - 1).toISOString() });
  expect(judge([old])).toMatchObject({
    missing: [],
    undated: ['T-1'],
    notes: ['1 executed contract that may have been executed before the first delivery'],
  });
  expect(judge([{ ...old, created: 'no date' }]).undated).toEqual(['T-1']);
  expect(ids(judge([old], { executedSince: new Set(['T-2']) }))).toEqual([]);
  expect(ids(judge([old], { executedSince: new Set(['T-1']) }))).toEqual(['T-1']);
  expect(ids(judge([old], { known: log({ 'contract 9001': ['CONTRACT_SIGNED'] }) }))).toEqual(['T-1']);
  // These come after the execution too.
  expect(ids(judge([old], { known: log({ 'contract 9001': ['CONTRACT_KEY_POINTER_UPDATION'] }) }))).toEqual(
    [],
  );
});

test('contracts that were uploaded as executed are counted and are no alarm', () => {
  expect(judge([contract(1, { id: 'H-1' })])).toMatchObject({
    missing: [],
    notes: ['1 executed contract, uploaded as executed (H-…)'],
  });
});

test('the event is found under the number of the link, that of the id, or the reference', () => {
  for (const known of ['contract 9001', 'contract 1', 'reference SF-1'])
    expect(
      ids(judge([contract(1, { referenceId: 'SF-1' })], { known: log({ [known]: ['CONTRACT_EXECUTED'] }) })),
    ).toEqual([]);
  expect(possibleIds(contract(1, { id: '1', link: null, referenceId: '' }))).toEqual([
    { kind: 'contract', value: '1' },
  ]);
  expect(possibleIds(contract(1, { link: 'https://app.spotdraft.com/contracts/9/versions' }))[0]?.value).toBe(
    '9',
  );
});

test('the number of another contract is no proof when the links fit the log', () => {
  const known = log({
    'contract 9002': ['CONTRACT_EXECUTED'],
    'contract 9003': ['CONTRACT_CREATED'],
    'contract 1': ['CONTRACT_EXECUTED'],
  });
  expect(ids(judge([contract(1), contract(2), contract(3)], { known }))).toEqual(['T-1', 'T-3']);
});

test('lists and log that use different numbers cannot be compared', () => {
  const contracts = [contract(1), contract(2)];
  expect(judge(contracts, { announced: 3 })).toMatchObject({
    missing: [],
    unknown: expect.stringMatching(
      /^the log has CONTRACT_EXECUTED of 3 contracts of that time, .* cannot be compared$/,
    ),
  });
  expect(ids(judge(contracts, { announced: 2 }))).toEqual(['T-1', 'T-2']);
  const known = log({ 'contract 9002': ['CONTRACT_CREATED'] });
  expect(ids(judge(contracts, { announced: 30, known }))).toEqual(['T-1', 'T-2']);
});

test('deliveries that could not be read may be the missing ones', () => {
  expect(judge([contract(1)], { unread: 2 })).toMatchObject({
    missing: [],
    unknown: '2 verified deliveries of that time could not be read and may be the CONTRACT_EXECUTED of T-1',
  });
  expect(judge([], { unread: 2 }).unknown).toBeNull();
});

test('a delivery whose activity could not be read may be the missing one', () => {
  const known: MissingFacts['known'] = new Map([['contract 9001', [{ activity: null, at: BASELINE + DAY }]]]);
  expect(judge([contract(1)], { known })).toMatchObject({
    missing: [],
    notes: ['1 executed contract with a delivery whose activity could not be read'],
  });
});

test('a time of creation without a zone is UTC', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Honolulu';
  try {
    expect(ids(judge([contract(1, { created: '2026-10-31T23:00:00' })]))).toEqual([]);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('contracts on pages that were not read are counted', () => {
  expect(judge([contract(1)], { total: 312 }).notes).toEqual([
    '311 executed contracts on further pages: 1 of 312 were read',
  ]);
});
