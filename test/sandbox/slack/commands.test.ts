import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App, SlashCommand } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signature } from '../../../sandbox/slack/request-url.ts';
import { type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { type RunningApp, startApp } from './bolt-app.ts';

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

describe.each(['http', 'socket'] as const)('a slash command over %s', (mode) => {
  const start = async (register: (app: App) => void) => {
    running = await startApp(slack, mode, register);
  };

  it('sends the app the user, the text and the channel', async () => {
    let received: SlashCommand | undefined;
    await start((app) =>
      app.command('/envcheck', async ({ ack, command }) => {
        received = command;
        await ack();
      }),
    );
    const ack = await slack.command({ text: ' prod --all ', user: 'U0BOB', channel: 'G0SECRET' });
    expect(ack).toMatchObject({ ok: true, status: mode === 'http' ? 200 : null, body: '' });
    expect(received).toMatchObject({
      command: '/envcheck',
      text: 'prod --all',
      user_id: 'U0BOB',
      user_name: 'bob',
      channel_id: 'G0SECRET',
      channel_name: 'privategroup',
      is_enterprise_install: 'false',
      response_url: expect.stringContaining('http://127.0.0.1:'),
      trigger_id: expect.any(String),
    });
    expect(slack.ephemerals('G0SECRET')).toEqual([]);
  });

  it('answers in private with a string and in the channel with in_channel', async () => {
    await start((app) =>
      app.command('/envcheck', async ({ ack, command }) => {
        if (command.text === 'private') await ack('just for you');
        else await ack({ response_type: 'in_channel', text: 'for all' });
      }),
    );
    await slack.command({ text: 'private', user: 'U0BOB' });
    expect(slack.ephemerals('C0GENERAL', 'U0BOB')).toMatchObject([{ text: 'just for you' }]);
    await slack.command({ text: 'public' });
    expect(slack.messages('C0GENERAL')).toMatchObject([{ text: 'for all' }]);
    expect(slack.history.filter((entry) => entry.kind === 'echo')).toHaveLength(1);
  });

  it('shows the person an error when the app answers with invalid blocks', async () => {
    await start((app) =>
      app.command('/envcheck', ({ ack }) => ack({ blocks: [{ type: 'section' } as never] })),
    );
    expect(await slack.command({ text: '' })).toMatchObject({ ok: false, error: 'invalid_response' });
    expect(slack.ephemerals('C0GENERAL')).toMatchObject([
      { user: 'USLACKBOT', text: expect.stringContaining('invalid_blocks') },
    ]);
  });

  it('times out without an ack, shows the person an error, and is not sent again', async () => {
    await slack.stop();
    slack = await startSlack({ ackTimeoutMs: 200 });
    let times = 0;
    await start((app) =>
      app.command('/envcheck', async () => {
        times += 1;
      }),
    );
    const ack = await slack.command({ text: 'prod', user: 'U0ALICE' });
    expect(ack).toMatchObject({ ok: false, error: 'operation_timeout', status: null });
    expect(slack.ephemerals('C0GENERAL', 'U0ALICE')).toMatchObject([
      { user: 'USLACKBOT', text: '/envcheck failed with the error "operation_timeout"' },
    ]);
    expect(slack.history.at(-1)).toMatchObject({
      kind: 'notice',
      user: 'U0ALICE',
      error: 'operation_timeout',
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(times).toBe(1);
  });
});

it('a command times out after three seconds by default', async () => {
  running = await startApp(slack, 'socket', () => {});
  const ack = await slack.command({ text: '' });
  expect(ack).toMatchObject({ ok: false, error: 'operation_timeout' });
  expect(ack.ms).toBeGreaterThanOrEqual(2_990);
  expect(ack.ms).toBeLessThan(5_000);
});

it('a command without a connection fails immediately and shows the person an error', async () => {
  const ack = await slack.command({ text: 'prod' });
  expect(ack).toMatchObject({ ok: false, error: 'app_not_reachable' });
  expect(slack.history.at(-1)).toMatchObject({ kind: 'notice', error: 'app_not_reachable' });
});

it('a refused connection and an error status are both dispatch_failed', async () => {
  slack.requestUrl = 'http://127.0.0.1:1/slack/events';
  expect(await slack.command({ text: '' })).toMatchObject({
    ok: false,
    status: null,
    error: 'dispatch_failed',
  });
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: '/elsewhere' }).end('moved'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await slack.command({ text: '' })).toMatchObject({
    status: 302,
    body: 'moved',
    error: 'dispatch_failed',
  });
  server.close();
});

it('an unknown channel or user throws and lists the known ones', async () => {
  await expect(slack.command({ text: '', user: 'U0NOBODY' })).rejects.toThrow(/U0NOBODY.*U0ALICE, U0BOB/);
  await expect(slack.command({ text: '', channel: 'C0NOWHERE' })).rejects.toThrow(/C0NOWHERE.*C0GENERAL/);
});

describe('the signature', () => {
  it('equals the example in Slack’s documentation', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(signature('8f742231b10e8888abcd99yyyzzz85a5', 1531420618, body)).toBe(
      'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    );
  });

  it('covers the exact bytes of the body, whose content type has no charset', async () => {
    let seen: { request: IncomingMessage; body: string } | undefined;
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen = { request, body };
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await slack.command({ text: 'naïve & “quoted” +1' });
    server.close();
    const headers = seen?.request.headers ?? {};
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const timestamp = Number(headers['x-slack-request-timestamp']);
    expect(headers['x-slack-signature']).toBe(signature(slack.signingSecret, timestamp, seen?.body ?? ''));
    expect(new URLSearchParams(seen?.body).get('text')).toBe('naïve & “quoted” +1');
  });

  it('is refused by Bolt when made with another secret', async () => {
    const other = await startSlack();
    running = await startApp(other, 'http', () => {});
    slack.requestUrl = other.requestUrl;
    expect(await slack.command({ text: '' })).toMatchObject({
      ok: false,
      status: 401,
      error: 'dispatch_failed',
    });
    await other.stop();
  });
});
