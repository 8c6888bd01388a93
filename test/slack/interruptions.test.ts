import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, it } from 'vitest';
import type { DisconnectReason } from '../../sandbox/slack/server.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import {
  ALICE,
  BOB,
  blocksOf,
  GENERAL,
  isReport,
  openScene,
  reportAnywhere,
  type Scene,
  withOwnWebhooks,
} from './scene.ts';

const always = Number.POSITIVE_INFINITY;

describe('a closed Socket Mode connection', () => {
  const opened = ({ slack }: Scene): number =>
    slack.history.filter(({ kind, text }) => kind === 'connection' && text.startsWith('opened')).length;

  it.concurrent.for<DisconnectReason>([
    'warning',
    'refresh_requested',
    'link_disabled',
    'too_many_websockets',
  ])(
    'leaves the answer complete when Slack asked for it (%s), and the next command works',
    async (reason, ctx) => {
      const { expect } = ctx;
      const scene = await openScene(ctx, { latencyMs: 700 });
      const { slack } = scene;
      await slack.command({ text: 'prod' });
      await slack.waitFor(() => slack.messages(GENERAL).length === 1);
      slack.disconnect(reason);
      expect((await reportAnywhere(scene)).ephemeralFor).toBeNull();
      await slack.waitFor(() => opened(scene) === 2, 15_000);
      expect(await slack.command({ text: 'prod' })).toMatchObject({ ok: true });
      await slack.waitFor(() => slack.messages(GENERAL).filter(isReport).length === 2);
    },
  );

  it.concurrent('leaves every answer complete when it closes without notice, several times', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { latencyMs: 700 });
    const { slack } = scene;
    for (const [index, user] of [ALICE, BOB].entries()) {
      expect(await slack.command({ text: 'uat', user })).toMatchObject({ ok: true });
      await slack.waitFor(() => slack.messages(GENERAL).length === index + 1);
      slack.dropConnections();
      await slack.waitFor(() => slack.messages(GENERAL).filter(isReport).length === index + 1, 10_000);
      await slack.waitFor(() => opened(scene) === index + 2, 15_000);
    }
    expect(slack.ephemerals(GENERAL)).toEqual([]);
  });
});

it.concurrent('a report without SpotDraft says unknown and why, and shows nothing unread as passed', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx, { size: 'whole', adjust: withOwnWebhooks });
  await scene.spotdraft.stop();
  await scene.slack.command({ text: 'prod' });
  const report = await reportAnywhere(scene);
  expect(report.text).toMatch(/^❔ prod \(production\): could not tell\. \d+ unknown, /);
  expect(blocksOf(report)).toContain('connection refused (ECONNREFUSED)');
  expect(blocksOf(report)).toContain('no snapshot: nothing could be read');
  expect(blocksOf(report)).toMatch(/\? credentials +1 passed, \d skipped/);
  expect(blocksOf(report)).toMatch(/\? configuration +1 unknown, 1 passed, \d+ skipped/);
});

const tamper = ({ config }: Scene, sql: string): void => {
  const database = new BetterSqlite3(config.database);
  database.exec(sql);
  database.close();
};

it.concurrent('a database that fails during a check makes dependent checks unknown, and the answer arrives', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx, { latencyMs: 500, adjust: withOwnWebhooks });
  const { slack } = scene;
  await slack.command({ text: 'prod' });
  await slack.waitFor(() => scene.spotdraft.requests.length > 0);
  tamper(scene, 'drop table api_calls; drop table reports; drop table snapshot_readings');
  const report = await reportAnywhere(scene);
  expect(report.ephemeralFor).toBeNull();
  expect(blocksOf(report)).toMatch(/\? logging +3 unknown/);
  expect(blocksOf(report)).toContain('the event log could not be read from the database');
  const said = scene.logs.map(({ msg }) => msg);
  for (const line of ['api call not logged', 'snapshot not kept', 'report not kept'])
    expect(said).toContain(line);
});

describe('an unexpected error', () => {
  it.concurrent('does not prevent a new report when it is in the previous one', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    await scene.report();
    tamper(scene, "update reports set content = x'00'");
    await slack.command({ text: 'prod' });
    await slack.waitFor(
      () => slack.messages(GENERAL).filter(({ text }) => text.includes('passed')).length === 2,
    );
    expect(scene.logs.map(({ msg }) => msg)).toContain('newest report not read');
  });

  it.concurrent('is reported to the person who clicked the button, with a token that is in the log', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    const message = await scene.report();
    tamper(scene, "update reports set content = x'00'");
    await slack.click({ message, actionId: actionIds.showAll, user: BOB });
    const [told] = await slack.waitFor(() => {
      const found = slack.ephemerals(GENERAL, BOB);
      return found.length > 0 && found;
    });
    expect(told?.text).toMatch(
      /^Show all failed unexpectedly\. Try again; if it stays, look for `err_[0-9a-f]{10}`/,
    );
    const token = /err_[0-9a-f]{10}/.exec(told?.text ?? '')?.[0];
    expect(scene.logs.find((line) => line.token === token)).toMatchObject({ what: 'Show all', level: 50 });
  });
});

describe('a stop during a check', () => {
  const stopped = async ({ stopBot }: Scene): Promise<number> => {
    const started = performance.now();
    await stopBot();
    return performance.now() - started;
  };

  it.concurrent('waits for a nearly complete answer', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { latencyMs: 100 });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    await slack.waitFor(() => slack.messages(GENERAL).length === 1);
    expect(await stopped(scene)).toBeLessThan(5_000);
    expect(slack.messages(GENERAL).filter(isReport)).toHaveLength(1);
    expect(slack.connections()).toBe(0);
  });

  it.concurrent('replaces an answer that would take too long with an apology, which stays', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const { slack, spotdraft } = scene;
    spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'timeout' } });
    await slack.command({ text: 'prod' });
    await slack.command({ text: '' });
    await slack.command({ text: 'prod --private', user: BOB });
    await slack.waitFor(
      () => slack.messages(GENERAL).length === 2 && slack.ephemerals(GENERAL, BOB).length === 1,
    );
    expect(await stopped(scene)).toBeLessThan(10_000);
    const excused = () => {
      const [report, overview] = slack.messages(GENERAL);
      expect(report?.text).toBe(
        'Envcheck stopped before this finished. Try again in a minute: `/envcheck prod`',
      );
      expect(overview?.text).toMatch(/prod \(production\): not checked, because Envcheck stopped/);
      expect(slack.ephemerals(GENERAL, BOB).at(-1)?.text).toContain('Envcheck stopped before this finished');
    };
    excused();
    // The interrupted check ends as well. Its report of unknowns must not replace the apology.
    await sleep(3_000);
    excused();
  });

  it.concurrent('completes even when Slack does not accept the apology', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const { slack, spotdraft } = scene;
    spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'timeout' } });
    await slack.command({ text: 'prod' });
    await slack.waitFor(() => slack.messages(GENERAL).length === 1);
    slack.faults.add({ times: always, fault: { kind: 'timeout' } });
    expect(await stopped(scene)).toBeLessThan(10_000);
  });
});
