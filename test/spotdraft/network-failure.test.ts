import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createTransport } from '../../src/spotdraft/transport.ts';

it.each([
  ['the greeting of another service', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['bytes of TLS', '\u0015\u0003\u0001\u0000\u0002\u0002\u0050'],
  ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n[]'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n[]'],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n'],
])('takes %s in place of HTTP for a failure of the network', async (_, bytes) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createTransport({ ca: null });
  onTestFinished(async () => {
    await transport.close();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const outcome = await transport.send(
    { method: 'GET', url, headers: {}, body: null, timeoutMs: 5_000 },
    () => {},
  );
  expect(outcome).toMatchObject({ kind: 'failure', code: 'network' });
});
