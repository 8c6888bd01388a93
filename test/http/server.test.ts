import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../sandbox/slack/faults.ts';
import { signature } from '../../sandbox/slack/request-url.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { createApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds, homeDiffIds } from '../../src/slack/action-ids.ts';
import { slackPace } from '../../src/slack/bolt.ts';
import { SLACK_PATH } from '../../src/slack/connection.ts';
import { NO_OPENSSL, selfSigned } from '../certificate.ts';

interface Running {
  world: World;
  config: Config;
  url: string;
}

async function start(slackMode: 'socket' | 'http', lines: Record<string, unknown>[] = []): Promise<Running> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const config: Config = {
    ...world.configure({ sharedWebhookUrl: false, slackMode }),
    logLevel: 'warn',
  };
  const app = createApp(config, { logDestination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const { url } = await app.start();
  onTestFinished(() => app.stop());
  return { world, config, url };
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

/** Polls until the answer has this status; returns its body. */
async function until(status: number, url: string): Promise<unknown> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await get(url);
    if (answer.status === status) return answer.body;
    await sleep(100);
  }
  throw new Error(`${url} never answered ${status}`);
}

/** `/envcheck help` with a response URL that does not exist. */
const form = (url: string): string =>
  new URLSearchParams({
    command: '/envcheck',
    text: 'help',
    user_id: 'U0BOB',
    channel_id: 'C0GENERAL',
    team_id: 'T0SIMTEAM',
    response_url: `${url}/nowhere`,
  }).toString();
const now = (): number => Math.floor(Date.now() / 1000);

interface Sent {
  body?: string;
  at?: number;
  secret?: string;
  contentType?: string;
}

/** Sends a request signed as Slack signs it, with the given changes. */
async function post({ world, url }: Running, sent: Sent = {}): Promise<number> {
  const { body = form(url), at = now(), secret = world.slack.signingSecret } = sent;
  const response = await fetch(url + SLACK_PATH, {
    method: 'POST',
    body,
    headers: {
      'content-type': sent.contentType ?? 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': signature(secret, at, body),
    },
  });
  await response.text();
  return response.status;
}

describe('health', () => {
  it('the bot is ready while its connection to Slack is open, and not while it is broken', async () => {
    const { world, url } = await start('socket');
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await until(200, `${url}/readyz`)).toEqual({
      status: 'ready',
      database: 'ok',
      slack: 'ok',
      outbox: { waiting: 0, oldestAt: null, held: [], stopped: null, givenUp: [] },
      clock: 'ok',
    });
    world.slack.dropConnections();
    expect(await until(503, `${url}/readyz`)).toMatchObject({
      status: 'not ready',
      database: 'ok',
      slack: 'no connection',
    });
    expect((await get(`${url}/healthz`)).status).toBe(200);
    expect(await until(200, `${url}/readyz`)).toMatchObject({ slack: 'ok' });
  });

  it('the bot is not ready without its database, and /readyz says what is wrong', async () => {
    const { config, url } = await start('http');
    expect((await get(`${url}/readyz`)).status).toBe(200);
    const database = new BetterSqlite3(config.database);
    database.exec('drop table migrations');
    database.close();
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { status: 'not ready', database: expect.stringContaining('migrations'), slack: 'ok' },
    });
    expect((await get(`${url}/healthz`)).status).toBe(200);
  });
});

