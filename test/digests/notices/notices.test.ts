import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../../sandbox/slack/server.ts';
import type { Config } from '../../../src/config/config.ts';
import { createNoticeWatch } from '../../../src/digests/notices/watch.ts';
import { createSender } from '../../../src/digests/outbox/sender.ts';
import type { CheckResult, Status } from '../../../src/readiness/report.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import { startStand, temporaryFolder, there } from '../../environment.ts';
import { openNewDatabase } from '../../event-log.ts';
import { aCheck, aReport, HOUR_MS, NOW } from '../digest/digests.ts';
import { webClient } from '../outbox/process-parts.ts';
import { GENERAL, HISTORY, manualClock } from '../outbox/test-outbox.ts';

const MINUTE = 60_000;

interface Options {
  maintenance?: Config['environments'][number]['maintenance'];
  channels?: string[];
}

/** Applies one report per hour and shows the result in a simulated Slack. Each report is applied by a new watch, as after a restart. */
async function startNotices({ maintenance = [], channels = [GENERAL] }: Options = {}) {
  const clock = manualClock(NOW);
  const slack = await startSlack({ clock, scopes: ['commands', 'chat:write', ...HISTORY] });
  onTestFinished(() => slack.stop());
  const file = join(temporaryFolder(), 'envcheck.db');
  const db = await openNewDatabase(file, clock.now());
  const courier = createCourier(webClient(slack.apiUrl, slack.botToken, 2_000));
  const sender = createSender({
    db,
    clock,
    logger: pino({ level: 'silent' }),
    courier,
    botName: () => '@envcheck',
    tickMs: 20,
  });
  const config = {
    environments: [{ name: 'prod', production: true, maintenance }],
    reports: channels.map((channel) => ({ channel, environments: ['prod'] })),
  } as unknown as Config;
  let number = 0;
  const applyReport = async (checks: CheckResult[]) => {
    number += 1;
    const report = aReport('prod', checks, { id: `rpt_${number}`, checkedAt: clock.now() });
    await createNoticeWatch({ config, db, clock, presenter: slackPresenter }).afterReport(
      report,
      clock.now(),
    );
    for (let second = 0; second < 6; second += 1) {
      await sender.tick();
      clock.advance(1_000);
    }
    clock.advance(HOUR_MS - 6_000);
    return report;
  };
  const messages = () => slack.messages(GENERAL);
  return {
    db,
    config,
    slack,
    clock,
    applyReport,
    /** Reports one check in these states, an hour apart. */
    async states(...statuses: Status[]) {
      for (const status of statuses) await applyReport([aCheck('config.templates', status)]);
    },
    posts: () =>
      messages()
        .filter(({ threadTs, ts }) => threadTs === null || threadTs === ts)
        .map(({ text }) => text),
    replies: () =>
      messages()
        .filter(({ threadTs, ts }) => threadTs !== null && threadTs !== ts)
        .map(({ text }) => text),
  };
}

describe('a blocking check', () => {
  it('is announced once when it fails in two reports in a row after passing', async () => {
    const { states, posts, slack } = await startNotices();
    await states('pass', 'fail');
    expect(posts()).toEqual([]);
    await states('fail', 'fail', 'fail');
    expect(posts()).toEqual([
      '❌ prod (production): 1 check fails. Next: Create what config.templates asks for in SpotDraft',
    ]);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  });

  it('has its notice edited daily, and resolved in the thread and in the channel', async () => {
    const { states, posts, replies, slack } = await startNotices();
    await states('pass', ...Array.from({ length: 28 }, () => 'fail' as const));
    expect(posts()[0]).toMatch(/^❌ prod \(production\): 1 check fails, still failing, day 2\./);
    expect(slack.calls.filter(({ method }) => method === 'chat.update')).toHaveLength(1);
    await states('pass', 'pass');
    expect(posts()).toEqual(['✅ prod (production): resolved, 1 check passes again.']);
    expect(replies()).toEqual(['✅ prod (production): resolved, 1 check passes again after 28 h']);
    const last = slack.calls.filter(({ method }) => method === 'chat.postMessage').at(-1);
    expect(String(last?.args.reply_broadcast)).toBe('true');
  });

  it.each<[string, Status[]]>([
    ['flaps', ['pass', 'fail', 'pass', 'fail', 'pass', 'fail']],
    ['never passed', ['fail', 'fail', 'fail']],
    ['was unknown in between', ['pass', 'fail', 'unknown', 'pass']],
    ['is no longer required', ['pass', 'fail', 'skipped', 'fail']],
    ['was unknown before its first judgement', ['unknown', 'fail', 'fail']],
  ])('is not announced when it %s', async (_how, statuses) => {
    const { states, posts, replies } = await startNotices();
    await states(...statuses);
    await states('pass');
    expect([...posts(), ...replies()]).toEqual([]);
  });

  it('is not resolved when it becomes unknown after its announcement', async () => {
    const { states, posts, replies } = await startNotices();
    await states('pass', 'fail', 'fail', 'unknown');
    expect(posts()[0]).toContain('1 check fails, unknown in the last report');
    expect(replies()).toEqual([]);
    await states('fail');
    expect(posts()[0]).not.toContain('unknown');
  });

  it('stays open while it waits for another check', async () => {
    const { applyReport, states, posts, replies } = await startNotices();
    await states('pass', 'fail', 'fail');
    await applyReport([
      aCheck('config.templates', 'skipped', { waitsFor: 'credentials.accepted' }),
      aCheck('credentials.accepted', 'fail', { item: 'credentials' }),
    ]);
    expect(posts()[0]).toContain('1 check fails, unknown in the last report');
    expect(replies()).toEqual([]);
    await states('fail');
    expect(posts()[0]).not.toContain('unknown');
  });

  it.each<[Status, string]>([
    ['waived', '➖ prod (production): 1 accepted'],
    ['skipped', '➖ prod (production): 1 no longer judged'],
  ])('closes its notice without “resolved” when it becomes %s', async (status, text) => {
    const { states, replies } = await startNotices();
    await states('pass', 'fail', 'fail', status);
    expect(replies()[0]).toContain(text);
    expect(replies()[0]).not.toContain('resolved');
  });

  it('is announced when it passed, waited for another check, and then fails', async () => {
    const { applyReport, states, posts } = await startNotices();
    await states('pass');
    await applyReport([
      aCheck('config.templates', 'skipped', { waitsFor: 'credentials.accepted' }),
      aCheck('credentials.accepted', 'fail', { item: 'credentials' }),
    ]);
    await states('fail', 'fail');
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain('1 check fails');
  });

  it('shares a message with other new failures of the same report; each check that passes again gets a reply', async () => {
    const { applyReport, posts, replies } = await startNotices();
    const both = (one: Status, two: Status) => applyReport([aCheck('a.one', one), aCheck('a.two', two)]);
    await both('pass', 'pass');
    await both('fail', 'fail');
    await both('fail', 'fail');
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain('2 checks fail');
    await both('pass', 'fail');
    expect(replies()).toEqual(['✓ prod (production): 1 of 2 closed, 1 still fails']);
    // A check that fails again while the notice is open stays in the same message.
    await both('fail', 'pass');
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain('1 check fails');
    await both('pass', 'pass');
    expect(replies().at(-1)).toContain('resolved, 2 checks pass again');
    expect(posts()).toHaveLength(1);
  });

  it('is not announced when it is advisory', async () => {
    const { applyReport, posts } = await startNotices();
    for (const status of ['pass', 'fail', 'fail'] as const)
      await applyReport([aCheck('a.one', status, { severity: 'advisory' })]);
    expect(posts()).toEqual([]);
  });
});

