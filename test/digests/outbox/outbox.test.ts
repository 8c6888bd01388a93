import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outboxState } from '../../../src/digests/outbox/outbox.ts';
import { long } from '../../long.ts';
import { fillUp, smallDisk } from '../../small-disk.ts';
import { textMessage } from './process-parts.ts';
import { GENERAL, manualClock, openTestOutbox, START } from './test-outbox.ts';

const HOUR = 3_600_000;

describe('an enqueued message', () => {
  it('is posted once and in order, one per second and channel, and its timestamp is stored', async () => {
    const { put, run, slack, db, texts } = await openTestOutbox();
    for (const key of ['a', 'b', 'c']) await put({ key });
    await put({ key: 'elsewhere', channel: 'C0OTHER' });
    await run(5_000, 100);
    expect(texts()).toEqual(['a', 'b', 'c']);
    const posts = slack.calls.filter(
      ({ method, args }) => method === 'chat.postMessage' && args.channel === GENERAL,
    );
    expect(posts.map(({ at }) => at - START)).toEqual([0, 1_000, 2_000]);
    expect(posts.map(({ ok }) => ok)).toEqual([true, true, true]);
    const rows = await db.selectFrom('outbox').selectAll().where('channel', '=', GENERAL).execute();
    expect(rows.map(({ sent_ts }) => sent_ts)).toEqual(slack.messages(GENERAL).map(({ ts }) => ts));
  });

  it('is enqueued once per key, even with other content', async () => {
    const { put, run, texts } = await openTestOutbox();
    const first = await put({ key: 'a' });
    expect(await put({ key: 'a', message: textMessage('other') })).toBe(first);
    await run(3_000);
    expect(await put({ key: 'a', message: textMessage('other') })).toBe(first);
    await run(3_000);
    expect(texts()).toEqual(['a']);
  });

  it('is sent by only one of several senders', async () => {
    const { put, another, clock, texts } = await openTestOutbox();
    const keys = Array.from({ length: 20 }, (_, index) => `m${index}`);
    for (const key of keys) await put({ key });
    const senders = [another(), another(), another()];
    for (let second = 0; second < 25; second += 1) {
      await Promise.all(senders.map((sender) => sender.tick()));
      clock.advance(1_000);
    }
    expect(texts()).toEqual(keys);
  });
});

describe('replies and updates', () => {
  it('a reply goes into the thread of its message and an update edits it, both after it', async () => {
    const { put, run, slack } = await openTestOutbox();
    const parent = await put({ key: 'parent' });
    await put({ key: 'reply', parent, broadcast: true });
    await run(3_000);
    await put({ key: 'edit', kind: 'update', target: parent, message: textMessage('changed') });
    await run(3_000);
    const [message, reply] = slack.messages(GENERAL);
    expect({ text: message?.text, edits: message?.edits }).toEqual({ text: 'changed', edits: 1 });
    expect({ text: reply?.text, thread: reply?.threadTs }).toEqual({ text: 'reply', thread: message?.ts });
    const call = slack.calls.find(({ args }) => args.text === 'reply');
    expect(String(call?.args.reply_broadcast)).toBe('true');
  });

  it('an update of an untried message replaces its content', async () => {
    const { put, run, slack } = await openTestOutbox();
    const target = await put({ key: 'a' });
    await put({ key: 'edit', kind: 'update', target, message: textMessage('changed') });
    await run(3_000);
    expect(slack.messages(GENERAL)).toEqual([expect.objectContaining({ text: 'changed', edits: 0 })]);
    expect(slack.calls.map(({ method }) => method)).toEqual(['chat.postMessage']);
  });

  it('an update waits until its message is found when the answer of Slack was lost', async () => {
    const { put, run, slack, pass } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'lost' } });
    const target = await put({ key: 'a' });
    await run(2_000);
    await put({ key: 'edit', kind: 'update', target, message: textMessage('changed') });
    await pass(60_000);
    expect(slack.messages(GENERAL)).toEqual([expect.objectContaining({ text: 'changed', edits: 1 })]);
  });

  it('a reply is posted outside a thread when its message was given up; an update is given up', async () => {
    const { put, slack, db, clock, texts, pass } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'error', error: 'restricted_action_thread_locked' }, times: 1 });
    slack.faults.add({ fault: { kind: 'error', error: 'no_text' }, times: 1 });
    const parent = await put({ key: 'parent' });
    await pass(30_000);
    await put({ key: 'reply', parent });
    await put({ key: 'edit', kind: 'update', target: parent, message: textMessage('changed') });
    await pass(10_000);
    expect(texts()).toEqual(['reply']);
    expect((await outboxState(db, clock)).givenUp).toEqual([
      expect.objectContaining({ reason: 'the message it edits was never posted' }),
      expect.objectContaining({ reason: 'Slack says no_text' }),
    ]);
  });

  it('a reference to a message in another channel cannot be enqueued', async () => {
    const { put } = await openTestOutbox();
    const parent = await put({ key: 'parent' });
    await expect(put({ key: 'r', parent, channel: 'C0OTHER' })).rejects.toThrow(/parent/);
    await expect(put({ key: 'u', kind: 'update' })).rejects.toThrow(/only an update has a target/);
  });
});

