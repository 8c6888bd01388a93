import { describe, it } from 'vitest';
import type { StoredView } from '../../sandbox/slack/server.ts';
import { renderView } from '../../src/cli/preview/render.ts';
import type { Config } from '../../src/config/config.ts';
import { enqueue } from '../../src/digests/outbox/outbox.ts';
import { actionIds, homeDiffIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertSignOffAct } from '../../src/store/sign-offs.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { systemClock } from '../../src/time/clock.ts';
import { there } from '../environment.ts';
import { ALICE, BOB, blocksOf, type Mode, openScene, type Scene } from './scene.ts';

/** The text of a Home, on one line. */
const sees = (view: StoredView | null): string =>
  view === null ? '' : renderView(view, { width: 100, color: false }).replace(/\s+/g, ' ');

/** Waits for a Home that contains the text. */
const shows = (
  { slack }: Scene,
  words: string | RegExp,
  user = ALICE,
  timeoutMs = 15_000,
): Promise<StoredView> =>
  slack.waitFor(() => {
    const home = slack.home(user);
    const seen = sees(home);
    return home && (typeof words === 'string' ? seen.includes(words) : words.test(seen)) && home;
  }, timeoutMs);

const publishes = ({ slack }: Scene, user = ALICE) =>
  slack.calls.filter(({ method, args }) => method === 'views.publish' && args.user_id === user);

const click = (scene: Scene, view: StoredView, actionId: string, value?: string) =>
  scene.slack.click({ view, actionId, ...(value === undefined ? {} : { value }) });

/** Waits for a direct message that contains the text; returns the newest. */
const written = ({ slack }: Scene, words: string, user = ALICE) =>
  slack.waitFor(
    () =>
      slack
        .messages(user)
        .filter((message) => message.text.includes(words))
        .at(-1),
    20_000,
  );

describe.concurrent.each<Mode>(['socket', 'http'])('the App Home over %s', (mode) => {
  it('says what to do before the first check, and shows the result after it', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const ack = await scene.slack.openHome(ALICE);
    expect(ack).toMatchObject({ ok: true });
    const empty = await shows(scene, '2 environments: 2 not checked yet');
    expect(sees(empty)).toContain('prod (production): not checked yet. /envcheck prod checks it now');
    expect(sees(empty)).toContain('the first scheduled check also runs soon');
    expect(sees(empty)).toContain('not compared yet');

    await click(scene, empty, actionIds.homeCheck, 'prod');
    const report = await written(scene, 'prod (production): not ready');
    expect(blocksOf(report)).toContain(actionIds.recheck);
    expect(blocksOf(report)).not.toContain(actionIds.share);
    expect(report.channel).toMatch(/^D/);
    const home = await shows(scene, '2 environments: 1 not ready, 1 not checked yet');
    expect(sees(home)).toMatch(/❌ prod \(production\): not ready · \d+ failed/);
    expect(sees(home)).toMatch(/Failing: .+ \(webhooks\.separate\)\. Next: /);
    // The worst environment comes first.
    expect(sees(home).indexOf('prod (production)')).toBeLessThan(sees(home).indexOf('uat: not'));

    await click(scene, home, actionIds.homeReport);
    await scene.slack.waitFor(() => scene.slack.messages(ALICE).length === 2);
    expect(scene.slack.messages('C0GENERAL')).toEqual([]);
  });
});