it.each([HOUR_MS, 24 * HOUR_MS, 100 * 24 * HOUR_MS])(
  'failures are announced although the clock was %i ms ahead for a report, and one without a verdict too',
  async (ahead) => {
    const { states, posts, clock, applyReport } = await startNotices();
    await states('pass');
    clock.advance(ahead);
    await applyReport([aCheck('config.templates', 'unknown')]);
    clock.advance(-ahead - HOUR_MS);
    await states('pass', 'fail', 'fail');
    expect(posts()).toHaveLength(1);
    clock.advance(ahead);
    await states('unknown');
    clock.advance(-ahead);
    await states('unknown', 'unknown', 'unknown');
    expect(posts()).toHaveLength(2);
  },
);

it('the same report applied twice counts once', async () => {
  const { applyReport, posts, db, config, clock } = await startNotices();
  await applyReport([aCheck('a.one', 'pass')]);
  const report = await applyReport([aCheck('a.one', 'fail')]);
  await createNoticeWatch({ config, db, clock, presenter: slackPresenter }).afterReport(report, clock.now());
  await applyReport([aCheck('a.one', 'pass')]);
  expect(posts()).toEqual([]);
});

it('a notice is posted once in every channel with a report about the environment', async () => {
  const { states, db } = await startNotices({ channels: [GENERAL, 'C0OTHER', GENERAL] });
  await states('pass', 'fail', 'fail');
  const rows = await db.selectFrom('outbox').select('channel').execute();
  expect(rows.map(({ channel }) => channel)).toEqual([GENERAL, 'C0OTHER']);
});

it('an environment without a verdict for an hour is announced with the reason, and is readable again when it has one', async () => {
  const { states, posts, replies, clock } = await startNotices();
  await states('unknown');
  clock.advance(-30 * MINUTE);
  await states('unknown');
  expect(posts()).toEqual([]);
  await states('unknown', 'unknown');
  expect(posts()).toHaveLength(1);
  expect(posts()[0]).toMatch(/^❔ prod \(production\): verdict unknown for 90 min\. Next: /);
  await states('pass');
  expect(replies()[0]).toContain('✓ prod (production): readable again, the verdict is known');
  expect([...posts(), ...replies()].join()).not.toContain('resolved');
});

describe('maintenance', () => {
  const maintenance = [
    { kind: 'once' as const, from: NOW + HOUR_MS / 2, until: NOW + 4.5 * HOUR_MS, reason: 'deployment' },
  ];

  it('delays an announcement to the first report after its end', async () => {
    const { states, posts } = await startNotices({ maintenance });
    await states('pass', 'fail', 'fail', 'fail', 'fail');
    expect(posts()).toEqual([]);
    await states('fail');
    expect(posts()[0]).toContain('1 check fails');
  });

  it('hides a failure that passes again before its end', async () => {
    const { states, posts, replies } = await startNotices({ maintenance });
    await states('pass', 'fail', 'fail', 'pass', 'pass', 'pass');
    expect([...posts(), ...replies()]).toEqual([]);
  });
});

it('every check of the core can lead to a notice', async () => {
  const { check, core, prod } = await startStand({
    edit: (file) => {
      file.reports = [{ name: 'morning', cron: '0 9 * * *', channel: GENERAL, environments: ['prod'] }];
    },
  });
  await check();
  there(prod.roles[0]).name = 'Renamed Team';
  await check();
  await check();
  const rows = await core.db.selectFrom('outbox').select('key').execute();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.key).toMatch(/^notice ntc_\w{26} C0GENERAL$/);
});
