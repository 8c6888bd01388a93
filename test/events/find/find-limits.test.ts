import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { find } from '../../../src/events/find/find.ts';
import { findCounts, leftOutText } from '../../../src/events/find/find-text.ts';
import type { FindResult } from '../../../src/events/find/result.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { eventKeysOf } from '../../../src/store/find.ts';
import { outcomesOfEvents } from '../../../src/store/find-outcomes.ts';
import { createDatabase } from '../../event-log.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const HOUR_MS = 3_600_000;
const environments = [
  { name: 'uat', production: false },
  { name: 'prod', production: true },
];
const file = join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'log.db');

/** SQL of the numbers from 1 to `last`, as `n.i`. */
const numbers = (last: number) =>
  `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${last})`;
const evt = (start: string) => `'evt_' || printf('%026s', '${start}' || i)`;

/** Adds events with one delivery each; `i` in `contract` and `external` is the number of the event. */
function addEvents(
  db: BetterSqlite3.Database,
  {
    start,
    count,
    environment,
    contract,
    external,
    at,
  }: { start: string; count: number; environment: string; contract: string; external?: string; at: string },
): void {
  db.exec(`${numbers(count)} insert into events (id, environment, activity, contract_id, occurred_at, received_at)
    select ${evt(start)}, '${environment}', 'CONTRACT_EXECUTED', ${contract}, ${at}, ${at} from n`);
  db.exec(`${numbers(count)} insert into identifiers (value, kind, event_key)
    select cast(${contract} as text), 'contract', key from n join events on id = ${evt(start)}`);
  if (external)
    db.exec(`${numbers(count)} insert into identifiers (value, kind, event_key)
      select ${external}, 'external', key from n join events on id = ${evt(start)}`);
  db.exec(`${numbers(count)} insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes)
    select 'dlv_' || '${start}' || i, key, '${environment}', ${at}, 'request-${start}-' || i, '192.0.2.1', 2
    from n join events on id = ${evt(start)}`);
}

interface Calls {
  start: string;
  count: number;
  environment?: string;
  reporter?: string;
  method?: string;
  status?: number;
  contract?: number | null;
  at: string;
}

const addCalls = (
  db: BetterSqlite3.Database,
  {
    start,
    count,
    environment = 'prod',
    reporter = 'integration',
    method = 'GET',
    status = 200,
    contract = null,
    at,
  }: Calls,
) =>
  db.exec(`${numbers(count)} insert into api_calls
    (call_id, environment, at, method, path, status, attempts, duration_ms, reporter, contract_id)
    select 'call_${start}_' || i, '${environment}', ${at}, '${method}', '/x', ${status}, 1, 5, '${reporter}', ${contract} from n`);

const addOutcomes = (
  db: BetterSqlite3.Database,
  {
    start,
    count,
    status,
    contract,
    at,
  }: { start: string; count: number; status: string; contract: number; at: string },
) =>
  db.exec(`${numbers(count)} insert into outcomes (id, own_id, environment, at, status, attempt, contract_id, activity, occurred_at)
    select 'out_${start}_' || i, 'own_${start}_' || i, 'prod', ${at}, '${status}', 1, ${contract}, 'CONTRACT_EXECUTED', 1 from n`);

