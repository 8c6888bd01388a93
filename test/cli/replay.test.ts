import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { loopbackTarget, post } from '../../src/cli/loopback.ts';
import { activity, type Receiver, signed, startReceiver } from '../events/log/start-receiver.ts';
import { type RunResult, run } from './program.ts';

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Starts a receiver of the integration on this machine. */
async function listen(status: number, answer: string, headers: Record<string, string> = {}) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method, url } = request;
    received.push({ method, url, headers: request.headers, body: Buffer.concat(await request.toArray()) });
    response.writeHead(status, headers).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { received, port: (server.address() as AddressInfo).port };
}

const replay = ({ world, config }: Receiver, event: string, to: string): Promise<RunResult> =>
  run(['replay', event, '--to', to], { env: { ...world.environment, ENVCHECK_CONFIG: config.file } });

async function stored(payloads: 'none' | 'redacted' | 'full', body: string | Buffer = activity(7)) {
  const receiver = await startReceiver({ payloads });
  const { json } = await receiver.deliver(body);
  return { receiver, id: json.eventId ?? '' };
}

it('the receiver gets the bytes that SpotDraft sent, with a signature that it accepts', async () => {
  const body = ' { "contract_id" : 7, "activity":"CONTRACT_EXECUTED", "title":"Zażółć" }\n';
  const { receiver, id } = await stored('full', body);
  const { received, port } = await listen(202, 'taken \u001b[31mred');
  const ended = await replay(receiver, id, `http://localhost:${port}/spotdraft?x=1`);
  expect(ended).toMatchObject({ code: 0, err: '' });
  const [status, sent, ...answer] = ended.out.split('\n');
  expect(status).toMatch(new RegExp(`^202 in \\d+ ms from http://localhost:${port}/spotdraft\\?x=1$`));
  expect(sent).toMatch(
    new RegExp(`^${id} of prod \\(production\\), ${Buffer.byteLength(body)} bytes, as replay_\\w{26}$`),
  );
  expect(answer).toEqual(['', 'taken  [31mred', '']);
  const [request] = received;
  expect(received).toHaveLength(1);
  expect([request?.method, request?.url]).toEqual(['POST', '/spotdraft?x=1']);
  expect(request?.body.toString()).toBe(body);
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-request-id': expect.stringMatching(/^replay_\w{26}$/),
    'x-sd-webhook-content-hash': signed(receiver.world.prod.hmacKey, body),
  });
});

it('a unique prefix of the id is enough, and an ambiguous one lists the events', async () => {
  const { receiver, id } = await stored('full');
  const { port } = await listen(200, '');
  expect((await replay(receiver, id.slice(0, 8).toUpperCase(), `http://127.0.0.1:${port}`)).code).toBe(0);
  const database = new BetterSqlite3(receiver.config.database);
  database
    .prepare('insert into events (id, environment, received_at) values (?, ?, 0)')
    .run(`${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`, 'prod');
  database.close();
  const ambiguous = await replay(receiver, id.slice(0, -1), `http://127.0.0.1:${port}`);
  expect(ambiguous).toMatchObject({ code: 64, out: '' });
  expect(ambiguous.err).toContain('several events begin with');
  expect(ambiguous.err).toContain(id);
  expect((await replay(receiver, id, `http://127.0.0.1:${port}`)).code).toBe(0);
});

it.each([
  ['redacted', 'only its redacted payload was stored'],
  ['none', 'its payload was not stored'],
] as const)('with log.payloads: %s it says what to set, and sends nothing', async (payloads, message) => {
  const { receiver, id } = await stored(payloads);
  const { received, port } = await listen(200, '');
  const ended = await replay(receiver, id, `http://127.0.0.1:${port}/`);
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toContain(message);
  expect(ended.err).toContain('Set `log.payloads: full`');
  expect(received).toEqual([]);
});

it('a redirect is reported and not followed', async () => {
  const { receiver, id } = await stored('full');
  const other = await listen(200, '');
  const { port } = await listen(307, '', { location: `http://127.0.0.1:${other.port}/` });
  const ended = await replay(receiver, id, `http://127.0.0.1:${port}/`);
  expect(ended).toMatchObject({ code: 1, out: expect.stringMatching(/^307 in/) });
  expect(other.received).toEqual([]);
});

it('a refusing receiver, an unreachable one and an unknown event have different exit codes', async () => {
  const { receiver, id } = await stored('full');
  const { port } = await listen(500, 'x'.repeat(10_000));
  const failed = await replay(receiver, id, `http://127.0.0.1:${port}/`);
  expect(failed).toMatchObject({ code: 1, err: '' });
  expect(failed.out).toMatch(/^500 in .*\n.*\n\nx{500}…\n$/);
  expect(failed.out).not.toContain('x'.repeat(501));
  const unreachable = await replay(receiver, id, 'http://127.0.0.1:9/');
  expect(unreachable).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('no response from 127.0.0.1:9'),
  });
  expect(await replay(receiver, 'evt_zzzzzz', `http://127.0.0.1:${port}/`)).toMatchObject({
    code: 1,
    out: '',
  });
  expect((await replay(receiver, 'T-7', `http://127.0.0.1:${port}/`)).code).toBe(64);
  receiver.world.spotdraft.faults.add({ fault: { kind: 'status', status: 401 } });
  expect(await replay(receiver, id, `http://127.0.0.1:${port}/`)).toMatchObject({
    code: 2,
    err: expect.stringContaining('the webhook key of prod (production) could not be read'),
  });
});

it('a response that never ends is cut after its beginning', async () => {
  const { receiver, id } = await stored('full');
  const server = createServer((_request, response) => void response.writeHead(200).write('y'.repeat(10_000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { url, addresses } = await loopbackTarget(`http://127.0.0.1:${port}/`);
  const started = performance.now();
  expect(await post({ url, addresses }, Buffer.from('{}'), {})).toMatchObject({
    status: 200,
    text: expect.stringMatching(/^y{4096}/),
  });
  expect(performance.now() - started).toBeLessThan(5_000);
  expect((await replay(receiver, id, url.href)).code).toBe(0);
});

it('an event stored before payload kinds were recorded is replayed when its bytes are there', async () => {
  const { receiver, id } = await stored('full');
  const { port } = await listen(200, '');
  const database = new BetterSqlite3(receiver.config.database);
  database.exec('update events set payload_kind = null');
  database.close();
  expect((await replay(receiver, id, `http://127.0.0.1:${port}/`)).code).toBe(0);
});
