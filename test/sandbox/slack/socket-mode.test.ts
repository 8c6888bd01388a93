import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { clientOf } from './web-client.ts';

let slack: SimulatedSlack;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  slack = await startSlack({ eventRetryDelaysMs: [0, 10] });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await slack.stop();
});

interface Message {
  type: string;
  envelope_id: string;
  [field: string]: unknown;
}

/** A plain connection that records received messages. `ack` creates the answer to each envelope. */
async function connect(ack: (message: Message) => object | null = () => ({})): Promise<Message[]> {
  const { url } = await clientOf(slack, slack.appToken).apps.connections.open();
  const socket = new WebSocket(String(url));
  sockets.push(socket);
  const received: Message[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message;
    received.push(message);
    const payload = message.envelope_id === undefined ? null : ack(message);
    if (payload) socket.send(JSON.stringify({ envelope_id: message.envelope_id, payload }));
  });
  await slack.waitFor(() => received.length > 0);
  return received;
}

describe('a connection', () => {
  it('receives hello, and its envelopes name their type', async () => {
    const received = await connect();
    await slack.command({ text: 'prod' });
    await slack.openHome();
    expect(received).toMatchObject([
      { type: 'hello', num_connections: 1, connection_info: { app_id: expect.any(String) } },
      {
        type: 'slash_commands',
        accepts_response_payload: true,
        payload: { command: '/envcheck', text: 'prod' },
      },
      {
        type: 'events_api',
        accepts_response_payload: false,
        retry_attempt: 0,
        payload: { type: 'event_callback' },
      },
    ]);
  });

  it('requires an unused ticket', async () => {
    const { url } = await clientOf(slack, slack.appToken).apps.connections.open();
    await new Promise((resolve) =>
      sockets[sockets.push(new WebSocket(String(url))) - 1]?.on('open', resolve),
    );
    const statuses = [String(url), String(url).replace(/ticket=\w+/, 'ticket=invented')].map(
      (address) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
          socket.on('open', () => resolve('open'));
          socket.on('error', () => {});
        }),
    );
    expect(await Promise.all(statuses)).toEqual([401, 401]);
  });

  it('takes turns with the others: each payload goes to one connection', async () => {
    const [one, two] = [await connect(), await connect()];
    for (const text of ['a', 'b', 'c', 'd']) await slack.command({ text });
    const counts = [one, two].map(
      (received) => received.filter(({ type }) => type === 'slash_commands').length,
    );
    expect(counts).toEqual([2, 2]);
  });

  it('is disconnected beyond the tenth', async () => {
    for (let count = 0; count < 10; count += 1) await connect();
    const eleventh = await connect();
    expect(eleventh).toMatchObject([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(slack.connections()).toBe(10);
  });

  it('receives payloads after a warning but not after a refresh request', async () => {
    const warned = await connect();
    slack.disconnect('warning');
    expect(await slack.command({ text: '' })).toMatchObject({ ok: true });
    expect(warned.map(({ type }) => type)).toEqual(['hello', 'disconnect', 'slash_commands']);
    slack.disconnect('refresh_requested');
    expect(await slack.command({ text: '' })).toMatchObject({ ok: false, error: 'app_not_reachable' });
  });
});

it('an unacknowledged event is retried with its attempt number, a command is not', async () => {
  await slack.stop();
  slack = await startSlack({ eventRetryDelaysMs: [0, 10], ackTimeoutMs: 200 });
  const received = await connect(() => null);
  const [event, command] = await Promise.all([slack.openHome(), slack.command({ text: '' })]);
  expect([event.error, command.error]).toEqual(['operation_timeout', 'operation_timeout']);
  await slack.waitFor(() => received.filter(({ type }) => type === 'events_api').length === 2);
  expect(received.filter(({ type }) => type === 'events_api')).toMatchObject([
    { retry_attempt: 0, retry_reason: '' },
    { retry_attempt: 1, retry_reason: 'timeout' },
  ]);
  expect(received.filter(({ type }) => type === 'slash_commands')).toHaveLength(1);
});

describe('Slack’s own client', () => {
  let app: App;
  beforeEach(async () => {
    const receiver = new SocketModeReceiver({
      appToken: slack.appToken,
      logLevel: LogLevel.ERROR,
      clientPingTimeout: 300,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    });
    app = new App({
      token: slack.botToken,
      receiver,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: slack.apiUrl },
    });
    app.command('/envcheck', ({ ack }) => ack('here'));
    await app.start();
    await slack.waitForConnection();
  });
  afterEach(() => app.stop());

  async function reconnected(cut: () => void): Promise<void> {
    const opened = () => slack.history.filter(({ text }) => text.startsWith('opened')).length;
    const before = opened();
    cut();
    await slack.waitFor(() => opened() > before);
  }

  it('reconnects after a disconnect envelope', async () => {
    await reconnected(() => slack.disconnect('refresh_requested'));
    await slack.waitFor(() => slack.connections() === 1);
    expect(await slack.command({ text: '' })).toMatchObject({ ok: true, body: '{"text":"here"}' });
  });

  it('reconnects after a dropped connection', async () => {
    await reconnected(() => slack.dropConnections());
    expect(await slack.command({ text: '' })).toMatchObject({ ok: true });
  });

  it('gets answers to its pings, so the connection outlives many ping timeouts', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(slack.history.filter(({ kind }) => kind === 'connection')).toHaveLength(1);
  });
});

it('waitForConnection times out with an error', async () => {
  await expect(slack.waitForConnection(50)).rejects.toThrow(/after 50 ms/);
});