describe.concurrent('the App Home', () => {
  it('answers its buttons in direct messages, which have working buttons of their own', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, '2 not checked yet');
    await click(scene, home, there(homeDiffIds[0]), 'uat prod');
    const diff = await written(scene, 'uat → prod (production)');
    expect(blocksOf(diff)).toContain(actionIds.compareAgain);
    await shows(scene, /Differences from uat: \d+ breaking, \d+ risky, \d+ cosmetic open/);
    await click(scene, home, actionIds.homeWaivers, 'prod');
    await written(scene, 'Waivers: 0 accepted in prod (production)');
    await click(scene, home, actionIds.homeChecklist, 'prod');
    await scene.slack.waitFor(
      () =>
        scene.slack.messages(ALICE).find((message) => blocksOf(message).includes(actionIds.checklistAgain)),
      20_000,
    );
    for (const message of scene.slack.messages(ALICE)) expect(message.channel).toMatch(/^D/);
  });

  it('shows a change by somebody else to people who have it open, and publishes nothing to others', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await scene.slack.openHome(ALICE);
    await shows(scene, '2 not checked yet');
    await scene.slack.command({ text: 'prod', user: BOB });
    await shows(scene, '1 not ready, 1 not checked yet');
    expect(scene.slack.home(BOB)).toBeNull();
    expect(publishes(scene, BOB)).toEqual([]);
  });

  it('marks what cannot be read and shows the rest', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await scene.slack.command({ text: 'prod' });
    await scene.report();
    const db = openDatabase(scene.config.database);
    await db
      .updateTable('reports')
      .set({ content: Buffer.from('broken') })
      .execute();
    await db.destroy();
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, 'could not be read');
    const token = /prod \(production\): could not be read \((err_\w+) in Envcheck’s log/.exec(
      sees(home),
    )?.[1];
    expect(scene.logs.filter((line) => line.token === token)).toHaveLength(1);
    expect(sees(home)).toContain('2 environments: 1 could not be read, 1 not checked yet');
    expect(sees(home)).toContain('✅ Events: all 2 expected activities are in the log');
  });

  it('says what to do when the bot cannot write to the person', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, '2 not checked yet');
    scene.slack.faults.add({
      method: 'chat.postMessage',
      fault: { kind: 'error', error: 'messages_tab_disabled' },
    });
    await click(scene, home, actionIds.homeWaivers, 'prod');
    const told = await shows(scene, 'I could not send you a message (messages_tab_disabled)');
    expect(sees(told)).toContain('switch its Messages tab on');
    scene.slack.faults.clear();
    await scene.slack.openHome(ALICE);
    await scene.slack.waitFor(() => !sees(scene.slack.home(ALICE)).includes('could not send'), 10_000);
  });

  it('drops a waiver that was revoked in a direct message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: waivedByAlice });
    await scene.slack.command({ text: 'prod' });
    await scene.report();
    const db = openDatabase(scene.config.database);
    await db
      .insertInto('waivers')
      .values({
        id: 'wvr_00000000000000000000000001',
        kind: 'check',
        left_environment: '',
        environment: 'prod',
        subject: 'webhooks.separate',
        shown: 'the same URL',
        fingerprint: 'f',
        reason: 'until the move',
        accepted_by: `slack:${ALICE}`,
        accepted_at: Date.now(),
        until: Date.now() + 10 * 86_400_000,
        ended_at: null,
        ended_how: null,
        ended_by: null,
        ended_reason: null,
      })
      .execute();
    await db.destroy();
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, 'Ends within 14 days: 1');
    expect(sees(home)).toContain('waiver of `webhooks.separate` in prod (production), last day');
    await click(scene, home, actionIds.homeWaivers, 'prod');
    const list = await written(scene, 'Waivers: 1 accepted');
    await scene.slack.click({ message: list, actionId: actionIds.revokeWaiver, user: ALICE });
    const after = await scene.slack.waitFor(() =>
      scene.slack.messages(ALICE).find(({ ts, text }) => ts === list.ts && text.includes('Revoked')),
    );
    expect(after.text).toContain('0 accepted');
    await scene.slack.waitFor(() => !sees(scene.slack.home(ALICE)).includes('Ends within'), 12_000);
  });

  it('shows the next report, messages that wait for Slack, and those that are held up', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: withMorningReport });
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, 'nothing waits to be posted, and none was given up within 7 days.');
    expect(sees(home)).toMatch(
      /⏳ morning: has not run yet; next \w+ \d+ \w+ \d{4}, 09:00 \(America\/New_York\)/,
    );
    scene.slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'error', error: 'internal_error' } });
    const db = openDatabase(scene.config.database);
    await inTransaction(db, (transaction) =>
      enqueue(
        transaction,
        { key: 'test', channel: 'C0GENERAL', kind: 'post', message: { text: 'Hello', blocks: [] } },
        systemClock,
      ),
    );
    await db.destroy();
    const waiting = await shows(scene, 'C0GENERAL: 1 held up.');
    expect(sees(waiting)).toContain('1 message waits to be posted, the oldest since 20');
  });

  it('lists open sign-offs and those that expire soon', async (ctx) => {
    const { expect } = ctx;
    const DAY_MS = 86_400_000;
    const item = { approvals: 1, people: [], covers: null, environments: ['prod'], validForMs: 10 * DAY_MS };
    const scene = await openScene(ctx, {
      adjust: (config) => ({
        ...config,
        signOffs: [
          { ...item, id: 'runbook', title: 'The runbook is rehearsed' },
          { ...item, id: 'rollback', title: 'The way back is tried' },
        ],
      }),
    });
    const db = openDatabase(scene.config.database);
    await inTransaction(db, (transaction) =>
      insertSignOffAct(transaction, {
        environment: 'prod',
        signOff: 'runbook',
        act: 'sign',
        at: Date.now() - DAY_MS,
        actor: `slack:${BOB}`,
        person: null,
        personName: 'Bob',
        note: null,
        link: null,
        title: 'The runbook is rehearsed',
        snapshot: null,
        completeSnapshot: null,
        expiresAt: null,
        about: null,
        changes: null,
      }),
    );
    await db.destroy();
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, 'Ends within 14 days: 1');
    expect(sees(home)).toContain('❌ Sign-offs: 1 of 2 signed off. Open: The way back is tried');
    expect(sees(home)).toContain('sign-off `The runbook is rehearsed` in prod (production), last day');
  });
});

const withMorningReport = (config: Config): Config => ({
  ...config,
  reports: [
    {
      name: 'morning',
      cron: '0 9 * * 1-5',
      timezone: 'America/New_York',
      channel: 'C0GENERAL',
      environments: ['prod'],
      sections: ['readiness'],
      when: 'changed',
    },
  ],
});

const waivedByAlice = (config: Config): Config => ({
  ...config,
  access: { ...config.access, waive: { users: [ALICE], groups: [] } },
});