describe('a refused message', () => {
  it('waits with a log line while the bot is not in the channel, and is posted after an invitation', async () => {
    const { put, run, db, clock, slack, texts } = await openTestOutbox({
      channels: [{ id: 'C0NOBOT', name: 'no-bot', members: [] }],
    });
    await put({ key: 'a', channel: 'C0NOBOT' });
    await run(HOUR / 2, 10_000);
    // Seven attempts in the first six minutes, then one every five to six minutes.
    expect(slack.calls.length).toBeLessThan(14);
    expect(await outboxState(db, clock)).toMatchObject({
      waiting: 1,
      oldestAt: START,
      held: [{ channel: 'C0NOBOT', waiting: 1, reason: expect.stringContaining('/invite @envcheck') }],
      givenUp: [],
    });
    slack.invite('C0NOBOT');
    await run(HOUR / 10, 10_000);
    expect(texts('C0NOBOT')).toEqual(['a']);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, held: [] });
  });

  it.each([
    ['C0GONE', 'channel_not_found'],
    ['C0OLD', 'is_archived'],
  ])('is given up and logged with the reason in channel %s (%s)', async (channel, code) => {
    const { put, db, clock, slack, logged, pass } = await openTestOutbox({
      channels: [{ id: 'C0OLD', name: 'old', members: ['U0SIMBOT'], archived: true }],
    });
    await put({ key: 'a', channel });
    await pass(HOUR);
    expect(slack.calls).toHaveLength(1);
    expect(await outboxState(db, clock)).toMatchObject({
      waiting: 0,
      givenUp: [{ channel, reason: `Slack says ${code}` }],
    });
    expect(logged).toContainEqual(expect.objectContaining({ level: 50, channel }));
  });

  it('is sent as plain text when Slack refuses its layout', async () => {
    const { put, run, texts } = await openTestOutbox();
    await put({
      key: 'a',
      message: { text: 'short', blocks: [{ type: 'divider', block_id: 'x'.repeat(300) }] },
    });
    await run(2_000);
    expect(texts()).toEqual([expect.stringMatching(/^short\n\(Slack refused the full layout/)]);
  });

  it.each(['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'not_authed'])(
    'waits while Slack answers %s for an hour, with few calls, and is posted once the token works',
    async (code) => {
      const { put, run, db, clock, slack, texts } = await openTestOutbox();
      slack.faults.add({
        fault: { kind: 'error', error: code },
        times: 1_000,
        until: START + HOUR,
      });
      await put({ key: 'a' });
      await put({ key: 'b' });
      await put({ key: 'c', channel: 'C0OTHER' });
      await run(HOUR / 2, 10_000);
      expect((await outboxState(db, clock)).stopped).toContain(code);
      expect(slack.calls.length).toBeLessThan(20);
      await run(HOUR, 10_000);
      expect(texts()).toEqual(['a', 'b']);
      expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, stopped: null });
    },
  );

  it('is posted once although the disk is full while Slack takes it, and the next ones follow when there is space', async (ctx) => {
    const disk = smallDisk(ctx);
    const { put, sender, another, run, db, clock, slack, texts } = await openTestOutbox({ folder: disk });
    for (const key of ['a', 'b', 'c']) await put({ key });
    slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'slow', ms: 200 } });
    const first = sender.tick().catch((error: Error) => error);
    await slack.waitFor(() => slack.calls.some(({ method }) => method === 'chat.postMessage'));
    fillUp(join(disk, 'ballast'));
    expect(await first).toMatchObject({ code: expect.stringMatching(/^SQLITE_(FULL|IOERR)/) });
    for (let tick = 0; tick < 5; tick += 1) {
      clock.advance(60_000);
      await expect(another().tick()).rejects.toMatchObject({
        code: expect.stringMatching(/^SQLITE_(FULL|IOERR)/),
      });
    }
    expect(texts()).toEqual(['a']);
    rmSync(join(disk, 'ballast'));
    await run(180_000, 10_000);
    expect(texts()).toEqual(['a', 'b', 'c']);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, givenUp: [] });
  });

  it('is retried for a day and then given up when the error code is unknown', async () => {
    const { put, db, clock, slack, pass } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'error', error: 'weather_is_bad' }, times: 10_000 });
    await put({ key: 'a' });
    if (long) await pass(22 * HOUR);
    else clock.advance(22 * HOUR);
    await pass(HOUR);
    expect(slack.calls.length).toBeGreaterThan(long ? 230 : 8);
    expect(slack.calls.length).toBeLessThan(long ? 290 : 20);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 1, givenUp: [] });
    await pass(2 * HOUR);
    expect(await outboxState(db, clock)).toMatchObject({
      waiting: 0,
      givenUp: [{ reason: 'Slack says weather_is_bad, for a day' }],
    });
  });
});

