import { describe, expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../../sandbox/slack/server.ts';
import { renderMessage } from '../../../src/cli/preview/render.ts';
import { createMakeReport } from '../../../src/digests/digest/digest.ts';
import { createSender } from '../../../src/digests/outbox/sender.ts';
import type { ReportRun, ScheduledReport } from '../../../src/digests/schedule/scheduled-report.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { type Stand, type StandOptions, startStand, there } from '../../environment.ts';
import { long } from '../../long.ts';
import { webClient } from '../outbox/process-parts.ts';
import { GENERAL, HISTORY, type ManualClock, manualClock } from '../outbox/test-outbox.ts';
import { DAY_MS, HOUR_MS, scheduled } from './digests.ts';

/** Close to the real time, which the simulated SpotDraft uses. */
const START = Date.now();

interface DigestStand extends Stand {
  clock: ManualClock;
  slack: Awaited<ReturnType<typeof startSlack>>;
  /** Makes the report for the current time and sends its messages. */
  make(run?: Partial<ReportRun>): Promise<'posted' | 'quiet'>;
  /** Messages of the channel without replies. */
  posts(): string[];
  replies(): string[];
}

const report: ScheduledReport = scheduled({ timezone: 'UTC' });

/** The real core and outbox between both simulators, on a clock that the test moves. */
async function startDigestStand(
  options: StandOptions & { scopes?: string[]; drawsPictures?: boolean } = {},
  of = report,
): Promise<DigestStand> {
  const clock = manualClock(START);
  const stand = await startStand({
    // The integration reports a call a day, so that no check fails because the reports are old.
    log: { calls: Array.from({ length: 15 }, (_, day) => ({ at: START + day * DAY_MS })) },
    ...options,
    overrides: { clock },
    // Without limits, no activity is silent, whatever the day.
    edit: (file, spotdraft) => {
      for (const environment of Object.values(file.environments))
        if (environment.webhooks) delete environment.webhooks.maxSilence;
      options.edit?.(file, spotdraft);
    },
  });
  const slack = await startSlack({
    clock,
    scopes: ['commands', 'chat:write', ...HISTORY, ...(options.scopes ?? [])],
  });
  onTestFinished(() => slack.stop());
  const { db, logger } = stand.core;
  // Drawing loads a chart library in a thread of its own, which takes seconds.
  if (!options.drawsPictures) stand.core.trends.picture = async () => Buffer.from('picture');
  const courier = createCourier(webClient(slack.apiUrl, slack.botToken, 2_000));
  const sender = createSender({ db, clock, logger, courier, botName: () => '@envcheck', tickMs: 20 });
  const makeReport = createMakeReport({ config: stand.config, ...stand.core, presenter: slackPresenter });
  const drawn = (message: { text: string; blocks: unknown[] }) =>
    renderMessage(message, { width: 300, color: false });
  const all = () => slack.messages(GENERAL);
  return {
    ...stand,
    clock,
    slack,
    posts: () =>
      all()
        .filter(({ threadTs, ts }) => threadTs === null || threadTs === ts)
        .map(drawn),
    replies: () =>
      all()
        .filter(({ threadTs, ts }) => threadTs !== null && threadTs !== ts)
        .map(drawn),
    async make(run = {}) {
      const made = await makeReport({
        report: of,
        firedFor: clock.now(),
        late: false,
        previousRun: null,
        ...run,
      });
      for (let second = 0; second < 15; second += 1) {
        await sender.tick();
        clock.advance(1_000);
      }
      return made === 'nothing changed' ? 'quiet' : 'posted';
    },
  };
}

describe('a report', () => {
  it('posts a baseline, stays silent for six days and posts a heartbeat on the seventh', async () => {
    const { make, clock, posts } = await startDigestStand();
    const days = long ? Array.from({ length: 15 }, (_, day) => day) : [0, 1, 6, 7, 13, 14];
    const posted: number[] = [];
    for (const day of days) {
      clock.advance(START + day * DAY_MS - clock.now());
      if ((await make()) === 'posted') posted.push(day);
    }
    expect(posted).toEqual([0, 7, 14]);
    expect(posts().map((text) => /Baseline|Heartbeat/.exec(text)?.[0])).toEqual([
      'Baseline',
      'Heartbeat',
      'Heartbeat',
    ]);
    expect(posts()[0]).toContain('✅ prod (production) ready · ✅ uat ready');
  }, 60_000);

  it('shows the last 30 days in the thread of the first message of a day, and is posted without them when drawing fails', async () => {
    const always = { ...report, when: 'always' as const };
    const { make, clock, slack, core } = await startDigestStand(
      { scopes: ['files:write'], drawsPictures: true },
      always,
    );
    // An hour later it is still the same day.
    clock.advance(DAY_MS - (clock.now() % DAY_MS) + 10 * HOUR_MS);
    const pictures = () => slack.messages(GENERAL).filter(({ files }) => files.length > 0);
    await make();
    const [parent] = slack.messages(GENERAL);
    expect(pictures()).toMatchObject([
      {
        threadTs: there(parent).ts,
        files: [
          {
            name: 'prod-last-30-days.png',
            altText: expect.stringMatching(/^prod \(production\), .* Of 30 days: ready on 1/),
          },
        ],
      },
    ]);
    clock.advance(HOUR_MS);
    await make();
    expect(pictures()).toHaveLength(1);
    clock.advance(DAY_MS);
    core.trends.picture = () => Promise.reject(new Error('no fonts'));
    expect(await make()).toBe('posted');
    expect(pictures()).toHaveLength(1);
  }, 60_000);

  it('is posted once per fire time, however many processes make it', async () => {
    const { make, clock, posts } = await startDigestStand({}, { ...report, when: 'always' });
    const firedFor = clock.now();
    expect(await Promise.all([make({ firedFor }), make({ firedFor })])).toEqual(['posted', 'posted']);
    clock.advance(HOUR_MS);
    expect(await make({ firedFor })).toBe('posted');
    expect(posts()).toHaveLength(1);
  });

  it('shows a change between environments and over time, and stays silent the next day', async () => {
    const { make, clock, posts, replies, prod } = await startDigestStand();
    await make();
    clock.advance(DAY_MS);
    const role = there(prod.roles[0]);
    const name = role.name;
    role.name = 'Renamed Team';
    expect(await make()).toBe('posted');
    const text = there(posts().at(-1));
    expect(text).toContain('❌ prod (production) not ready');
    expect(text).toMatch(/Differences \(uat → prod \(production\)\): 5 new, 0 changed/);
    expect(text).toContain(`roles/${name}`);
    expect(text).toMatch(/Changed since the last digest: 5\n/);
    expect(text).toMatch(/Failing checks: \d+, \d+ new/);
    expect(replies().some((reply) => reply.includes('Evidence: GET'))).toBe(true);

    clock.advance(DAY_MS);
    expect(await make()).toBe('quiet');
    clock.advance(DAY_MS);
    role.name = name;
    expect(await make()).toBe('posted');
    expect(posts().at(-1)).toMatch(/✅ Resolved: \d+/);
    expect(posts()).toHaveLength(3);
  });

  it('made twice on a day updates the message of the day and adds the second digest to its thread', async () => {
    const { make, clock, posts, replies, prod } = await startDigestStand({}, { ...report, when: 'always' });
    // Far from midnight.
    clock.advance(DAY_MS - (clock.now() % DAY_MS) + HOUR_MS);
    await make();
    clock.advance(DAY_MS);
    await make();
    const before = replies().length;
    clock.advance(2 * HOUR_MS);
    there(prod.roles[0]).name = 'Renamed Team';
    await make();
    expect(posts()).toHaveLength(2);
    expect(posts()[1]).toContain('❌ prod (production) not ready');
    expect(posts()[0]).toContain('✅ prod (production) ready');
    const added = replies().slice(before);
    expect(added[0]).toContain('❌ prod (production) not ready');
    expect(added.length).toBeGreaterThan(1);
  });

  it('says every day that an environment cannot be read, and resolves nothing', async () => {
    const { make, clock, posts, spotdraft } = await startDigestStand();
    await make();
    clock.advance(DAY_MS);
    spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'status', status: 401 } });
    expect(await make()).toBe('posted');
    clock.advance(DAY_MS);
    expect(await make()).toBe('posted');
    for (const text of posts().slice(1)) {
      expect(text).toContain('❔ Could not be read');
      expect(text).toContain('its configuration could not be read');
      expect(text).not.toContain('✅ Resolved');
    }
  });

  it('counts exactly the deliveries of the period', async () => {
    const { make, clock, posts, config } = await startDigestStand({ log: null });
    const log = openEventLogWriter(config.database);
    const delivery = (index: number, rejection: string | null, at: number) =>
      prepareDelivery(
        {
          environment: 'prod',
          receivedAt: at,
          requestId: `r${index}`,
          source: '127.0.0.1',
          rejection: rejection as null,
          signedWith: null,
          headerEventId: null,
          body: Buffer.from(JSON.stringify({ activity: 'CONTRACT_CREATED', contract_id: index % 4_900 })),
        },
        { payloads: 'redacted', eventIdFields: {} },
      );
    const at = clock.now() - HOUR_MS;
    log.write(Array.from({ length: 5_000 }, (_, index) => delivery(index, null, at)));
    log.write(Array.from({ length: 7 }, (_, index) => delivery(index, 'signature_mismatch', at)));
    log.write([delivery(9_999_999, null, clock.now() - 2 * DAY_MS)]);
    log.close();
    await make();
    expect(posts()[0]).toContain(
      'prod (production): 5,000 verified, 100 duplicates, 7 refused, 0 failed outcomes',
    );
    expect(posts()[0]).toMatch(
      /No deliveries for `CONTRACT_EXECUTED` in prod \(production\) in the last 24 h\. The log has none\. The log keeps 90 days\./,
    );
  });
});
