import { describe, it } from 'vitest';
import type { StoredMessage } from '../../sandbox/slack/server.ts';
import { createField } from '../../sandbox/spotdraft/create-records.ts';
import { HEIGHT, WIDTH } from '../../src/digests/trend/chart.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { long } from '../long.ts';
import { ALICE, BOB, blocksOf, GENERAL, NO_BOT, openScene, readsOf, type Scene } from './scene.ts';

const LONG = 40_000;

/** Types a command and waits for an answer that matches. */
async function ask(
  scene: Scene,
  text: string,
  says: RegExp,
  { user = ALICE, channel = GENERAL } = {},
): Promise<StoredMessage> {
  const { slack } = scene;
  const seen = () => [...slack.messages(channel), ...slack.ephemerals(channel, user)];
  const before = new Set(seen().map(({ ts }) => ts));
  await slack.command({ text, user, channel });
  return slack.waitFor(() => seen().find((each) => !before.has(each.ts) && says.test(each.text)), LONG);
}

const becomes = ({ slack }: Scene, { ts, channel }: StoredMessage, says: RegExp): Promise<StoredMessage> =>
  slack.waitFor(
    () =>
      [...slack.messages(channel), ...slack.ephemerals(channel)].find(
        (each) => each.ts === ts && says.test(each.text),
      ),
    LONG,
  );

const COMPARED = /^(?:✅|❌|❔) uat → prod \(production\): /;

