import { describe, expect, it } from 'vitest';
import { activity, bytesOf, samples, signed, startReceiver, vectors } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

interface DeliveryRow {
  event_key: number | null;
  bytes: number;
  rejection: string | null;
  environment: string;
}
const deliveries = 'select event_key, bytes, rejection, environment from deliveries order by key';

describe('a delivery from SpotDraft', () => {
  it('every documented signature is accepted and its delivery stored', async (ctx) => {
    const { hmac_key: hmacKey, vectors: all } = vectors(ctx);
    const { deliver, count } = await startReceiver({
      prepare: ({ prod }) => {
        prod.hmacKey = hmacKey;
      },
    });
    expect(all).toHaveLength(5);
    for (const { name, body_utf8: body, expected_hex: signature } of all) {
      const { status, json } = await deliver(body, { signature });
      expect({ name, status, json }).toMatchObject({ name, status: 200, json: { duplicate: false } });
      expect(json.deliveryId).toMatch(/^dlv_[0-9a-z]{26}$/);
      expect(json.eventId).toMatch(/^evt_[0-9a-z]{26}$/);
    }
    expect(count('deliveries where rejection is null')).toBe(5);
    expect(count('events')).toBe(5);
  });

  it('every sample payload is stored with its activity, contract and time', async (ctx) => {
    const all = samples(ctx);
    const { deliver, rows } = await startReceiver();
    expect(all.length).toBeGreaterThan(20);
    for (const { name, body } of all) {
      const { status, json } = await deliver(body);
      expect({ name, status }).toEqual({ name, status: 200 });
      const payload = JSON.parse(body.toString());
      expect(
        rows(`select activity, contract_id, occurred_at from events where id = '${json.eventId}'`),
      ).toEqual([
        {
          activity: payload.activity,
          contract_id: payload.contract_id,
          occurred_at: Date.parse(payload.activity_data.timestamp),
        },
      ]);
    }
  });

  it('a verified delivery is stored when its shape is unknown, when it is not JSON, and when it is empty', async () => {
    const unknown: [what: string, body: string | Buffer][] = [
      ['an object that no schema knows', '{"hello":["world",{"deep":[1,[2,[3]]]}]}'],
      ['a list', '[1,"two",null,{"activity":"CONTRACT_CREATED"}]'],
      ['a list in a list', '[[["a"]],[{"contract_id":1}]]'],
      ['lists where objects are expected', '{"counterparties":["x",[1]],"entity":[[]],"activity_data":7}'],
      ['objects where texts are expected', '{"activity":{},"contract_id":"x","contract_reference_id":[1]}'],
      ['numbers beyond all measure', '{"activity":"A","contract_id":1e400,"contract_reference_id":1e400}'],
      ['a negative contract', '{"activity":"A","contract_id":-1}'],
      ['a zero byte and half a surrogate', '{"activity":"a\\u0000b","contract_reference_id":"\\ud800"}'],
      ['a name of a prototype', '{"__proto__":{"x":1},"constructor":1,"activity":"A"}'],
      ['a list 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
      ['a number', '7'],
      ['null', 'null'],
      ['no JSON', '<xml/>'],
      ['half a JSON', '{"activity":'],
      ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
      ['nothing', ''],
    ];
    const { deliver, rows } = await startReceiver();
    for (const [what, body] of unknown) {
      const { status, json } = await deliver(body);
      expect({ what, status, error: json.error }).toEqual({ what, status: 200 });
    }
    expect(rows<DeliveryRow>(deliveries)).toEqual(
      unknown.map(([, body], index) => ({
        event_key: index + 1,
        bytes: Buffer.byteLength(body),
        rejection: null,
        environment: 'prod',
      })),
    );
  });

  it('a delivery that cannot be parsed does not harm others in the same commit', async () => {
    const { deliver, count } = await startReceiver();
    await deliver(activity(1));
    const deep = '['.repeat(200_000);
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, index) => deliver(activity(index + 2))),
      deliver(`${deep}${']'.repeat(200_000)}`),
      ...Array.from({ length: 20 }, (_, index) => deliver(activity(index + 100))),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(count('events')).toBe(42);
  });

  it('a body sent 50 times at once is one event with 50 deliveries, 49 of them duplicates', async () => {
    const { deliver, count } = await startReceiver();
    const body = activity(481_516);
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(body)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ json }) => json.duplicate)).toHaveLength(49);
    expect(new Set(answers.map(({ json }) => json.eventId)).size).toBe(1);
    expect(new Set(answers.map(({ json }) => json.deliveryId)).size).toBe(50);
    expect(count('deliveries')).toBe(50);
    expect(count('events')).toBe(1);
    expect(count("identifiers where kind = 'contract'")).toBe(1);
  });

  it('the same body in two environments is two events', async () => {
    const { deliver, rows } = await startReceiver();
    const body = activity(481_516);
    const [uat, prod] = [await deliver(body, { environment: 'uat' }), await deliver(body)];
    expect([uat, prod].map(({ status, json }) => [status, json.duplicate])).toEqual([
      [200, false],
      [200, false],
    ]);
    expect(uat.json.eventId).not.toBe(prod.json.eventId);
    expect(rows('select environment, contract_id from events order by key')).toEqual([
      { environment: 'uat', contract_id: 481_516 },
      { environment: 'prod', contract_id: 481_516 },
    ]);
  });

  it('the same JSON in another layout is another event, because only bytes are compared', async () => {
    const { deliver } = await startReceiver();
    const first = await deliver('{"contract_id":1}');
    const second = await deliver('{"contract_id": 1}');
    expect(second.json.eventId).not.toBe(first.json.eventId);
  });
});

