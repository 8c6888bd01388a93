import { describe, expect, it } from 'vitest';
import { allReports } from '../../../src/digests/schedule/scheduled-report.ts';
import { parseRequest, type SubscriptionRequest } from '../../../src/digests/schedule/subscription-text.ts';
import { createSubscriptions } from '../../../src/digests/schedule/subscriptions.ts';
import { subscriptionsFor } from '../../../src/store/subscriptions.ts';
import { GENERAL, openTestOutbox } from '../outbox/test-outbox.ts';

const environments = [
  { name: 'prod', production: true },
  { name: 'uat', production: false },
] as never[];

const requestOf = (words: string): SubscriptionRequest => {
  const request = parseRequest(words.split(' '));
  if ('wrong' in request) throw new Error(request.wrong);
  return request;
};

describe('a subscription request', () => {
  it.each([
    ['daily at 09:00', 'digest', 'daily', '09:00'],
    ['weekdays at 9', 'digest', 'weekdays', '09:00'],
    ['every weekday at 9:30 pm', 'digest', 'weekdays', '21:30'],
    ['daily 12am', 'digest', 'daily', '00:00'],
    ['at 17.15 daily', 'digest', 'daily', '17:15'],
    ['drift', 'drift', 'daily', '09:00'],
    ['drift weekdays at 8', 'drift', 'weekdays', '08:00'],
  ])('is understood: “%s”', (words, kind, days, time) => {
    expect(parseRequest(words.split(' '))).toEqual({ kind, schedule: { days, time }, timezone: null });
  });

  it.each(['daily', 'at 9', 'daily at 24:00', 'daily at 9:60', 'daily at 13pm', 'daily at 9 Mars/Olympus'])(
    'is refused with the valid forms: “%s”',
    (words) => {
      expect(parseRequest(words.split(' '))).toEqual({ wrong: expect.stringContaining('`daily at 09:00`') });
    },
  );
});

describe('a subscription', () => {
  it('has no schedule when it is for failures, and is found by its environment', async () => {
    const { db, clock } = await openTestOutbox();
    const subscriptions = createSubscriptions({ db, clock });
    const [prod] = environments;
    const subscriber = { channel: GENERAL, environment: prod as never, timezone: 'UTC', actor: 'cli:test' };
    await subscriptions.subscribe({ ...subscriber, request: requestOf('failures') });
    await subscriptions.subscribe({ ...subscriber, request: requestOf('drift') });
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
    // When the environment leaves the config, the subscription posts nothing and nothing fails.
    expect(await allReports(db, { reports: [], environments: environments.slice(1) })).toEqual([]);
  });

  it('is created once when it is requested three times at the same moment', async () => {
    const { db, clock } = await openTestOutbox();
    const subscriptions = createSubscriptions({ db, clock });
    const subscriber = {
      channel: GENERAL,
      environment: environments[0] as never,
      timezone: 'UTC',
      actor: 'cli:test',
    };
    const request = requestOf('daily at 9');
    const results = await Promise.all(
      [1, 2, 3].map(() => subscriptions.subscribe({ ...subscriber, request })),
    );
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused', 'refused']);
    expect(await subscriptionsFor(db, 'digest', 'prod')).toHaveLength(1);
    expect((await subscriptions.unsubscribe({ ...subscriber, request: null })).kind).toBe('done');
    expect((await subscriptions.subscribe({ ...subscriber, request })).kind).toBe('done');
  });

  it('is refused when the channel gets the same digest at the same moment, on some days or in other words', async () => {
    const { db, clock } = await openTestOutbox();
    const subscriptions = createSubscriptions({ db, clock });
    const ask = (words: string, changes: Record<string, unknown> = {}) =>
      subscriptions.subscribe({
        channel: GENERAL,
        environment: environments[0] as never,
        timezone: 'Europe/Berlin',
        actor: 'cli:test',
        request: requestOf(words),
        ...changes,
      });
    expect((await ask('daily at 9')).kind).toBe('done');
    for (const words of ['weekdays at 9', 'daily at 9 Europe/Paris', 'daily at 8 UTC']) {
      const { kind, summary, remedy } = await ask(words);
      expect([words, kind]).toEqual([words, 'refused']);
      expect(summary).toContain('already gets a digest of prod (production), daily at 09:00 (Europe/Berlin)');
      expect(remedy).toContain('`unsubscribe prod daily at 09:00 Europe/Berlin`');
    }
    for (const [words, changes] of [
      ['daily at 10', {}],
      ['drift', {}],
      ['daily at 9', { channel: 'C0OTHER' }],
      ['daily at 9', { environment: environments[1] }],
    ] as const)
      expect([words, (await ask(words, changes)).kind]).toEqual([words, 'done']);
  });

  it('is refused when the channel has 50, and told so', async () => {
    const { db, clock } = await openTestOutbox();
    const subscriptions = createSubscriptions({ db, clock });
    const subscriber = {
      channel: GENERAL,
      environment: environments[0] as never,
      timezone: 'UTC',
      actor: 'cli:test',
    };
    const at = (minute: number) =>
      requestOf(
        `daily at ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
      );
    for (let minute = 0; minute < 50; minute += 1)
      expect((await subscriptions.subscribe({ ...subscriber, request: at(minute) })).kind).toBe('done');
    const refused = await subscriptions.subscribe({ ...subscriber, request: at(50) });
    expect(refused.kind).toBe('refused');
    expect(refused.summary).toContain('50 subscriptions, the most that a channel can have');
    expect((await subscriptions.subscribe({ ...subscriber, request: at(7) })).summary).toContain(
      'already gets',
    );
    expect((await subscriptions.subscribe({ ...subscriber, channel: 'C0OTHER', request: at(50) })).kind).toBe(
      'done',
    );
    await subscriptions.unsubscribe({ ...subscriber, request: at(7) });
    expect((await subscriptions.subscribe({ ...subscriber, request: at(50) })).kind).toBe('done');
  });
});
