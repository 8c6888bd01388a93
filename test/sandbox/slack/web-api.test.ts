import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOT_USER_ID, type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { movableClock } from '../../time/movable-clock.ts';
import { clientOf, rawCall, refusal, section } from './web-client.ts';

let slack: SimulatedSlack;
beforeEach(async () => {
  slack = await startSlack({
    users: [
      { id: 'U0ALICE', name: 'alice', tz: 'Asia/Kolkata' },
      { id: 'U0BOB', name: 'bob' },
      { id: 'U0GONE', name: 'gone', deleted: true },
    ],
    channels: [
      { id: 'C0GENERAL', name: 'general', members: ['U0ALICE', 'U0BOB', BOT_USER_ID] },
      { id: 'C0NOBOT', name: 'no-bot', members: ['U0ALICE'] },
      { id: 'G0SECRET', name: 'secret', isPrivate: true, members: ['U0ALICE'] },
      { id: 'C0OLD', name: 'old', members: ['U0ALICE', BOT_USER_ID], archived: true },
    ],
  });
});
afterEach(() => slack.stop());

const bearer = () => ({ authorization: `Bearer ${slack.botToken}` });

describe('a call', () => {
  it('is accepted with the bot token, and auth.test names the bot whose messages Bolt must ignore', async () => {
    const answer = await clientOf(slack).auth.test();
    expect(answer).toMatchObject({ ok: true, user_id: BOT_USER_ID, bot_id: expect.stringMatching(/^B/) });
    expect(answer.response_metadata?.scopes).toEqual([
      'commands',
      'chat:write',
      'chat:write.public',
      'users:read',
    ]);
  });

  it('is refused without a token, with an unknown one, or with one of the wrong kind', async () => {
    const none = await rawCall(slack, 'auth.test', {});
    expect(none).toMatchObject({ status: 200, body: { ok: false, error: 'not_authed' } });
    expect(await refusal(clientOf(slack, 'xoxb-wrong').auth.test())).toMatchObject({ error: 'invalid_auth' });
    const byApp = clientOf(slack, slack.appToken);
    expect(await refusal(byApp.auth.test())).toMatchObject({ error: 'not_allowed_token_type' });
    const byBot = clientOf(slack).apps.connections.open();
    expect(await refusal(byBot)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(slack.calls.map((call) => call.token)).toEqual(['none', 'unknown', 'app', 'bot']);
  });

  it('is accepted with the token in the form as well as in the header', async () => {
    const body = new URLSearchParams({ token: slack.botToken });
    expect((await rawCall(slack, 'auth.test', { body })).body.ok).toBe(true);
    expect(JSON.stringify(slack.calls)).not.toContain(slack.botToken);
  });

  it('is refused for an unknown method', async () => {
    expect(await refusal(clientOf(slack).apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
  });

  it('is refused without the required scope, and the refusal lists required and granted scopes', async () => {
    expect(await refusal(clientOf(slack).usergroups.users.list({ usergroup: 'S0OPS' }))).toMatchObject({
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'commands,chat:write,chat:write.public,users:read',
    });
  });
});

describe('chat.postMessage', () => {
  it('stores the message and answers with its channel and timestamp', async () => {
    const blocks = [section('*hello*')];
    const posted = await clientOf(slack).chat.postMessage({
      channel: 'C0GENERAL',
      text: 'hello',
      blocks,
      thread_ts: '1.000001',
      unfurl_links: false,
      unfurl_media: false,
    });
    expect(posted).toMatchObject({
      ok: true,
      channel: 'C0GENERAL',
      message: { text: 'hello', user: BOT_USER_ID },
    });
    expect(slack.messages('C0GENERAL')).toMatchObject([
      {
        ts: posted.ts,
        text: 'hello',
        blocks,
        threadTs: '1.000001',
        edits: 0,
        unfurlLinks: false,
        unfurlMedia: false,
      },
    ]);
    expect(slack.history.map((entry) => [entry.kind, entry.via, entry.text])).toEqual([
      ['post', 'chat.postMessage', 'hello'],
    ]);
  });

  it('accepts a JSON body as well as a form', async () => {
    const body = JSON.stringify({ channel: '#general', blocks: [section('as JSON')] });
    const headers = { ...bearer(), 'content-type': 'application/json; charset=utf-8' };
    expect((await rawCall(slack, 'chat.postMessage', { headers, body })).body).toMatchObject({
      channel: 'C0GENERAL',
    });
    expect(slack.messages('C0GENERAL')).toHaveLength(1);
  });

  it('fills in the block and action ids that the app left out, as Slack does', async () => {
    const button = { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Go' } };
    const blocks = [{ type: 'actions' as const, elements: [button] }];
    await clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'x', blocks });
    expect(slack.messages('C0GENERAL')[0]?.blocks).toMatchObject([
      { block_id: expect.any(String), elements: [{ action_id: expect.any(String) }] },
    ]);
  });

  it('opens a DM for a user id and answers with the id of the DM', async () => {
    const posted = await clientOf(slack).chat.postMessage({ channel: 'U0BOB', text: 'psst' });
    expect(posted.channel).toMatch(/^D/);
    expect(slack.messages('U0BOB')).toMatchObject([{ channel: posted.channel, text: 'psst' }]);
  });

  it.each([
    ['an unknown channel', 'C0NOWHERE', 'channel_not_found'],
    ['a private channel without the bot', 'G0SECRET', 'channel_not_found'],
    ['an unknown user', 'U0NOBODY', 'channel_not_found'],
    ['a deactivated user', 'U0GONE', 'channel_not_found'],
    ['an archived channel', 'C0OLD', 'is_archived'],
  ])('is refused in %s', async (_, channel, error) => {
    expect(await refusal(clientOf(slack).chat.postMessage({ channel, text: 'x' }))).toMatchObject({ error });
    expect(slack.history).toMatchObject([
      { kind: 'refused', via: 'chat.postMessage', channel, text: 'x', error },
    ]);
  });

  it('reaches a public channel without the bot only through chat:write.public', async () => {
    await clientOf(slack).chat.postMessage({ channel: 'C0NOBOT', text: 'x' });
    const other = await startSlack({ scopes: ['chat:write'] });
    const refused = await refusal(clientOf(other).chat.postMessage({ channel: 'C0NOBOT', text: 'x' }));
    await other.stop();
    expect(refused).toMatchObject({ error: 'not_in_channel' });
  });

  it('is refused in a DM when the app has no messages tab', async () => {
    const other = await startSlack({ messagesTab: false });
    const refused = await refusal(clientOf(other).chat.postMessage({ channel: 'U0BOB', text: 'x' }));
    await other.stop();
    expect(refused).toMatchObject({ error: 'messages_tab_disabled' });
  });

  it('is refused without content', async () => {
    const client = clientOf(slack);
    expect(await refusal(client.chat.postMessage({ channel: 'C0GENERAL', text: ' ' }))).toMatchObject({
      error: 'no_text',
    });
    const empty = client.chat.postMessage({ channel: 'C0GENERAL', blocks: [] });
    expect(await refusal(empty)).toMatchObject({ error: 'no_text' });
    const both = client.chat.postMessage({ channel: 'C0GENERAL', text: 'x', markdown_text: 'y' } as never);
    expect(await refusal(both)).toMatchObject({ error: 'markdown_text_conflict' });
  });

  it('truncates text above 40,000 characters, as Slack announced', async () => {
    await clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'x'.repeat(40_001) });
    expect(slack.messages('C0GENERAL')[0]?.text).toHaveLength(40_000);
  });

  it('reports each problem of invalid blocks with a pointer', async () => {
    const blocks = [section('x'.repeat(3001)), section('fine')];
    const line = 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]';
    expect(
      await refusal(clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'x', blocks })),
    ).toMatchObject({
      error: 'invalid_blocks',
      errors: [line],
      response_metadata: { messages: [`[ERROR] ${line}`] },
    });
  });

  it('distinguishes malformed blocks from invalid ones', async () => {
    const body = new URLSearchParams({ channel: 'C0GENERAL', blocks: '{not json' });
    const answer = await rawCall(slack, 'chat.postMessage', { headers: bearer(), body });
    expect(answer.body).toMatchObject({ error: 'invalid_blocks_format' });
  });

  it('is refused above 13,000 characters over all blocks, even if each block is valid', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2600)));
    const client = clientOf(slack);
    await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x', blocks });
    const longer = client.chat.postMessage({
      channel: 'C0GENERAL',
      text: 'x',
      blocks: [...blocks, section('y')],
    });
    expect(await refusal(longer)).toMatchObject({ error: 'msg_blocks_too_long' });
  });

  it('accepts one table, not two', async () => {
    const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] } as never;
    const client = clientOf(slack);
    await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x', blocks: [table] });
    const two = client.chat.postMessage({ channel: 'C0GENERAL', text: 'x', blocks: [table, table] });
    expect(await refusal(two)).toMatchObject({
      error: 'invalid_attachments',
      response_metadata: { messages: ['[ERROR] only_one_table_allowed'] },
    });
  });
});

