import { describe, expect, it } from 'vitest';
import { openCliWorld } from './program.ts';

describe('subscriptions on the command line', () => {
  it('start, are listed and end with the same words', async () => {
    const { run } = await openCliWorld();
    const to = ['--channel', 'C0GENERAL'];
    expect((await run(['subscriptions'])).out).toContain('No automatic posts');
    const made = await run(['subscribe', 'prod', 'weekdays', 'at', '9', 'Europe/Berlin', ...to]);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(
      /^✓ Channel C0GENERAL gets a digest of prod \(production\), on weekdays at 09:00 \(Europe\/Berlin\)\. Next: .*09:00 \(Europe\/Berlin\)\.\n$/,
    );
    expect((await run(['subscribe', 'prod', 'weekdays', 'at', '9', 'Europe/Berlin', ...to])).code).toBe(1);
    expect((await run(['subscribe', 'prod', 'failures', ...to])).code).toBe(0);
    const listed = JSON.parse((await run(['subscriptions', '--json'])).out);
    expect(listed).toMatchObject({
      reports: [
        {
          name: 'prod digest',
          cron: '0 9 * * 1-5',
          timezone: 'Europe/Berlin',
          channel: 'C0GENERAL',
          origin: 'subscription',
          last: null,
          next: expect.stringMatching(/^\d{4}-\d\d-\d\dT0[78]:00:00/),
        },
      ],
      notices: [{ environment: 'prod', kind: 'failures' }],
      orphans: [],
    });
    const doctor = await run(['doctor']);
    expect(doctor.out).toMatch(/✓ outbox +nothing\s+waits\s+to\s+be\s+posted/);
    expect(doctor.out).toMatch(/✓ report prod digest +next\s.*;\s+has\s+not\s+run\s+yet/s);
    expect(doctor.out).toMatch(/✓ Envcheck +\d+\.\d+\.\d+ on\s+Node\s+v\d+.*database\s+\d/s);
    expect((await run(['unsubscribe', 'prod', 'weekdays', 'at', '9', ...to])).code).toBe(0);
    expect((await run(['unsubscribe', 'prod', ...to])).out).toContain('no longer gets a notice');
    expect((await run(['unsubscribe', 'prod', ...to])).code).toBe(1);
  });

  it.each([
    [['subscribe', 'prod', 'daily', 'at', '25:00', '--channel', 'C0GENERAL'], 'understand “25:00”'],
    [['subscribe', 'prod', '--channel', 'C0GENERAL'], 'What, and when? Choose daily at 09:00'],
    [
      ['subscribe', 'prod', 'drift', '--channel', '#general'],
      '--channel “#general” is not the id of a channel',
    ],
    [
      ['subscribe', 'prod', 'drift', '--channel', 'C0GENERAL', '--timezone', 'Mars'],
      '--timezone “Mars” is not a time zone',
    ],
    [['subscribe', 'prod', 'drift'], "required option '--channel <id>'"],
  ])('%j is wrong usage', async (args, message) => {
    const { run } = await openCliWorld({ delivered: false });
    const { code, err } = await run(args);
    expect(err).toContain(message);
    expect(code).toBe(64);
  });
});