beforeAll(async () => {
  await createDatabase(file);
  const db = new BetterSqlite3(file);
  db.transaction(() => {
    const hour = (hours: number) => `${NOW} - ${hours * HOUR_MS} + i * 1000`;
    addEvents(db, {
      start: 'p',
      count: 1,
      environment: 'prod',
      contract: '4711',
      external: "'deal-9900'",
      at: hour(50),
    });
    addEvents(db, {
      start: 'u',
      count: 240,
      environment: 'uat',
      contract: '4711',
      external: "'deal-99' || i",
      at: hour(2),
    });
    // One event that was delivered 130,000 times.
    addEvents(db, { start: 'm', count: 1, environment: 'prod', contract: '88', at: hour(100) });
    db.exec(`${numbers(129_999)} insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes)
      select 'dlv_many_' || i, (select key from events where contract_id = 88), 'prod', ${hour(90)}, 'many', '192.0.2.1', 2 from n`);
    // Routine calls and outcomes after one of each kind that matters.
    addEvents(db, { start: 'c', count: 1, environment: 'prod', contract: '77', at: hour(20) });
    addCalls(db, { start: 'failed', count: 1, status: 503, contract: 77, at: hour(19) });
    addCalls(db, { start: 'write', count: 1, method: 'POST', contract: 77, at: hour(19) });
    addCalls(db, { start: 'routine', count: 260, contract: 77, at: hour(3) });
    addOutcomes(db, { start: 'failed', count: 1, status: 'failed', contract: 77, at: hour(19) });
    addOutcomes(db, { start: 'processed', count: 260, status: 'processed', contract: 77, at: hour(3) });
    // Calls that name nothing, from 59 s before a delivery on, and Envcheck's own reads between them.
    addEvents(db, { start: 'a', count: 1, environment: 'prod', contract: '66', at: hour(10) });
    addCalls(db, { start: 'near', count: 300, at: `${NOW - 10 * HOUR_MS + 1000 - 59_000} + i * 200` });
    addCalls(db, { start: 'own', count: 300, reporter: 'envcheck', at: `${NOW - 10 * HOUR_MS} + i` });
    addCalls(db, {
      start: 'register',
      count: 7,
      reporter: 'envcheck',
      method: 'POST',
      at: `${NOW - 10 * HOUR_MS} + i`,
    });
    db.exec(`${numbers(250)} insert into deliveries (id, environment, received_at, request_id, source, bytes, rejection)
      select 'dlv_refused_' || i, case when i = 1 then 'prod' else 'uat' end, ${hour(30)}, 'one-request', '192.0.2.1', 2, 'bad_signature' from n`);
    // Failed processing of the oldest of many events.
    addEvents(db, { start: 'f', count: 230, environment: 'prod', contract: '55', at: hour(40) });
    db.exec(`insert into outcomes (id, own_id, environment, at, status, attempt, event_id)
      select 'out_of_event', 'own_of_event', 'prod', ${NOW}, 'failed', 1, id from events where contract_id = 55 order by key limit 1`);
    // Outcomes that name the oldest of many events by contract, activity and time, and the next one by the sender's id.
    addEvents(db, { start: 'o', count: 230, environment: 'prod', contract: '54', at: hour(40) });
    db.exec(`insert into outcomes (id, own_id, environment, at, status, attempt, contract_id, activity, occurred_at)
      select 'out_of_time', 'own_of_time', 'prod', ${NOW}, 'failed', 1, contract_id, activity, occurred_at
      from events where contract_id = 54 order by key limit 1`);
    db.exec(`insert into identifiers (value, kind, event_key)
      select 'theirs-2', 'event', key from events where contract_id = 54 order by key limit 1 offset 1`);
    db.exec(`insert into outcomes (id, own_id, environment, at, status, attempt, event_id)
      values ('out_of_sender', 'own_of_sender', 'prod', ${NOW}, 'failed', 1, 'theirs-2'),
        ('out_of_uat', 'own_of_uat', 'uat', ${NOW}, 'failed', 1, 'theirs-3')`);
    db.exec(`insert into identifiers (value, kind, event_key)
      select 'theirs-3', 'event', key from events where contract_id = 54 order by key limit 1 offset 2`);
  })();
  db.close();
});

async function look(id: string, environment: string | null = null): Promise<FindResult> {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  return find(db, { id, environment }, { keepMs: 90 * 24 * HOUR_MS, now: NOW, environments, pairs: [] });
}

