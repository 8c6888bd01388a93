import { request } from 'node:http';
import { expect, it } from 'vitest';
import { activity, signed, startReceiver } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

it('deliveries to a wrong address are counted by reason and logged once a minute; other spellings are accepted', async () => {
  const clock = runningClock();
  clock.move(60_000 - (Date.now() % 60_000));
  const { url, world, count, logged } = await startReceiver({ overrides: { clock } });
  let number = 0;
  /** Sends the path as it is written, which fetch would normalise. */
  const send = (path: string, { method = 'POST', type = 'application/json', sign = true } = {}) => {
    number += 1;
    const body = activity(number);
    const headers = {
      'content-type': type,
      'content-length': body.length,
      ...(sign ? { 'x-sd-webhook-content-hash': signed(world.prod.hmacKey, body) } : {}),
    };
    return new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const sent = request({ hostname, port, method, path, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
  const spellings = [
    '/webhooks/prod/',
    '//webhooks/prod',
    '/Webhooks/prod',
    '/webhooks/PROD',
    '/webhooks//prod//?a=1',
    '/webhooks/pro%64',
  ];
  for (const path of spellings) expect([path, await send(path)]).toEqual([path, 200]);
  expect(await send('/webhooks/prod')).toBe(200);
  expect(await send('/webhooks/prod?from=spotdraft')).toBe(200);
  expect(count('deliveries where rejection is null')).toBe(8);

  const paths = [
    '/',
    '/webhooks',
    '/webhooks/',
    '/webhook/prod',
    '/prod',
    '/webhooks/prod/s3cret',
    '/api/webhooks/prod',
    '/webhooks/%zz',
    `/webhooks/${'x'.repeat(200)}`,
    '/v1/prod',
  ];
  for (const path of paths) expect([path, await send(path)]).toEqual([path, 404]);
  expect(await send('/webhooks/prd')).toBe(404);
  expect(await send('/webhooks/prod', { type: 'text/plain' })).toBe(415);
  for (const method of ['PUT', 'PATCH', 'DELETE'])
    expect([method, await send('/webhooks/prod', { method })]).toEqual([method, 405]);
  expect(await send('/webhooks/prod', { method: 'GET' })).toBe(405);
  // Requests of others are no deliveries.
  for (const path of ['/favicon.ico', '/robots.txt', '/v1/prod/nothing'])
    expect(await send(path, { sign: false, method: 'GET' })).toBe(404);
  expect(await send('/login', { sign: false })).toBe(404);
  expect(count('deliveries where rejection is null')).toBe(8);

  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counted = Object.fromEntries(
    [...metrics.matchAll(/^envcheck_misaddressed_deliveries_total\{reason="(\w+)"\} (\d+)$/gm)].map(
      ([, reason, value]) => [reason, Number(value)],
    ),
  );
  expect(counted).toEqual({
    other_spelling: 6,
    unknown_path: 10,
    unknown_environment: 1,
    wrong_type: 1,
    wrong_method: 4,
  });

  clock.move(60_000);
  expect(await send('/webhook/prod')).toBe(404);
  const lines = logged.map((line) => JSON.parse(line)).filter(({ reason }) => reason in counted);
  expect(lines.map(({ reason, path, notLogged }) => [reason, path, notLogged])).toEqual([
    ['other_spelling', '/webhooks/prod/', 0],
    ['unknown_path', '/', 0],
    ['unknown_environment', '/webhooks/…', 0],
    ['wrong_type', '/webhooks/prod', 0],
    ['wrong_method', '/webhooks/prod', 0],
    ['unknown_path', '/…/prod', 9],
  ]);
  expect(logged.join('\n')).not.toContain('s3cret');
});

it('a person who opens the address of a receiver reads what it is and what to do', async () => {
  const { url, world } = await startReceiver();
  const opened = await fetch(`${url}/webhooks/prod`);
  const text = await opened.text();
  expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(text).toMatch(/^This is a webhook receiver of Envcheck.*SpotDraft sends signed POST requests/s);
  const head = await fetch(`${url}/Webhooks/prod/`, { method: 'HEAD' });
  expect([head.status, head.headers.get('allow'), await head.text()]).toEqual([200, 'POST', '']);
  for (const path of ['/webhooks/prd', '/webhooks', '/webhook/prod', '/webhooks/prod/more']) {
    const missing = await fetch(`${url}${path}`);
    expect([path, missing.status]).toEqual([path, 404]);
    expect(await missing.text()).toContain('There is no webhook receiver at this address');
  }
  for (const secret of [world.prod.hmacKey, 'uat', '4000']) expect(text).not.toContain(secret);
});
