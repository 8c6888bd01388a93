import { describe, expect, it } from 'vitest';
import { outboxState } from '../../../src/digests/outbox/outbox.ts';
import { GENERAL, openTestOutbox, START, textMessage } from './test-outbox.ts';

const HOUR = 3_600_000;

describe('what is put into the outbox', () => {
  it('is posted once and in order, a second apart in a channel, and its place is kept', async () => {
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

  it('is put there once for a key, whatever else is asked for under it', async () => {
    const { put, run, texts } = await openTestOutbox();
    const first = await put({ key: 'a' });
    expect(await put({ key: 'a', message: textMessage('other') })).toBe(first);
    await run(3_000);
    expect(await put({ key: 'a', message: textMessage('other') })).toBe(first);
    await run(3_000);
    expect(texts()).toEqual(['a']);
  });

  it('is sent by one of several senders', async () => {
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
  it('a reply goes into the thread of its message, an update changes it, both after it', async () => {
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

  it('an update of a message that nobody tried to send becomes its content', async () => {
    const { put, run, slack } = await openTestOutbox();
    const target = await put({ key: 'a' });
    await put({ key: 'edit', kind: 'update', target, message: textMessage('changed') });
    await run(3_000);
    expect(slack.messages(GENERAL)).toEqual([expect.objectContaining({ text: 'changed', edits: 0 })]);
    expect(slack.calls.map(({ method }) => method)).toEqual(['chat.postMessage']);
  });

  it('an update of a message whose answer was lost waits for it', async () => {
    const { put, run, slack } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'lost' } });
    const target = await put({ key: 'a' });
    await run(2_000);
    await put({ key: 'edit', kind: 'update', target, message: textMessage('changed') });
    await run(60_000);
    expect(slack.messages(GENERAL)).toEqual([expect.objectContaining({ text: 'changed', edits: 1 })]);
  });

  it('a reply whose message Slack will never take is posted by itself; an update of it is given up', async () => {
    const { put, run, slack, db, clock, texts } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'error', error: 'restricted_action_thread_locked' }, times: 1 });
    slack.faults.add({ fault: { kind: 'error', error: 'no_text' }, times: 1 });
    const parent = await put({ key: 'parent' });
    await run(30_000);
    await put({ key: 'reply', parent });
    await put({ key: 'edit', kind: 'update', target: parent, message: textMessage('changed') });
    await run(10_000);
    expect(texts()).toEqual(['reply']);
    expect((await outboxState(db, clock)).givenUp).toEqual([
      expect.objectContaining({ reason: 'the message it edits was never posted' }),
      expect.objectContaining({ reason: 'Slack says no_text' }),
    ]);
  });

  it('names a message of another channel: refused where it is put', async () => {
    const { put } = await openTestOutbox();
    const parent = await put({ key: 'parent' });
    await expect(put({ key: 'r', parent, channel: 'C0OTHER' })).rejects.toThrow(/parent/);
    await expect(put({ key: 'u', kind: 'update' })).rejects.toThrow(/only an update has a target/);
  });
});

describe('what Slack refuses', () => {
  it('waits while the bot is not in the channel, says so, and comes when it is invited', async () => {
    const { put, run, db, clock, slack, texts } = await openTestOutbox({
      channels: [{ id: 'C0NOBOT', name: 'no-bot', members: [] }],
    });
    await put({ key: 'a', channel: 'C0NOBOT' });
    await run(HOUR, 10_000);
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
  ])('in channel %s is given up with the reason, and told', async (channel, word) => {
    const { put, run, db, clock, slack, logged } = await openTestOutbox({
      channels: [{ id: 'C0OLD', name: 'old', members: ['U0SIMBOT'], archived: true }],
    });
    await put({ key: 'a', channel });
    await run(HOUR, 10_000);
    expect(slack.calls).toHaveLength(1);
    expect(await outboxState(db, clock)).toMatchObject({
      waiting: 0,
      givenUp: [{ channel, reason: `Slack says ${word}` }],
    });
    expect(logged).toContainEqual(expect.objectContaining({ level: 50, channel }));
  });

  it('because of its layout is sent as text', async () => {
    const { put, run, texts } = await openTestOutbox();
    await put({
      key: 'a',
      message: { text: 'short', blocks: [{ type: 'divider', block_id: 'x'.repeat(300) }] },
    });
    await run(2_000);
    expect(texts()).toEqual([expect.stringMatching(/^short\n\(Slack refused the full layout/)]);
  });

  it('because the token was revoked stops everything, loses nothing, and goes on with one that works', async () => {
    const { put, run, db, clock, slack, texts } = await openTestOutbox();
    slack.faults.add({
      fault: { kind: 'error', error: 'token_revoked' },
      times: 1_000,
      until: START + HOUR,
    });
    await put({ key: 'a' });
    await put({ key: 'b' });
    await put({ key: 'c', channel: 'C0OTHER' });
    await run(HOUR / 2, 10_000);
    expect((await outboxState(db, clock)).stopped).toContain('token_revoked');
    expect(slack.calls.length).toBeLessThan(20);
    await run(HOUR, 10_000);
    expect(texts()).toEqual(['a', 'b']);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, stopped: null });
  });

  it('with a word that nobody knows is tried for a day', async () => {
    const { put, run, db, clock, slack } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'error', error: 'weather_is_bad' }, times: 10_000 });
    await put({ key: 'a' });
    await run(23 * HOUR, 60_000);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 1, givenUp: [] });
    await run(2 * HOUR, 60_000);
    expect(await outboxState(db, clock)).toMatchObject({
      waiting: 0,
      givenUp: [{ reason: 'Slack says weather_is_bad, for a day' }],
    });
  });
});