it('message timestamps are unique and increase, even when the clock stands still or goes back', async () => {
  const clock = movableClock(Date.UTC(2026, 9, 1));
  const other = await startSlack({ clock });
  const client = clientOf(other);
  await client.chat.postMessage({ channel: 'C0GENERAL', text: '1' });
  await client.chat.postMessage({ channel: 'C0GENERAL', text: '2' });
  clock.move(-5_000);
  await client.chat.postMessage({ channel: 'C0GENERAL', text: '3' });
  await other.stop();
  const stamps = other.messages('C0GENERAL').map((message) => message.ts);
  const seconds = Date.UTC(2026, 9, 1) / 1000;
  expect(stamps).toEqual([`${seconds}.000000`, `${seconds}.000001`, `${seconds}.000002`]);
});

describe('chat.update and chat.delete', () => {
  it('change and remove the message, and history keeps each state', async () => {
    const client = clientOf(slack);
    const { channel = '', ts = '' } = await client.chat.postMessage({
      channel: 'C0GENERAL',
      text: '1',
      blocks: [section('1')],
    });
    await client.chat.update({ channel, ts, text: '2' });
    expect(slack.messages('C0GENERAL')).toMatchObject([{ ts, text: '2', blocks: [], edits: 1 }]);
    await client.chat.delete({ channel, ts });
    expect(slack.messages('C0GENERAL')).toEqual([]);
    expect(slack.history.map((entry) => [entry.kind, entry.message?.text])).toEqual([
      ['post', '1'],
      ['update', '2'],
      ['delete', '2'],
    ]);
  });

  it('are refused for a missing message, another author’s message, and an ephemeral one', async () => {
    const client = clientOf(slack);
    const channel = 'C0GENERAL';
    const said = slack.say({ text: 'mine', user: 'U0ALICE' });
    const shown = await client.chat.postEphemeral({ channel, user: 'U0BOB', text: 'psst' });
    const update = (ts: string) => refusal(client.chat.update({ channel, ts, text: 'x' }));
    expect(await update('1.000000')).toMatchObject({ error: 'message_not_found' });
    expect(await update(String(shown.message_ts))).toMatchObject({ error: 'message_not_found' });
    expect(await update(said.ts)).toMatchObject({ error: 'cant_update_message' });
    const remove = (ts: string) => refusal(client.chat.delete({ channel, ts }));
    expect(await remove(said.ts)).toMatchObject({ error: 'cant_delete_message' });
    expect(await remove('1.000000')).toMatchObject({ error: 'message_not_found' });
  });

  it('do not accept a user id, unlike chat.postMessage', async () => {
    const client = clientOf(slack);
    const { ts = '' } = await client.chat.postMessage({ channel: 'U0BOB', text: '1' });
    const update = client.chat.update({ channel: 'U0BOB', ts, text: '2' });
    expect(await refusal(update)).toMatchObject({ error: 'channel_not_found' });
  });

  it('accept at most 4,000 characters in chat.update', async () => {
    const client = clientOf(slack);
    const { channel = '', ts = '' } = await client.chat.postMessage({ channel: 'C0GENERAL', text: '1' });
    await client.chat.update({ channel, ts, text: 'x'.repeat(4000) });
    const longer = client.chat.update({ channel, ts, text: 'x'.repeat(4001) });
    expect(await refusal(longer)).toMatchObject({ error: 'msg_too_long' });
  });
});

