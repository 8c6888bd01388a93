import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../../sandbox/browser/sandbox.ts';
import { type PageServer, startPageServer } from '../../../sandbox/browser/server.ts';
import type { Sandbox } from '../../../sandbox/browser/state.ts';

interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

let sandbox: Sandbox;
let server: PageServer;
beforeAll(async () => {
  sandbox = await startSandbox();
  server = await startPageServer(sandbox, 0);
});
afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

/** Sends a request with node:http, because fetch would set the Host header itself. */
const send = ({ method = 'GET', path, headers = {}, body }: Sent) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request(new URL(path, server.url), { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    asked.on('error', reject);
    asked.end(body);
  });

const json = { 'content-type': 'application/json' };
const own = () => ({ ...json, origin: server.url });

test('requests from another host, another origin or a plain form are refused and change nothing', async () => {
  const { url } = server;
  const { port } = new URL(url);
  const act = { method: 'POST', path: '/do/moveClock', body: '{"ms":1000}' };
  expect(await send({ path: '/', headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 403 });
  expect(await send({ path: '/', headers: { host: `127.0.0.1:1` } })).toMatchObject({ status: 403 });
  expect(await send({ ...act, headers: { ...own(), host: `evil.example:${port}` } })).toMatchObject({
    status: 403,
  });
  expect(await send({ ...act, headers: { ...json, origin: 'https://evil.example' } })).toMatchObject({
    status: 403,
  });
  expect(await send({ ...act, headers: json })).toMatchObject({ status: 403 });
  expect(await send({ ...act, headers: { origin: url, 'content-type': 'text/plain' } })).toMatchObject({
    status: 403,
  });
  expect(sandbox.clock.aheadMs()).toBe(0);
  expect(await send({ ...act, headers: own() })).toMatchObject({ status: 200 });
  expect(sandbox.clock.aheadMs()).toBe(1_000);
  expect(await send({ path: '/', headers: { host: `localhost:${port}` } })).toMatchObject({ status: 200 });
});

test('an invalid action is refused with the reason', async () => {
  const post = (name: string, body: string) =>
    send({ method: 'POST', path: `/do/${name}`, headers: own(), body });
  expect(await post('moveClock', '{"ms":-1}')).toMatchObject({
    status: 400,
    text: expect.stringContaining('ms'),
  });
  expect(await post('moveClock', 'no json')).toMatchObject({ status: 400 });
  expect(await post('switch', '{"id":"nonsense","on":true}')).toMatchObject({
    status: 400,
    text: expect.stringContaining('There is no switch nonsense.'),
  });
  expect(await post('toString', '{}')).toMatchObject({ status: 404 });
  expect(await post('write', JSON.stringify({ text: 'x'.repeat(300_000) }))).toMatchObject({ status: 400 });
  expect(await send({ method: 'DELETE', path: '/', headers: own() })).toMatchObject({ status: 405 });
  expect(await send({ path: '/assets/../server.ts' })).toMatchObject({ status: 404 });
});

test('text from people and from SpotDraft is escaped in the page', async () => {
  const [template] = sandbox.world.prod.templates;
  if (template) template.name = '<img src=x onerror=alert(1)>';
  sandbox.world.slack.say({
    text: '<javascript:alert(1)|click> &lt;script&gt; "\'',
    channel: 'C0GENERAL',
    user: 'U0BOB',
  });
  const { text } = await send({ path: '/' });
  expect(text).not.toContain('<img src=x');
  expect(text).not.toContain('href="javascript');
  expect(text).toContain('click &lt;script&gt; &quot;&#39;');
});