describe('an hour of trouble with Slack', () => {
  const faults = {
    refusing: { kind: 'ratelimited', retryAfter: 30 },
    failing: { kind: 'status', status: 503 },
    resetting: { kind: 'reset' },
    'taking messages without an answer': { kind: 'lost' },
    slow: { kind: 'slow', ms: 150 },
  } as const;
  it.each(Object.entries(faults))('(%s) loses, doubles and reorders nothing', async (name, fault) => {
    const { put, run, slack, texts, db, clock } = await openTestOutbox({ timeoutMs: 100 });
    slack.faults.add({ fault, times: Number.POSITIVE_INFINITY, until: START + HOUR });
    const keys = Array.from({ length: 12 }, (_, index) => `${name} ${index}`);
    const first = await put({ key: keys[0] ?? '' });
    for (const key of keys.slice(1, 6)) await put({ key });
    await run(HOUR / 2, 5_000);
    for (const key of keys.slice(6)) await put({ key });
    await put({ key: 'edit', kind: 'update', target: first, message: textMessage('edited') });
    await run(HOUR, 5_000);
    expect(texts()).toEqual(['edited', ...keys.slice(1)]);
    expect((await outboxState(db, clock)).waiting).toBe(0);
  });

  it('waits as long as Slack says before it asks again', async () => {
    const { put, run, slack, texts } = await openTestOutbox();
    slack.faults.add({ fault: { kind: 'ratelimited', retryAfter: 47 } });
    await put({ key: 'a' });
    await run(60_000);
    expect(slack.calls.map(({ at }) => at - START)).toEqual([0, 47_000]);
    expect(texts()).toEqual(['a']);
  });

  it('without the right to read the channel posts again what it may have posted, and says so in the log', async () => {
    const { put, run, slack, texts, logged } = await openTestOutbox({ scopes: ['chat:write'] });
    slack.faults.add({ fault: { kind: 'lost' } });
    await put({ key: 'a' });
    await run(60_000);
    expect(texts()).toEqual(['a', 'a']);
    expect(logged).toContainEqual(expect.objectContaining({ why: 'missing_scope' }));
  });
});

describe('a picture', () => {
  it('follows in the thread of its message, once, and what comes after waits for it', async () => {
    const { put, run, slack } = await openTestOutbox({
      scopes: ['chat:write', 'files:write', 'channels:history'],
    });
    slack.faults.add({ method: 'files.completeUploadExternal', fault: { kind: 'lost' } });
    const picture = { png: Buffer.from('picture'), name: 'verdicts.png', alt: 'Verdicts of 30 days' };
    await put({ key: 'a', picture });
    await put({ key: 'b' });
    await run(60_000);
    const [message, shared, next] = slack.messages(GENERAL);
    expect([message?.text, next?.text]).toEqual(['a', 'b']);
    expect(shared).toMatchObject({
      threadTs: message?.ts,
      files: [{ name: 'verdicts.png', title: 'Verdicts of 30 days', content: 'picture' }],
    });
    expect(slack.messages(GENERAL)).toHaveLength(3);
  });

  it('that the app may not upload is left out; the message is there', async () => {
    const { put, run, slack, db, clock } = await openTestOutbox();
    await put({ key: 'a', picture: { png: Buffer.from('x'), name: 'x.png', alt: 'x' } });
    await put({ key: 'b' });
    await run(10_000);
    expect(slack.messages(GENERAL).map(({ text }) => text)).toEqual(['a', 'b']);
    expect(await outboxState(db, clock)).toMatchObject({ waiting: 0, givenUp: [] });
  });
});
