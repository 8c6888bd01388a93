import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { expect, it, vi } from 'vitest';
import { openCore } from '../../src/core.ts';
import { eventRecords } from '../../src/events/log/export.ts';
import { there } from '../environment.ts';
import { activity, type Receiver, signed, startReceiver } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

interface Sent {
  method?: string;
  type?: string;
  signature?: string;
  headers?: Record<string, string>;
}

/** Sends to any path, which fetch would change. */
function sendTo(
  { url, world }: Receiver,
  path: string,
  body: string,
  { method = 'POST', type = 'application/json', signature, headers = {} }: Sent = {},
): Promise<number> {
  const { hostname, port } = new URL(url);
  const all = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-sd-webhook-content-hash': signature ?? signed(world.prod.hmacKey, body),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: all }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The log of a receiver, as other processes read it. */
async function reading({ config }: Receiver, clock = runningClock()) {
  const core = await openCore(config, { clock, logDestination: { write: () => {} } });
  const prod = there(config.environments.find(({ name }) => name === 'prod'));
  return {
    ...core,
    find: (id: string, environment: string | null = null) => core.log.find({ id, environment }),
    readFailures: () => core.failures.read(prod),
  };
}

it('a rightly signed delivery that is refused is found by each id in it, with the reason and the next step', async () => {
  const receiver = await startReceiver({ eventId: { prod: { header: 'X-Event-Id' } } });
  const { deliver, rows } = receiver;
  // Its key is known from then on, as it is of each environment that gets deliveries.
  await deliver(activity(1));
  await deliver(activity(1), { environment: 'uat' });
  const body = (contract: number) =>
    activity(contract, {
      contract_reference_id: `NW-${contract}`,
      external_metadata: { id: `006A${contract}` },
    });
  const big = `${body(9_000)}${' '.repeat(1024 * 1024)}`;
  const uat = (text: string) => ({ signature: signed(receiver.world.uat.hmacKey, text) });
  const cases: [what: string, path: string, text: string, how: Sent, status: number, told: RegExp][] = [
    ['wrong_type', '/webhooks/prod', body(4_001), { type: 'text/plain' }, 415, /not JSON \(text\/plain\)/],
    ['wrong_type', '/webhooks/prod', body(4_002), { type: ';' }, 415, /not JSON \(;\)/],
    ['unknown_environment', '/webhooks/prd', body(4_003), {}, 404, /no environment of the name in its URL/],
    ['unknown_path', '/webhook/prod', body(4_004), {}, 404, /no receiver at its URL \(\/…\/prod\)/],
    ['unknown_path', '/slack/events', body(4_005), {}, 404, /no receiver at its URL/],
    ['unknown_path', '/v1/prod/calls', body(4_006), {}, 401, /no receiver at its URL/],
    ['unknown_path', '/webhooks/%zz', body(4_007), {}, 404, /no receiver at its URL/],
    ['wrong_method', '/webhooks/prod', body(4_008), { method: 'PUT' }, 405, /no POST request \(PUT\)/],
    ['bad_signature', '/webhooks/prod', body(4_009), uat(body(4_009)), 401, /signed with uat's key/],
    ['unknown_path', '/', body(4_010), uat(body(4_010)), 404, /no receiver at its URL/],
  ];
  for (const [what, path, text, how, status] of cases)
    expect({ what, path, status: await sendTo(receiver, path, text, how) }).toEqual({ what, path, status });
  expect(await sendTo(receiver, '/webhooks/prod', big, { headers: { 'x-event-id': 'E-big' } })).toBe(413);
  const log = await reading(receiver);
  for (const [rejection, , text, , , told] of cases) {
    const { contract_id: contract } = JSON.parse(text);
    for (const id of [String(contract), `NW-${contract}`, `006A${contract}`]) {
      const { timeline, answer, reason } = await log.find(id);
      expect({ rejection, id, kinds: timeline.map(({ kind }) => kind) }).toEqual({
        rejection,
        id,
        kinds: ['refused'],
      });
      expect(answer).toMatch(/^CONTRACT_EXECUTED was refused/);
      expect(answer).toMatch(told);
      expect(reason).toContain('Of its content the ids and the activity are kept.');
    }
  }
  // Asked for in the environment whose key signed it, each of its ids says where it went.
  for (const id of ['4009', 'T-4009', 'NW-4009', '006A4009'])
    expect((await log.find(id, 'uat')).answer).toBe(
      `A delivery of uat with “${id}” went to the receiver of prod (production) and was refused there.`,
    );
  expect((await log.find('4001', 'uat')).answer).toMatch(/^“4001” is not known in uat, but in prod/);
  const tooLarge = await log.find('E-big');
  expect(tooLarge.timeline.map(({ summary }) => summary)).toEqual([
    expect.stringMatching(
      /refused with 413 \(body over 1 MiB \(\d+ bytes\), its signature was not checked\)/,
    ),
  ]);
  // One that uat's key signed is uat's, where its URL names no environment.
  expect(rows("select environment from deliveries where detail = '/'")).toEqual([{ environment: 'uat' }]);
  expect(await log.find('4010', 'prod')).toMatchObject({ found: false, elsewhere: ['uat'] });
  expect(rows("select value from identifiers where kind = 'contract'")).toHaveLength(2);

  const { groups } = await log.readFailures();
  expect(there(groups.find(({ kind }) => kind === 'refused'))).toMatchObject({
    state: 'open',
    count: 9,
    kept: 9,
    isExact: true,
    reasons: ['too_large', 'unknown_environment', 'unknown_path', 'wrong_method', 'wrong_type'],
  });
  const list = {
    environment: 'prod',
    since: null,
    until: null,
    activity: 'CONTRACT_EXECUTED',
    failed: true,
    limit: 99,
  };
  expect((await log.log.list({ ...list, after: null })).total).toBe(9);

  const exported: Record<string, unknown>[] = [];
  for await (const page of eventRecords(log.db, { environment: 'prod', since: 0, until: Date.now() + 1e6 }))
    exported.push(...page.records);
  expect(exported.find(({ detail }) => detail === 'text/plain')).toMatchObject({
    kind: 'refused',
    status: 415,
    rejection: 'wrong_type',
    signedWith: 'prod current',
    activity: 'CONTRACT_EXECUTED',
    alike: 0,
    ids: expect.arrayContaining([{ kind: 'contract', value: '4001' }]),
  });
  expect(exported.find(({ kind }) => kind === 'event')).toMatchObject({ unread: null });

  const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
  expect(metrics).toContain('envcheck_refused_signer_total{environment="",signer="prod",key="current"} 5');
  expect(metrics).toContain('envcheck_refused_signer_total{environment="",signer="uat",key="current"} 1');
  await log.close();
});

it('a signed request of a stranger to a wrong address is counted and leaves no row', async () => {
  const receiver = await startReceiver();
  await receiver.deliver(activity(1));
  for (const path of ['/webhooks/prd', '/slack/events', '/v1/prod/calls', '/login'])
    await sendTo(receiver, path, activity(2), { signature: 'a'.repeat(128) });
  await sendTo(receiver, '/login', 'x'.repeat(1024 * 1024 + 1));
  expect(receiver.count('deliveries where rejection is not null')).toBe(0);
});

it('deliveries that came too fast to be stored are counted: 60 of a known signer are kept in a minute, one of a stranger', async () => {
  const clock = runningClock();
  clock.move(60_000 - (Date.now() % 60_000));
  const receiver = await startReceiver({ overrides: { clock } });
  await receiver.deliver(activity(1));
  const wrongType = Array.from({ length: 70 }, (_, index) => activity(5_000 + index));
  for (const body of wrongType) await sendTo(receiver, '/webhooks/prod', body, { type: 'text/plain' });
  for (let sent = 0; sent < 7; sent += 1)
    await receiver.deliver(activity(6_000 + sent), { signature: 'a'.repeat(128) });
  await vi.waitFor(
    () =>
      expect(receiver.rows('select rejection, alike from deliveries where alike > 0')).toEqual([
        { rejection: 'wrong_type', alike: 10 },
        { rejection: 'bad_signature', alike: 6 },
      ]),
    { timeout: 5_000 },
  );
  const log = await reading(receiver, clock);
  expect((await log.find('5003')).timeline).toHaveLength(1);
  const missing = await log.find('5069');
  expect(missing.reason).toContain(
    '77 deliveries were refused in prod (production), of which 61 are in the log',
  );
  expect(missing.reason).toContain('it may be among 17 of them');
  const { groups } = await log.readFailures();
  expect(groups.map(({ kind, count, kept, isExact }) => [kind, count, kept, isExact]).toSorted()).toEqual([
    ['badly_signed', 7, 1, true],
    ['refused', 70, 60, true],
  ]);
  // Rows of earlier versions do not say for how many they stand.
  await log.db.updateTable('deliveries').set({ alike: null }).where('alike', '=', 6).execute();
  expect((await log.find('5069')).reason).toContain('At least 71 deliveries were refused');
  expect((await log.readFailures()).groups.map(({ isExact }) => isExact).toSorted()).toEqual([false, true]);
  await log.close();
});

it('verified deliveries that could not be stored are one row when the log takes rows again, found by each id', async () => {
  const receiver = await startReceiver({ eventId: { prod: { header: 'X-Event-Id' } } });
  const { deliver, rows, config } = receiver;
  await deliver(activity(1));
  const log = await reading(receiver);
  await log.db.schema.alterTable('deliveries').renameTo('deliveries_gone').execute();
  for (const id of [7_001, 7_002, 7_003])
    expect(
      await deliver(activity(id), { headers: { 'x-event-id': `E-${id}`, 'x-request-id': `r-${id}` } }),
    ).toMatchObject({ status: 503 });
  await log.db.schema.alterTable('deliveries_gone').renameTo('deliveries').execute();
  expect((await deliver(activity(7_002))).status).toBe(200);
  await vi.waitFor(() =>
    expect(rows('select alike, activity from deliveries where rejection is not null')).toEqual([
      { alike: 2, activity: 'CONTRACT_EXECUTED' },
    ]),
  );
  for (const id of ['7001', 'E-7001', 'r-7003', '7003']) {
    const { answer, timeline } = await log.find(id);
    expect(answer).toContain('the log could not be stored');
    expect(timeline.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^3 verified deliveries were answered 503 from .* to .*$/),
    ]);
  }
  expect((await log.find('7002')).answer).toMatch(
    /^CONTRACT_EXECUTED arrived and was verified, \d+ d after it occurred; your integration reported no outcome\.$/,
  );
  expect(config.environments.length).toBeGreaterThan(1);
  await log.close();
});

