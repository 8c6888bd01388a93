import { request } from 'node:http';
import Fastify from 'fastify';
import { expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { NewDelivery } from '../../src/events/log/delivery.ts';
import { NotRecordedError, type Recorder } from '../../src/events/log/recorder.ts';
import type { SignedWith } from '../../src/events/log/signer-text.ts';
import { createRejections } from '../../src/http/rejections.ts';
import { sourceOf } from '../../src/http/source.ts';
import { activity, type Receiver, signed, startReceiver } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

/** A clock at the beginning of a minute, in which refused deliveries are counted. */
function minuteClock() {
  const clock = runningClock();
  clock.move(60_000 - (Date.now() % 60_000));
  return clock;
}

const behind =
  (trustProxy: Config['http']['trustProxy']) =>
  (config: Config): Config => ({ ...config, http: { ...config.http, trustProxy } });

const WRONG = 'a'.repeat(128);

/** Number of answers by status. */
async function flood(
  { deliver }: Receiver,
  requests: number,
  how: Parameters<Receiver['deliver']>[1],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent += 50)
    for (const { status } of await Promise.all(
      Array.from({ length: Math.min(50, requests - sent) }, () => deliver('{}', how)),
    ))
      counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The status of a request that never sends its body. */
const statusBeforeBody = (url: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const all = { 'content-type': 'application/json', 'content-length': 1_000_000, ...headers };
    const sent = request(url, { method: 'POST', headers: all }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });

it('a flood of wrong signatures through a proxy gets 429, and silences no rightly signed delivery from its address', async () => {
  const clock = minuteClock();
  const receiver = await startReceiver({ overrides: { clock } });
  const { deliver, world, count, rows } = receiver;
  expect(await flood(receiver, 620, { environment: 'uat', signature: WRONG })).toEqual({ 401: 600, 429: 20 });
  // Nothing of it had been trusted before, as after a restart.
  expect((await deliver(activity(1))).status).toBe(200);
  expect((await deliver(activity(2), { environment: 'uat' })).status).toBe(200);
  // A key that was rotated meanwhile is read.
  clock.move(5_000);
  world.uat.hmacKey = Buffer.from('rotated'.repeat(8)).toString('base64');
  expect((await deliver(activity(3), { environment: 'uat' })).status).toBe(200);
  // One that a known key signed is explained, not counted with the flood.
  const other = activity(4);
  expect(
    (await deliver(other, { environment: 'uat', signature: signed(world.prod.hmacKey, other) })).status,
  ).toBe(401);

  const refused = await deliver('{}', { environment: 'uat', signature: WRONG });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  for (const signature of [null, '', 'none', WRONG.slice(1), `sha512=${WRONG}`, WRONG.toUpperCase()])
    expect((await deliver('{}', { environment: 'uat', signature })).status).toBe(429);
  // The limit is that of an environment.
  expect((await deliver('{}', { signature: WRONG })).status).toBe(401);
  expect(count('deliveries where rejection is null')).toBe(3);
  await vi.waitFor(
    () =>
      expect(
        rows(
          "select rejection, alike from deliveries where environment = 'uat' and signed_with = 'unknown_key'",
        ),
      ).toEqual([{ rejection: 'bad_signature', alike: 620 }]),
    { timeout: 5_000 },
  );
  clock.move(60_000);
  expect((await deliver('{}', { environment: 'uat', signature: WRONG })).status).toBe(401);
});

it.each([
  ['the address of the proxy', ['127.0.0.1', '::1'], '203.0.113.7', '203.0.113.7'],
  ['a range', ['127.0.0.0/8'], '203.0.113.7', '203.0.113.7'],
  ['two proxies', ['127.0.0.1', '10.0.0.0/8'], '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['a range of IPv6', ['127.0.0.1', 'fd00::/8'], '198.51.100.1, 2001:db8::7, fd12::1', '2001:db8::7'],
  ['one that adds a port', ['127.0.0.1'], '203.0.113.7:4711', '203.0.113.7'],
  ['one that adds a port to IPv6', ['127.0.0.1'], '[2001:db8::7]:4711', '2001:db8::7'],
  ['another proxy', ['192.0.2.1'], '203.0.113.7', '127.0.0.1'],
  ['no proxy', [], '203.0.113.7', '127.0.0.1'],
  ['one that passes on text', ['127.0.0.1'], '<!channel>', '127.0.0.1'],
  ['one that passes on nothing', ['127.0.0.1'], '', '127.0.0.1'],
])(
  'the source is that of the client where the config trusts %s',
  async (_what, trustProxy, forwarded, source) => {
    const server = Fastify({ trustProxy });
    server.get('/', async (request) => sourceOf(request));
    const headers = { 'x-forwarded-for': forwarded };
    expect((await server.inject({ url: '/', remoteAddress: '127.0.0.1', headers })).body).toBe(source);
  },
);

it('behind a trusted proxy each client has a limit of its own, and is answered before its body is read', async () => {
  const receiver = await startReceiver({
    overrides: { clock: minuteClock() },
    adjust: behind(['127.0.0.1', '::1']),
  });
  const from = (client: string) => ({ signature: null, headers: { 'x-forwarded-for': client } });
  // A client that sends the header itself gets its own address behind the one that it claims.
  expect(await flood(receiver, 610, from('198.51.100.1, 203.0.113.1'))).toEqual({ 401: 600, 429: 10 });
  expect((await receiver.deliver('{}', from('198.51.100.2, 203.0.113.1'))).status).toBe(429);
  expect((await receiver.deliver('{}', from('203.0.113.2'))).status).toBe(401);
  expect(await statusBeforeBody(`${receiver.url}/webhooks/prod`, from('203.0.113.1').headers)).toBe(429);
  expect(receiver.rows('select source from deliveries order by key')).toEqual([
    { source: '203.0.113.1' },
    { source: '203.0.113.2' },
  ]);
  await receiver.deliver('{}', { ...from('203.0.113.3'), environment: 'none' });
  expect(receiver.logged.some((line) => line.includes('"source":"203.0.113.3"'))).toBe(true);
});

/** Rejections whose log is written by `record`. */
function refusing(clock: { now(): number }, record: Recorder['record']) {
  const lost: unknown[] = [];
  const rejections = createRejections(
    { record, run: async () => 0 },
    clock,
    (error) => void lost.push(error),
  );
  const refused = (environment: string, source: string, signedWith: NewDelivery['signedWith']) =>
    rejections.record({
      environment,
      source,
      signedWith,
      rejection: 'bad_signature',
      receivedAt: clock.now(),
      requestId: 'r',
      headerEventId: null,
      body: Buffer.alloc(0),
    });
  return { rejections, refused, lost };
}

it('a flood costs one line of the log a minute while its samples cannot be stored', async () => {
  const clock = minuteClock();
  const { refused, lost } = refusing(clock, async () => {
    throw new NotRecordedError('SQLITE_FULL', 'database or disk is full');
  });
  for (let sent = 0; sent < 500; sent += 1)
    expect(await refused(sent % 2 === 0 ? 'uat' : 'prod', `192.0.2.${sent % 50}`, 'unknown_key')).toBeNull();
  expect(lost).toHaveLength(1);
  clock.move(60_000);
  await refused('uat', '192.0.2.1', 'unknown_key');
  expect(lost).toHaveLength(2);
});

it('a flood from many addresses costs 100 rows a minute, and its rest has one limit', async () => {
  const clock = minuteClock();
  let stored = 0;
  const { rejections, refused } = refusing(clock, async () => {
    stored += 1;
    return { deliveryId: `del_${stored}`, eventId: null, activity: null, duplicate: false, unread: null };
  });
  const signers = ['unknown_key', 'malformed', 'not_tried'] as const;
  for (let sent = 0; sent < 3_000; sent += 1)
    await refused('uat', `2001:db8::${sent.toString(16)}`, signers[sent % 3] ?? null);
  expect(stored).toBe(101);
  const stranger = { source: '2001:db8:1::1', signedWith: null };
  expect(rejections.silencedMs('uat', stranger)).toBeGreaterThan(0);
  // Neither another environment nor a known signer is counted among them.
  expect(rejections.silencedMs('prod', stranger)).toBe(0);
  expect(await refused('prod', '2001:db8::1', 'unknown_key')).not.toBeNull();
  expect(await refused('uat', '2001:db8:1::1', 'prod current')).not.toBeNull();
  await rejections.close();
});

it('a flood signed with a known key of another environment gets 429, from whatever addresses it comes', async () => {
  const clock = minuteClock();
  const { rejections, refused } = refusing(clock, async () => ({
    deliveryId: 'dlv_1',
    eventId: null,
    activity: null,
    duplicate: false,
    unread: null,
  }));
  const silenced = (signedWith: SignedWith | null, source = '192.0.2.1', environment = 'prod') =>
    rejections.silencedMs(environment, { source, signedWith }) > 0;
  for (let sent = 0; sent < 599; sent += 1) await refused('prod', `192.0.2.${sent % 250}`, 'uat current');
  expect(silenced('uat current')).toBe(false);
  await refused('prod', '192.0.2.1', 'uat current');
  expect(silenced('uat current')).toBe(true);
  expect(silenced('uat current', '198.51.100.7')).toBe(true);
  // Other keys, other environments and strangers behind the same addresses have counts of their own.
  expect(silenced('uat replaced')).toBe(false);
  expect(silenced('dev current')).toBe(false);
  expect(silenced(null)).toBe(false);
  expect(silenced('unknown_key')).toBe(false);
  expect(silenced('uat current', '192.0.2.1', 'uat')).toBe(false);
  clock.move(60_000);
  expect(silenced('uat current')).toBe(false);
  await rejections.close();
});
