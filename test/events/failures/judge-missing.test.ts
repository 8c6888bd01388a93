import { expect, test } from 'vitest';
import {
  identifiersOf,
  type ListedContract,
  type Numbering,
} from '../../../src/events/failures/contract-match.ts';
import { judgeMissing, leftOutNotes, type MissingFacts } from '../../../src/events/failures/judge-missing.ts';
import type { KnownEvent } from '../../../src/store/contract-events.ts';

const BASELINE = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const contract = (number: number, changes: Partial<ListedContract> = {}): ListedContract => ({
  id: `T-${number}`,
  link: `https://app.spotdraft.com/contracts/v2/${number + 9_000}`,
  referenceId: null,
  status: 'EXECUTED',
  created: new Date(BASELINE + DAY).toISOString(),
  ...changes,
});

/** Events by `kind value`, which happened and arrived a day after the baseline and name the number that they are under. */
const log = (events: Record<string, (string | Partial<KnownEvent>)[]>): MissingFacts['known'] =>
  new Map(
    Object.entries(events).map(([id, activities]) => [
      id,
      activities.map((each) => ({
        activity: typeof each === 'object' ? null : each,
        at: BASELINE + DAY,
        occurredAt: BASELINE + DAY,
        names: id.startsWith('contract ') ? [id] : [],
        ...(typeof each === 'object' ? each : {}),
      })),
    ]),
  );

const idsOf = (contracts: readonly ListedContract[]) =>
  contracts.flatMap(({ id }) => (id === null ? [] : [id]));

const judge = (contracts: ListedContract[], changes: Partial<MissingFacts> = {}) =>
  judgeMissing({
    contracts,
    executedSince: null,
    drawnUp: { ids: idsOf(contracts), isWhole: true },
    uploaded: null,
    baseline: BASELINE,
    known: new Map(),
    numbering: null,
    announced: 0,
    unread: 0,
    ...changes,
  });
const ids = (judged: ReturnType<typeof judge>) => judged.missing.map((each) => each.contract);
const doubts = (judged: ReturnType<typeof judge>) =>
  judged.doubts.map(({ contract: id, why }) => `${id}: ${why}`);
const notes = ({ left }: ReturnType<typeof judge>) => leftOutNotes(left);

test('an executed contract without its event is missing, and one with it is not', () => {
  const known = log({
    'contract 9002': ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    'contract 9001': ['CONTRACT_CREATED'],
  });
  expect(judge([contract(1), contract(2)], { known })).toEqual({
    missing: [{ contract: 'T-1', ids: identifiersOf(contract(1)) }],
    doubts: [],
    undated: [],
    unconfirmed: [],
    left: { undated: 0, historical: 0, uploaded: 0, status: 0, unclear: 0, id: 0 },
    numbering: 'link',
  });
});

test('contracts that are not executed are never missing', () => {
  const contracts = ['DRAFT', 'REDLINING', 'SIGN', 'ON_HOLD', 'VOIDED'].map((status) =>
    contract(1, { status }),
  );
  expect(judge(contracts)).toMatchObject({ missing: [], doubts: [] });
  expect(notes(judge(contracts))).toEqual([]);
});

test('a status that the list does not show is counted, and is no alarm', () => {
  const judged = judge([contract(1, { status: null })]);
  expect([ids(judged), notes(judged)]).toEqual([[], ['1 contract whose status the list does not show']]);
});

test('a contract from before the first delivery is missing only with a proof of its later execution', () => {
  const old = contract(1, { created: new Date(BASELINE - 1).toISOString() });
  expect(judge([old])).toMatchObject({ missing: [], undated: ['T-1'] });
  expect(notes(judge([old]))).toEqual([
    '1 executed contract that may have been executed before Envcheck received CONTRACT_EXECUTED',
  ]);
  expect(judge([{ ...old, created: 'no date' }]).undated).toEqual(['T-1']);
  const dated = (...own: string[]) => ({ executedSince: { ids: own, isWhole: true } });
  expect(ids(judge([old], dated('T-2')))).toEqual([]);
  expect(ids(judge([old], dated('T-1')))).toEqual(['T-1']);
  expect(ids(judge([old], { known: log({ 'contract 9001': ['CONTRACT_SIGNED'] }) }))).toEqual(['T-1']);
  // These come after the execution too.
  expect(ids(judge([old], { known: log({ 'contract 9001': ['CONTRACT_KEY_POINTER_UPDATION'] }) }))).toEqual(
    [],
  );
});

test('an old event that arrives late, or one within the difference of clocks, does not prove a later execution', () => {
  const old = contract(1, { created: new Date(BASELINE - 90 * DAY).toISOString() });
  for (const occurredAt of [BASELINE - 30 * DAY, BASELINE - 1, BASELINE + HOUR - 1, null]) {
    const known = log({ 'contract 9001': [{ activity: 'CONTRACT_SIGNED', occurredAt }] });
    expect(judge([old], { known }), String(occurredAt)).toMatchObject({ missing: [], undated: ['T-1'] });
  }
  expect(judge([contract(1, { created: new Date(BASELINE + HOUR - 1).toISOString() })]).undated).toEqual([
    'T-1',
  ]);
  const known = log({ 'contract 9001': [{ activity: 'CONTRACT_SIGNED', occurredAt: BASELINE + HOUR }] });
  expect(ids(judge([old], { known }))).toEqual(['T-1']);
});

