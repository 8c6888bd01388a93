import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { activity, bytesOf, signed, startReceiver } from '../events/log/start-receiver.ts';
import { long } from '../long.ts';
import { runningClock } from '../time/movable-clock.ts';

it('a key rotated during delivery is picked up without a restart, and nothing is lost', async () => {
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

it('a key rotated just after the clock was set back is picked up at once', async () => {
  const clock = runningClock();
  const { deliver, world } = await startReceiver({ overrides: { clock } });
  expect((await deliver(activity(1))).status).toBe(200);
  clock.move(-3_600_000);
  world.prod.hmacKey = Buffer.from('rotated'.repeat(8)).toString('base64');
  expect((await deliver(activity(2))).status).toBe(200);
});

it('a replaced key stays valid for ten minutes and no longer', async () => {
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

it('a flood of invalid signatures causes four key reads at most, then one in 5 s, and keeps one sample per minute', async () => {
  const clock = runningClock();
  clock.move(60_000 - (Date.now() % 60_000));
  const { deliver, keyReads, rows, count } = await startReceiver({ overrides: { clock } });
  const flood = async () => {
    for (let round = 0; round < (long ? 5 : 1); round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => deliver(activity(index), { signature: 'a'.repeat(128) })),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
  };
  const started = performance.now();
  await flood();
  expect(performance.now() - started, 'this machine is too slow for this test').toBeLessThan(5_000);
  // One more is of the other environment.
  await vi.waitFor(() => expect(keyReads()).toBeLessThanOrEqual(5));
  expect(count('deliveries')).toBe(1);
  const before = keyReads();
  clock.move(5_000);
  await flood();
  expect(keyReads() - before).toBeLessThanOrEqual(2);
  expect(count('deliveries')).toBe(1);
  clock.move(60_000);
  await flood();
  expect(rows('select event_key, rejection from deliveries order by key')).toMatchObject([
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
  ['sends an invalid key', { kind: 'json', body: { hmac_key: '!!!!' } }],
] as const)(
  'deliveries get 503 while the key cannot be read because SpotDraft %s, and 200 later',
  async (_what, fault) => {
    const clock = runningClock();
    const { deliver, world, count } = await startReceiver({
      overrides: { clock },
      prepare: ({ spotdraft }) => spotdraft.faults.add({ operation: 'hmac_key', fault }),
    });
    const first = await deliver(activity(1));
    expect(first.status).toBe(503);
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    // Anybody could sign with a key of zero bytes.
    const forged = await deliver(activity(1), { signature: signed('', activity(1)) });
    expect(forged.status).toBe(503);
    expect(count('deliveries where rejection is null')).toBe(0);
    world.spotdraft.faults.clear();
    clock.move(5_000);
    expect((await deliver(activity(1))).status).toBe(200);
  },
);

it('a key stays in use while SpotDraft is down', async () => {
  const clock = runningClock();
  const { deliver, world } = await startReceiver({ overrides: { clock } });
  expect((await deliver(activity(1))).status).toBe(200);
  world.spotdraft.faults.add({ fault: { kind: 'status', status: 503 } });
  clock.move(60_000);
  expect((await deliver(activity(2), { signature: 'b'.repeat(128) })).status).toBe(401);
  expect((await deliver(activity(3))).status).toBe(200);
});

it('a key appears in no log line, no answer and no byte of the database', async () => {
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
  // The search would pass on an empty file, so prove that there was content.
  expect(database.includes('CONTRACT_EXECUTED')).toBe(true);
  expect(readFileSync(config.database).length).toBeGreaterThan(0);
  expect(said.length).toBeGreaterThan(100);
});
