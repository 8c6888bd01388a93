import { describe, expect, it } from 'vitest';
import { allReports } from '../../../src/digests/schedule/all-reports.ts';
import { createSubscriptionDesk } from '../../../src/digests/schedule/subscribe.ts';
import { readWish, type Wish } from '../../../src/digests/schedule/subscription-text.ts';
import { subscriptionsFor } from '../../../src/store/subscriptions.ts';
import { GENERAL, openPostOffice } from '../outbox/post-office.ts';

const environments = [
  { name: 'prod', production: true },
  { name: 'uat', production: false },
] as never[];

const wishOf = (words: string): Wish => {
  const wish = readWish(words.split(' '));
  if ('wrong' in wish) throw new Error(wish.wrong);
  return wish;
};

describe('the words of a subscription', () => {
  it.each([
    ['daily at 09:00', 'digest', 'daily', '09:00'],
    ['weekdays at 9', 'digest', 'weekdays', '09:00'],
    ['every weekday at 9:30 pm', 'digest', 'weekdays', '21:30'],
    ['daily 12am', 'digest', 'daily', '00:00'],
    ['at 17.15 daily', 'digest', 'daily', '17:15'],
    ['drift', 'drift', 'daily', '09:00'],
    ['drift weekdays at 8', 'drift', 'weekdays', '08:00'],
  ])('“%s” is understood', (words, kind, days, time) => {
    expect(readWish(words.split(' '))).toEqual({ kind, schedule: { days, time }, timezone: null });
  });

  it.each(['daily', 'at 9', 'daily at 24:00', 'daily at 9:60', 'daily at 13pm', 'daily at 9 Mars/Olympus'])(
    '“%s” is not, and says what is',
    (words) => {
      expect(readWish(words.split(' '))).toEqual({ wrong: expect.stringContaining('`daily at 09:00`') });
    },
  );
});

describe('a subscription', () => {
  it('of failures is no scheduled report, and is found by its environment', async () => {
    const { db, clock } = await openPostOffice();
    const desk = createSubscriptionDesk({ db, clock });
    const [prod] = environments;
    const request = { channel: GENERAL, environment: prod as never, timezone: 'UTC', actor: 'cli:test' };
    await desk.subscribe({ ...request, wish: wishOf('failures') });
    await desk.subscribe({ ...request, wish: wishOf('drift') });
    expect(await subscriptionsFor(db, 'failures', 'prod')).toEqual([
      expect.objectContaining({ channel: GENERAL, schedule: null, createdBy: 'cli:test' }),
    ]);
    expect(await subscriptionsFor(db, 'failures', 'uat')).toEqual([]);
    expect(await allReports(db, { reports: [], environments })).toEqual([
      expect.objectContaining({
        cron: '0 9 * * *',
        sections: ['drift'],
        when: 'changed',
        environments: ['prod'],
      }),
    ]);
    // Taken out of the config: nothing comes, nothing fails.
    expect(await allReports(db, { reports: [], environments: environments.slice(1) })).toEqual([]);
  });

  it('asked for twice at the same moment is there once', async () => {
    const { db, clock } = await openPostOffice();
    const desk = createSubscriptionDesk({ db, clock });
    const request = {
      channel: GENERAL,
      environment: environments[0] as never,
      timezone: 'UTC',
      actor: 'cli:test',
    };
    const wish = wishOf('daily at 9');
    const results = await Promise.all([1, 2, 3].map(() => desk.subscribe({ ...request, wish })));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused', 'refused']);
    expect(await subscriptionsFor(db, 'digest', 'prod')).toHaveLength(1);
    expect((await desk.unsubscribe({ ...request, wish: null })).kind).toBe('done');
    expect((await desk.subscribe({ ...request, wish })).kind).toBe('done');
  });
});
