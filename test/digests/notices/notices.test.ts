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
import { openDatabase } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { startStand, temporaryFolder, there } from '../../environment.ts';
import { aCheck, aReport, HOUR_MS, NOW } from '../digest/digests.ts';
import { GENERAL, HISTORY, manualClock, webClient } from '../outbox/test-outbox.ts';

const MINUTE = 60_000;

interface Options {
  maintenance?: Config['environments'][number]['maintenance'];
  channels?: string[];
}

/** Reports come by the hour; what they lead to is seen in a simulated Slack. Each report is watched by a new process. */
async function openWatch({ maintenance = [], channels = [GENERAL] }: Options = {}) {
  const clock = manualClock(NOW);
  const slack = await startSlack({ clock, scopes: ['commands', 'chat:write', ...HISTORY] });
  onTestFinished(() => slack.stop());
  const file = join(temporaryFolder(), 'envcheck.db');
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  await migrate(db, clock);
  const courier = createCourier(webClient(slack.apiUrl, slack.botToken, 2_000));
  const sender = createSender({
    db,
    clock,
    logger: pino({ level: 'silent' }),
    courier,
    botName: '@envcheck',
    tickMs: 20,
  });
  const config = {
    environments: [{ name: 'prod', production: true, maintenance }],
    reports: channels.map((channel) => ({ channel, environments: ['prod'] })),
  } as unknown as Config;
  let number = 0;
  const see = async (checks: CheckResult[]) => {
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
    see,
    /** One check in these states, an hour apart. */
    async states(...statuses: Status[]) {
      for (const status of statuses) await see([aCheck('config.templates', status)]);
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

describe('a blocking check that passed', () => {
  it('is announced once it failed in two reports in a row, and not again while it fails', async () => {
    const { states, posts, slack } = await openWatch();
    await states('pass', 'fail');
    expect(posts()).toEqual([]);
    await states('fail', 'fail', 'fail');
    expect(posts()).toEqual([
      '❌ prod (production): 1 check fails. Next: Create what config.templates asks for in SpotDraft',
    ]);
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  });

  it('is edited in place day by day, and resolved in the thread and in the channel', async () => {
    const { states, posts, replies, slack } = await openWatch();
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
    ['could not be told in between', ['pass', 'fail', 'unknown', 'pass']],
    ['is not required any more', ['pass', 'fail', 'skipped', 'fail']],
  ])('is not announced where it %s', async (_how, statuses) => {
    const { states, posts, replies } = await openWatch();
    await states(...statuses);
    await states('pass');
    expect([...posts(), ...replies()]).toEqual([]);
  });

  it('that could not be told after it was announced is not resolved', async () => {
    const { states, posts, replies } = await openWatch();
    await states('pass', 'fail', 'fail', 'unknown');
    expect(posts()[0]).toContain('1 check fails, unknown in the last report');
    expect(replies()).toEqual([]);
    await states('fail');
    expect(posts()[0]).not.toContain('unknown');
  });

  it.each<[Status, string]>([
    ['waived', '➖ prod (production): 1 accepted'],
    ['skipped', '➖ prod (production): 1 no longer judged'],
  ])('that is %s is over, and not told as resolved', async (status, words) => {
    const { states, replies } = await openWatch();
    await states('pass', 'fail', 'fail', status);
    expect(replies()[0]).toContain(words);
    expect(replies()[0]).not.toContain('resolved');
  });

  it('is one message with the others that begin to fail with it; a part of them is over in the thread', async () => {
    const { see, posts, replies } = await openWatch();
    const both = (one: Status, two: Status) => see([aCheck('a.one', one), aCheck('a.two', two)]);
    await both('pass', 'pass');
    await both('fail', 'fail');
    await both('fail', 'fail');
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain('2 checks fail');
    await both('pass', 'fail');
    expect(replies()).toEqual(['✓ prod (production): 1 of 2 closed, 1 still fails']);
    // One that fails again while another still does is in the same message.
    await both('fail', 'pass');
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain('1 check fails');
    await both('pass', 'pass');
    expect(replies().at(-1)).toContain('resolved, 2 checks pass again');
    expect(posts()).toHaveLength(1);
  });

  it('of an advisory check is not announced', async () => {
    const { see, posts } = await openWatch();
    for (const status of ['pass', 'fail', 'fail'] as const)
      await see([aCheck('a.one', status, { severity: 'advisory' })]);
    expect(posts()).toEqual([]);
  });
});

it('the same report seen twice is one report', async () => {
  const { see, posts, db, config, clock } = await openWatch();
  await see([aCheck('a.one', 'pass')]);
  const report = await see([aCheck('a.one', 'fail')]);
  await createNoticeWatch({ config, db, clock, presenter: slackPresenter }).afterReport(report, clock.now());
  await see([aCheck('a.one', 'pass')]);
  expect(posts()).toEqual([]);
});

it('is announced in every channel that is about the environment, once in each', async () => {
  const { states, db } = await openWatch({ channels: [GENERAL, 'C0OTHER', GENERAL] });
  await states('pass', 'fail', 'fail');
  const rows = await db.selectFrom('outbox').select('channel').execute();
  expect(rows.map(({ channel }) => channel)).toEqual([GENERAL, 'C0OTHER']);
});

it('an environment that no report could tell of for an hour is announced with the reason, and when it can be told again', async () => {
  const { states, posts, replies, clock } = await openWatch();
  await states('unknown');
  clock.advance(-30 * MINUTE);
  await states('unknown');
  expect(posts()).toEqual([]);
  await states('unknown', 'unknown');
  expect(posts()).toHaveLength(1);
  expect(posts()[0]).toMatch(/^❔ prod \(production\): verdict unknown for 90 min\. Next: /);
  await states('pass');
  expect(replies()[0]).toContain('✅ prod (production): resolved, the verdict is known again');
});

describe('in maintenance', () => {
  const maintenance = [
    { kind: 'once' as const, from: NOW + HOUR_MS / 2, until: NOW + 4.5 * HOUR_MS, reason: 'deployment' },
  ];

  it('nothing is announced; what still fails with the first report afterwards is announced then', async () => {
    const { states, posts } = await openWatch({ maintenance });
    await states('pass', 'fail', 'fail', 'fail', 'fail');
    expect(posts()).toEqual([]);
    await states('fail');
    expect(posts()[0]).toContain('1 check fails');
  });

  it('nothing is told of what passes again before its end', async () => {
    const { states, posts, replies } = await openWatch({ maintenance });
    await states('pass', 'fail', 'fail', 'pass', 'pass', 'pass');
    expect([...posts(), ...replies()]).toEqual([]);
  });
});

it('is wired to every check, whoever asks for it', async () => {
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