describe('chat.postEphemeral', () => {
  it('shows the message only to that user', async () => {
    await clientOf(slack).chat.postEphemeral({ channel: 'C0GENERAL', user: 'U0BOB', text: 'psst' });
    expect(slack.messages('C0GENERAL')).toEqual([]);
    expect(slack.ephemerals('C0GENERAL', 'U0BOB')).toMatchObject([{ text: 'psst', ephemeralFor: 'U0BOB' }]);
    expect(slack.ephemerals('C0GENERAL', 'U0ALICE')).toEqual([]);
  });

  it('is refused where the bot or the user is not in the channel', async () => {
    const client = clientOf(slack);
    const show = (channel: string, user: string) =>
      refusal(client.chat.postEphemeral({ channel, user, text: 'x' }));
    expect(await show('C0GENERAL', 'U0GONE')).toMatchObject({ error: 'user_not_in_channel' });
    expect(await show('C0NOBOT', 'U0ALICE')).toMatchObject({ error: 'not_in_channel' });
    expect(await show('G0SECRET', 'U0ALICE')).toMatchObject({ error: 'channel_not_found' });
  });
});

describe('lookups', () => {
  const scopes = ['chat:write', 'users:read', 'usergroups:read', 'channels:read', 'im:write', 'mpim:write'];
  let full: SimulatedSlack;
  beforeEach(async () => {
    full = await startSlack({ scopes, usergroups: [{ id: 'S0OPS', handle: 'ops', users: ['U0BOB'] }] });
  });
  afterEach(() => full.stop());

  it('return users, user groups and the bot', async () => {
    const client = clientOf(full);
    expect(await client.users.info({ user: 'U0ALICE' })).toMatchObject({
      user: { name: 'alice', tz: 'America/New_York' },
    });
    expect(await client.usergroups.users.list({ usergroup: 'S0OPS' })).toMatchObject({ users: ['U0BOB'] });
    expect(await client.bots.info()).toMatchObject({ bot: { user_id: BOT_USER_ID } });
    const missing = [
      await refusal(client.users.info({ user: 'U0NOBODY' })),
      await refusal(client.usergroups.users.list({ usergroup: 'S0NONE' })),
      await refusal(client.bots.info({ bot: 'B0NONE' })),
    ];
    expect(missing.map((each) => each.error)).toEqual(['user_not_found', 'no_such_subteam', 'bot_not_found']);
  });

  it('open the same DM each time, and a group DM for several users', async () => {
    const client = clientOf(full);
    const dm = await client.conversations.open({ users: 'U0BOB' });
    expect((await client.chat.postMessage({ channel: 'U0BOB', text: 'x' })).channel).toBe(dm.channel?.id);
    const group = await client.conversations.open({ users: 'U0ALICE,U0BOB' });
    expect(group.channel?.id).toMatch(/^G/);
    expect(await refusal(client.conversations.open({ users: '' }))).toMatchObject({
      error: 'users_list_not_supplied',
    });
    expect(await refusal(client.conversations.open({ users: 'U0NOBODY' }))).toMatchObject({
      error: 'user_not_found',
    });
  });

  it('describe a channel only with the required scope', async () => {
    const client = clientOf(full);
    expect(await client.conversations.info({ channel: 'C0NOBOT' })).toMatchObject({
      channel: { is_member: false },
    });
    expect(await refusal(client.conversations.info({ channel: 'G0SECRET' }))).toMatchObject({
      error: 'channel_not_found',
    });
    const { channel = '' } = await client.chat.postMessage({ channel: 'U0BOB', text: 'x' });
    expect(await refusal(client.conversations.info({ channel }))).toMatchObject({
      error: 'missing_scope',
      needed: 'im:read',
    });
  });
});

