import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createRecorder } from '../../../src/events/log/recorder.ts';
import { recordComparison } from '../../../src/inspect/track-differences.ts';
import type { Report } from '../../../src/readiness/report.ts';
import { insertApiCall } from '../../../src/store/api-calls.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Pruned } from '../../../src/store/prune.ts';
import type { OpenFailure } from '../../../src/store/prune-holds.ts';
import { saveReport } from '../../../src/store/reports.ts';
import { saveSnapshot } from '../../../src/store/snapshots.ts';
import { long } from '../../long.ts';

const OLD = 1_000;
const NEW = 2_000_000;
const BEFORE = 1_000_000;

async function openLog(): Promise<{
  db: Database;
  deliver(contract: number, at: number): Promise<void>;
  prune(openFailures?: OpenFailure[]): Promise<Pruned>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-retention-'));
  const file = join(folder, 'log.db');
  const db = openDatabase(file);
  await migrate(db, { now: () => 0 });
  const recorder = createRecorder({ database: file, options: { payloads: 'redacted', eventIdFields: {} } });
  onTestFinished(async () => {
    await recorder.close();
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
  return {
    db,
    prune: (openFailures = []) => recorder.prune({ before: BEFORE, now: NEW, spendMs: 0, openFailures }),
    async deliver(contract, receivedAt) {
      const body = Buffer.from(JSON.stringify({ activity: 'CONTRACT_CREATED', contract_id: contract }));
      const rest = {
        environment: 'prod',
        requestId: 'r',
        source: '127.0.0.1',
        rejection: null,
        signedWith: null,
        headerEventId: null,
      };
      await recorder.record({ ...rest, receivedAt, body });
    },
  };
}

const count = async (db: Database, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
  return rows[0]?.n ?? -1;
};

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
  const outcome = (own: string, contract: number, status: 'failed' | 'processed') => ({
    id: `out_${own}`,
    own_id: own,
    environment: 'prod',
    at: OLD + 5,
    status,
    attempt: 1,
    event_id: ids.find(({ contract_id }) => contract_id === contract)?.id ?? null,
    contract_id: null,
    activity: null,
    occurred_at: null,
    request_id: null,
    code: null,
    message: null,
  });
  await db
    .insertInto('outcomes')
    .values([outcome('a', 11, 'failed'), outcome('b', 12, 'processed')])
    .execute();
  const mark = (id: string, value: string, until: number, environment: string | null = null) => ({
    id,
    query: value,
    environment,
    names: JSON.stringify([{ kind: 'contract', value }]),
    reason: 'incident 7',
    marked_by: 'cli:ada',
    marked_at: 1,
    until,
  });
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
