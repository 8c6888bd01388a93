import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { readFailures } from '../../../src/events/failures/read-failures.ts';
import { find } from '../../../src/events/find/find.ts';
import { type ListQuery, listEventPage } from '../../../src/events/find/list-events.ts';
import { callExport, outcomeExport } from '../../../src/events/log/export.ts';
import type { Database } from '../../../src/store/database.ts';
import { newestVerified, newestVerifiedAt } from '../../../src/store/deliveries.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { newestEventAt } from '../../../src/store/events.ts';
import { temporaryFolder } from '../../environment.ts';
import { openNewDatabase, plainCall } from '../../event-log.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;

interface Log {
  db: Database;
  file: string;
  sql(statement: string, ...values: unknown[]): void;
  list(query?: Partial<ListQuery>): ReturnType<typeof listEventPage>;
}

async function openLog(): Promise<Log> {
  const file = `${temporaryFolder()}/log.db`;
  const db = await openNewDatabase(file, NOW);
  const sqlite = new BetterSqlite3(file);
  onTestFinished(() => void sqlite.close());
  return {
    db,
    file,
    sql: (statement, ...values) => void sqlite.prepare(statement).run(...values),
    list: (query = {}) =>
      listEventPage(
        db,
        {
          environment: 'prod',
          since: null,
          until: null,
          activity: null,
          failed: false,
          limit: 20,
          after: null,
          ...query,
        },
        NOW,
      ),
  };
}

/** Inserts `count` events of one contract, a minute apart, with a delivery each; the newest arrived at NOW. */
function addEvents(
  { sql }: Log,
  {
    count,
    environment = 'prod',
    contract = 4711,
    activity = 'CONTRACT_CREATED',
  }: {
    count: number;
    environment?: string;
    contract?: number;
    activity?: string;
  },
): void {
  const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
  sql(
    `${numbers.replace('with', 'insert into events (id, environment, activity, contract_id, occurred_at, received_at) with')}
     select printf('evt_%s_%06d', ?, i), ?, ?, ?, ${NOW} - i * ${MINUTE}, ${NOW} - (i - 1) * ${MINUTE} from n`,
    environment,
    environment,
    activity,
    contract,
  );
  sql(
    `insert into identifiers (value, kind, event_key) select ?, 'contract', key from events where environment = ?`,
    String(contract),
    environment,
  );
  sql(
    `insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes)
     select 'dlv_' || id, key, environment, received_at, 'req', '192.0.2.1', 2 from events where environment = ?`,
    environment,
  );
}