it('a signature in another algorithm or form is explained in words, and the check names the signer', async () => {
  const clock = runningClock();
  const receiver = await startReceiver({ overrides: { clock } });
  const { deliver, world } = receiver;
  await deliver(activity(1));
  const key = Buffer.from(world.prod.hmacKey, 'base64');
  const by = (algorithm: string, text: string) => createHmac(algorithm, key).update(text);
  const right = (text: string) => signed(world.prod.hmacKey, text);
  const forms: [signature: (text: string) => string, told: string][] = [
    [
      (text) => by('sha256', text).digest('hex'),
      "signed with prod's key, as an HMAC-SHA256 instead of an HMAC-SHA512",
    ],
    [
      (text) => `sha256=${by('sha256', text).digest('base64')}`,
      'as an HMAC-SHA256 instead of an HMAC-SHA512',
    ],
    [(text) => by('sha1', text).digest('hex'), 'as an HMAC-SHA1 instead'],
    [(text) => by('md5', text).digest('base64'), 'as an HMAC-MD5 instead'],
    [(text) => `t=1764547200,v1=${right(text)}`, 'not as 128 lower-case hexadecimal characters'],
    [(text) => `"${right(text)}"`, 'not as 128 lower-case'],
    [(text) => right(text).slice(0, 100), 'the end of the signature is missing'],
    [(text) => `${right(text)}; v2`, 'something follows the signature'],
    [() => 'b'.repeat(64), 'the length of an HMAC-SHA256 and fits none of the keys'],
    [() => 'none', 'its signature is no HMAC-SHA512'],
  ];
  const log = await reading(receiver, clock);
  let contract = 8_000;
  for (const [signature, told] of forms) {
    contract += 1;
    const text = activity(contract);
    const headers = { 'x-request-id': `form-${contract}` };
    expect((await deliver(text, { signature: signature(text), headers })).status).toBe(401);
    const { reason, timeline } = await log.find(`form-${contract}`);
    expect(reason).toContain(told);
    expect(there(timeline[0]).summary).toContain(told);
    if (told.includes('instead of')) expect((await log.find(String(contract))).timeline).toHaveLength(1);
  }
  expect((await log.find('form-8010')).timeline[0]?.summary).toContain('4 characters, not hexadecimal');
  const { groups } = await log.readFailures();
  const { reasons } = there(groups.find(({ kind }) => kind === 'badly_signed'));
  expect(reasons).toEqual(
    expect.arrayContaining(['prod current sha256', 'prod current cut', 'sha256_unknown_key', 'malformed']),
  );
  await log.close();
});

