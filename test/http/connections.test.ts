import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { limitConnections } from '../../src/http/connections.ts';
import { activity, startReceiver } from '../events/log/start-receiver.ts';
import { long } from '../long.ts';

/** Opens this many connections, sends the same on each, and counts those that the server closed. */
async function crowd(
  url: string,
  count: number,
  text: string,
): Promise<{ closed(): number; sockets: Socket[] }> {
  const port = Number(new URL(url).port);
  let closed = 0;
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port, host: '127.0.0.1' });
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      socket.resume();
      socket.on('close', () => {
        closed += 1;
      });
      await new Promise((resolve) => {
        socket.once('connect', resolve);
        socket.once('close', resolve);
      });
      if (text !== '') socket.write(text);
      return socket;
    }),
  );
  return { closed: () => closed, sockets };
}

const unfinished =
  'POST /webhooks/prod HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{';

it.each([
  ['say nothing', ''],
  ['never finish a head', 'POST /webhooks/prod HTTP/1.1\r\nHost'],
  ['never finish a body', unfinished],
  ['finished a request', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
])('700 connections that %s keep nobody out', async (_, text) => {
  const receiver = await startReceiver();
  const { url } = receiver;
  const strangers = await crowd(url, 700, text);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  for (let id = 1; id <= 3; id += 1) expect((await receiver.deliver(activity(id))).status).toBe(200);
  // The oldest go, and no more than that.
  expect(strangers.closed()).toBeGreaterThanOrEqual(200);
  expect(strangers.closed()).toBeLessThan(260);
  if (text !== unfinished)
    expect(strangers.sockets.findIndex(({ destroyed }) => !destroyed)).toBeGreaterThan(150);
});

it('a connection that says nothing is closed after about 5 s, and an unfinished request after about 10 s', async () => {
  const { url } = await startReceiver();
  const [silent, slow] = [await crowd(url, 3, ''), await crowd(url, 3, unfinished)];
  await expect.poll(silent.closed, { timeout: 8_000, interval: 100 }).toBe(3);
  expect(slow.closed()).toBe(0);
  if (long) await expect.poll(slow.closed, { timeout: 8_000, interval: 100 }).toBe(3);
});

it('a request without a body that waits for its answer keeps its place among many that send theirs slowly', async () => {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => waiting.push(response));
  limitConnections(server, 5);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = fetch(url);
  await expect.poll(() => waiting.length).toBe(1);
  const first = await crowd(url, 4, unfinished);
  await expect.poll(() => waiting.length).toBe(5);
  const second = await crowd(url, 3, unfinished);
  await expect.poll(() => first.closed() + second.closed()).toBe(3);
  waiting[0]?.end('here');
  expect(await (await asked).text()).toBe('here');
  for (const socket of [...first.sockets, ...second.sockets]) socket.destroy();
});
