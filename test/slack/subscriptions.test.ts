import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { ALICE, BOB, GENERAL, NO_BOT, openScene, type Scene } from './scene.ts';

async function say(scene: Pick<Scene, 'slack'>, text: string, { user = ALICE, channel = GENERAL } = {}) {
  const { slack } = scene;
  const before = slack.messages(channel).length + slack.ephemerals(channel).length;
  await slack.command({ text, user, channel });
  await slack.waitFor(() => slack.messages(channel).length + slack.ephemerals(channel).length > before);
  return [...slack.messages(channel), ...slack.ephemerals(channel)]
    .toSorted((one, other) => (one.ts < other.ts ? -1 : 1))
    .at(-1);
}

const audit = ({ config }: Pick<Scene, 'config'>) => {
  const db = new BetterSqlite3(config.database, { readonly: true });
  const rows = db.prepare('select actor, act, environment, detail from audit order by key').all();
  db.close();
  return rows;
};

describe.concurrent('/envcheck subscribe', () => {
  it('sends the channel a digest at the asker’s local time and names the zone, and unsubscribe ends it', async (context) => {
    const scene = await openScene(context);
    const done = await say(scene, 'subscribe prod daily at 09:00');
    expect(done).toMatchObject({
      ephemeralFor: null,
      text: expect.stringMatching(
        /^✅ This channel gets a digest of prod \(production\), daily at 09:00 \(America\/New_York\)\. Next: \w{3} \d+ \w{3} \d{4}, 09:00 \(America\/New_York\)\.$/,
      ),
    });
    expect((await say(scene, 'subscribe prod daily at 9am'))?.text).toContain('already gets');
    expect((await say(scene, 'subscribe prod weekdays at 9', { user: BOB }))?.text).toContain(
      'on weekdays at 09:00 (Europe/Berlin)',
    );
    expect((await say(scene, 'subscribe prod drift'))?.text).toContain(
      'a drift report of prod (production), daily at 09:00',
    );
    expect((await say(scene, 'subscribe prod failures'))?.text).toContain(
      'a notice when a check of prod (production) begins to fail',
    );

    expect((await say(scene, 'unsubscribe prod'))?.text).toContain(
      'Which subscription to prod (production)? Choose one: `unsubscribe prod daily at 09:00 America/New_York`',
    );
    expect((await say(scene, 'unsubscribe prod daily at 10:00'))?.text).toContain('no such subscription');
    for (const words of ['daily at 09:00', 'weekdays at 9', 'drift', 'failures'])
      expect((await say(scene, `unsubscribe prod ${words}`))?.text).toContain(
        '✅ This channel no longer gets',
      );
    expect((await say(scene, 'unsubscribe prod drift'))?.text).toContain('It has none.');
    expect(audit(scene)).toEqual([
      ...['daily at 09:00', 'weekdays at 09:00', 'drift', 'failures'].map((what, index) => ({
        actor: `slack:${index === 1 ? BOB : ALICE}`,
        act: 'subscription.create',
        environment: 'prod',
        detail: expect.stringContaining(`"what":"${what}"`),
      })),
      ...['daily at 09:00', 'weekdays at 09:00', 'drift', 'failures'].map((what) => ({
        actor: `slack:${ALICE}`,
        act: 'subscription.end',
        environment: 'prod',
        detail: expect.stringContaining(`"what":"${what}"`),
      })),
    ]);
  });

  it('distinguishes equal times in two zones', async (context) => {
    const scene = await openScene(context);
    await say(scene, 'subscribe prod daily at 09:00');
    await say(scene, 'subscribe prod daily at 09:00', { user: BOB });
    await say(scene, 'subscribe prod daily at 09:00 Asia/Kolkata', { user: BOB });
    expect((await say(scene, 'unsubscribe prod daily at 09:00', { user: BOB }))?.text).toContain(
      'Europe/Berlin',
    );
    expect((await say(scene, 'unsubscribe prod daily at 09:00 Asia/Kolkata'))?.text).toContain(
      'Asia/Kolkata',
    );
    expect((await say(scene, 'unsubscribe prod daily at 09:00', { user: BOB }))?.text).toContain(
      'America/New_York',
    );
  });

  it('says how to invite the bot in a channel without it', async (context) => {
    const scene = await openScene(context);
    const answer = await say(scene, 'subscribe prod daily at 09:00', { channel: NO_BOT });
    expect(answer?.ephemeralFor).toBe(ALICE);
    expect(answer?.text).toContain('This channel gets a digest of prod (production), daily at 09:00');
    expect(answer?.text).toContain('Invite me with `/invite @envcheck`');
  });

  it('uses UTC and says so when the zone cannot be read', async (context) => {
    const scene = await openScene(context);
    // The account is readable before, and the answer serves for ten minutes.
    await say(scene, 'help');
    scene.slack.faults.add({
      method: 'users.info',
      fault: { kind: 'error', error: 'missing_scope' },
      times: 5,
    });
    const answer = await say(scene, 'subscribe prod daily at 09:00');
    expect(answer?.text).toContain('daily at 09:00 (UTC)');
    expect(answer?.text).toContain('could not be read (the app lacks the scope `users:read`');
    expect((await say(scene, 'subscribe uat daily at 8 Europe/Berlin'))?.text).not.toContain(
      'could not be read',
    );
  });
});