describe('a start while Slack does not answer', () => {
  it.each([
    ['socket', 'auth.test', { kind: 'reset' }],
    ['socket', 'apps.connections.open', { kind: 'status', status: 503 }],
    ['socket', 'auth.test', { kind: 'error', error: 'internal_error' }],
    ['http', 'auth.test', { kind: 'timeout' }],
  ] as const)(
    'takes deliveries in %s mode when %s fails, says why, and connects later',
    async (mode, method, fault) => {
      const world = await startWorld({});
      onTestFinished(() => world.stop());
      const config = world.configure({ sharedWebhookUrl: false, slackMode: mode });
      world.slack.faults.add({ method, fault, times: Number.POSITIVE_INFINITY });
      const app = createApp(config, {
        logDestination: { write: () => {} },
        slackPace: { ...slackPace, retryDelayMs: 50, progressTimeoutMs: 300 },
      });
      const { url } = await app.start();
      onTestFinished(() => app.stop());
      expect(await get(`${url}/readyz`)).toMatchObject({
        status: 503,
        body: {
          database: 'ok',
          slack: expect.stringMatching(/Slack cannot be reached|does not accept .* \(internal_error\)/),
        },
      });
      expect(await get(`${url}/healthz`)).toMatchObject({ status: 200 });
      const refused = await fetch(`${url}/webhooks/uat`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect(refused.status).toBe(401);
      world.slack.faults.clear();
      expect(await until(200, `${url}/readyz`)).toMatchObject({ slack: 'ok' });
      const ok =
        mode === 'http'
          ? (await post({ world, config, url })) === 200
          : (await world.slack.command({ text: 'help', user: 'U0BOB', channel: 'C0GENERAL' })).ok;
      expect(ok).toBe(true);
    },
  );

  it('an expired certificate of Slack keeps the receivers running, and /readyz names it until it is renewed', async (ctx) => {
    const [expired, renewed] = [selfSigned(-1), selfSigned(30)];
    if (!expired || !renewed) return ctx.skip(NO_OPENSSL);
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, expired.cert, renewed.cert]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const world = await startWorld({});
    onTestFinished(() => world.stop());
    const front = createTlsServer(expired, (incoming, outgoing) => {
      const { method, url = '', headers } = incoming;
      const onward = request(new URL(url, world.slack.apiUrl), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => front.listen(0, resolve));
    onTestFinished(() => {
      front.closeAllConnections();
      front.close();
    });
    const { port } = front.address() as AddressInfo;
    const env = { SLACK_API_URL: `https://localhost:${port}/api/` };
    const config = world.configure({ sharedWebhookUrl: false, slackMode: 'socket', env });
    const app = createApp(config, {
      logDestination: { write: () => {} },
      slackPace: { ...slackPace, retryDelayMs: 50 },
    });
    const { url } = await app.start();
    onTestFinished(() => app.stop());
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { database: 'ok', slack: expect.stringMatching(/CERT_HAS_EXPIRED|certificate has expired/) },
    });
    expect((await get(`${url}/healthz`)).status).toBe(200);
    const refused = await fetch(`${url}/webhooks/uat`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(refused.status).toBe(401);
    front.setSecureContext(renewed);
    expect(await until(200, `${url}/readyz`)).toMatchObject({ slack: 'ok' });
  });

  it('a token or a connection that Slack refuses after an outage leaves the receivers running, until Slack accepts again', async () => {
    const world = await startWorld({});
    onTestFinished(() => world.stop());
    const config = world.configure({ sharedWebhookUrl: false, slackMode: 'socket' });
    world.slack.faults.add({ method: 'auth.test', fault: { kind: 'reset' } });
    const invalid = { kind: 'error', error: 'invalid_auth' } as const;
    world.slack.faults.add({ method: 'auth.test', fault: invalid, times: 4 });
    const app = createApp(config, {
      logDestination: { write: () => {} },
      slackPace: { ...slackPace, callTimeoutMs: 1_000, retryDelayMs: 50 },
    });
    const { url } = await app.start();
    onTestFinished(() => app.stop());
    await expect
      .poll(async () => (await get(`${url}/readyz`)).body, { interval: 20, timeout: 10_000 })
      .toMatchObject({ slack: expect.stringContaining('SLACK_BOT_TOKEN (invalid_auth)') });
    expect(await until(200, `${url}/readyz`)).toMatchObject({ slack: 'ok' });
    // A rejection while it reconnects must neither end the process nor the attempts.
    const internal = { kind: 'error', error: 'internal_error' } as const;
    const rounds: Fault[][] = [
      [invalid, invalid],
      [internal, { kind: 'ratelimited', retryAfter: 1 }],
      [{ kind: 'reset' }, internal, { kind: 'status', status: 503 }],
      [{ kind: 'timeout' }],
    ];
    for (const faults of rounds) {
      for (const fault of faults) world.slack.faults.add({ method: 'apps.connections.open', fault });
      world.slack.dropConnections();
      expect(await until(503, `${url}/readyz`)).toMatchObject({ slack: expect.any(String) });
      expect(await until(200, `${url}/readyz`)).toMatchObject({ slack: 'ok' });
    }
    await app.stop();
  });
});

describe('requests from Slack', () => {
  it('a request with a valid signature and a recent timestamp gets 200', async () => {
    const running = await start('http');
    expect(await post(running)).toBe(200);
    expect(await post(running, { at: now() - 60 })).toBe(200);
  });

  it('a request that is unsigned, wrongly signed or old gets 401', async () => {
    const running = await start('http');
    const bare = await fetch(running.url + SLACK_PATH, {
      method: 'POST',
      body: form(running.url),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(bare.status).toBe(401);
    expect(await post(running, { secret: 'another secret' })).toBe(401);
    expect(await post(running, { at: now() - 6 * 60 })).toBe(401);
    expect(running.world.slack.history.filter(({ kind }) => kind === 'ephemeral')).toEqual([]);
  });

  it('a request that is too large or malformed is refused, and the next one gets 200', async () => {
    const running = await start('http');
    expect(await post(running, { body: `${form(running.url)}&pad=${'x'.repeat(1024 * 1024)}` })).toBe(413);
    expect(await post(running, { contentType: 'application/xml' })).toBe(400);
    expect(await post(running, { contentType: 'application/json', body: '{' })).toBe(400);
    expect(await post(running)).toBe(200);
  });

  it('a signed body of an unknown shape is refused, and the next request gets 200', async () => {
    const running = await start('http');
    const json = [
      'null',
      '7',
      '[]',
      '"x"',
      '',
      '{"type":"event_callback"}',
      '{"type":"event_callback","event":null}',
    ];
    for (const body of json)
      expect(await post(running, { body, contentType: 'application/json' }), body).toBe(400);
    for (const payload of ['null', '{', '[]', '{"type":"event_callback","event":{}}'])
      expect(await post(running, { body: `payload=${encodeURIComponent(payload)}` }), payload).toBe(400);
    expect(await post(running, { body: 'payload=%7B%7D&payload=%7B%7D' })).toBe(400);
    expect(await post(running)).toBe(200);
  });

  it('a request from the future is refused, and a flood of wrong signatures gets 429 and few log lines', async () => {
    const lines: Record<string, unknown>[] = [];
    const running = await start('http', lines);
    expect(await post(running, { at: now() + 6 * 60 })).toBe(401);
    expect(await post(running, { at: now() + 4 * 60 })).toBe(200);
    const statuses = new Map<number, number>();
    for (let batch = 0; batch < 14; batch += 1)
      for (const status of await Promise.all(
        Array.from({ length: 50 }, () => post(running, { secret: 'another secret' })),
      ))
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect([...statuses.keys()].toSorted()).toEqual([401, 429]);
    expect(statuses.get(429)).toBeGreaterThanOrEqual(100 - 1);
    // One for each kind and minute, and the minute may change once.
    expect(lines.filter(({ fault }) => fault).length).toBeLessThanOrEqual(4);
    expect(lines).toContainEqual(expect.objectContaining({ fault: 'bad_signature' }));
    expect(await post(running)).toBe(200);
  });

  it('messages of an unknown shape on the socket are dropped, and the next command is answered', async () => {
    const lines: Record<string, unknown>[] = [];
    const { world, url } = await start('socket', lines);
    await until(200, `${url}/readyz`);
    const bodies = [null, 7, [], 'x', {}, { event: null }, { event: {} }, { event: { type: 7 } }];
    for (const payload of bodies)
      world.slack.sendRaw(JSON.stringify({ type: 'events_api', envelope_id: 'e', payload }));
    for (const type of ['slash_commands', 'interactive'])
      for (const payload of [null, 7, [], undefined])
        world.slack.sendRaw(JSON.stringify({ type, envelope_id: 'e', payload }));
    for (const text of ['null', '', '{', '[]', '{"type":null}', 'x'.repeat(10_000)])
      world.slack.sendRaw(text);
    const command = { command: '/envcheck', team_id: 'T0SIMTEAM', channel_id: 'C0GENERAL', user_id: 'U0BOB' };
    const hostile: [type: string, payload: object][] = [
      ['slash_commands', { ...command, text: null, response_url: 'http://127.0.0.1:1/x' }],
      ['interactive', { type: 'view_submission', user: { id: 'U0BOB' }, team: { id: 'T0SIMTEAM' } }],
      ['events_api', { event: { type: 'app_home_opened' }, team_id: 'T0SIMTEAM' }],
      ['nosuch', {}],
    ];
    // Elements without a selection, whose listeners would read it.
    const click = {
      type: 'block_actions',
      user: { id: 'U0BOB', team_id: 'T0SIMTEAM' },
      team: { id: 'T0SIMTEAM' },
      trigger_id: 'x',
      response_url: 'http://127.0.0.1:1/x',
      container: { type: 'message' },
      channel: { id: 'C0GENERAL' },
      message: { ts: '1.1' },
    };
    const selections = [{}, { selected_option: null, value: null }, { value: '' }];
    for (const action_id of [...Object.values(actionIds), ...homeDiffIds])
      for (const selection of selections) {
        const action = { action_id, type: 'static_select', block_id: 'b', ...selection };
        const payload = { ...click, actions: [action] };
        world.slack.sendRaw(JSON.stringify({ type: 'interactive', envelope_id: 's', payload }));
      }
    for (let time = 0; time < 50; time += 1)
      for (const [type, payload] of hostile)
        world.slack.sendRaw(JSON.stringify({ type, envelope_id: `h${time}`, payload }));
    const { ok } = await world.slack.command({ text: 'help', user: 'U0BOB', channel: 'C0GENERAL' });
    expect(ok).toBe(true);
    const faults = lines.filter(({ fault }) => fault);
    // The minute may change once.
    expect(faults.length).toBeLessThanOrEqual(2);
    expect(faults).toContainEqual(expect.objectContaining({ fault: 'unknown_shape' }));
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual(faults);
  });

  it('only POST to the one path reaches Slack’s handler', async () => {
    const { url } = await start('http');
    expect((await get(url + SLACK_PATH)).status).toBe(404);
    expect((await fetch(`${url}/slack/other`, { method: 'POST', body: form(url) })).status).toBe(404);
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(404);
  });

  it('Socket Mode has no path for requests from Slack', async () => {
    expect(await post(await start('socket'))).toBe(404);
  });
});

describe('a failed start', () => {
  it('a start on a port in use fails with EADDRINUSE and closes everything it opened', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const world = await startWorld({});
    onTestFinished(() => world.stop());
    const config = world.configure({ sharedWebhookUrl: false });
    const app = createApp({ ...config, http: { ...config.http, host: '127.0.0.1', port } });
    await expect(app.start()).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    await expectClosed(config, world);
  });

  it('a start with a token that Slack refuses closes everything, and the next start works', async () => {
    const world = await startWorld({});
    onTestFinished(() => world.stop());
    const config = world.configure({ sharedWebhookUrl: false });
    world.slack.faults.add({ method: 'auth.test', fault: { kind: 'error', error: 'invalid_auth' } });
    await expect(createApp(config).start()).rejects.toThrow('invalid_auth');
    await expectClosed(config, world);
    const app = createApp(config);
    await app.start();
    await app.stop();
    await expectClosed(config, world);
  });
});

/** Fails while any connection to the database is open: the journal mode cannot change then. */
async function expectClosed(config: Config, world: World): Promise<void> {
  const database = new BetterSqlite3(config.database, { timeout: 0 });
  database.pragma('journal_mode = delete');
  expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
  database.close();
  // The close frame may arrive after the bot has stopped.
  await world.slack.waitFor(() => world.slack.connections() === 0, 2_000);
}