test('contracts that were uploaded as executed are counted and are no alarm', () => {
  expect(notes(judge([contract(1, { id: 'H-1' })]))).toEqual([
    '1 executed contract, uploaded as executed (H-…)',
  ]);
  const contracts = [contract(1), contract(2)];
  const judged = judge(contracts, { drawnUp: { ids: ['T-2'], isWhole: true } });
  expect(ids(judged)).toEqual(['T-2']);
  expect(notes(judged)).toEqual([
    '1 executed contract, uploaded as executed: SpotDraft does not document whether it sends CONTRACT_EXECUTED for these',
  ]);
  expect(judge(contracts, { drawnUp: null })).toMatchObject({ missing: [], unconfirmed: ['T-1', 'T-2'] });
  const few = { ids: ['T-2'], isWhole: false };
  expect(judge(contracts, { drawnUp: few }).unconfirmed).toEqual(['T-1']);
  expect(ids(judge(contracts, { drawnUp: few, uploaded: { ids: ['T-1'], isWhole: true } }))).toEqual(['T-2']);
  expect(ids(judge([contract(3)], { drawnUp: few, uploaded: { ids: ['T-1'], isWhole: true } }))).toEqual([
    'T-3',
  ]);
  expect(doubts(judge(contracts, { drawnUp: few, uploaded: { ids: [], isWhole: false } }))).toEqual([
    'T-1: it may have been uploaded as executed: SpotDraft lists too many contracts to tell',
  ]);
  // An uploaded contract is not sent for signature.
  const known = log({ 'contract 9001': ['CONTRACT_SENT_TO_COUNTERPARTY'] });
  expect(ids(judge([contract(1)], { drawnUp: null, known }))).toEqual(['T-1']);
});

test('the event is found under the number of the link, the composite id, or the reference id', () => {
  for (const [id, names] of [
    ['contract 9001', ['contract 9001']],
    ['reference T-1', ['contract 1', 'reference T-1']],
    ['reference SF-1', []],
    ['contract 9001', ['contract 9001', 'reference https://app.spotdraft.com/contracts/v2/9001']],
  ] as const) {
    const known = log({ [id]: [{ activity: 'CONTRACT_EXECUTED', names: [...names] }] });
    expect(judge([contract(1, { referenceId: ' SF-1 ' })], { known }), id).toMatchObject({
      missing: [],
      doubts: [],
    });
  }
  expect(identifiersOf(contract(1, { id: '1', link: null, referenceId: '' }))).toEqual([
    { kind: 'contract', value: '1', way: 'composite' },
  ]);
  expect(
    identifiersOf(contract(1, { link: 'https://app.spotdraft.com/contracts/9/versions', id: 't-1x' })),
  ).toEqual([
    { kind: 'reference', value: 'T-1X', way: 'exact' },
    { kind: 'contract', value: '9', way: 'link' },
    { kind: 'contract', value: '1', way: 'composite' },
  ]);
  expect(identifiersOf(contract(1, { link: '/contracts/v2/4322', id: null }))).toEqual([
    { kind: 'contract', value: '4322', way: 'link' },
  ]);
});

test('a number that an event carries as part of a composite id is not the number of another contract', () => {
  const known = log({
    'contract 9001': [{ activity: 'CONTRACT_EXECUTED', names: ['contract 9001', 'reference T-9001'] }],
  });
  expect(ids(judge([contract(1)], { known }))).toEqual(['T-1']);
  // The contract T-9001 itself has its event.
  const exact = log({
    'reference T-9001': [{ activity: 'CONTRACT_EXECUTED', names: ['contract 9001', 'reference T-9001'] }],
  });
  expect(judge([contract(9_001)], { known: exact })).toMatchObject({ missing: [], doubts: [] });
});

test('a single match by the number of the composite id hides no miss', () => {
  const known = log({ 'contract 1': [{ activity: 'CONTRACT_EXECUTED' }] });
  expect(doubts(judge([contract(1)], { known }))).toEqual([
    'T-1: the log has CONTRACT_EXECUTED under the number 1, and SpotDraft does not document whether that is this contract',
  ]);
  expect(ids(judge([contract(1)], { known, numbering: 'link' }))).toEqual(['T-1']);
  expect(judge([contract(1)], { known, numbering: 'composite' })).toMatchObject({ missing: [], doubts: [] });
});

