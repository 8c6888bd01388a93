import { expect, it } from 'vitest';
import { boundedResponse } from '../../src/slack/bounded-response.ts';

it.each([
  ['1000000000', '300'],
  ['3600', '300'],
  ['1e99', '300'],
  ['-1', '0'],
  ['0', '0'],
  ['2.5', '3'],
  ['soon', '30'],
  ['', '30'],
  [null, '30'],
  ['Fri, 31 Dec 9999 23:59:59 GMT', '30'],
  ['30', '30'],
])('a rate limit that asks for %j s is waited for %s s', (asked, waited) => {
  const headers = asked === null ? {} : { 'retry-after': asked };
  expect(boundedResponse(new Response('', { status: 429, headers })).headers.get('retry-after')).toBe(waited);
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
  await expect(boundedResponse(new Response(endless)).text()).rejects.toThrow('answer over 10 MiB');
  expect(sent).toBeLessThan(20);
});

it('other answers of Slack stay as they are', async () => {
  const answer = boundedResponse(
    new Response('{"ok":true}', { status: 200, headers: { date: 'x', 'retry-after': '9999' } }),
  );
  expect(await answer.json()).toEqual({ ok: true });
  expect([answer.status, answer.headers.get('date'), answer.headers.get('retry-after')]).toEqual([
    200,
    'x',
    '9999',
  ]);
  expect(boundedResponse(new Response(null, { status: 204 })).status).toBe(204);
});
