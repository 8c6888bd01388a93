import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { boundedResponse, slackFetch } from '../../src/slack/slack-fetch.ts';

const now = Date.parse('2026-05-04T10:00:00Z');

it.each([
  ['1000000000', '300'],
  ['-1', '30'],
  ['0', '0'],
  ['2.5', '3'],
  ['', '30'],
  [null, '30'],
  ['Mon, 04 May 2026 10:00:07 GMT', '7'],
])('a rate limit that asks for %j s is waited for %s s', (asked, waited) => {
  const headers = asked === null ? {} : { 'retry-after': asked };
  const answer = boundedResponse(new Response('', { status: 429, headers }), now);
  expect(answer.headers.get('retry-after')).toBe(waited);
});

it('an answer of Slack without end is given up after 10 MiB', async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 1;
      // The test ends although nothing ends the body.
      if (sent > 100) controller.close();
      else controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
    },
  });
  await expect(boundedResponse(new Response(endless), now).text()).rejects.toThrow('answer over 10 MiB');
  expect(sent).toBeLessThan(20);
});

it('other answers of Slack stay as they are', async () => {
  const answer = boundedResponse(
    new Response('{"ok":true}', { status: 200, headers: { date: 'x', 'retry-after': '9999' } }),
    now,
  );
  expect(await answer.json()).toEqual({ ok: true });
  expect([answer.status, answer.headers.get('date'), answer.headers.get('retry-after')]).toEqual([
    200,
    'x',
    '9999',
  ]);
  expect(boundedResponse(new Response(null, { status: 204 }), now).status).toBe(204);
});

it('an answer of Slack that does not end in time, or has a status of its own, is an error and not a wait', async () => {
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return slackFetch(200, { note: () => {} })(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  };
  await expect(serve(() => {})).rejects.toThrow(/timeout/);
  const begun = await serve((_request, response) => void response.write(' '));
  await expect(begun.text()).rejects.toThrow(/timeout/);
  const odd = await serve((_request, response) => void response.writeHead(999).end('no'));
  expect([odd.status, await odd.text()]).toEqual([599, 'no']);
});
