import { describe, it } from 'vitest';
import {
  ALICE,
  BOB,
  blocksOf,
  GENERAL,
  NO_BOT,
  openScene,
  reportAnywhere,
  type Scene,
  SECRET,
} from './scene.ts';

type Fault = Parameters<Scene['slack']['faults']['add']>[0]['fault'];

const always = Number.POSITIVE_INFINITY;
const error = (code: string): Fault => ({ kind: 'error', error: code });

describe.concurrent('a failure of Slack at the first message', () => {
  it.concurrent.for<[what: string, fault: Fault, times: number]>([
    ['a rate limit', { kind: 'ratelimited', retryAfter: 1 }, 1],
    ['two server errors', { kind: 'status', status: 500 }, 2],
    ['a reset connection', { kind: 'reset' }, 1],
    ['a message posted whose answer is lost', { kind: 'lost' }, 1],
  ])('%s delays the report, which still arrives in the channel', async ([_what, fault, times], ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    scene.slack.faults.add({ method: 'chat.postMessage', times, fault });
    const ack = await scene.slack.command({ text: 'prod' });
    expect(ack).toMatchObject({ ok: true });
    expect(ack.ms).toBeLessThan(1_000);
    expect((await reportAnywhere(scene)).ephemeralFor).toBeNull();
    expect(scene.slack.ephemerals(GENERAL)).toEqual([]);
  });

  it.concurrent.for<[code: string, reason: RegExp]>([
    [
      'channel_not_found',
      /I cannot post in this channel \(channel_not_found\)\. Invite me with `\/invite @\w+`/,
    ],
    ['not_in_channel', /I cannot post in this channel \(not_in_channel\)\. Invite me with `\/invite @\w+`/],
    ['is_archived', /I cannot post in this channel/],
    ['invalid_blocks', /Slack did not take my message \(invalid_blocks\), so only you see the answer/],
    ['msg_blocks_too_long', /Slack did not take my message \(msg_blocks_too_long\)/],
    ['internal_error', /Slack did not take my message \(internal_error\)/],
    ['token_revoked', /Slack did not take my message \(token_revoked\)/],
  ])('%s makes the report private, with the reason', async ([code, reason], ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', refuses: true });
    scene.slack.faults.add({ method: 'chat.postMessage', times: always, fault: error(code) });
    await scene.slack.command({ text: 'prod' });
    expect((await reportAnywhere(scene)).ephemeralFor).toBe(ALICE);
    const [first] = scene.slack.ephemerals(GENERAL, ALICE);
    expect(first?.text).toMatch(reason);
    expect(blocksOf(first ?? { blocks: [] }).replaceAll('\\"', '"')).toMatch(reason);
    expect(scene.slack.messages(GENERAL)).toEqual([]);
  });
});