it('a key that was changed just after it was read is read once more, and a hanging endpoint delays no refusal', async () => {
  const clock = runningClock();
  const receiver = await startReceiver({ overrides: { clock } });
  const { deliver, world } = receiver;
  const rotate = (text: string) => {
    world.prod.hmacKey = Buffer.from(text.repeat(8)).toString('base64');
  };
  expect((await deliver(activity(1))).status).toBe(200);
  rotate('second');
  expect((await deliver(activity(2))).status).toBe(200);
  expect((await deliver(activity(3), { signature: 'c'.repeat(128) })).status).toBe(401);
  rotate('third');
  expect((await deliver(activity(4))).status).toBe(200);
  clock.move(60_000);
  rotate('fourth');
  world.spotdraft.faults.add({ operation: 'hmac_key', fault: { kind: 'slow', ms: 2_500 } });
  const started = performance.now();
  expect((await deliver(activity(5))).status).toBe(401);
  expect(performance.now() - started).toBeLessThan(1_900);
  // It is known whose it was as soon as the key is read, and by its ids.
  const log = await reading(receiver, clock);
  await vi.waitFor(
    async () =>
      expect((await log.find('5')).reason).toMatch(/signed with prod's key.*The key had just been changed/),
    { timeout: 8_000, interval: 250 },
  );
  await log.close();
});
