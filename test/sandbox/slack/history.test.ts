import { WebClient } from '@slack/web-api';
import { expect, it, onTestFinished } from 'vitest';
import { type SimulatedSlack, type SlackOptions, startSlack } from '../../../sandbox/slack/server.ts';

const metadata = { event_type: 'order', event_payload: { id: 'a1' } };

async function open(options: SlackOptions = {}): Promise<{ slack: SimulatedSlack; client: WebClient }> {
  const slack = await startSlack({ scopes: ['chat:write', 'channels:history'], ...options });
  onTestFinished(() => slack.stop());
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  return { slack, client };
}

const post = (client: WebClient, text: string, more: object = {}) =>
  client.chat.postMessage({ channel: 'C0GENERAL', text, ...more });

it('history returns messages newest first, in pages, with metadata on request', async () => {
  const { client } = await open();
  for (const text of ['one', 'two', 'three']) await post(client, text, { metadata });
  const asked = { channel: 'C0GENERAL', limit: 2, include_all_metadata: true };
  const first = await client.conversations.history(asked);
  expect(first.messages).toEqual([
    expect.objectContaining({ text: 'three', metadata }),
    expect.objectContaining({ text: 'two', metadata }),
  ]);
  const cursor = first.response_metadata?.next_cursor ?? '';
  const rest = await client.conversations.history({ ...asked, cursor });
  expect(rest.messages?.map(({ text }) => text)).toEqual(['one']);
  expect(rest.response_metadata?.next_cursor).toBe('');
  const plain = await client.conversations.history({ channel: 'C0GENERAL' });
  expect(plain.messages?.every((message) => !('metadata' in message))).toBe(true);
});

it('history can be limited by time, and conversations.replies returns the replies', async () => {
  const { client } = await open();
  const one = await post(client, 'one');
  const reply = await post(client, 'reply', { thread_ts: one.ts });
  const two = await post(client, 'two');
  const after = await client.conversations.history({ channel: 'C0GENERAL', oldest: one.ts ?? '' });
  expect(after.messages?.map(({ ts }) => ts)).toEqual([two.ts]);
  const before = await client.conversations.history({ channel: 'C0GENERAL', latest: two.ts ?? '' });
  expect(before.messages?.map(({ ts }) => ts)).toEqual([one.ts]);
  const thread = await client.conversations.replies({ channel: 'C0GENERAL', ts: one.ts ?? '' });
  expect(thread.messages?.map(({ ts }) => ts)).toEqual([one.ts, reply.ts]);
});

it('history requires the scope of the channel’s kind and the bot’s membership', async () => {
  const members = ['U0SIMBOT'];
  const { client } = await open({
    channels: [
      { id: 'G0IN', name: 'in', isPrivate: true, members },
      { id: 'C0OUT', name: 'out', members: [] },
    ],
  });
  await expect(client.conversations.history({ channel: 'G0IN' })).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'groups:history' },
  });
  await expect(client.conversations.history({ channel: 'C0OUT' })).rejects.toThrow(/not_in_channel/);
  await expect(client.conversations.history({ channel: 'C0NONE' })).rejects.toThrow(/channel_not_found/);
});

it.each([
  ['text', 'invalid_metadata_format'],
  [{ event_type: 'order' }, 'invalid_metadata_schema'],
])('invalid metadata is refused: %j', async (wrong, word) => {
  const { client } = await open();
  await expect(post(client, 'one', { metadata: wrong })).rejects.toThrow(word);
});

it('a fault ends at its time on the simulator’s clock', async () => {
  let now = 1_000_000;
  const { slack, client } = await open({ clock: { now: () => now } });
  const fault = { kind: 'error', error: 'fatal_error' } as const;
  slack.faults.add({ fault, times: Number.POSITIVE_INFINITY, until: 2_000_000 });
  await expect(post(client, 'one')).rejects.toThrow(/fatal_error/);
  await expect(post(client, 'one')).rejects.toThrow(/fatal_error/);
  now = 2_000_000;
  expect((await post(client, 'one')).ok).toBe(true);
});
