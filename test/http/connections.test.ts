import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { limitConnections } from '../../src/http/connections.ts';
import { shared } from '../../src/http/shared.ts';
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

it('clients that do not read their answers keep nobody out, and are cut after about 10 s', async () => {
  const large = Buffer.alloc(20 * 1024 * 1024);
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.end(request.url === '/large' ? large : 'here');
  });
  limitConnections(server, 3);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { closed, sockets } = await crowd(url, 3, '');
  for (const socket of sockets) {
    socket.pause();
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
  }
  await expect.poll(() => asked).toBe(3);
  const answer = await fetch(url, { headers: { connection: 'close' } });
  expect(await answer.text()).toBe('here');
  const isOpen = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  expect(await isOpen()).toBeLessThanOrEqual(3);
  if (long) await expect.poll(isOpen, { timeout: 14_000, interval: 100 }).toBe(0);
  for (const socket of sockets) socket.destroy();
  expect(closed()).toBeLessThanOrEqual(3);
});

it.each(['/metrics', '/readyz', '/healthz', '/nosuch'])(
  'requests for %s that come faster than answers are read are bounded for a connection',
  async (path) => {
    const { url } = await startReceiver();
    const [socket] = (await crowd(url, 1, '')).sockets;
    if (!socket) throw new Error('no connection');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1_000));
    await expect.poll(() => socket.destroyed || socket.readableEnded, { timeout: 10_000 }).toBe(true);
    expect([...text.matchAll(/HTTP\/1\.1 \d+/g)].length).toBeLessThanOrEqual(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  },
);

it('a rendering is shared by those who ask while it is made, and by those beyond five a second', async () => {
  let rendered = 0;
  const ask = shared(async () => {
    rendered += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return rendered;
  });
  const began = performance.now();
  expect(new Set(await Promise.all(Array.from({ length: 1_000 }, ask)))).toEqual(new Set([1]));
  expect(await ask()).toBe(2);
  for (let time = 0; time < 500; time += 1) await ask();
  expect(rendered).toBeLessThanOrEqual(5 * (Math.ceil((performance.now() - began) / 1_000) + 1));
  let fails = 0;
  const failing = shared(async () => {
    fails += 1;
    throw new Error('no database');
  });
  for (let time = 0; time < 3; time += 1) await expect(failing()).rejects.toThrow('no database');
  expect(fails).toBe(3);
});
