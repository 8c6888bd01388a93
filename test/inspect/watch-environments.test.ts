import { expect, test } from 'vitest';
import { startWatch } from '../../src/inspect/watch-environments.ts';
import { comparisonsSince, newestComparison } from '../../src/store/differences.ts';
import { type StandOptions, startStand } from '../environment.ts';
import { movableClock } from '../time/movable-clock.ts';

const NEVER_MS = 1_000_000;
const HOUR_MS = 3_600_000;

async function open(options: StandOptions = {}) {
  const clock = movableClock();
  const stand = await startStand({ log: { ready: false }, ...options, overrides: { clock } });
  const { db } = stand.core;
  const watch = startWatch({ ...stand.core, config: stand.config, otherDueWork: async () => {} }, NEVER_MS);
  return {
    ...stand,
    clock,
    watch,
    counts: async () => ({
      reports: (await db.selectFrom('reports').select('environment').execute()).length,
      comparisons: (await comparisonsSince(db, { left: 'uat', right: 'prod' }, 0)).length,
    }),
  };
}

test('every environment is checked and every pair compared once per configured interval', async () => {
  const { watch, clock, counts } = await open();
  await watch.runDue();
  expect(await counts()).toEqual({ reports: 2, comparisons: 1 });
  clock.move(HOUR_MS - 1);
  await watch.runDue();
  expect(await counts()).toEqual({ reports: 2, comparisons: 1 });
  clock.move(1);
  await Promise.all([watch.runDue(), watch.runDue()]);
  expect(await counts()).toEqual({ reports: 4, comparisons: 2 });
  await watch.stop();
});

test('runs by people and by an earlier process count towards the interval', async () => {
  const stand = await open();
  await stand.check('prod');
  await stand.watch.runDue();
  expect(await stand.counts()).toEqual({ reports: 2, comparisons: 1 });
  const next = startWatch({ ...stand.core, config: stand.config, otherDueWork: async () => {} }, NEVER_MS);
  await next.runDue();
  expect(await stand.counts()).toEqual({ reports: 2, comparisons: 1 });
});

test('an environment that does not answer is unknown and is not checked more often', async () => {
  const { watch, spotdraft, uat, counts, core, environment } = await open();
  spotdraft.faults.add({ workspace: uat.key, fault: { kind: 'status', status: 401 } });
  await watch.runDue();
  await watch.runDue();
  expect(await counts()).toEqual({ reports: 2, comparisons: 0 });
  expect((await core.checker.newest(environment('uat')))?.verdict).toBe('not_ready');
  const newest = await newestComparison(core.db, { left: 'uat', right: 'prod' });
  expect(newest).toMatchObject({ failed: true, notCompared: 1 });
  // The comparison is recorded as failed, not as equal.
  expect(await comparisonsSince(core.db, { left: 'uat', right: 'prod' }, 0)).toEqual([]);
});