describe('signatures', () => {
  const wrong: [string, (key: string, body: string, otherKey: string) => string | null, string][] = [
    ['missing', () => null, 'missing_signature'],
    ['empty', () => '', 'missing_signature'],
    [
      'made with a key that was not base64-decoded',
      (key, body) => {
        const other = Buffer.from(key).toString('base64');
        return signed(other, body);
      },
      'bad_signature',
    ],
    ['in capitals', (key, body) => signed(key, body).toUpperCase(), 'bad_signature'],
    ['in base64', (key, body) => Buffer.from(signed(key, body), 'hex').toString('base64'), 'bad_signature'],
    ["made with another environment's key", (_key, body, other) => signed(other, body), 'bad_signature'],
    [
      'made over the body without its last byte',
      (key, body) => signed(key, body.slice(0, -1)),
      'bad_signature',
    ],
    ['truncated', (key, body) => signed(key, body).slice(0, 64), 'bad_signature'],
    ['with a suffix', (key, body) => `${signed(key, body)}00`, 'bad_signature'],
    [
      'with one character changed',
      (key, body) => signed(key, body).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      'bad_signature',
    ],
    ['not hexadecimal', () => 'sha512=;--"\'', 'bad_signature'],
  ];
  it('a missing or invalid signature gets 401 and is recorded without its payload', async () => {
    const clock = runningClock();
    const { deliver, world, rows, count, config } = await startReceiver({
      payloads: 'full',
      overrides: { clock },
    });
    const body = activity(481_516, { canary: 'kept-by-mistake' });
    for (const [what, make, rejection] of wrong) {
      // One sample per minute is kept.
      clock.move(60_000);
      const signature = make(world.prod.hmacKey, body, world.uat.hmacKey);
      const { status, json } = await deliver(body, { signature });
      expect({ what, status, error: json.error }).toEqual({
        what,
        status: 401,
        error: rejection.replace('_', ' '),
      });
    }
    expect(rows<DeliveryRow>(deliveries)).toEqual(
      wrong.map(([, , rejection]) => ({
        event_key: null,
        bytes: body.length,
        rejection,
        environment: 'prod',
      })),
    );
    expect(count('events')).toBe(0);
    expect(count('identifiers')).toBe(0);
    expect(bytesOf(config.database).includes('kept-by-mistake')).toBe(false);
    expect((await deliver(body)).status).toBe(200);
    expect(bytesOf(config.database).includes('kept-by-mistake')).toBe(true);
  });

  it('a valid signature fails when one byte of the body changes', async () => {
    const { deliver, world } = await startReceiver();
    const body = activity(481_516);
    const signature = signed(world.prod.hmacKey, body);
    expect((await deliver(body, { signature })).status).toBe(200);
    for (const at of [0, 20, body.length - 1]) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await deliver(changed, { signature })).status).toBe(401);
    }
    expect((await deliver(` ${body}`, { signature })).status).toBe(401);
  });

  it('every documented invalid signature gets 401', async (ctx) => {
    const { hmac_key: hmacKey, vectors: all, wrong_variants_for_negative_tests: variants } = vectors(ctx);
    const { deliver, count } = await startReceiver({
      prepare: ({ prod }) => {
        prod.hmacKey = hmacKey;
      },
    });
    for (const signature of Object.values(variants))
      expect((await deliver(all[0]?.body_utf8 ?? '', { signature })).status).toBe(401);
    expect(count('events')).toBe(0);
  });
});

describe('requests that SpotDraft does not send', () => {
  it('a wrong path, size or content type gets 404, 413 or 415, and no event is stored', async () => {
    const { deliver, count } = await startReceiver();
    const body = activity(1);
    expect((await deliver(body, { environment: 'staging' })).status).toBe(404);
    expect((await deliver(body, { environment: '__proto__' })).status).toBe(404);
    expect((await deliver(body, { environment: 'prod/more' })).status).toBe(404);
    expect((await deliver('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'multipart/form-data; boundary=x',
    ])
      expect({ type, status: (await deliver(body, { headers: { 'content-type': type } })).status }).toEqual({
        type,
        status: 415,
      });
    expect(count('events')).toBe(0);
  });

  it('a body of exactly 1 MiB and other spellings of the JSON media type get 200', async () => {
    const { deliver } = await startReceiver();
    expect((await deliver('x'.repeat(1024 * 1024))).status).toBe(200);
    for (const type of [
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/cloudevents+json',
    ])
      expect({
        type,
        status: (await deliver(activity(1), { headers: { 'content-type': type } })).status,
      }).toEqual({ type, status: 200 });
  });
});
