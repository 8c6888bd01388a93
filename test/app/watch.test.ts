import { expect, onTestFinished, test } from 'vitest';
import { startWorld } from '../../sandbox/world.ts';
import { openDatabase } from '../../src/store/database.ts';
import { newestComparison } from '../../src/store/differences.ts';
import { reconciliationOf } from '../../src/store/reconciliations.ts';
import { newestReport } from '../../src/store/reports.ts';
import { withoutRequirements } from '../slack/scene.ts';

test('the bot checks and compares its environments automatically, and their contracts with the log', async () => {
  const world = await startWorld({ pollIntervalMs: 50, requestsPerSecond: 100_000 });
  onTestFinished(() => world.stop());
  const config = withoutRequirements(world.configure({ sharedWebhookUrl: false }));
  await world.startBot({ ...config, limits: { requestsPerSecond: 10_000 } });
  const db = openDatabase(config.database);
  onTestFinished(() => db.destroy());
  await expect
    .poll(() => newestComparison(db, { left: 'uat', right: 'prod' }), { timeout: 30_000 })
    .toMatchObject({ open: { breaking: 2 } });
  for (const name of ['uat', 'prod']) expect((await newestReport(db, name))?.environment).toBe(name);
  await expect.poll(() => reconciliationOf(db, 'prod')).toMatchObject({ unread: null });
  // Nothing is posted, because no report is configured.
  expect(world.slack.history.filter(({ kind }) => kind !== 'connection')).toEqual([]);
}, 60_000);
