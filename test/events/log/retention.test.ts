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
import { saveReport } from '../../../src/store/reports.ts';
import { saveSnapshot } from '../../../src/store/snapshots.ts';
import { long } from '../../long.ts';

const OLD = 1_000;
const NEW = 2_000_000;
const BEFORE = 1_000_000;

async function openLog(): Promise<{
  db: Database;
  deliver(contract: number, at: number): Promise<void>;
  prune(): Promise<number>;
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
    prune: () => recorder.run({ kind: 'prune', before: BEFORE }),
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

const pruneAll = async (prune: () => Promise<number>): Promise<number[]> => {
  const batches: number[] = [];
  for (;;) {
    const gone = await prune();
    if (gone === 0) return batches;
    batches.push(gone);
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
