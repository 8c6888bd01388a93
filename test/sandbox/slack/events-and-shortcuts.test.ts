import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { type RunningApp, startApp } from './bolt-app.ts';
import { button, clientOf, section } from './web-client.ts';

let slack: SimulatedSlack;
let running: RunningApp | null = null;
let server: Server | null = null;
beforeEach(async () => {
  slack = await startSlack({ eventRetryDelaysMs: [0, 30, 60] });
});
afterEach(async () => {
  await running?.stop();
  running = null;
  server?.close();
  server = null;
  await slack.stop();
});

describe.each(['http', 'socket'] as const)('an interaction over %s', (mode) => {
  const start = async (register: (app: App) => void) => {
    running = await startApp(slack, mode, register);
  };

  it('opens the Home tab, which the app publishes, and its buttons work', async () => {
    const clicks: unknown[] = [];
    await start((app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [
          section('Environments'),
          { type: 'actions' as const, elements: [button('show', 'prod')] },
        ];
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
      });
      app.action('show', async ({ ack, body }) => {
        clicks.push(body);
        await ack();
      });
    });
    expect(await slack.openHome('U0BOB')).toMatchObject({ ok: true });
    const home = await slack.waitFor(() => slack.home('U0BOB'));
    await slack.click({ view: home, actionId: 'show' });
    expect(clicks).toMatchObject([
      { container: { type: 'view', view_id: home.id }, user: { id: 'U0BOB' }, actions: [{ value: 'prod' }] },
    ]);
    expect(clicks[0]).not.toHaveProperty('response_url');
  });

  it('sends the whole message for a message shortcut, and the app can answer', async () => {
    await start((app) =>
      app.shortcut('find_ids', async ({ ack, shortcut, respond }) => {
        await ack();
        const found = shortcut.type === 'message_action' ? shortcut.message.text : '';
        await respond(`found in ${found}`);
      }),
    );
    const message = slack.say({ text: 'see T-12 please', user: 'U0ALICE', channel: 'G0SECRET' });
    await slack.shortcut({ message, callbackId: 'find_ids', user: 'U0BOB' });
    const [reply] = await slack.waitFor(
      () => slack.ephemerals('G0SECRET', 'U0BOB').length > 0 && slack.ephemerals('G0SECRET'),
    );
    expect(reply?.text).toBe('found in see T-12 please');
  });

  it('sends a trigger for a global shortcut', async () => {
    let trigger = '';
    await start((app) =>
      app.shortcut('anywhere', async ({ ack, shortcut }) => {
        trigger = shortcut.trigger_id;
        await ack();
      }),
    );
    expect(await slack.globalShortcut({ callbackId: 'anywhere' })).toMatchObject({ ok: true });
    expect(trigger).not.toBe('');
  });
});

it('an ephemeral message has no shortcuts', async () => {
  await clientOf(slack).chat.postEphemeral({ channel: 'C0GENERAL', user: 'U0BOB', text: 'x' });
  const message = slack.ephemerals('C0GENERAL')[0];
  if (!message) throw new Error('nothing was shown');
  await expect(slack.shortcut({ message, callbackId: 'find_ids' })).rejects.toThrow(
    /no shortcuts on an ephemeral/,
  );
});

describe('an unacknowledged event', () => {
  async function listen(answers: { status: number; headers?: Record<string, string> }[]): Promise<string[]> {
    const attempts: string[] = [];
    server = createServer((request, response) => {
      const { 'x-slack-retry-num': number = 'first', 'x-slack-retry-reason': reason = '' } = request.headers;
      attempts.push(`${number} ${reason}`.trim());
      const { status, headers } = answers[attempts.length - 1] ?? { status: 500 };
      request.resume();
      response.writeHead(status, headers).end();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return attempts;
  }
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 200));

  it('is retried three times, each time with its number and the reason', async () => {
    const attempts = await listen([]);
    expect(await slack.openHome()).toMatchObject({ ok: false, status: 500 });
    await slack.waitFor(() => attempts.length === 4);
    await quiet();
    expect(attempts).toEqual(['first', '1 http_error', '2 http_error', '3 http_error']);
  });

  it('is not retried after an ack or when the app forbids it', async () => {
    const taken = await listen([{ status: 500 }, { status: 200 }]);
    await slack.openHome();
    await slack.waitFor(() => taken.length === 2);
    await quiet();
    expect(taken).toHaveLength(2);
    server?.close();
    const forbidden = await listen([{ status: 500, headers: { 'x-slack-no-retry': '1' } }]);
    await slack.openHome();
    await quiet();
    expect(forbidden).toEqual(['first']);
  });
});