describe('the limits of a search', () => {
  it('apply after the environment: one event of prod is found behind hundreds of uat', async () => {
    const prod = await look('4711', 'prod');
    expect(prod).toMatchObject({ found: true, reason: null, leftOut: {}, events: [{ environment: 'prod' }] });
    const both = await look('4711');
    expect(findCounts(both)).toMatch(/^241 events, 241 deliveries/);
    expect(both.leftOut).toEqual({ events: 41, deliveries: 41 });
    expect((await look('4711', 'uat')).leftOut).toEqual({ events: 40, deliveries: 40 });
  });

  it('apply after the environment to the ids that share a prefix, and the ids left out are counted', async () => {
    const prod = await look('deal-99', 'prod');
    expect(prod.matches).toEqual([{ kind: 'external', value: 'deal-9900' }]);
    expect(prod.events).toHaveLength(1);
    const all = await look('deal-99');
    expect(all).toMatchObject({ ambiguous: true, counts: { ids: 241 }, leftOut: { ids: 221 } });
    expect(all.matches).toHaveLength(20);
    expect(leftOutText(all)).toBe('Not shown: 221 ids. Give more characters of the id.');
  });

  it('apply after the environment to refused deliveries', async () => {
    const prod = await look('one-request', 'prod');
    expect(prod.timeline.map(({ id }) => id)).toEqual(['dlv_refused_1']);
    const all = await look('one-request');
    expect(all.counts.refused).toBe(250);
    expect(all.leftOut).toEqual({ refused: 50 });
    const elsewhere = await look('dlv_refused_2', 'prod');
    expect(elsewhere.reason).toContain('but in uat');
  });

  it('do not let an event with 130,000 deliveries crash, and show its first and newest delivery', async () => {
    const started = performance.now();
    const many = await look('88');
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(findCounts(many)).toBe('1 event, 130,000 deliveries');
    const [event] = many.events;
    expect(event?.deliveries).toHaveLength(1_000);
    expect(event?.deliveries[0]?.id).toBe('dlv_m1');
    expect(event?.deliveries.at(-1)?.id).toBe('dlv_many_129999');
    expect(many.leftOut).toEqual({ deliveries: 129_000 });
    const again = many.timeline.filter(({ summary }) => summary.startsWith('delivered again'));
    expect(again[0]?.summary).toMatch(/^delivered again \(no\. 129,002\); verified/);
    expect(again[1]?.summary).toMatch(/^delivered again \(no\. 129,003\), 1000 ms after the one before/);
    expect(again.at(-1)?.summary).toContain('(no. 130,000)');
  });

  it('keep failed calls, writes and failed outcomes before routine ones that are newer', async () => {
    const found = await look('77');
    expect(found.calls).toHaveLength(200);
    expect(found.calls.slice(0, 2).map(({ call_id }) => call_id)).toEqual(['call_failed_1', 'call_write_1']);
    expect(found.outcomes).toHaveLength(200);
    expect(found.outcomes[0]?.id).toBe('out_failed_1');
    expect(found.leftOut).toEqual({ calls: 62, outcomes: 61 });
    expect(findCounts(found)).toBe('1 event, 1 delivery, 262 API calls, 261 outcomes');
    expect(leftOutText(found)).toBe(
      'Not shown: 62 API calls, 61 outcomes. The command “export” has all of them.',
    );
  });

  it('keep an event whose processing failed before newer ones', async () => {
    const found = await look('55');
    expect(found.events).toHaveLength(200);
    expect(found.events.map(({ id }) => id)).toContain(`evt_${'f1'.padStart(26, ' ')}`);
    expect(found.outcomes.map(({ id }) => id)).toEqual(['out_of_event']);
    expect(found.leftOut).toMatchObject({ events: 30 });
  });

  it('keep an event whose failure names it by the id of its sender, or by contract, activity and time', async () => {
    const found = await look('54');
    const oldest = [1, 2, 3].map((index) => `evt_${`o${index}`.padStart(26, ' ')}`);
    expect(found.events).toHaveLength(200);
    // The third has its failure in another environment, so that it is another event.
    expect(oldest.map((id) => found.events.some((event) => event.id === id))).toEqual([true, true, false]);
    expect(found.outcomes.map(({ id }) => id).sort()).toEqual(['out_of_sender', 'out_of_time']);
  });

  it('keep the calls nearest to a delivery, and never count a read of Envcheck', async () => {
    const found = await look('66');
    const distances = found.calls.map(({ at }) => Math.abs(at - (NOW - 10 * HOUR_MS + 1000)));
    expect(found.calls).toHaveLength(200);
    expect(Math.max(...distances)).toBeLessThan(40_000);
    expect(found.counts.calls).toBe(300);
    expect(found.leftOut).toEqual({ calls: 100 });
    expect(found.timeline.filter(({ summary }) => summary.includes('Envcheck'))).toEqual([]);
  });
});

it('outcomes of events are read through indexes, those of a contract by activity and time', async () => {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  const keys = eventKeysOf({ matches: [{ kind: 'contract', value: '55' }], environment: null });
  const plans = await Promise.all(
    outcomesOfEvents(keys ?? sql`0`).map(async (query) =>
      (await sql<{ detail: string }>`explain query plan ${query}`.execute(db)).rows.map(
        ({ detail }) => detail,
      ),
    ),
  );
  const ofOutcomes = plans.map((plan) => plan.find((line) => /^(?:SCAN|SEARCH) outcomes/.test(line)));
  expect(ofOutcomes).toEqual([
    expect.stringContaining('(event_id=?)'),
    expect.stringContaining('(event_id=?)'),
    expect.stringContaining('(request_id=?)'),
    expect.stringContaining('(contract_id=? AND activity=? AND occurred_at>? AND occurred_at<?)'),
    expect.stringContaining('(contract_id=?)'),
  ]);
  expect(plans.flat().filter((line) => line.startsWith('SCAN events'))).toEqual([]);
});