describe.concurrent('a failure of Slack at the report', () => {
  it.concurrent.for<[what: string, fault: Fault, times: number]>([
    ['a rate limit', { kind: 'ratelimited', retryAfter: 1 }, 2],
    ['two server errors', { kind: 'status', status: 500 }, 2],
    ['a reset connection', { kind: 'reset' }, 1],
    ['an edit whose answer is lost', { kind: 'lost' }, 1],
  ])('%s delays the report, which still replaces the progress', async ([_what, fault, times], ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    scene.slack.faults.add({ method: 'chat.update', times, fault });
    await scene.slack.command({ text: 'prod' });
    const report = await reportAnywhere(scene);
    expect(scene.slack.messages(GENERAL)).toEqual([report]);
    expect(report.edits).toBeGreaterThan(0);
    expect(scene.slack.ephemerals(GENERAL)).toEqual([]);
  });

  it.concurrent.for(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    '%s makes the report a new message',
    async (code, ctx) => {
      const { expect } = ctx;
      const scene = await openScene(ctx, { mode: 'http' });
      scene.slack.faults.add({ method: 'chat.update', times: always, fault: error(code) });
      await scene.slack.command({ text: 'prod' });
      const report = await reportAnywhere(scene);
      expect(report.ephemeralFor).toBeNull();
      expect(scene.slack.messages(GENERAL)).toHaveLength(2);
      expect(report).toMatchObject({ edits: 0, unfurlLinks: false, unfurlMedia: false });
    },
  );

  it.concurrent.for(['invalid_blocks', 'msg_blocks_too_long'])(
    '%s leaves verdict and counts as text, with the command that shows everything',
    async (code, ctx) => {
      const { expect } = ctx;
      const scene = await openScene(ctx, { mode: 'http', refuses: true });
      // An edit of the progress may come first.
      scene.slack.faults.add({ method: 'chat.update', text: /not ready/, fault: error(code) });
      await scene.slack.command({ text: 'prod' });
      const message = await scene.report();
      expect(message.text).toMatch(/^❌ prod \(production\): not ready\. 1 failed/);
      expect(message.text).toContain(`Slack did not take the full layout: ${code}`);
      expect(message.text).toContain('npm run -s envcheck -- help');
      expect(message.blocks).toEqual([]);
      expect(scene.shown('update').filter((text) => text.includes('not ready'))).toEqual([message.text]);
      expect(scene.slack.messages(GENERAL)).toHaveLength(1);
    },
  );

  it.concurrent('makes the report private, with the reason, when neither an edit nor a new message is possible', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', latencyMs: 300 });
    const { slack } = scene;
    await slack.command({ text: 'prod' });
    await slack.waitFor(() => slack.messages(GENERAL).length === 1);
    slack.faults.add({ method: 'chat.update', times: always, fault: error('message_not_found') });
    slack.faults.add({ method: 'chat.postMessage', times: always, fault: error('not_in_channel') });
    const report = await reportAnywhere(scene);
    expect(report.ephemeralFor).toBe(ALICE);
    expect(report.text).toMatch(/Invite me with `\/invite @\w+`/);
  });
});

describe('a private answer', () => {
  it.concurrent.for<[what: string, fault: Fault]>([
    ['a server error', { kind: 'status', status: 500 }],
    ['a rate limit', { kind: 'status', status: 429 }],
    ['a reset connection', { kind: 'reset' }],
  ])('arrives despite %s of the response URL', async ([_what, fault], ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { latencyMs: 300 });
    const { slack } = scene;
    await slack.command({ text: 'prod --private' });
    await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).length === 1);
    slack.faults.add({ method: 'response_url', fault });
    expect((await reportAnywhere(scene)).ephemeralFor).toBe(ALICE);
  });

  it.concurrent('keeps verdict and counts as text when its layout is refused', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { latencyMs: 300, refuses: true });
    const { slack } = scene;
    await slack.command({ text: 'prod --private' });
    await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).length === 1);
    slack.faults.add({ method: 'response_url', fault: error('invalid_blocks') });
    const message = await scene.privateReport();
    expect(message.text).toMatch(
      /^❌ prod \(production\): not ready\. 1 failed[\s\S]*npm run -s envcheck -- help/,
    );
    expect(message.blocks).toEqual([]);
  });
});

it.concurrent.for([NO_BOT, SECRET])(
  'a command in %s, where the bot is no member, is answered privately with an invitation',
  async (channel, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    await scene.slack.command({ text: 'prod', channel });
    expect((await reportAnywhere(scene, channel)).ephemeralFor).toBe(ALICE);
    expect(scene.slack.ephemerals(channel, ALICE)[0]?.text).toMatch(/Invite me with `\/invite @\w+`/);
    expect(scene.slack.messages(channel)).toEqual([]);
    expect(scene.slack.ephemerals(channel, BOB)).toEqual([]);
  },
);

it.concurrent.for(['chat.postMessage', 'chat.update', 'response_url'])(
  '%s is called again when Slack never answers, and the report arrives',
  async (method, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { slackTimeoutMs: 1_000 });
    scene.slack.faults.add({ method, fault: { kind: 'timeout' } });
    const text = method === 'response_url' ? 'prod --private' : 'prod';
    expect((await scene.slack.command({ text })).ms).toBeLessThan(1_000);
    expect((await reportAnywhere(scene)).ephemeralFor).toBe(method === 'response_url' ? ALICE : null);
  },
);
