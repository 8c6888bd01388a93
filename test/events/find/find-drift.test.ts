import { expect, it, onTestFinished } from 'vitest';
import { find } from '../../../src/events/find/find.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { insertComparison, insertDifference, markDifference } from '../../../src/store/differences.ts';
import { saveSnapshot } from '../../../src/store/snapshots.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { movableClock } from '../../time/movable-clock.ts';
import { activity, startReceiver } from '../log/start-receiver.ts';

const HOUR_MS = 3_600_000;
const pair = { left: 'uat', right: 'prod' };
const counts = {
  left_environment: 'uat',
  environment: 'prod',
  accepted: 0,
  not_compared: 0,
  failed: 0,
} as const;

it('a timeline shows the configuration in force and its differences to the other environment at that time', async () => {
  const clock = movableClock();
  const { config, deliver } = await startReceiver({ overrides: { clock } });
  const db = openDatabase(config.database);
  onTestFinished(() => db.destroy());
  const snapshotOf = async (contract: number) => {
    const { environments } = config;
    const { timeline } = await find(
      db,
      { id: `T-${contract}`, environment: null },
      { keepMs: 90 * 24 * HOUR_MS, now: clock.now(), environments, pairs: [['uat', 'prod']] },
    );
    return timeline.filter(({ kind }) => kind === 'snapshot').map(({ summary }) => summary);
  };
  const difference = (path: string, weight: 'breaking' | 'cosmetic') =>
    inTransaction(db, (transaction) =>
      insertDifference(
        transaction,
        pair,
        { path, kind: 'changed', weight, left: 1, right: 2 },
        path,
        clock.now(),
      ),
    );
  await saveSnapshot(db, 'prod', clock.now(), { hash: 'hash-1', content: { version: 1 } });
  clock.move(HOUR_MS);
  await deliver(activity(1));

  clock.move(HOUR_MS);
  await difference('a-label', 'cosmetic');
  await difference('b-type', 'breaking');
  await difference('c-label', 'cosmetic');
  await inTransaction(db, (transaction) =>
    insertComparison(transaction, { ...counts, at: clock.now(), breaking: 1, risky: 0, cosmetic: 2 }),
  );
  clock.move(HOUR_MS);
  await deliver(activity(2));

  clock.move(HOUR_MS);
  const rows = await db.selectFrom('differences').select(['key', 'path']).execute();
  const resolved = clock.now();
  await inTransaction(db, async (transaction) => {
    for (const { key, path } of rows)
      if (path !== 'c-label') await markDifference(transaction, key, { resolved_at: resolved });
    await insertComparison(transaction, { ...counts, at: resolved, breaking: 0, risky: 0, cosmetic: 1 });
    // A comparison that could not read a side says nothing about this time.
    await insertComparison(transaction, {
      ...counts,
      at: resolved + HOUR_MS,
      breaking: 9,
      risky: 9,
      cosmetic: 9,
      failed: 1,
    });
  });
  clock.move(2 * HOUR_MS);
  await deliver(activity(3));

  const inForce = 'the configuration in force when it was delivered';
  expect(await snapshotOf(1)).toEqual([`${inForce}; not compared with uat before that`]);
  expect(await snapshotOf(2)).toEqual([
    `${inForce}; differences to uat then: 1 breaking, 0 risky, 2 cosmetic open (b-type, a-label and 1 more)`,
  ]);
  expect(await snapshotOf(3)).toEqual([
    `${inForce}; differences to uat then: 0 breaking, 0 risky, 1 cosmetic open (c-label)`,
  ]);
});
