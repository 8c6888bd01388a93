import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../src/readiness/report.ts';
import type { ApiCall } from '../../src/spotdraft/client.ts';
import { insertApiCall, reportedCalls } from '../../src/store/api-calls.ts';
import type { Database } from '../../src/store/database.ts';
import { newestReport, reportById, saveReport } from '../../src/store/reports.ts';
import { newestSnapshot, saveSnapshot } from '../../src/store/snapshots.ts';
import { startStand, temporaryFolder } from '../environment.ts';
import { openNewDatabase } from '../event-log.ts';

async function store(): Promise<Database> {
  const db = await openNewDatabase(join(temporaryFolder(), 'envcheck.db'), 0);
  return db;
}

test('a report is read as it was written, by id and as the newest of its environment', async () => {
  const { core, check, environment } = await startStand();
  const [uat, first, second] = [await check('uat'), await check('prod'), await check('prod')];
  expect(await reportById(core.db, first.id)).toEqual(first);
  expect(await core.checker.byId(second.id)).toEqual(second);
  expect(await core.checker.newest(environment('uat'))).toEqual(uat);
  expect(await newestReport(core.db, 'prod')).toEqual(second);
  expect([await reportById(core.db, 'rpt_none'), await newestReport(core.db, 'elsewhere')]).toEqual([
    null,
    null,
  ]);
});

test('text with any characters is read as it was written', async () => {
  const db = await store();
  const report = {
    id: 'rpt_1',
    environment: 'prod',
    verdict: 'ready',
    checkedAt: 5,
    snapshot: null,
    items: [{ title: 'Ünïcode 漢字 🙂 \u0000 \u2028 "quoted" \\ ' }],
  } as unknown as Report;
  await saveReport(db, report);
  expect(await reportById(db, 'rpt_1')).toEqual(report);
});

test('a report cannot refer to a missing snapshot', async () => {
  const db = await store();
  const report = { id: 'rpt_1', environment: 'prod', verdict: 'ready', checkedAt: 5, snapshot: 'abc' };
  await expect(saveReport(db, report as unknown as Report)).rejects.toThrow('FOREIGN KEY');
});

const content = (key: string) => ({ version: 1 as const, webhookKey: { known: key } });

test('a snapshot is read as it was written, with the time of its last reading', async () => {
  const db = await store();
  await saveSnapshot(db, 'prod', 10, { hash: 'a', content: content('a') });
  await saveSnapshot(db, 'prod', 20, { hash: 'b', content: content('b') });
  await saveSnapshot(db, 'uat', 25, { hash: 'a', content: content('a') });
  await saveSnapshot(db, 'prod', 30, { hash: 'a', content: content('a') });
  expect(await newestSnapshot(db, 'prod')).toEqual({ hash: 'a', content: content('a'), takenAt: 30 });
  expect(await newestSnapshot(db, 'uat')).toEqual({ hash: 'a', content: content('a'), takenAt: 25 });
  expect(await newestSnapshot(db, 'elsewhere')).toBeNull();
  const rows = await db.selectFrom('snapshots').select('hash').orderBy('hash').execute();
  expect(rows).toEqual([{ hash: 'a' }, { hash: 'b' }]);
});

test('the later of two readings in one millisecond is the newest', async () => {
  const db = await store();
  await saveSnapshot(db, 'prod', 10, { hash: 'a', content: content('a') });
  await saveSnapshot(db, 'prod', 10, { hash: 'b', content: content('b') });
  expect((await newestSnapshot(db, 'prod'))?.hash).toBe('b');
});

const row = ({ callId, ms, isLook: _isLook, ...rest }: ApiCall) => ({
  ...rest,
  call_id: callId,
  duration_ms: ms,
  reporter: 'envcheck',
  own_id: null,
});

test('an API call is read as it was written, answered or not', async () => {
  const db = await store();
  const call: ApiCall = {
    callId: 'call_1',
    environment: 'prod',
    at: 5,
    method: 'POST',
    path: '/api/v2.1/public/analytics/query/',
    status: null,
    attempts: 2,
    ms: 150_000,
    failure: 'timeout',
    isLook: false,
  };
  await insertApiCall(db, call);
  const stored = () => db.selectFrom('api_calls').selectAll().orderBy('at', 'desc').execute();
  expect(await stored()).toMatchObject([row(call)]);
  const answered: ApiCall = {
    ...call,
    callId: 'call_2',
    at: 6,
    attempts: 1,
    method: 'GET',
    status: 200,
    failure: null,
  };
  await insertApiCall(db, answered);
  expect(await stored()).toMatchObject([row(answered), row(call)]);
  expect((await reportedCalls(db, 'prod', { since: 0, until: 10 })).all).toEqual({ count: 0, newest: null });
  await expect(insertApiCall(db, call)).rejects.toThrow('UNIQUE');
});