describe('rate limits', () => {
  it('allow one message per second and channel when enabled', async () => {
    const clock = movableClock(Date.UTC(2026, 9, 1));
    const strict = await startSlack({ enforceRateLimits: true, clock });
    const client = clientOf(strict);
    const post = (channel: string) => client.chat.postMessage({ channel, text: 'x' });
    await post('C0GENERAL');
    await post('C0NOBOT');
    await expect(post('C0GENERAL')).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 1,
    });
    clock.move(1_000);
    await post('C0GENERAL');
    await strict.stop();
    expect(strict.calls.map((call) => call.status)).toEqual([200, 200, 429, 200]);
  });

  it('allow 50 edits per minute and report when the next is allowed', async () => {
    const clock = movableClock(Date.UTC(2026, 9, 1));
    const strict = await startSlack({ enforceRateLimits: true, clock });
    const client = clientOf(strict);
    const { channel = '', ts = '' } = await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' });
    for (let edit = 1; edit <= 50; edit += 1) {
      await client.chat.update({ channel, ts, text: `${edit}` });
      clock.move(500);
    }
    await expect(client.chat.update({ channel, ts, text: '51' })).rejects.toMatchObject({ retryAfter: 35 });
    clock.move(35_000);
    await client.chat.update({ channel, ts, text: '51' });
    await strict.stop();
    expect(strict.messages('C0GENERAL')[0]?.edits).toBe(51);
  });

  it('are off by default', async () => {
    const client = clientOf(slack);
    for (let count = 0; count < 60; count += 1)
      await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' });
    expect(slack.messages('C0GENERAL')).toHaveLength(60);
  });
});
