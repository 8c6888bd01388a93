import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCronJobs } from '../../../src/digests/schedule/schedule.ts';

const EVERY_MINUTE = { id: 'report', cron: '* * * * *', timezone: 'America/New_York' };
const YEARLY = { ...EVERY_MINUTE, cron: '0 0 1 1 *' };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-24T08:00:30Z') }));
afterEach(() => void vi.useRealTimers());

test('a job fires when its report is due, and stops when the report is rescheduled or gone', async () => {
  let fired = 0;
  const jobs = createCronJobs(
    () => {
      fired += 1;
    },
    pino({ level: 'silent' }),
  );
  /** How often the job fires in ten minutes. */
  const inTenMinutes = async (): Promise<number> => {
    const before = fired;
    await vi.advanceTimersByTimeAsync(600_000);
    return fired - before;
  };
  jobs.set([EVERY_MINUTE]);
  expect(await inTenMinutes()).toBe(10);
  // The same report again adds no second job.
  jobs.set([EVERY_MINUTE]);
  expect(await inTenMinutes()).toBe(10);
  jobs.set([YEARLY]);
  expect(await inTenMinutes()).toBe(0);
  jobs.set([EVERY_MINUTE]);
  expect(await inTenMinutes()).toBe(10);
  jobs.set([]);
  expect(await inTenMinutes()).toBe(0);
  jobs.set([EVERY_MINUTE]);
  await jobs.stop();
  expect(await inTenMinutes()).toBe(0);
});