describe('an hour of faults in Slack', () => {
  const faults = {
    refusing: { kind: 'ratelimited', retryAfter: long ? 30 : 240 },
    failing: { kind: 'status', status: 503 },
    resetting: { kind: 'reset' },
    'taking messages without an answer': { kind: 'lost' },
    slow: { kind: 'slow', ms: 150 },
  } as const;
  it.each(Object.entries(faults))(
    'neither loses, duplicates nor reorders a message (%s)',
    async (name, fault) => {
      const { put, slack, texts, db, clock, pass } = await openTestOutbox({ timeoutMs: 100 });
      slack.faults.add({ fault, times: Number.POSITIVE_INFINITY, until: START + HOUR });
      const keys = Array.from({ length: 12 }, (_, index) => `${name} ${index}`);
      const first = await put({ key: keys[0] ?? '' });
      for (const key of keys.slice(1, 6)) await put({ key });
      await pass(HOUR / 2);
      for (const key of keys.slice(6)) await put({ key });
      await put({ key: 'edit', kind: 'update', target: first, message: textMessage('edited') });
      await pass(HOUR);
      expect(texts()).toEqual(['edited', ...keys.slice(1)]);
      expect((await outboxState(db, clock)).waiting).toBe(0);
    },
  );

  it('makes the sender wait as long as Slack says', async () => {
    const { put, run, slack, texts } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'ratelimited', retryAfter: 47 } });
    await put({ key: 'a' });
    await run(60_000);
    expect(slack.calls.map(({ at }) => at - START)).toEqual([0, 47_000]);
    expect(texts()).toEqual(['a']);
  });

  it('leads to a second, logged post of a message when its answer was lost and the channel cannot be read', async () => {
    const { put, slack, texts, logged, pass } = await openTestOutbox({ scopes: ['chat:write'] });
    slack.faults.add({ fault: { kind: 'lost' } });
    await put({ key: 'a' });
    await pass(60_000);
    expect(texts()).toEqual(['a', 'a']);
    expect(logged).toContainEqual(expect.objectContaining({ why: 'missing_scope' }));
  });
});

