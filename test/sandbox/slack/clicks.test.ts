import type { App, BlockAction } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedSlack, type StoredMessage, startSlack } from '../../../sandbox/slack/server.ts';
import { type RunningApp, startApp } from './bolt-app.ts';
import { button, clientOf } from './web-client.ts';

let slack: SimulatedSlack;
let running: RunningApp | null = null;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(async () => {
  await running?.stop();
  running = null;
  await slack.stop();
});

const text = (value: string) => ({ type: 'plain_text' as const, text: value });
const menu = {
  type: 'static_select' as const,
  action_id: 'env',
  options: [
    { text: text('UAT'), value: 'uat' },
    { text: text('Production'), value: 'prod' },
  ],
};
const blocks = [
  { type: 'actions' as const, block_id: 'b1', elements: [button('recheck', 'prod', 'Re-check'), menu] },
  { type: 'actions' as const, block_id: 'b2', elements: [button('recheck', 'uat', 'Re-check UAT')] },
];

async function posted(): Promise<StoredMessage> {
  await clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'report', blocks });
  return slack.messages('C0GENERAL').at(-1) as StoredMessage;
}

describe.each(['http', 'socket'] as const)('a click over %s', (mode) => {
  const start = async (register: (app: App) => void) => {
    running = await startApp(slack, mode, register);
  };
  const startRecording = async () => {
    const bodies: BlockAction[] = [];
    await start((app) =>
      app.action(/.*/, async ({ ack, body }) => {
        bodies.push(body as BlockAction);
        await ack();
      }),
    );
    return bodies;
  };

  it('sends the message, the button and the person to the app', async () => {
    const bodies = await startRecording();
    const message = await posted();
    expect(await slack.click({ message, actionId: 'recheck', value: 'uat', user: 'U0BOB' })).toMatchObject({
      ok: true,
    });
    expect(bodies[0]).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0BOB', username: 'bob' },
      container: { type: 'message', message_ts: message.ts, channel_id: 'C0GENERAL', is_ephemeral: false },
      channel: { id: 'C0GENERAL', name: 'general' },
      message: { ts: message.ts, text: 'report', blocks },
      state: { values: { b1: { env: { type: 'static_select', selected_option: null } } } },
      response_url: expect.stringContaining('/actions/'),
      trigger_id: expect.any(String),
      actions: [
        {
          type: 'button',
          action_id: 'recheck',
          block_id: 'b2',
          value: 'uat',
          text: { text: 'Re-check UAT' },
        },
      ],
    });
  });

  it('sends the chosen option of a menu, also in the message’s state', async () => {
    const bodies = await startRecording();
    await slack.click({ message: await posted(), actionId: 'env', value: 'prod' });
    const chosen = { text: text('Production'), value: 'prod' };
    expect(bodies[0]).toMatchObject({
      actions: [{ type: 'static_select', selected_option: chosen }],
      state: { values: { b1: { env: { selected_option: chosen } } } },
    });
  });

  it('lets the app replace the message through the response URL', async () => {
    await start((app) =>
      app.action('recheck', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'fresh report', replace_original: true });
      }),
    );
    const message = await posted();
    await slack.click({ message, actionId: 'recheck' });
    await slack.waitFor(() => slack.messages('C0GENERAL')[0]?.text === 'fresh report');
    expect(slack.messages('C0GENERAL')).toMatchObject([{ ts: message.ts, edits: 1, blocks: [] }]);
  });

  it('carries no message when the message is ephemeral, and the app can replace that message', async () => {
    const bodies: BlockAction[] = [];
    await start((app) => {
      app.command('/envcheck', ({ ack }) => ack({ text: 'private', blocks }));
      app.action('recheck', async ({ ack, body, respond }) => {
        bodies.push(body as BlockAction);
        await ack();
        await respond({ text: 'replaced', replace_original: true });
      });
    });
    await slack.command({ text: '', user: 'U0BOB' });
    const message = slack.ephemerals('C0GENERAL', 'U0BOB')[0] as StoredMessage;
    await slack.click({ message, actionId: 'recheck' });
    await slack.waitFor(() => slack.ephemerals('C0GENERAL')[0]?.text === 'replaced');
    expect(bodies[0]?.container).toMatchObject({ is_ephemeral: true, message_ts: message.ts });
    expect(bodies[0]).toMatchObject({ user: { id: 'U0BOB' } });
    expect(bodies[0]?.message).toBeUndefined();
    expect(slack.ephemerals('C0GENERAL')).toHaveLength(1);
    expect(slack.messages('C0GENERAL')).toEqual([]);
  });
});

it('an unacknowledged click shows the person an error', async () => {
  await slack.stop();
  slack = await startSlack({ ackTimeoutMs: 200 });
  running = await startApp(slack, 'socket', () => {});
  const ack = await slack.click({ message: await posted(), actionId: 'recheck', user: 'U0BOB' });
  expect(ack).toMatchObject({ ok: false, error: 'operation_timeout' });
  expect(slack.history.at(-1)).toMatchObject({ kind: 'notice', user: 'U0BOB', error: 'operation_timeout' });
});

describe('an impossible click', () => {
  it('throws when the message does not show the element', async () => {
    const message = await posted();
    await expect(slack.click({ message, actionId: 'accept' })).rejects.toThrow(
      /'accept'.*recheck=prod, env, recheck=uat/,
    );
    await expect(slack.click({ message, actionId: 'recheck', value: 'qa' })).rejects.toThrow(
      /'recheck' with the value 'qa'/,
    );
    await expect(slack.click({ message, actionId: 'env', value: 'qa' })).rejects.toThrow(
      /'env' with the value 'qa'/,
    );
  });

  it('throws when the message no longer shows the element', async () => {
    const message = await posted();
    await clientOf(slack).chat.update({ channel: message.channel, ts: message.ts, text: 'no buttons' });
    await expect(slack.click({ message, actionId: 'recheck' })).rejects.toThrow(
      /The message shows: no elements/,
    );
    await clientOf(slack).chat.delete({ channel: message.channel, ts: message.ts });
    await expect(slack.click({ message, actionId: 'recheck' })).rejects.toThrow(/is gone/);
  });

  it('throws when only someone else sees the message', async () => {
    await clientOf(slack).chat.postEphemeral({ channel: 'C0GENERAL', user: 'U0BOB', text: 'x', blocks });
    const message = slack.ephemerals('C0GENERAL')[0] as StoredMessage;
    await expect(slack.click({ message, actionId: 'recheck', user: 'U0ALICE' })).rejects.toThrow(
      /cannot see/,
    );
  });
});