let outcomes = 0;
function addOutcome({ sql }: Log, row: Record<string, unknown>): string {
  outcomes += 1;
  const id = `out_${String(outcomes).padStart(26, '0')}`;
  const all = {
    id,
    own_id: `own-${outcomes}`,
    environment: 'prod',
    at: NOW,
    status: 'failed',
    attempt: 1,
    ...row,
  };
  const names = Object.keys(all);
  sql(
    `insert into outcomes (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
    ...Object.values(all),
  );
  return id;
}

test('a page says how many entries all pages and the later ones have', async () => {
  const log = await openLog();
  addEvents(log, { count: 45 });
  addEvents(log, { count: 300, environment: 'uat' });
  const first = await log.list();
  expect([first.entries.length, first.total, first.older]).toEqual([20, 45, 25]);
  const last = await log.list({ after: (await log.list({ after: first.next })).next });
  expect([last.entries.length, last.total, last.older, last.next]).toEqual([5, 45, 0, null]);
  const recent = await log.list({ since: NOW - 30 * MINUTE, limit: 10 });
  expect([recent.entries.length, recent.total, recent.older]).toEqual([10, 31, 21]);
  expect(await log.list({ activity: 'CONTRACT_VOIDED' })).toMatchObject({ entries: [], total: 0, older: 0 });
});

test('a list of failures counts refused deliveries and failed outcomes, and no others', async () => {
  const log = await openLog();
  addEvents(log, { count: 3 });
  log.sql(`update deliveries set rejection = 'bad_signature', event_key = null where key = 1`);
  for (let index = 0; index < 30; index += 1)
    addOutcome(log, { at: NOW - index, event_id: 'evt_prod_000002' });
  addOutcome(log, { status: 'processed', event_id: 'evt_prod_000002' });
  const page = await log.list({ failed: true });
  expect([page.entries.length, page.total, page.older]).toEqual([20, 31, 11]);
});

test('an outcome that names its event by contract and time finds it among 300 newer ones and those of UAT', async () => {
  const log = await openLog();
  addEvents(log, { count: 300 });
  addEvents(log, { count: 300, environment: 'uat' });
  const oldest = { contract_id: 4711, activity: 'CONTRACT_CREATED', occurred_at: NOW - 300 * MINUTE };
  addOutcome(log, { ...oldest, code: 'CRM_TIMEOUT' });
  const failed = await log.list({ failed: true });
  expect(failed.entries.map(({ event }) => event?.id)).toEqual(['evt_prod_000300']);
  // Newer outcomes of the contract are about other events.
  for (let index = 0; index < 250; index += 1)
    addOutcome(log, { ...oldest, occurred_at: 1, status: 'processed', at: NOW + index });
  const all = await log.list({ since: null, limit: 1_000 });
  expect(all.entries.at(-1)?.outcome).toMatchObject({ status: 'failed', code: 'CRM_TIMEOUT' });
});

test('an outcome of another environment with the same event id of the sender is not shown', async () => {
  const log = await openLog();
  addEvents(log, { count: 1 });
  log.sql(`insert into identifiers (value, kind, event_key) values ('theirs-1', 'event', 1)`);
  addOutcome(log, { environment: 'uat', event_id: 'theirs-1', at: NOW + 5 });
  expect((await log.list()).entries[0]?.outcome).toBeNull();
  addOutcome(log, { event_id: 'theirs-1', status: 'processed' });
  expect((await log.list()).entries[0]?.outcome).toMatchObject({ status: 'processed' });
});

test('a failure under an id that several events share is listed as a failure of none of them', async () => {
  const log = await openLog();
  addEvents(log, { count: 2 });
  log.sql(`update events set activity = 'CONTRACT_VOIDED', contract_id = 4712 where key = 2`);
  log.sql(
    `insert into identifiers (value, kind, event_key) values ('theirs-1', 'event', 1), ('theirs-1', 'event', 2)`,
  );
  const shared = addOutcome(log, { event_id: 'theirs-1', code: 'UNCLEAR' });
  const foreign = { event_id: 'theirs-1', contract_id: 9, activity: 'CONTRACT_EXECUTED', occurred_at: 1 };
  addOutcome(log, { ...foreign, at: NOW - 1 });
  const exact = { contract_id: 4711, activity: 'CONTRACT_CREATED', occurred_at: NOW - MINUTE };
  addOutcome(log, { ...exact, event_id: 'theirs-1', at: NOW - 2 });
  const { entries } = await log.list({ failed: true });
  expect(entries.map(({ event }) => event?.contract_id ?? null)).toEqual([null, null, 4711]);
  expect(entries[0]?.outcome?.id).toBe(shared);
});

test('a failure of two events of one contract, activity and time is listed as a failure of neither', async () => {
  const log = await openLog();
  addEvents(log, { count: 2 });
  log.sql('update events set occurred_at = 5');
  addOutcome(log, { contract_id: 4711, activity: 'CONTRACT_CREATED', occurred_at: 5 });
  expect((await log.list({ failed: true })).entries.map(({ event }) => event)).toEqual([null]);
  log.sql('delete from identifiers where event_key = 2');
  expect((await log.list({ failed: true })).entries[0]?.event?.key).toBe(1);
});

test('an outcome under an id that several events share is shown at those alone that it names', async () => {
  const log = await openLog();
  addEvents(log, { count: 3 });
  log.sql(
    `update events set activity = 'CONTRACT_VOIDED', contract_id = 4712, occurred_at = 7 where key = 2`,
  );
  const share = (id: string, key: number) =>
    log.sql(`insert into identifiers (value, kind, event_key) values (?, 'event', ?)`, id, key);
  const shown = async () => {
    const entries = (await log.list()).entries;
    return [1, 2, 3].map((key) => entries.find(({ event }) => event?.key === key)?.outcome?.code ?? null);
  };
  share('theirs-1', 1);
  share('theirs-1', 2);
  addOutcome(log, { event_id: 'theirs-1', code: 'OF_EITHER', at: NOW });
  expect(await shown()).toEqual([null, null, null]);
  const second = { contract_id: 4712, activity: 'CONTRACT_VOIDED', occurred_at: 7 };
  addOutcome(log, { ...second, event_id: 'theirs-1', code: 'OF_SECOND', at: NOW - 1 });
  addOutcome(log, { event_id: 'evt_prod_000001', code: 'OF_FIRST', at: NOW - 2 });
  share('theirs-3', 3);
  addOutcome(log, { event_id: 'theirs-3', code: 'OF_THIRD', at: NOW - 3 });
  expect(await shown()).toEqual(['OF_FIRST', 'OF_SECOND', 'OF_THIRD']);
  log.sql(`update events set environment = 'uat' where key = 2`);
  expect(await shown()).toEqual(['OF_EITHER', null, 'OF_THIRD']);
});

test('failed outcomes that name only their event are found by its activity', async () => {
  const log = await openLog();
  addEvents(log, { count: 2, activity: 'CONTRACT_EXECUTED' });
  addOutcome(log, { event_id: 'evt_prod_000001' });
  addOutcome(log, { activity: 'CONTRACT_VOIDED', contract_id: 1, occurred_at: 1 });
  const page = await log.list({ failed: true, activity: 'CONTRACT_EXECUTED' });
  expect(page.entries.map(({ event }) => event?.id)).toEqual(['evt_prod_000001']);
  expect(page.total).toBe(1);
});

test('130,000 deliveries of one event and 130,000 codes are listed and grouped', async () => {
  const log = await openLog();
  addEvents(log, { count: 1 });
  const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 130000)';
  log.sql(
    `insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes) ${numbers}
     select 'dlv_' || i, 1, 'prod', ${NOW} + i, 'req', '192.0.2.1', 2 from n`,
  );
  log.sql(
    `insert into outcomes (id, own_id, environment, at, status, attempt, event_id, activity, code) ${numbers}
     select 'out_' || i, 'own-' || i, 'prod', ${NOW} - i, 'failed', 1, 'evt_prod_000001', 'CONTRACT_CREATED', 'CODE_' || i from n`,
  );
  const [entry] = (await log.list()).entries;
  expect(entry?.event?.deliveryCount).toBe(130_001);
  expect(entry?.event?.deliveries[0]?.id).toBe('dlv_evt_prod_000001');
  expect(entry?.event?.deliveries.at(-1)?.id).toBe('dlv_130000');
  const failed = await log.list({ failed: true, limit: 3 });
  expect([failed.entries.length, failed.total, failed.older]).toEqual([3, 130_000, 129_997]);
  const { groups, unknown } = await readFailures(
    {
      db: log.db,
      clock: { now: () => NOW + 1 },
      config: { log: { keepMs: 3_600_000 } } as never,
      logger: { error: () => {} } as never,
    },
    { name: 'prod', webhooks: null } as never,
  );
  expect(unknown).toEqual([]);
  expect(groups.map(({ kind, count }) => [kind, count])).toEqual([['failed', 130_000]]);
});

test('a report that arrives late is in the export of the time at which it arrives', async () => {
  const { db, file } = await openLog();
  const call = (own_id: string, at: number) => ({ ...plainCall, call_id: `call_${own_id}`, at, own_id });
  const writer = openEventLogWriter(file);
  onTestFinished(() => writer.close());
  const exported = async (from: number, to: number) => {
    const ids: unknown[] = [];
    for await (const { records } of callExport.pages(db, { environment: 'prod', since: from, until: to }))
      ids.push(...records.map(({ ownId }) => ownId));
    return ids;
  };
  const [first, second, third] = [NOW, NOW + 60 * MINUTE, NOW + 120 * MINUTE];
  writer.reported.calls([call('in-time', first + 1)], first + 2);
  expect(await exported(first, second)).toEqual(['in-time']);
  writer.reported.calls([call('late', first + 1), call('next', second + 1)], second + 2);
  expect(await exported(second, third)).toEqual(['late', 'next']);
  // Both exports of that time together hold it once more, with the same id.
  expect(await exported(first, second)).toEqual(['in-time', 'late']);
  // Many that arrived in one millisecond fill several pages.
  writer.reported.calls(
    Array.from({ length: 2_500 }, (_, index) => call(`old-${String(index).padStart(4, '0')}`, first - index)),
    third,
  );
  const many = await exported(third, third + 1);
  expect([many.length, new Set(many).size]).toEqual([2_500, 2_500]);
  const outcome = {
    id: 'out_late',
    own_id: 'o',
    environment: 'prod',
    at: first,
    status: 'failed' as const,
    attempt: 1,
    event_id: 'evt_x',
    contract_id: null,
    activity: null,
    occurred_at: null,
    request_id: null,
    code: null,
    message: null,
  };
  writer.reported.outcomes([outcome], second + 5);
  const counts = [];
  for await (const page of outcomeExport.pages(db, { environment: 'prod', since: second, until: third }))
    counts.push(page.counts);
  expect(counts).toEqual([{ outcomes: 1, 'of another time that arrived in this one': 1 }]);
});

const HOUR = 60 * MINUTE;

test.each([
  ['two minutes', 2 * MINUTE],
  ['an hour', HOUR],
  ['a day', 24 * HOUR],
  ['50 days', 1_200 * HOUR],
  ['ten years', 87_600 * HOUR],
])('what arrived while the clock was %s ahead is neither newest nor lost', async (_how, ahead) => {
  const log = await openLog();
  const { db, list } = log;
  addEvents(log, { count: 7 });
  const shift = (table: string, column = 'received_at') =>
    log.sql(`update ${table} set ${column} = ? where key in (2, 3)`, NOW + ahead);
  for (const table of ['events', 'deliveries']) shift(table);
  expect(await newestVerifiedAt(db, 'prod', NOW)).toBe(NOW);
  expect((await newestVerified(db, 'prod', NOW))?.event_id).toBe('evt_prod_000001');
  expect(await newestEventAt(db, 'prod', 'CONTRACT_CREATED', NOW)).toBe(NOW);
  const all = await list();
  const expected = ['1', '4', '5', '6', '7', '3', '2'].map((number) => `evt_prod_00000${number}`);
  expect(all.entries.map(({ event }) => event?.id)).toEqual(expected);
  expect(all.entries.filter((entry) => entry.ahead)).toHaveLength(2);
  // Page by page, with the right counts.
  for (const limit of [1, 2, 3, 5, 6]) {
    const ids: (string | undefined)[] = [];
    for (let after: string | null = null; ; ) {
      const page = await list({ limit, after });
      ids.push(...page.entries.map(({ event }) => event?.id));
      expect([page.total, page.older]).toEqual([7, 7 - ids.length]);
      after = page.next;
      if (after === null) break;
    }
    expect(ids).toEqual(expected);
  }
  log.sql(
    `update deliveries set rejection = 'bad_signature', event_key = null, id = printf('dlv_%026d', key)`,
  );
  const failed = await list({ failed: true, limit: 3 });
  expect(
    (await list({ failed: true, limit: 9, after: failed.next })).entries.map((each) => each.ahead),
  ).toEqual([false, false, true, true]);
  // With nothing else, it counts and is marked.
  log.sql('delete from identifiers');
  for (const table of ['deliveries', 'events']) log.sql(`delete from ${table} where key not in (2, 3)`);
  expect(await newestEventAt(db, 'prod', null, NOW)).toBe(NOW + ahead);
});

test.each([
  ['ahead, with a later delivery', [0, 2 * HOUR, 2], 3, ['1', '2', '3']],
  ['100 days ahead', [0, 2_400 * HOUR, 2, 3], 4, ['1', '2', '3', '4']],
  ['behind', [0, -2 * HOUR, 2], 3, ['1', '2', '3']],
  ['ahead, and then behind', [0, 48 * HOUR, -HOUR, 3], 4, ['1', '2', '3', '4']],
  ['100 days behind at first', [-2_400 * HOUR, 1, 2], 3, ['1', '2', '3']],
])(
  'the timeline has the deliveries in order of arrival when the clock was %s',
  async (_how, times, count, expected) => {
    const log = await openLog();
    addEvents(log, { count: 1 });
    log.sql('delete from deliveries');
    for (const [index, at] of times.entries())
      log.sql(
        `insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes) values (?, 1, 'prod', ?, 'req', '192.0.2.1', 2)`,
        `dlv_${index + 1}`,
        NOW - 100 + at,
      );
    const options = { keepMs: 2_160 * HOUR, now: NOW, environments: [], pairs: [] };
    const { timeline } = await find(log.db, { id: 'evt_prod_000001', environment: null }, options);
    const entries = timeline.filter(({ kind }) => kind === 'delivery');
    expect(entries.map(({ id }) => id.slice(4))).toEqual(expected);
    expect(entries).toHaveLength(count);
    const isMarked = entries.map(({ summary }) => summary.includes('dated ahead of now'));
    expect(isMarked).toEqual(times.map((at) => at > HOUR));
  },
);