describe('a clock that is set', () => {
  const DAY = 24 * HOUR;
  const moved = {
    'two hours ahead': 2 * HOUR,
    'two hours behind': -2 * HOUR,
    'a month ahead': 30 * DAY,
    'a year behind': -365 * DAY,
  };
  it.each(Object.entries(moved))('%s while Slack answers nothing leads to one post', async (_, off) => {
    // Slack's own clock is right, and differs from the bot's.
    const { put, slack, texts, clock, pass, sender, db } = await openTestOutbox({
      clock: manualClock(),
      enforceRateLimits: false,
    });
    await put({ key: 'before' });
    await pass(2_000);
    for (const [key, fault] of [
      ['taken', { kind: 'lost' }],
      ['not taken', { kind: 'status', status: 503 }],
    ] as const) {
      clock.advance(off);
      slack.faults.add({ method: 'chat.postMessage', fault });
      await put({ key });
      await sender.tick();
      clock.advance(-off);
      await pass(HOUR / 6);
    }
    // Slack wants the bot to wait, and rejects its token, by the wrong clock.
    for (const [key, fault] of [
      ['limited', { kind: 'ratelimited', retryAfter: 7_200 }],
      ['stopped', { kind: 'error', error: 'token_revoked' }],
    ] as const) {
      clock.advance(off);
      slack.faults.add({ method: 'chat.postMessage', fault });
      await put({ key });
      await sender.tick();
      clock.advance(-off);
      for (let tick = 0; tick < 8; tick += 1) {
        await sender.tick();
        clock.advance(60_000);
      }
    }
    expect(texts()).toEqual(['before', 'taken', 'not taken', 'limited', 'stopped']);
    expect((await outboxState(db, clock)).waiting).toBe(0);
  });

  it('wrong in a channel where thousands wrote since is no reason to search without end, and a right one finds the message', async () => {
    const { put, slack, texts, pass, sender } = await openTestOutbox({ enforceRateLimits: false });
    slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'lost' } });
    await put({ key: 'a' });
    await sender.tick();
    for (let said = 0; said < 1_001; said += 1) slack.say({ channel: GENERAL, text: 'talk' });
    await pass(60_000);
    expect(texts().filter((text) => text !== 'talk')).toEqual(['a']);
  });
});

describe('a picture', () => {
  it('is posted once in the thread of its message, before the next message is sent', async () => {
    const { put, slack, pass } = await openTestOutbox({
      scopes: ['chat:write', 'files:write', 'channels:history'],
    });
    slack.faults.add({ method: 'files.completeUploadExternal', fault: { kind: 'lost' } });
    const picture = { png: Buffer.from('picture'), name: 'verdicts.png', alt: 'Verdicts of 30 days' };
    await put({ key: 'a', picture });
    await put({ key: 'b' });
    await pass(60_000);
    const [message, shared, next] = slack.messages(GENERAL);
    expect([message?.text, next?.text]).toEqual(['a', 'b']);
    expect(shared).toMatchObject({
      threadTs: message?.ts,
      files: [{ name: 'verdicts.png', title: 'Verdicts of 30 days', content: 'picture' }],
    });
    expect(slack.messages(GENERAL)).toHaveLength(3);
  });

  it('is left out when the app may not upload it, and the message is posted', async () => {
    const { put, slack, db, clock, pass } = await openTestOutbox();
    await put({ key: 'a', picture: { png: Buffer.from('x'), name: 'x.png', alt: 'x' } });
    await put({ key: 'b' });
    await pass(10_000);
    expect(slack.messages(GENERAL).map(({ text }) => text)).toEqual(['a', 'b']);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, givenUp: [] });
  });
});

it.each(
  (
    [{ kind: 'lost' }, { kind: 'status', status: 503 }, { kind: 'ratelimited', retryAfter: 30 }] as const
  ).flatMap((fault) =>
    [2 * HOUR, -2 * HOUR, 2_400 * HOUR].map((wrong) => [fault.kind, wrong / HOUR, fault, wrong] as const),
  ),
)(
  'a message that failed (%s) while the clock was wrong by %i hours is posted once and soon after it is right',
  async (_kind, _hours, fault, wrong) => {
    let shift = 0;
    const slackClock = { now: (): number => office.clock.now() - shift };
    const office = await openTestOutbox({ clock: slackClock });
    const { put, run, pass, texts, slack, clock } = office;
    const move = (ms: number) => {
      shift += ms;
      clock.advance(ms);
    };
    for (const key of ['first', 'second']) await put({ key });
    slack.faults.add({ fault, times: 1 });
    move(wrong);
    await run(0);
    move(-wrong);
    await pass(15 * 60_000);
    expect(texts()).toEqual(['first', 'second']);
  },
);
