import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
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

describe('a delivery of SpotDraft', () => {
  it('is answered 200 and stored, for every documented signature', async (ctx) => {
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

  it('is answered 200 and stored with its activity, contract and time, for every sample payload', async (ctx) => {
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

  it('is stored when it is verified and of an unknown shape, no JSON, or nothing at all', async () => {
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

  it('with a neighbour that cannot be read is stored all the same', async () => {
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

  it('sent 50 times at once is 50 deliveries of one event, 49 of them duplicates', async () => {
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

  it('with the same body in two environments is two events', async () => {
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

  it('of another layout is another event, since only the bytes say what is the same', async () => {
    const { deliver } = await startReceiver();
    const first = await deliver('{"contract_id":1}');
    const second = await deliver('{"contract_id": 1}');
    expect(second.json.eventId).not.toBe(first.json.eventId);
  });
});

describe('a signature', () => {
  const wrong: [string, (key: string, body: string, otherKey: string) => string | null, string][] = [
    ['missing', () => null, 'missing_signature'],
    ['empty', () => '', 'missing_signature'],
    [
      'of a key that was not base64-decoded',
      (key, body) => {
        const other = Buffer.from(key).toString('base64');
        return signed(other, body);
      },
      'bad_signature',
    ],
    ['in capitals', (key, body) => signed(key, body).toUpperCase(), 'bad_signature'],
    ['in base64', (key, body) => Buffer.from(signed(key, body), 'hex').toString('base64'), 'bad_signature'],
    ['of another environment', (_key, body, other) => signed(other, body), 'bad_signature'],
    ['of the body without its last byte', (key, body) => signed(key, body.slice(0, -1)), 'bad_signature'],
    ['that is cut off', (key, body) => signed(key, body).slice(0, 64), 'bad_signature'],
    ['with something behind it', (key, body) => `${signed(key, body)}00`, 'bad_signature'],
    [
      'with one character changed',
      (key, body) => signed(key, body).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      'bad_signature',
    ],
    ['that is no hexadecimal at all', () => 'sha512=;--"\'', 'bad_signature'],
  ];
  it('that is missing or wrong in any way is refused with 401 and recorded without its payload', async () => {
    const clock = runningClock();
    const { deliver, world, rows, count, config } = await startReceiver({
      payloads: 'full',
      overrides: { clock },
    });
    const body = activity(481_516, { canary: 'kept-by-mistake' });
    for (const [what, make, rejection] of wrong) {
      // One sample a minute is kept.
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

  it('that was right no longer is when one byte of the body changes', async () => {
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

  it('of the documented wrong kinds is refused', async (ctx) => {
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

describe('a request that is none of SpotDraft’s', () => {
  it('is answered 404, 413 or 415, and nothing of it is stored', async () => {
    const { deliver, count, url } = await startReceiver();
    const body = activity(1);
    expect((await deliver(body, { environment: 'staging' })).status).toBe(404);
    expect((await deliver(body, { environment: '__proto__' })).status).toBe(404);
    expect((await deliver(body, { environment: 'prod/more' })).status).toBe(404);
    expect((await fetch(`${url}/webhooks/prod`)).status).toBe(404);
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
    expect(count('deliveries')).toBe(0);
  });

  it('is told apart from a body of exactly 1 MiB and from other spellings of JSON, which are taken', async () => {
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

describe('the id of a request', () => {
  it('is taken from X-Request-Id or else from traceparent, returned, and stored', async () => {
    const { deliver, rows } = await startReceiver();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    const sent: [Record<string, string>, string][] = [
      [{ 'x-request-id': 'order-service/7:a.b=c+d_e-f' }, 'order-service/7:a.b=c+d_e-f'],
      [{ traceparent }, trace],
      [{ 'x-request-id': 'mine', traceparent }, 'mine'],
    ];
    for (const [headers, expected] of sent) {
      const answer = await deliver(activity(1), { headers });
      expect(answer.headers.get('x-request-id')).toBe(expected);
      expect(answer.json.requestId).toBe(expected);
    }
    expect(rows('select request_id from deliveries order by key')).toEqual(
      sent.map(([, id]) => ({ request_id: id })),
    );
  });

  it('is replaced by one of ours when it is missing or hostile', async () => {
    const { deliver, rows } = await startReceiver();
    const hostile = [
      '',
      ' ',
      'a b',
      '<script>alert(1)</script>',
      "'; drop table events; --",
      'x'.repeat(129),
      'ä',
      '*bold*',
      '{"a":1}',
      '\\u001b[31m',
      'a, b',
    ];
    const sent: Record<string, string>[] = [
      {},
      ...hostile.map((id) => ({ 'x-request-id': id })),
      { traceparent: '00-xyz-00f067aa0ba902b7-01' },
      { traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01' },
    ];
    for (const headers of sent) {
      const answer = await deliver(activity(1), { headers });
      expect({ headers, id: answer.headers.get('x-request-id') }).toEqual({
        headers,
        id: expect.stringMatching(/^req_[0-9a-z]{26}$/),
      });
      expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
    }
    const ids = rows<{ request_id: string }>('select request_id from deliveries').map(
      (row) => row.request_id,
    );
    expect(new Set(ids).size).toBe(sent.length);
  });

  it('is in every refusal as well', async () => {
    const { deliver } = await startReceiver();
    const headers = { 'x-request-id': 'refused-1' };
    const refused = [
      await deliver('{}', { headers, signature: null }),
      await deliver('{}', { headers, environment: 'nowhere' }),
      await deliver('{}', { headers: { ...headers, 'content-type': 'text/plain' } }),
      await deliver('x'.repeat(1024 * 1024 + 1), { headers }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 404, 415, 413]);
    expect(refused.map((answer) => answer.headers.get('x-request-id'))).toEqual(
      refused.map(() => 'refused-1'),
    );
  });
});

describe('a configured event id', () => {
  it('in a header decides what is the same event, and its absence leaves it to the content', async () => {
    const { deliver, count, rows } = await startReceiver({ eventId: { prod: { header: 'X-Event-Id' } } });
    const as = (id: string) => ({ headers: { 'x-event-id': id } });
    const first = await deliver(activity(1), as('E-1'));
    const again = await deliver(activity(2), as('E-1'));
    const other = await deliver(activity(1), as('E-2'));
    const bare = await deliver(activity(1));
    expect([first, again, other, bare].map(({ json }) => json.duplicate)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(again.json.eventId).toBe(first.json.eventId);
    expect(new Set([first, other, bare].map(({ json }) => json.eventId)).size).toBe(3);
    expect(count('events')).toBe(3);
    expect(rows("select value from identifiers where kind = 'event' order by value")).toEqual([
      { value: 'E-1' },
      { value: 'E-2' },
    ]);
  });

  it('in a field of the body does so too, at any depth, as text or number, in its environment only', async () => {
    const { deliver, count } = await startReceiver({
      eventId: { prod: { field: '/meta/event~1id/0' }, uat: { header: 'X-Event-Id' } },
    });
    const body = (id: unknown, n: number) => JSON.stringify({ contract_id: n, meta: { 'event/id': [id] } });
    const first = await deliver(body('E-1', 1));
    const again = await deliver(body('E-1', 2));
    const number = await deliver(body(17, 1));
    const numberAgain = await deliver(body(17, 2));
    const none = await deliver(body({ no: 'text' }, 1));
    expect([first, again, number, numberAgain, none].map(({ json }) => json.duplicate)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const uat = await deliver(body('E-1', 1), { environment: 'uat' });
    expect(uat.json).toMatchObject({ duplicate: false });
    expect(count('events')).toBe(4);
  });
});

describe('a key', () => {
  it('rotated during delivery is picked up without a restart, and nothing is lost', async () => {
    const clock = runningClock();
    const { deliver, world, keyReads } = await startReceiver({ overrides: { clock } });
    expect((await deliver(activity(1))).status).toBe(200);
    clock.move(5_000);
    const old = world.prod.hmacKey;
    const inFlight = Array.from({ length: 20 }, (_, index) => activity(100 + index));
    const before = keyReads();
    world.prod.hmacKey = Buffer.from('rotated'.repeat(8)).toString('base64');
    const answers = await Promise.all(
      inFlight.flatMap((body) => [deliver(body, { signature: signed(old, body) }), deliver(`${body} `)]),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(keyReads() - before).toBe(1);
  });

  it('stays good for ten minutes after it was replaced, and not longer', async () => {
    const clock = runningClock();
    const { deliver, world } = await startReceiver({ overrides: { clock } });
    const old = world.prod.hmacKey;
    const late = (n: number) => {
      const body = activity(n);
      return deliver(body, { signature: signed(old, body) });
    };
    expect((await late(1)).status).toBe(200);
    clock.move(5_000);
    world.prod.hmacKey = Buffer.from('rotated'.repeat(8)).toString('base64');
    expect((await deliver(activity(2))).status).toBe(200);
    clock.move(10 * 60_000 - 5_000);
    expect((await late(3)).status).toBe(200);
    clock.move(5_001);
    expect((await late(4)).status).toBe(401);
    expect((await deliver(activity(5))).status).toBe(200);
  });

  it('is not even tried for a sender that only floods, until the minute is over', async () => {
    const clock = runningClock();
    clock.move(60_000 - (Date.now() % 60_000));
    const { deliver, count } = await startReceiver({ overrides: { clock } });
    const flood = async (requests: number) => {
      const answers: number[] = [];
      for (let round = 0; round < requests / 50; round += 1)
        answers.push(
          ...(await Promise.all(
            Array.from({ length: 50 }, async (_, index) => {
              const answer = await deliver(activity(index), { signature: 'a'.repeat(128) });
              return answer.status;
            }),
          )),
        );
      return answers;
    };
    expect(new Set(await flood(600))).toEqual(new Set([401]));
    const silenced = await deliver(activity(1));
    expect(silenced.status).toBe(429);
    expect(Number(silenced.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(count('deliveries where rejection is null')).toBe(0);
    clock.move(60_000);
    expect((await deliver(activity(1))).status).toBe(200);
    // Known as one that signs rightly, it is listened to whatever else comes from its address.
    expect(new Set(await flood(700))).toEqual(new Set([401]));
    expect((await deliver(activity(2))).status).toBe(200);
  });

  it('is asked for once in 5 s at most under a flood of wrong signatures, of which one a minute is kept', async () => {
    const clock = runningClock();
    clock.move(60_000 - (Date.now() % 60_000));
    const { deliver, keyReads, rows, count } = await startReceiver({ overrides: { clock } });
    const flood = async () => {
      for (let round = 0; round < 5; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: 60 }, (_, index) => deliver(activity(index), { signature: 'a'.repeat(128) })),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      }
    };
    const started = performance.now();
    await flood();
    expect(performance.now() - started, 'this machine is too slow for this test').toBeLessThan(5_000);
    expect(keyReads()).toBe(1);
    expect(count('deliveries')).toBe(1);
    clock.move(5_000);
    await flood();
    expect(keyReads()).toBe(2);
    expect(count('deliveries')).toBe(1);
    clock.move(60_000);
    await flood();
    expect(keyReads()).toBe(3);
    expect(rows<DeliveryRow>(deliveries)).toMatchObject([
      { rejection: 'bad_signature', event_key: null },
      { rejection: 'bad_signature', event_key: null },
    ]);
    expect((await deliver(activity(1))).status).toBe(200);
  });

  it.each([
    ['is down', { kind: 'status', status: 503 }],
    ['resets', { kind: 'reset' }],
    ['sends a page', { kind: 'html' }],
    ['sends an empty answer', { kind: 'empty' }],
    ['sends no key', { kind: 'json', body: { hmac_key: '' } }],
    ['sends a key that is none', { kind: 'json', body: { hmac_key: '!!!!' } }],
  ] as const)(
    'that cannot be read because SpotDraft %s makes deliveries wait with 503, and later all is well',
    async (_what, fault) => {
      const clock = runningClock();
      const { deliver, world, count } = await startReceiver({
        overrides: { clock },
        prepare: ({ spotdraft }) => spotdraft.faults.add({ operation: 'hmac_key', fault }),
      });
      const first = await deliver(activity(1));
      expect(first.status).toBe(503);
      expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
      // A key of no bytes would be anybody's.
      const forged = await deliver(activity(1), { signature: signed('', activity(1)) });
      expect(forged.status).toBe(503);
      expect(count('deliveries')).toBe(0);
      world.spotdraft.faults.clear();
      clock.move(5_000);
      expect((await deliver(activity(1))).status).toBe(200);
    },
  );

  it('stays in use while SpotDraft is down', async () => {
    const clock = runningClock();
    const { deliver, world } = await startReceiver({ overrides: { clock } });
    expect((await deliver(activity(1))).status).toBe(200);
    world.spotdraft.faults.add({ fault: { kind: 'status', status: 503 } });
    clock.move(60_000);
    expect((await deliver(activity(2), { signature: 'b'.repeat(128) })).status).toBe(401);
    expect((await deliver(activity(3))).status).toBe(200);
  });

  it('is in no log line, no answer and no byte of the database', async () => {
    const clock = runningClock();
    const { deliver, world, logged, config } = await startReceiver({
      overrides: { clock },
      payloads: 'full',
    });
    const first = world.prod.hmacKey;
    const answers = [await deliver(activity(1)), await deliver(activity(1), { signature: 'c'.repeat(128) })];
    clock.move(5_000);
    world.prod.hmacKey = Buffer.from('a key that nobody may see').toString('base64');
    answers.push(await deliver(activity(2)));
    world.spotdraft.faults.add({ operation: 'hmac_key', fault: { kind: 'reset_mid_body' } });
    clock.move(5_000);
    answers.push(await deliver(activity(3), { signature: 'd'.repeat(128) }));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 401]);
    await sleep(50);
    const database = bytesOf(config.database);
    const said = [...logged, ...answers.map(({ text, headers }) => text + JSON.stringify([...headers]))].join(
      '\n',
    );
    for (const key of [first, world.prod.hmacKey]) {
      const bytes = Buffer.from(key, 'base64');
      for (const form of [key, bytes.toString('hex'), key.replace(/=+$/, '')]) {
        expect(said).not.toContain(form);
        expect(database.includes(form)).toBe(false);
      }
      expect(database.includes(bytes)).toBe(false);
    }
    // So that an empty file proves nothing.
    expect(database.includes('CONTRACT_EXECUTED')).toBe(true);
    expect(readFileSync(config.database).length).toBeGreaterThan(0);
    expect(said.length).toBeGreaterThan(100);
  });
});
