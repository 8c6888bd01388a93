import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pino from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Rejection } from '../../../src/events/log/delivery.ts';
import { createRecorder } from '../../../src/events/log/recorder.ts';
import { startRetention } from '../../../src/events/log/retention.ts';
import { recordComparison } from '../../../src/inspect/track-differences.ts';
import type { Report } from '../../../src/readiness/report.ts';
import { insertApiCall } from '../../../src/store/api-calls.ts';
import type { Database } from '../../../src/store/database.ts';
import type { Match } from '../../../src/store/matches.ts';
import type { Pruned } from '../../../src/store/prune.ts';
import type { OpenFailure } from '../../../src/store/prune-holds.ts';
import { saveReport } from '../../../src/store/reports.ts';
import { saveSnapshot } from '../../../src/store/snapshots.ts';
import type { IncidentMarkRow } from '../../../src/store/tables/acts.ts';
import type { OutcomeRow } from '../../../src/store/tables/event-log.ts';
import { openNewDatabase } from '../../event-log.ts';
import fc, { runs } from '../../fast-check.ts';
import { long } from '../../long.ts';

const OLD = 1_000;
const NEW = 2_000_000;
const BEFORE = 1_000_000;

async function openLog(): Promise<{
  db: Database;
  deliver(
    contract: number,
    at: number,
    changes?: { environment?: string; rejection?: Rejection | null; occurredAt?: number },
  ): Promise<void>;
  prune(openFailures?: OpenFailure[]): Promise<Pruned>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-retention-'));
  const file = join(folder, 'log.db');
  const db = await openNewDatabase(file, 0);
  const recorder = createRecorder({ database: file, options: { payloads: 'redacted', eventIdFields: {} } });
  onTestFinished(async () => {
    await recorder.close();
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
  return {
    db,
    prune: (openFailures = []) => recorder.prune({ before: BEFORE, now: NEW, spendMs: 0, openFailures }),
    async deliver(contract, receivedAt, { occurredAt, ...changes } = {}) {
      const time = occurredAt === undefined ? {} : { timestamp: new Date(occurredAt).toISOString() };
      const body = Buffer.from(
        JSON.stringify({ activity: 'CONTRACT_CREATED', contract_id: contract, activity_data: time }),
      );
      const rest = {
        environment: 'prod',
        requestId: 'r',
        source: '127.0.0.1',
        rejection: null,
        signedWith: null,
        headerEventId: null,
      };
      await recorder.record({ ...rest, ...changes, receivedAt, body });
    },
  };
}

const count = async (db: Database, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? -1;
};

const anOutcome: OutcomeRow = {
  id: 'out_1',
  own_id: '1',
  environment: 'prod',
  at: OLD,
  status: 'processed',
  attempt: 1,
  event_id: null,
  contract_id: null,
  activity: null,
  occurred_at: null,
  request_id: null,
  code: null,
  message: null,
};

const aMark = (names: Match[], changes: Partial<IncidentMarkRow> = {}): IncidentMarkRow => ({
  id: 'mrk_1',
  query: 'INC-7',
  environment: null,
  names: JSON.stringify(names),
  reason: 'incident 7',
  marked_by: 'cli:ada',
  marked_at: 1,
  until: NEW + 1,
  ...changes,
});

const pruneAll = async (prune: () => Promise<Pruned>): Promise<number[]> => {
  const batches: number[] = [];
  for (;;) {
    const { removed, more } = await prune();
    if (!more) return batches;
    batches.push(removed);
  }
};

it('old deliveries are removed with their events and identifiers in small batches, and newer ones stay', async () => {
  const { db, deliver, prune } = await openLog();
  await Promise.all(Array.from({ length: long ? 1_200 : 150 }, (_, contract) => deliver(contract, OLD)));
  await deliver(9_001, NEW);
  // This event was also delivered later, so it stays.
  await deliver(7, NEW);
  const batches = await pruneAll(prune);
  expect(Math.max(...batches)).toBeLessThanOrEqual(100);
  expect(batches.length).toBeGreaterThan(2);
  expect(await count(db, 'deliveries')).toBe(2);
  expect(await count(db, 'events')).toBe(2);
  expect(await count(db, 'identifiers')).toBe(2);
  expect((await sql`pragma foreign_key_check`.execute(db)).rows).toEqual([]);
});

it('events that a clock which was behind dated old stay while they are young themselves, and no longer', async () => {
  const { db, deliver, prune } = await openLog();
  const kept: [contract: number, occurredAt: number][] = [
    [1, BEFORE],
    [2, BEFORE + 1],
    [3, NEW],
  ];
  for (const [contract, occurredAt] of kept) await deliver(contract, OLD, { occurredAt });
  // Old, dated ahead of now, refused, or without a time of its own.
  await deliver(11, OLD, { occurredAt: OLD });
  await deliver(12, OLD, { occurredAt: NEW + 1 });
  await deliver(13, OLD, { occurredAt: NEW, rejection: 'bad_signature' });
  await deliver(14, OLD);
  await pruneAll(prune);
  const { rows } = await sql<{
    contract: number;
  }>`select contract_id as contract from events order by key`.execute(db);
  expect(rows.map(({ contract }) => contract)).toEqual(kept.map(([contract]) => contract));
  expect(await count(db, 'deliveries')).toBe(kept.length);
});

it('old calls, reports and snapshots are removed, except the newest report and snapshot of an environment', async () => {
  const { db, prune } = await openLog();
  const call = {
    environment: 'prod',
    method: 'GET' as const,
    path: '/',
    status: 200,
    attempts: 1,
    ms: 1,
    failure: null,
  };
  await insertApiCall(db, { ...call, callId: 'call_old', at: OLD });
  await insertApiCall(db, { ...call, callId: 'call_new', at: NEW });
  for (const [index, environment] of ['uat', 'prod', 'prod'].entries()) {
    const hash = `hash-${index}`;
    await saveSnapshot(db, environment, OLD + index, { hash, content: { version: 1 } });
    const report = {
      id: `rpt_${index}`,
      environment,
      checkedAt: OLD + index,
      verdict: 'ready',
      snapshot: hash,
      items: [],
    };
    await saveReport(db, report as unknown as Report);
  }
  await pruneAll(prune);
  const left = async (table: 'reports' | 'snapshot_readings') =>
    (await db.selectFrom(table).select('environment').orderBy('environment').execute()).map(
      (row) => row.environment,
    );
  expect(await left('reports')).toEqual(['prod', 'uat']);
  expect(await left('snapshot_readings')).toEqual(['prod', 'uat']);
  expect(
    (await db.selectFrom('snapshots').select('hash').orderBy('hash').execute()).map(({ hash }) => hash),
  ).toEqual(['hash-0', 'hash-2']);
  expect((await db.selectFrom('api_calls').select('call_id').execute()).map((row) => row.call_id)).toEqual([
    'call_new',
  ]);
});

it('old comparisons and resolved differences are removed, and open differences stay', async () => {
  const { db, prune } = await openLog();
  const difference = { kind: 'missing', weight: 'breaking', left: 'x', right: null } as const;
  const compare = (at: number, ...paths: string[]) =>
    recordComparison(
      db,
      { pair: { left: 'uat', right: 'prod' }, at, rules: [] },
      { differences: paths.map((path) => ({ ...difference, path })), unknown: [] },
    );
  await compare(OLD, 'roles/long open', 'roles/resolved long ago', 'roles/resolved lately');
  await compare(OLD + 1, 'roles/long open', 'roles/resolved lately');
  await compare(NEW, 'roles/long open');
  await pruneAll(prune);
  expect(await count(db, 'comparisons')).toBe(1);
  const left = await db.selectFrom('differences').select('path').orderBy('path').execute();
  expect(left.map(({ path }) => path)).toEqual(['roles/long open', 'roles/resolved lately']);
});

it('rows under an open failure or an incident mark stay, and the rest of their time goes', async () => {
  const { db, deliver, prune } = await openLog();
  for (const contract of [11, 12, 13, 14, 15]) await deliver(contract, OLD);
  const ids = await db.selectFrom('events').select(['id', 'contract_id']).orderBy('key').execute();
  const outcome = (own: string, contract: number, status: 'failed' | 'processed'): OutcomeRow => ({
    ...anOutcome,
    id: `out_${own}`,
    own_id: own,
    at: OLD + 5,
    status,
    event_id: ids.find(({ contract_id }) => contract_id === contract)?.id ?? null,
  });
  await db
    .insertInto('outcomes')
    .values([outcome('a', 11, 'failed'), outcome('b', 12, 'processed')])
    .execute();
  const mark = (id: string, value: string, until: number, environment: string | null = null) =>
    aMark([{ kind: 'contract', value }], { id, until, environment });
  await db
    .insertInto('incident_marks')
    .values([mark('mrk_1', '13', NEW + 1), mark('mrk_2', '14', NEW), mark('mrk_3', '15', NEW + 1, 'uat')])
    .execute();
  await pruneAll(() =>
    prune([{ environment: 'prod', kind: 'failed', activity: 'CONTRACT_CREATED', since: OLD }]),
  );
  const left = async () =>
    (await db.selectFrom('events').select('contract_id').orderBy('key').execute()).map(
      (row) => row.contract_id,
    );
  expect(await left()).toEqual([11, 13]);
  expect(await count(db, 'deliveries')).toBe(2);
  expect((await db.selectFrom('outcomes').select('own_id').execute()).map((row) => row.own_id)).toEqual([
    'a',
  ]);

  // The failure was resolved, so only the mark still holds.
  await pruneAll(() => prune());
  expect(await left()).toEqual([13]);
  expect(await count(db, 'outcomes')).toBe(0);
});

it('refused deliveries stay while their group is open, and only those of the group', async () => {
  const { db, prune } = await openLog();
  const refused = (id: string, rejection: string, at: number) => ({
    id,
    event_key: null,
    environment: 'prod',
    received_at: at,
    request_id: id,
    source: '127.0.0.1',
    bytes: 1,
    rejection,
  });
  await db
    .insertInto('deliveries')
    .values([
      refused('dlv_before', 'bad_signature', OLD - 1),
      refused('dlv_open', 'bad_signature', OLD),
      refused('dlv_other', 'missing_signature', OLD),
    ])
    .execute();
  await pruneAll(() => prune([{ environment: 'prod', kind: 'badly_signed', activity: null, since: OLD }]));
  expect((await db.selectFrom('deliveries').select('id').execute()).map(({ id }) => id)).toEqual([
    'dlv_open',
  ]);
});

it('a mark holds what find shows of an event: its outcomes, calls around it, and the configuration in force', async () => {
  const { db, deliver, prune } = await openLog();
  await deliver(21, OLD + 100_000);
  await deliver(22, OLD + 400_000);
  const event = await db
    .selectFrom('events')
    .select(['id', 'activity', 'occurred_at'])
    .where('contract_id', '=', 21)
    .executeTakeFirstOrThrow();
  const outcome = (own: string, named: Partial<OutcomeRow>): OutcomeRow => ({
    ...anOutcome,
    id: `out_${own}`,
    own_id: own,
    ...named,
  });
  const { activity, occurred_at } = event;
  await db
    .insertInto('outcomes')
    .values([
      outcome('named by id', { event_id: event.id }),
      outcome('by activity and time', { contract_id: 21, activity, occurred_at }),
      outcome('other activity', { contract_id: 21, activity: 'CONTRACT_SIGNED', occurred_at }),
      outcome('other contract', { contract_id: 22, activity, occurred_at }),
      outcome('of uat', { environment: 'uat', contract_id: 21, activity, occurred_at }),
    ])
    .execute();
  const call = {
    environment: 'prod',
    method: 'POST',
    path: '/',
    status: 200,
    attempts: 1,
    ms: 1,
    failure: null,
  } as const;
  for (const [callId, at] of [
    ['call_near', OLD + 150_000],
    ['call_far', OLD + 250_000],
  ] as const)
    await insertApiCall(db, { ...call, callId, at });
  for (const [index, at] of [OLD, OLD + 90_000, OLD + 110_000, OLD + 120_000].entries())
    await saveSnapshot(db, 'prod', at, { hash: `hash-${index}`, content: { version: 1 } });
  // Only the event is named, not its contract.
  await db
    .insertInto('incident_marks')
    .values(aMark([{ kind: 'event', value: event.id }]))
    .execute();
  await pruneAll(() => prune());
  const left = async (table: 'outcomes' | 'api_calls', column: 'own_id' | 'call_id') =>
    (
      await sql<{ id: string }>`select ${sql.ref(column)} as id from ${sql.table(table)} order by 1`.execute(
        db,
      )
    ).rows.map(({ id }) => id);
  expect(await left('outcomes', 'own_id')).toEqual(['by activity and time', 'named by id']);
  expect(await left('api_calls', 'call_id')).toEqual(['call_near']);
  expect(
    (await db.selectFrom('snapshot_readings').select('hash').orderBy('id').execute()).map(({ hash }) => hash),
  ).toEqual(['hash-1', 'hash-3']);
  expect(await count(db, 'events')).toBe(1);
});

it('open groups of missing events and of silence hold the events and outcomes of their contracts', async () => {
  const { db, deliver, prune } = await openLog();
  for (const contract of [31, 32, 33, 34]) await deliver(contract, OLD + contract);
  const outcomes = [31, 32, 33, 34].map((contract) => ({
    ...anOutcome,
    id: `out_${contract}`,
    own_id: `${contract}`,
    contract_id: contract,
  }));
  await db.insertInto('outcomes').values(outcomes).execute();
  const missing = { environment: 'prod', contract: 'T-31', activity: 'CONTRACT_EXECUTED', noticed_at: OLD };
  const ids = (value: string) => JSON.stringify([{ kind: 'contract', value }]);
  await db
    .insertInto('missing_events')
    .values([
      { ...missing, ids: ids('31') },
      { ...missing, environment: 'uat', ids: ids('32') },
      { ...missing, contract: 'T-33', activity: 'CONTRACT_SIGNED', ids: ids('33') },
    ])
    .execute();
  const left = async () => [
    (await db.selectFrom('events').select('contract_id').orderBy('key').execute()).map(
      (row) => row.contract_id,
    ),
    (await db.selectFrom('outcomes').select('contract_id').orderBy('id').execute()).map(
      (row) => row.contract_id,
    ),
  ];
  const group = { environment: 'prod', since: OLD } as const;
  await pruneAll(() =>
    prune([
      { ...group, kind: 'missing', activity: 'CONTRACT_EXECUTED' },
      { ...group, kind: 'silence', activity: 'CONTRACT_CREATED' },
    ]),
  );
  expect(await left()).toEqual([
    [31, 34],
    [31, 34],
  ]);
  await pruneAll(() => prune());
  expect(await left()).toEqual([[], []]);
});

it('a mark that is added during a pass holds from the next slice on, and marks hold reports and snapshots', async () => {
  const { db, deliver, prune } = await openLog();
  for (let contract = 1; contract <= 40; contract += 1) await deliver(contract, OLD + contract);
  expect(await prune()).toMatchObject({ more: true });
  for (const [index, id] of ['rpt_a', 'rpt_b', 'rpt_c'].entries()) {
    const report = {
      id,
      environment: 'prod',
      checkedAt: OLD + index,
      verdict: 'ready',
      snapshot: null,
      items: [],
    };
    await saveReport(db, report as unknown as Report);
  }
  await db
    .insertInto('incident_marks')
    .values(
      aMark([
        { kind: 'contract', value: '40' },
        { kind: 'report', value: 'rpt_a' },
      ]),
    )
    .execute();
  await pruneAll(() => prune());
  expect(await db.selectFrom('events').select('contract_id').execute()).toEqual([{ contract_id: 40 }]);
  const reports = await db.selectFrom('reports').select('id').orderBy('id').execute();
  expect(reports.map(({ id }) => id)).toEqual(['rpt_a', 'rpt_c']);
});

it('the rows that a pass leaves equal a naive model, whatever the order of times, environments and repetitions', async () => {
  const row = fc.record({
    environment: fc.constantFrom('prod', 'uat'),
    contract: fc.integer({ min: 1, max: 9 }),
    // Clocks step: times are in no order, and some are equal.
    at: fc.integer({ min: BEFORE - 4, max: BEFORE + 3 }),
    kind: fc.constantFrom('delivery', 'delivery', 'delivery', 'refused', 'outcome'),
  });
  const marked = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 2 });
  const { db, deliver, prune } = await openLog();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), marked, async (rows, contracts) => {
      for (const table of ['deliveries', 'identifiers', 'events', 'outcomes', 'incident_marks'])
        await sql`delete from ${sql.table(table)}`.execute(db);
      for (const [index, { environment, contract, at, kind }] of rows.entries()) {
        if (kind === 'outcome')
          await db
            .insertInto('outcomes')
            .values({
              ...anOutcome,
              id: `${index}`,
              own_id: `${index}`,
              environment,
              at,
              contract_id: contract,
            })
            .execute();
        else
          await deliver(contract, at, {
            environment,
            rejection: kind === 'refused' ? 'bad_signature' : null,
          });
      }
      if (contracts.length > 0)
        await db
          .insertInto('incident_marks')
          .values(aMark(contracts.map((contract) => ({ kind: 'contract', value: `${contract}` }))))
          .execute();
      await pruneAll(() => prune());
      const isKept = ({ at, kind, contract }: (typeof rows)[number]) =>
        at >= BEFORE || (kind !== 'refused' && contracts.includes(contract));
      const kept = rows.filter(isKept);
      const names = (all: typeof rows) =>
        all.map((each) => `${each.environment} ${each.contract} ${each.at}`).sort();
      const deliveries = await sql<{
        name: string;
      }>`select deliveries.environment || ' ' || contract_id || ' ' || deliveries.received_at as name
        from deliveries join events on events.key = event_key`.execute(db);
      expect(deliveries.rows.map(({ name }) => name).sort()).toEqual(
        names(kept.filter(({ kind }) => kind === 'delivery')),
      );
      expect(await count(db, 'outcomes')).toBe(kept.filter(({ kind }) => kind === 'outcome').length);
      expect(await count(db, 'deliveries')).toBe(kept.filter(({ kind }) => kind !== 'outcome').length);
      const events = new Set(
        kept.filter(({ kind }) => kind === 'delivery').map((each) => `${each.environment} ${each.contract}`),
      );
      expect(await count(db, 'events')).toBe(events.size);
      expect(await count(db, 'identifiers')).toBe(events.size);
    }),
    { numRuns: runs(25) },
  );
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it.each([
  ['is right', 0, 0],
  ['is an hour ahead', HOUR, 0],
  ['is a day ahead', DAY, 0],
  ['is 100 days ahead', 100 * DAY, 0],
  ['is 10 years ahead', 3_650 * DAY, 0],
  ['is an hour behind', -HOUR, -HOUR],
  ['is a day behind', -DAY, -DAY],
  ['is 100 days behind', -100 * DAY, -100 * DAY],
])(
  'a clock that %s removes no row that SpotDraft and Slack do not find old, at any start',
  async (_how, jump, moved) => {
    const { db, deliver } = await openLog();
    const start = 1_000 * DAY;
    for (const age of [295, 95, 80, 5, 0]) await deliver(age, start - age * DAY);
    const begin = async (far: number | null) => {
      const orders: number[] = [];
      let now = start + jump;
      const retention = startRetention(
        {
          db,
          database: 'unused: passes are short',
          recorder: { prune: async ({ before }) => ({ removed: orders.push(before), more: false }) },
          clock: { now: () => now },
          farClocks: { now: () => far },
          logger: pino({ level: 'silent' }),
          openFailures: async () => [],
        },
        90 * DAY,
      );
      await vi.waitFor(() => expect(orders.length + retention.held().length).toBeGreaterThan(0));
      const held = retention.held();
      now = far ?? now;
      const afterwards = retention.held();
      await retention.stop();
      return { held, afterwards, removed: orders.map((before) => before - start + 90 * DAY) };
    };
    const unconfirmed = {
      removed: [],
      held: [expect.stringContaining('until an answer of SpotDraft or Slack')],
    };
    expect(await begin(null)).toMatchObject(unconfirmed);
    // The wrong clock writes the newest row before the next start.
    await deliver(1, start + jump);
    expect(await begin(null)).toMatchObject(unconfirmed);
    const confirmed = await begin(start);
    expect(confirmed).toMatchObject({ removed: [moved], afterwards: [] });
    expect(confirmed.held).toEqual(
      jump > 0 ? [expect.stringMatching(/^Rows from after .* stay until the clock is right/)] : [],
    );
    expect(await begin(start + jump)).toMatchObject({ removed: [jump], held: [] });
  },
);
