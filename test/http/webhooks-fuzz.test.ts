import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { activity, type Receiver, signed, startReceiver } from '../events/log/start-receiver.ts';
import fc, { runs } from '../fast-check.ts';

const TOGETHER = 20;

interface Sent {
  path: string;
  type: string;
  body: Buffer;
  signature: 'right' | 'wrong' | 'other environment' | 'none';
  extra: [name: string, value: string][];
}

const word = fc.stringMatching(/^[\w.~%-]{0,12}$/);
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constant('/webhooks/prod') },
  word.map((name) => `/webhooks/${name}`),
  word.map((query) => `/webhooks/prod?${query}`),
  fc.constantFrom(
    '/webhooks/prod/',
    '/webhooks//prod',
    '/WEBHOOKS/prod',
    '/webhooks/prod/../uat',
    '//webhooks',
  ),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record({ activity: fc.jsonValue(), contract_id: fc.jsonValue(), activity_data: fc.jsonValue() })
    .map((value) => Buffer.from(JSON.stringify(value))),
);
const sending: fc.Arbitrary<Sent> = fc.record({
  path,
  type: fc.oneof(
    { weight: 3, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/json', 'application/xml', 'application/json;charset=x', ';', 'json'),
  ),
  body,
  signature: fc.constantFrom('right', 'right', 'wrong', 'other environment', 'none'),
  extra: fc.array(
    fc.tuple(
      fc.constantFrom('x-request-id', 'traceparent', 'x-forwarded-for', 'accept', 'cookie', 'x-anything'),
      fc.stringMatching(/^[\x21-\x7e]{0,200}$/),
    ),
    { maxLength: 4 },
  ),
});

function send({ url, world }: Receiver, { path, type, body, signature, extra }: Sent): Promise<number> {
  const { prod, uat } = world;
  const made = {
    right: signed(prod.hmacKey, body),
    wrong: signed(prod.hmacKey, `${body} `),
    'other environment': signed(uat.hmacKey, body),
    none: null,
  }[signature];
  const headers = [
    ['host', 'envcheck.example'],
    ['content-type', type],
    ['content-length', String(body.length)],
    ...(made === null ? [] : [['x-sd-webhook-content-hash', made]]),
    ...extra,
  ].flat();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', path, headers: headers as string[] }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** null when the path is not a receiver's: any client error will do. */
function expected({ path, type, signature }: Sent): number | null {
  if (!/^\/+webhooks\/+prod\/*(?:\?|$)/i.test(path)) return null;
  if (!/^application\/json/.test(type)) return 415;
  return signature === 'right' ? 200 : 401;
}

it('any path, header and body gets the right status, and only signed bodies are stored', async () => {
  const numRuns = runs(12);
  const receiver = await startReceiver();
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sending, { minLength: TOGETHER, maxLength: TOGETHER }), async (all) => {
      const statuses = await Promise.all(all.map((each) => send(receiver, each)));
      statuses.forEach((status, index) => {
        const sent = all[index] as Sent;
        const right = expected(sent);
        if (right === null) expect(status, sent.path).toBeOneOf([400, 401, 404, 414, 415]);
        else expect(status).toBe(right);
      });
      stored += statuses.filter((status) => status === 200).length;
    }),
    { numRuns },
  );
  // About 4 of the 20 requests of a run are valid.
  expect(stored).toBeGreaterThan(numRuns / 2);
  expect(receiver.count('deliveries where rejection is null')).toBe(stored);
  expect(receiver.logged.filter((line) => JSON.parse(line).level > 40)).toEqual([]);
});

/** A change to a request: some bytes replaced, removed or repeated. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  how: fc.constantFrom('replaced', 'removed', 'repeated'),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});

function damaged(
  whole: Buffer,
  { at, length, how, bytes }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Buffer {
  const from = Math.floor(at * whole.length);
  const [before, cut, rest] = [
    whole.subarray(0, from),
    whole.subarray(from, from + length),
    whole.subarray(from + length),
  ];
  const instead = {
    replaced: Buffer.from(bytes),
    removed: Buffer.alloc(0),
    repeated: Buffer.concat([cut, cut]),
  };
  return Buffer.concat([before, instead[how as keyof typeof instead], rest]);
}

/** The statuses received until the server closes, or for 300 ms; the connection is then broken. */
function exchange(url: string, bytes: Buffer): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () =>
      resolve([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))),
    );
    socket.setTimeout(300, () => socket.destroy());
    socket.write(bytes);
  });
}

it('a damaged request is never stored as another one, and the next request is served', async () => {
  const receiver = await startReceiver();
  let number = 0;
  let taken = 0;
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 100, maxLength: 100 }), async (all) => {
      const answers = await Promise.all(
        all.map((each) => {
          number += 1;
          const text = activity(number);
          const whole = Buffer.from(
            `POST /webhooks/prod HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-SD-WEBHOOK-CONTENT-HASH: ${signed(receiver.world.prod.hmacKey, text)}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
          );
          return exchange(receiver.url, damaged(whole, each));
        }),
      );
      for (const status of answers.flat()) seen.add(status);
      taken += answers.flat().filter((status) => status === 200).length;
    }),
    { numRuns: runs(3) },
  );
  expect([...seen].filter((status) => status !== 200 && (status < 400 || status >= 500))).toEqual([]);
  expect([...seen]).toContain(400);
  // Senders above may have left before an answer that waited for a new read of the key.
  const altered = await fetch(`${receiver.url}/webhooks/prod`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-sd-webhook-content-hash': signed(receiver.world.prod.hmacKey, activity(1)),
    },
    body: activity(2),
  });
  expect(altered.status).toBe(401);
  // A delivery may be stored after its sender stopped waiting.
  expect(receiver.count('deliveries where rejection is null')).toBeGreaterThanOrEqual(taken);
  expect(receiver.count(`events where contract_id not between 1 and ${number}`)).toBe(0);
  expect((await receiver.deliver(activity(1_000_000))).status).toBe(200);
});
