import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createCronJobs } from '../../../src/digests/schedule/schedule.ts';

const SECONDLY = { id: 'report', cron: '* * * * * *', timezone: 'America/New_York' };
const NEVER = { ...SECONDLY, cron: '0 0 0 1 1 *' };

test('it rings when a report is due, and no more once that has another schedule or is gone', async () => {
  let rings = 0;
  const cronJobs = createCronJobs(
    () => {
      rings += 1;
    },
    pino({ level: 'silent' }),
  );
  onTestFinished(() => cronJobs.stop());
  const rung = (count: number) => expect.poll(() => rings, { timeout: 5_000 }).toBeGreaterThanOrEqual(count);
  const stays = async () => {
    const before = rings;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(rings).toBe(before);
  };
  cronJobs.set([SECONDLY]);
  await rung(1);
  // The same once more adds nothing.
  cronJobs.set([SECONDLY]);
  await rung(2);
  cronJobs.set([NEVER]);
  await stays();
  cronJobs.set([SECONDLY]);
  await rung(rings + 1);
  cronJobs.set([]);
  await stays();
}, 30_000);
