import { describe, expect, it } from 'vitest';
import { actionIds } from '../../src/slack/action-ids.ts';
import { ALICE, BOB, blocksOf, GENERAL, idOf, isReport, openScene, readsOf } from './scene.ts';

const modes = ['socket', 'http'] as const;

describe.each(modes)('/envcheck prod over %s', (mode) => {
  it.concurrent('is acknowledged, then shows its progress and the report in one message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, size: 'whole', latencyMs: 800 });
    const { slack } = scene;
    const ack = await slack.command({ text: 'prod' });
    expect(ack).toMatchObject({ ok: true, body: '' });
    expect(ack.ms).toBeLessThan(1_000);

    const report = await scene.report();
    const typed = slack.history.find(({ kind }) => kind === 'command');
    const posts = slack.history.filter(({ kind }) => kind === 'post');
    expect(posts.map(({ text }) => text)).toEqual(['Checking prod (production)…']);
    expect((posts[0]?.at ?? 0) - (typed?.at ?? 0)).toBeLessThan(1_000);

    const updates = slack.history.filter(({ kind }) => kind === 'update');
    const progress = updates.slice(0, -1).map(({ text }) => text);
    expect(progress.length).toBeGreaterThanOrEqual(2);
    for (const text of progress) expect(text).toMatch(/^Reading prod \(production\): \d+ of \d+ \(\d+ s\)/);
    const done = progress.map((text) => Number(/: (\d+) of/.exec(text)?.[1]));
    expect(done).toEqual([...done].sort((left, right) => left - right));
    expect(done.at(-1)).toBeGreaterThan(done[0] ?? 0);

    expect(slack.messages(GENERAL)).toHaveLength(1);
    expect(report.ts).toBe(posts[0]?.ts);
    expect(report.text).toBe(
      '❌ prod (production): not ready. 7 failed, 1 unknown, 1 warned, 17 passed, 6 skipped. Next: Give prod (production) its own ' +
        'receiver URL, and register it in that workspace',
    );
    expect(blocksOf(report)).toContain('❌ prod (production): not ready');
    expect(blocksOf(report)).toContain(actionIds.recheck);
    expect(blocksOf(report)).toContain(actionIds.showAll);
    expect(slack.ephemerals(GENERAL)).toEqual([]);
  });

  it.concurrent('runs one check for two people who ask at the same time', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, latencyMs: 300 });
    const { slack, spotdraft } = scene;
    await Promise.all([
      slack.command({ text: 'prod', user: ALICE }),
      slack.command({ text: 'prod', user: BOB }),
    ]);
    const reports = await slack.waitFor(() => {
      const found = slack.messages(GENERAL).filter(isReport);
      return found.length === 2 && found;
    }, 10_000);
    expect(idOf(reports[0])).toMatch(/^rpt_/);
    expect(idOf(reports[0])).toBe(idOf(reports[1]));
    const paths = spotdraft.requests.map(({ workspace, method, path }) => `${workspace} ${method} ${path}`);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.concurrent('repeats the newest report without a read when asked again within 60 s', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    const first = await scene.report();
    const reads = readsOf(scene, 'prod') + readsOf(scene, 'uat');
    await slack.command({ text: 'prod', user: BOB });
    const second = await slack.waitFor(() => slack.messages(GENERAL).filter(isReport)[1]);
    expect(idOf(second)).toBe(idOf(first));
    expect(readsOf(scene, 'prod') + readsOf(scene, 'uat')).toBe(reads);
    expect(blocksOf(second)).not.toContain('Since the last report');
  });

  it.concurrent('is visible only to the asker with --private, and can be shared', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    await slack.command({ text: 'prod --private', user: BOB });
    const report = await scene.privateReport({ user: BOB });
    expect(slack.messages(GENERAL)).toEqual([]);
    expect(slack.ephemerals(GENERAL, ALICE)).toEqual([]);
    expect(slack.ephemerals(GENERAL, BOB)[0]?.text).toBe('Checking prod (production)…');
    expect(blocksOf(report)).toContain(actionIds.share);
    expect(blocksOf(report)).toContain(actionIds.recheck);
    expect(blocksOf(report)).toContain(actionIds.showAll);
  });
});