describe('a subscribe command that is refused', () => {
  let scene: World;
  beforeAll(async () => {
    scene = await startWorld({ logDestination: { write: () => {} } });
    await scene.startBot(scene.configure({ sharedWebhookUrl: true }));
  });
  afterAll(() => scene.stop());

  // Each command is refused and changes nothing.
  it.each([
    ['subscribe prod', 'Subscribe to what in prod?', 'subscribe prod daily at 09:00'],
    ['subscribe daily at 9', 'Which environment?', 'subscribe uat daily at 9'],
    ['subscribe prod daily at 25:00', 'understand “25:00”', 'daily at 09:00'],
    ['subscribe prod failures at 9', '`failures` takes no time', ''],
    ['subscribe prod hourly', 'understand “hourly”', ''],
    ['subcribe prod drift', 'I don’t know “subcribe”', 'subscribe prod drift'],
    ['subscriptions prod', 'takes no arguments', 'subscriptions'],
  ])('names the problem with “%s”', async (typed, problem, suggestion) => {
    const answer = await say(scene, typed);
    expect(answer?.text).toContain(problem);
    expect(answer?.text).toContain(suggestion);
  });
});

describe.concurrent('scheduled posts', () => {
  it('are listed with the config’s reports, in the asker’s zone', async (context) => {
    const scene = await openScene(context, {
      adjust: (config) => ({
        ...config,
        reports: [
          {
            name: 'morning',
            cron: '0 9 * * 1-5',
            timezone: 'America/New_York',
            channel: GENERAL,
            environments: ['prod', 'uat'],
            sections: ['readiness', 'drift'],
            when: 'changed',
          },
        ],
      }),
    });
    expect((await say(scene, 'subscriptions', { user: BOB }))?.text).toMatch(
      /^Scheduled posts: 1 from the config, 0 subscribed\. morning: next \w{3} \d+ \w{3} \d{4}, 1[45]:00 \(Europe\/Berlin\)\.$/,
    );
    await say(scene, 'subscribe prod failures');
    await say(scene, 'subscribe uat weekdays at 17:30');
    const list = await say(scene, 'subscriptions');
    expect(list).toMatchObject({ ephemeralFor: ALICE });
    const shown = JSON.stringify(list?.blocks);
    expect(shown).toContain('/envcheck unsubscribe uat weekdays at 17:30');
    expect(shown).toContain('/envcheck unsubscribe prod failures');
    expect(list?.text).toContain('1 from the config, 2 subscribed');
  });

  it('arrive on time, once, and self lists them', async (context) => {
    let moved = 0;
    const clock = { now: () => Date.now() + moved };
    const world = await openScene(context, { clock, reportsTickMs: 20 });
    const { url } = world;
    const done = await say(world, 'subscribe prod daily at 09:00');
    const before = world.slack.messages(GENERAL).length;
    const at = new Date(clock.now());
    // 14:00 UTC is 09:00 or 10:00 in New York.
    at.setUTCHours(14, 0, 30);
    moved = at.getTime() + 86_400_000 - Date.now();
    const posted = () => world.slack.messages(GENERAL).filter(({ threadTs }) => threadTs === null);
    const digest = await world.slack.waitFor(() => posted()[before], 20_000);
    await context.expect
      .poll(async () => (await fetch(`${url}/readyz`)).json(), { timeout: 20_000 })
      .toMatchObject({ outbox: { waiting: 0 } });
    expect(done?.text).toContain('America/New_York');
    expect(digest?.text).toMatch(/^prod digest \(baseline\): prod \(production\) not ready/);
    const self = await say(world, 'self');
    expect(self?.text).toMatch(
      /^✅ Envcheck 0\.\d+\.\d+, up for .*: no problems\. Outbox: nothing waits to be posted\.$/,
    );
    expect(JSON.stringify(self?.blocks)).toMatch(
      /prod digest.*next .*09:00 \(America\/New_York\) · last .*: posted/,
    );
    expect(posted()).toHaveLength(before + 1);
  });
});
