import { describe, expect, it } from 'vitest';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { unpack } from '../../src/store/packed-json.ts';
import {
  ALICE,
  BOB,
  blocksOf,
  GENERAL,
  idOf,
  isReport,
  openScene,
  readsOf,
  type Scene,
  withOwnWebhooks,
} from './scene.ts';

const deleteReports = async ({ config }: Scene): Promise<void> => {
  const db = openDatabase(config.database);
  await db.deleteFrom('reports').execute();
  await db.destroy();
};

describe.each(['socket', 'http'] as const)('a button over %s', (mode) => {
  it.concurrent('Re-check edits the same message and lists what changed, even after a restart of the bot', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, latencyMs: 700 });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    const before = await scene.report();
    expect(before.text).toMatch(/not ready\. 1 failed/);

    await scene.startBot(withOwnWebhooks(scene.config));
    const reads = readsOf(scene, 'prod');
    const ack = await slack.click({ message: before, actionId: actionIds.recheck, user: BOB });
    expect(ack).toMatchObject({ ok: true });
    expect(ack.ms).toBeLessThan(1_000);
    const after = await slack.waitFor(() =>
      slack.messages(GENERAL).find((message) => isReport(message) && message.text.includes(': ready')),
    );
    expect(after.ts).toBe(before.ts);
    expect(slack.messages(GENERAL)).toHaveLength(1);
    expect(slack.ephemerals(GENERAL)).toEqual([]);
    expect(blocksOf(after)).toContain('Since the last report: 1 resolved (webhooks.separate)');
    expect(readsOf(scene, 'prod')).toBeGreaterThan(reads);
    const progress = slack.history.filter(
      ({ kind, text }) => kind === 'update' && text.startsWith('Reading prod'),
    );
    expect(progress.length).toBeGreaterThan(0);
  });

  it.concurrent('Re-check reads SpotDraft again although the report is younger than 60 s', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    await scene.slack.command({ text: 'prod' });
    const message = await scene.report();
    const reads = readsOf(scene, 'prod');
    await scene.slack.click({ message, actionId: actionIds.recheck });
    const after = await scene.slack.waitFor(() => {
      const [now] = scene.slack.messages(GENERAL);
      return now && isReport(now) && idOf(now) !== idOf(message) && now;
    });
    expect(readsOf(scene, 'prod')).toBe(2 * reads);
    expect(blocksOf(after)).not.toContain('Since the last report');
  });

  it.concurrent('Re-check runs one check when it is clicked twice', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack, spotdraft } = scene;
    await slack.command({ text: 'prod' });
    const message = await scene.report();
    spotdraft.faults.add({ fault: { kind: 'slow', ms: 400 } });
    spotdraft.resetTraffic();
    const click = () => slack.click({ message, actionId: actionIds.recheck });
    const acks = await Promise.all([click(), click()]);
    expect(acks).toMatchObject([{ ok: true }, { ok: true }]);
    const after = await slack.waitFor(() => {
      const [now] = slack.messages(GENERAL);
      return now && isReport(now) && idOf(now) !== idOf(message) && now;
    });
    // Leaves time for a second check, which must not happen.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const paths = spotdraft.requests.map(({ workspace, path }) => `${workspace} ${path}`);
    expect(new Set(paths).size).toBe(paths.length);
    expect(slack.messages(GENERAL)).toHaveLength(1);
    expect(slack.ephemerals(GENERAL)).toEqual([]);
    expect(idOf(slack.messages(GENERAL)[0])).toBe(idOf(after));
  });

  it.concurrent('Show all lists every check to the clicker alone', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, size: 'whole' });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    const message = await scene.report();
    await slack.click({ message, actionId: actionIds.showAll, user: BOB });
    const full = await scene.privateReport({ user: BOB });
    const db = openDatabase(scene.config.database);
    const { content } = await db.selectFrom('reports').select('content').executeTakeFirstOrThrow();
    await db.destroy();
    const { items } = unpack(content) as { items: { checks: { id: string; title: string }[] }[] };
    const checks = items.flatMap((item) => item.checks);
    expect(checks.length).toBeGreaterThan(20);
    const shown = blocksOf(full);
    expect(shown).not.toContain('not fit in this message');
    for (const { title } of checks) expect(shown).toContain(JSON.stringify(title).slice(1, -1));
    expect(slack.ephemerals(GENERAL, ALICE)).toEqual([]);
    expect(slack.messages(GENERAL)).toEqual([message]);
    expect(shown).toContain(actionIds.share);
  });

  it.concurrent('Share posts a private report in the channel and names who shared it', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    await slack.command({ text: 'prod --private', user: BOB });
    const message = await scene.privateReport({ user: BOB });
    await slack.click({ message, actionId: actionIds.share });
    const shared = await scene.report();
    expect(blocksOf(shared)).toContain(`Shared by <@${BOB}>`);
    expect(idOf(shared)).toBe(idOf(message));
    expect(blocksOf(shared)).not.toContain(actionIds.share);
    expect(shared.unfurlLinks).toBe(false);
    expect(shared.unfurlMedia).toBe(false);
    // The private report is still there, and there is no other answer.
    expect(slack.ephemerals(GENERAL).filter(isReport)).toHaveLength(1);
  });

  it.concurrent('Re-check replaces a private report for the clicker alone', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    await slack.command({ text: 'prod --private', user: BOB });
    const message = await scene.privateReport({ user: BOB });
    const seen = slack.ephemerals(GENERAL).length;
    await slack.click({ message, actionId: actionIds.recheck });
    await slack.waitFor(() => {
      const now = slack.ephemerals(GENERAL, BOB).find(({ ts }) => ts === message.ts);
      return now && isReport(now) && idOf(now) !== idOf(message);
    });
    expect(slack.ephemerals(GENERAL)).toHaveLength(seen);
    expect(slack.messages(GENERAL)).toEqual([]);
  });

  it.concurrent('says so when its report or its environment no longer exists', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    const message = await scene.report();
    await deleteReports(scene);
    await slack.click({ message, actionId: actionIds.showAll, user: BOB });
    const [gone] = await slack.waitFor(() => {
      const found = slack.ephemerals(GENERAL, BOB);
      return found.length > 0 && found;
    });
    expect(gone?.text).toBe(
      `The report ${idOf(message)} is no longer stored. Check the environment again for a new one.`,
    );

    const { config } = scene;
    await scene.startBot({
      ...config,
      environments: config.environments.filter(({ name }) => name === 'uat'),
    });
    await slack.click({ message, actionId: actionIds.recheck, user: BOB });
    const [, renamed] = await slack.waitFor(() => {
      const found = slack.ephemerals(GENERAL, BOB);
      return found.length > 1 && found;
    });
    expect(renamed?.text).toContain('There is no environment “prod” any more');
    expect(slack.messages(GENERAL)).toEqual([message]);
  });
});

it.concurrent('an overview in progress has no buttons', async (ctx) => {
  const scene = await openScene(ctx, { latencyMs: 500 });
  await scene.slack.command({ text: '' });
  const running = await scene.slack.waitFor(() => scene.slack.messages(GENERAL)[0]);
  // Re-check would replace the overview of all environments with the report of one.
  expect(blocksOf(running)).not.toContain(actionIds.recheck);
});