test('the log shows which number webhooks carry: by the creation, by the reference id, or by five contracts', () => {
  const created = new Date(BASELINE + DAY + 60_000).toISOString();
  const numbering = (known: MissingFacts['known'], contracts: ListedContract[]): Numbering | null =>
    judge(contracts, { known }).numbering;
  expect(numbering(log({ 'contract 1': ['CONTRACT_CREATED'] }), [contract(1, { created })])).toBe(
    'composite',
  );
  expect(numbering(log({ 'contract 9001': ['CONTRACT_CREATED'] }), [contract(1, { created })])).toBe('link');
  const otherTime = new Date(BASELINE + 2 * DAY).toISOString();
  expect(numbering(log({ 'contract 1': ['CONTRACT_CREATED'] }), [contract(1, { created: otherTime })])).toBe(
    null,
  );
  const event = { activity: 'CONTRACT_VOIDED', names: ['contract 1'] };
  const known = log({ 'contract 1': [event], 'reference SF-1': [event] });
  expect(numbering(known, [contract(1, { referenceId: 'SF-1' })])).toBe('composite');
  const five = [1, 2, 3, 4, 5].map((number) => contract(number));
  const heard = log(
    Object.fromEntries(five.map((_, index) => [`contract ${index + 1}`, ['CONTRACT_EXECUTED']])),
  );
  expect(judge(five, { known: heard })).toMatchObject({ missing: [], doubts: [], numbering: 'composite' });
  expect(judge(five.slice(1), { known: heard }).doubts).toHaveLength(4);
});

test('an event under a reference id that two contracts share is that of the contract that it names', () => {
  const event = { activity: 'CONTRACT_EXECUTED', names: ['contract 9001'] };
  const known = log({ 'contract 9001': [event], 'reference SF-1': [event] });
  const [first, second] = [contract(1, { referenceId: 'SF-1' }), contract(2, { referenceId: 'SF-1' })];
  expect(ids(judge([first, second], { known }))).toEqual(['T-2']);
  // The first contract is not in the list.
  expect(doubts(judge([second], { known }))).toEqual([
    "T-2: the log has CONTRACT_EXECUTED under the reference id SF-1, which may be another contract's too",
  ]);
  expect(ids(judge([second], { known, numbering: 'link' }))).toEqual(['T-2']);
  const nameless = log({ 'reference SF-1': ['CONTRACT_EXECUTED'] });
  expect(doubts(judge([first, second], { known: nameless }))).toHaveLength(2);
});

test('contracts with one numbering unknown to us are found by their reference ids once three show it', () => {
  const contracts = [1, 2, 3].map((number) => contract(number, { referenceId: `SF-${number}` }));
  const known = log(
    Object.fromEntries(
      contracts.map(({ referenceId }, index) => [
        `reference ${referenceId}`,
        [{ activity: 'CONTRACT_EXECUTED', names: [`contract ${500 + index}`] }],
      ]),
    ),
  );
  expect(judge(contracts, { known })).toMatchObject({ missing: [], doubts: [], numbering: 'reference' });
  expect(judge(contracts.slice(1), { known }).doubts).toHaveLength(2);
});

test('the number of another contract is no proof when the links fit the log', () => {
  const known = log({
    'contract 9002': ['CONTRACT_EXECUTED'],
    'contract 9003': ['CONTRACT_CREATED'],
    'contract 1': ['CONTRACT_EXECUTED'],
  });
  expect(ids(judge([contract(1), contract(2), contract(3)], { known }))).toEqual(['T-1', 'T-3']);
});

test('an execution from before the contract existed is unclear', () => {
  const known = log({ 'contract 9001': [{ activity: 'CONTRACT_EXECUTED', occurredAt: BASELINE - DAY }] });
  expect(doubts(judge([contract(1)], { known }))).toEqual([
    'T-1: its CONTRACT_EXECUTED in the log is older than the contract',
  ]);
});

test('lists and log that use different numbers cannot be compared', () => {
  const contracts = [contract(1), contract(2)];
  const why = /^the log has CONTRACT_EXECUTED of 3 contracts of that time, .* cannot be compared$/;
  expect(judge(contracts, { announced: 3 })).toMatchObject({
    missing: [],
    doubts: [{ contract: 'T-1', why: expect.stringMatching(why) }, { contract: 'T-2' }],
  });
  expect(ids(judge(contracts, { announced: 2 }))).toEqual(['T-1', 'T-2']);
  expect(ids(judge(contracts, { announced: 3, numbering: 'link' }))).toEqual(['T-1', 'T-2']);
  const known = log({ 'contract 9002': ['CONTRACT_CREATED'] });
  expect(ids(judge(contracts, { announced: 30, known }))).toEqual(['T-1', 'T-2']);
});

test('deliveries that could not be read may be the missing ones', () => {
  expect(doubts(judge([contract(1)], { unread: 2 }))).toEqual([
    'T-1: 2 verified deliveries of that time could not be read and may be its CONTRACT_EXECUTED',
  ]);
  expect(judge([], { unread: 2 }).doubts).toEqual([]);
});

test('a delivery whose activity could not be read may be the missing one', () => {
  const judged = judge([contract(1)], { known: log({ 'contract 9001': [{ activity: null }] }) });
  expect([ids(judged), notes(judged)]).toEqual([
    [],
    ['1 executed contract with a delivery whose activity could not be read'],
  ]);
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