describe.each(modes)('/envcheck over %s', (mode) => {
  it.concurrent('lists every environment with verdict, counts and next step', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, latencyMs: 500 });
    const { slack } = scene;
    expect((await slack.command({ text: '' })).ms).toBeLessThan(1_000);
    const message = await slack.waitFor(
      () => slack.messages(GENERAL).find(({ text }) => text.split('not ready (').length === 3),
      10_000,
    );
    expect(slack.messages(GENERAL)).toHaveLength(1);
    expect(message.text).toMatch(
      /^Environments\. uat: not ready \(\d+ failed, \d+ passed, \d+ skipped\)\. prod \(production\): not ready \(\d+ failed, \d+ passed, \d+ skipped\)$/,
    );
    expect(blocksOf(message)).toContain('❌ uat: ');
    expect(blocksOf(message)).toContain('❌ prod (production): ');
    expect(blocksOf(message).match(/Next: /g)).toHaveLength(2);
    const [posted] = slack.history.filter(({ kind }) => kind === 'post');
    expect(posted?.text).toBe('Environments. uat: checking…. prod (production): checking…');
    expect(scene.shown('update')[0]).toMatch(/reading, \d+ of \d+/);

    const shows = slack.click({ message, actionId: actionIds.showAll, user: BOB });
    expect(await shows).toMatchObject({ ok: true });
    expect((await scene.privateReport({ user: BOB })).text).toMatch(/^❌ uat: not ready\./);
  });

  it.concurrent('answers help and typing errors privately and suggests the likely command', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    const answerTo = async (text: string): Promise<string> => {
      const before = slack.ephemerals(GENERAL, BOB).length;
      await slack.command({ text, user: BOB });
      return (await slack.waitFor(() => slack.ephemerals(GENERAL, BOB)[before])).text;
    };
    const help = await answerTo('help');
    expect(help).toContain('`/envcheck <environment>');
    expect(help).toContain('Environments: `uat`, `prod` (production)');
    expect(await answerTo('prd')).toMatch(
      /I don’t know “prd”\. Use uat, prod.*Did you mean `\/envcheck prod`\?/,
    );
    expect(await answerTo('halp')).toContain('Did you mean `/envcheck help`?');
    expect(await answerTo('prod --privat')).toContain('Did you mean `/envcheck prod --private`?');
    expect(await answerTo('zzzzzz')).not.toContain('Did you mean');
    expect(await answerTo('zzzzzz')).toContain('`/envcheck help` lists all commands');
    expect(await answerTo('uat prod')).toContain('One environment at a time');
    expect(await answerTo('<!channel> & *x*')).toContain('I don’t know “&lt;!channel&gt;”');
    expect(slack.messages(GENERAL)).toEqual([]);
    expect(scene.spotdraft.requests).toEqual([]);
  });

  it.concurrent('accepts any case, and the environment before or after the verb', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    for (const [index, text] of ['PROD', 'check prod', 'Prod Status', 'prod --SHARE'].entries()) {
      await scene.slack.command({ text });
      const reports = await scene.slack.waitFor(() => {
        const found = scene.slack.messages(GENERAL).filter(isReport);
        return found.length === index + 1 && found;
      });
      expect(reports.at(-1)?.text).toMatch(/^❌ prod \(production\): not ready\./);
    }
  });
});

it.concurrent('every message names the environment, marks production, carries the counts and unfurls no link', async (ctx) => {
  const scene = await openScene(ctx, { latencyMs: 200 });
  const { slack } = scene;
  await slack.command({ text: 'prod' });
  await scene.report();
  await slack.command({ text: 'uat' });
  await slack.waitFor(() => slack.messages(GENERAL).filter(isReport).length === 2);
  await slack.command({ text: '' });
  await slack.waitFor(() => slack.messages(GENERAL).at(-1)?.text.split('not ready (').length === 3);
  const posts = slack.calls.filter(({ method }) => method === 'chat.postMessage');
  expect(posts).toHaveLength(3);
  for (const { args } of posts) expect(args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });

  const said = slack.history.filter(({ message }) => message !== null);
  expect(said.length).toBeGreaterThanOrEqual(6);
  for (const { text, message } of said) {
    expect(text).toMatch(/\b(?:uat|prod \(production\))/);
    expect(text.replaceAll('prod (production)', '')).not.toContain('prod');
    const first = JSON.stringify(message?.blocks[0]) + JSON.stringify(message?.blocks[1]);
    expect(first).toMatch(/Environments|\buat\b|prod \(production\)/);
  }
  for (const message of slack.messages(GENERAL)) {
    expect(message.text).toMatch(/[12] failed, \d+ passed/);
  }
});
