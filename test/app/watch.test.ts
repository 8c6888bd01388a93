import { expect, onTestFinished, test } from 'vitest';
import { startWorld } from '../../sandbox/world.ts';
import { openDatabase } from '../../src/store/database.ts';
import { newestComparison } from '../../src/store/differences.ts';
import { newestReport } from '../../src/store/reports.ts';
import { withoutRequirements } from '../slack/scene.ts';

test('the program checks its environments and compares them without being asked', async () => {
  const world = await startWorld({ lookEveryMs: 50 });
  onTestFinished(() => world.stop());
  const config = withoutRequirements(world.configure({ sharedWebhookUrl: false }));
  await world.startBot(config);
  const db = openDatabase(config.database);
  onTestFinished(() => db.destroy());
  await expect
    .poll(() => newestComparison(db, { left: 'uat', right: 'prod' }), { timeout: 30_000 })
    .toMatchObject({ open: { breaking: 2 } });
  for (const name of ['uat', 'prod']) expect((await newestReport(db, name))?.environment).toBe(name);
  // Nobody is told: what is posted unasked are reports, and none is configured.
  expect(world.slack.history.filter(({ kind }) => kind !== 'connection')).toEqual([]);
}, 60_000);