describe.concurrent('a comparison', () => {
  it('is shown in the channel with progress, and repeated in the same message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', latencyMs: 100 });
    const { slack, prod } = scene;
    const message = await ask(scene, 'compare uat with PROD', COMPARED, { user: BOB });
    expect(slack.messages(GENERAL)).toHaveLength(1);
    expect(slack.history.find(({ kind }) => kind === 'post')?.text).toBe(
      'Comparing uat and prod (production)…',
    );
    expect(
      scene
        .shown('update')
        .some((text) => /^Reading uat and prod \(production\): \d+ of \d+ \(\d+ s\)/.test(text)),
    ).toBe(true);
    expect(message.text).toMatch(
      /^❌ uat → prod \(production\): different\. 3 differences: 2 breaking, 1 risky\. Next: \/envcheck plan uat prod/,
    );
    expect(blocksOf(message)).toContain('only in uat');

    const again = await ask(scene, 'diff uat prod', COMPARED, { user: BOB });
    const reads = readsOf(scene, 'prod');
    prod.roles.pop();
    const clicks = [0, 1].map(() =>
      slack.click({ message: again, actionId: actionIds.compareAgain, user: ALICE }),
    );
    for (const ack of await Promise.all(clicks)) expect(ack).toMatchObject({ ok: true });
    await becomes(scene, again, /4 differences: 3 breaking, 1 risky/);
    // Two clicks cause one reading.
    expect(readsOf(scene, 'prod') - reads).toBeLessThan(reads);
    expect(slack.messages(GENERAL)).toHaveLength(2);
  });

  it('is expanded and shared from a private answer without another read', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    const { slack } = scene;
    const mine = await ask(scene, 'uat vs prod --private', COMPARED, { user: BOB });
    expect(slack.messages(GENERAL)).toEqual([]);
    expect(mine.ephemeralFor).toBe(BOB);
    const reads = scene.spotdraft.requests.length;
    const privately = slack.ephemerals(GENERAL, BOB).length;
    await slack.click({ message: mine, actionId: actionIds.showAllDifferences });
    const full = await slack.waitFor(() => slack.ephemerals(GENERAL, BOB)[privately]);
    expect(full.text).toBe(mine.text);
    await slack.click({ message: mine, actionId: actionIds.shareDiff });
    const shared = await slack.waitFor(() => slack.messages(GENERAL)[0]);
    expect(shared.text).toBe(mine.text);
    expect(blocksOf(shared)).toContain(`Shared by <@${BOB}>`);
    expect(scene.spotdraft.requests).toHaveLength(reads);
  });

  it('shows one environment over time, and the history has a picture with the same numbers as text', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    const { slack, prod } = scene;
    const none = await ask(
      scene,
      'diff prod since yesterday',
      /There is no snapshot of prod \(production\) yet/,
    );
    expect(none.text).toContain('`/envcheck prod`');
    await ask(scene, 'diff uat prod', COMPARED);
    const older = await ask(scene, 'diff prod —since yesterday', /is that old/);
    const since = /diff prod --since (\S+Z)`/.exec(older.text)?.[1] ?? '';
    prod.roles.pop();
    const changed = await ask(scene, `diff prod --since ${since}`, /^❌ prod \(production\) since /);
    expect(changed.text).toMatch(/different\. 1 difference: 1 breaking\. Next: \/envcheck history prod/);
    expect(blocksOf(changed)).not.toContain(actionIds.acceptDifference);
    const wrong = await ask(
      scene,
      'diff prod --since 0123456789',
      /no snapshot of this environment begins with these characters/,
    );
    expect(wrong.text).toContain('prod (production)');

    const history = await ask(scene, 'history prod', /^History of prod/);
    expect(history.text).toMatch(/^History of prod \(production\): 1 change in 2 readings, /);
    expect(blocksOf(history)).toContain('unchanged until at least');
    expect(blocksOf(history)).not.toContain('There is no picture');
    const shown = slack.messages(GENERAL).find(({ files }) => files.length > 0);
    const [file] = shown?.files ?? [];
    expect(file?.name).toBe('prod-last-30-days.png');
    const png = Buffer.from(file?.bytes ?? []);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([WIDTH, HEIGHT]);
    expect(file?.altText).toMatch(
      /^prod \(production\), .* not checked on 30\. Open differences uat → prod \(production\): \d+ on /,
    );
    expect(shown?.text).toBe(file?.altText);
    const byHash = /--since ([0-9a-f]{12})/.exec(blocksOf(history))?.[1] ?? '';
    await ask(scene, `diff prod ${byHash}`, /^❌ prod \(production\) since .*1 breaking/);
  });
});

describe.concurrent('drift in Slack', () => {
  it('becomes a plan: a checklist in the order in which items can be created', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const plan = await ask(scene, 'plan uat → prod', /needs to match/);
    expect(plan.text).toBe(
      '📋 What prod (production) needs to match uat: 3 steps, 2 of them for what is breaking.',
    );
    const shown = blocksOf(plan);
    const order = ['Intake forms', 'Templates', 'Workflows'].map((each) => shown.indexOf(each));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
    expect(Math.min(...order)).toBeGreaterThan(0);
    expect(shown).toContain('☐ Create the template “Order Form - Standard” (breaking)');
    expect(shown).toContain('/envcheck diff uat prod');
  });

  it('is reported as not compared, never as identical, when it cannot be read', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    scene.spotdraft.faults.add({
      workspace: 'prod',
      operation: 'roles',
      fault: { kind: 'status', status: 403 },
    });
    Object.assign(scene.prod, {
      templates: scene.uat.templates,
      workflows: scene.uat.workflows,
      contractTypes: scene.uat.contractTypes,
    });
    const message = await ask(scene, 'diff uat prod', COMPARED);
    expect(message.text).toMatch(/1 place could not be compared/);
    expect(message.text).not.toContain('identical');
    expect(blocksOf(message)).toContain('it could not be read in prod (production) (forbidden)');
  });

  it('lets no other command or click fail in Slack though it has thousands of fields, and is answered', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    const { slack, uat, prod } = scene;
    const [left, right] = [uat, prod].map(({ templates }) =>
      templates.find(({ name }) => name === 'Mutual NDA - Standard'),
    );
    for (let number = 0; number < (long ? 10_000 : 1_000); number += 1) {
      left?.fields.push(createField({ variable: `field_${number}`, label: `Field ${number}` }));
      right?.fields.push(
        createField({ variable: `field_${number}`, label: `Field ${number}`, required: true }),
      );
    }
    expect(await slack.command({ text: 'diff uat prod', user: ALICE })).toMatchObject({ ok: true });
    const compared = () => slack.messages(GENERAL).find(({ text }) => COMPARED.test(text));
    let others = 0;
    for (; !compared() && others < 5_000; others += 1)
      expect(await slack.command({ text: 'help', user: BOB })).toMatchObject({ ok: true });
    const message = compared();
    expect(others).toBeGreaterThan(0);
    expect(message?.text).toMatch(/ different\. 10\d{2,3} differences: /);
    const click = await slack.click({
      message: message as StoredMessage,
      actionId: actionIds.showAllDifferences,
      user: BOB,
    });
    expect(click).toMatchObject({ ok: true });
  });

  it('has a history that falls back to text with the reason when its picture cannot be shown', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await ask(scene, 'prod', /^❌ prod \(production\): not ready/);
    scene.slack.faults.add({
      method: 'files.getUploadURLExternal',
      fault: { kind: 'error', error: 'missing_scope' },
    });
    const history = await ask(scene, 'history prod', /^History of prod/);
    expect(blocksOf(history)).toContain(
      'There is no picture: the Slack app lacks the scope files:write; update it from manifest.yml and install it again',
    );
    expect(blocksOf(history)).toContain(
      'Of 30 days: ready on 0, not ready on 1, unknown on 0, not checked on 29',
    );
    expect(blocksOf(history)).toContain('history prod --png FILE writes one');
    expect(scene.slack.messages(GENERAL)).toHaveLength(2);
    expect(history.text).toContain('0 changes in 1 reading');
  });

  it('has a history without a picture while the environment has no snapshots', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const history = await ask(scene, 'history prod', /prod \(production\) has no snapshots yet/);
    expect(blocksOf(history)).toContain('not checked on 30');
    expect(scene.slack.calls.filter(({ method }) => method.startsWith('files.'))).toEqual([]);
  });

  it('has a history that is private in a channel without the bot', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await ask(scene, 'prod', /^❌ prod \(production\): not ready/);
    const answer = await ask(scene, 'history prod', /^History of prod/, { channel: NO_BOT });
    expect(answer.ephemeralFor).toBe(ALICE);
    expect(blocksOf(answer)).toContain('or use this command in a channel that I am in');
    expect(scene.slack.calls.filter(({ method }) => method.startsWith('files.'))).toEqual([]);
  });

  it('has buttons that say when the config no longer has the environments', async (ctx) => {
    const { expect } = ctx;
    const waive = { users: [BOB], groups: [] };
    const scene = await openScene(ctx, {
      adjust: (config) => ({ ...config, access: { ...config.access, waive } }),
    });
    const message = await ask(scene, 'diff uat prod', COMPARED);
    await scene.startBot({
      ...scene.config,
      environments: scene.config.environments.filter(({ name }) => name === 'prod'),
      drift: { ...scene.config.drift, pairs: [] },
    });
    for (const actionId of [actionIds.compareAgain, actionIds.showAllDifferences])
      await scene.slack.click({ message, actionId, user: BOB });
    const value = there(/"(dif_[^"]+)"/.exec(JSON.stringify(message.blocks))?.[1], 'a difference to accept');
    await scene.slack.click({ message, actionId: actionIds.acceptDifference, value, user: BOB });
    const told = await scene.slack.waitFor(() => {
      const all = scene.slack.ephemerals(GENERAL, BOB);
      return all.length === 2 && all;
    });
    for (const { text } of told) expect(text).toContain('The config no longer has uat or prod.');
    const form = await scene.slack.waitFor(() =>
      scene.slack
        .modals(BOB)
        .find(({ view }) => JSON.stringify(view).includes('no longer has both of these')),
    );
    expect(form.view.submit).toBeUndefined();
    expect(scene.slack.messages(GENERAL)).toEqual([message]);
  });
});
