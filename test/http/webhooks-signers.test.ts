import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it, test, vi } from 'vitest';
import { openCore } from '../../src/core.ts';
import { readSigner, signerText } from '../../src/events/log/signer-text.ts';
import { type Candidate, createSignerSearch } from '../../src/http/signer-search.ts';
import { there } from '../environment.ts';
import { activity, signed, startReceiver } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

const made = (key: string | Buffer, body: string) => createHmac('sha512', key).update(body);

it('a refused delivery is shown with the key that signed it', async () => {
  const clock = runningClock();
  const { deliver, world, rows, config, url } = await startReceiver({ overrides: { clock } });
  const replaced = world.prod.hmacKey;
  await deliver(activity(1));
  await deliver(activity(1), { environment: 'uat' });
  clock.move(5_000);
  world.prod.hmacKey = Buffer.from('rotated'.repeat(8)).toString('base64');
  await deliver(activity(2));
  clock.move(11 * 60_000);
  const body = activity(3);
  const { prod, uat } = world;
  const older = (signature: string) => ({ signature: null, headers: { 'x-sd-content-hash': signature } });
  const sent: [how: Parameters<typeof deliver>[1], signedWith: string | null, text: string][] = [
    [{ signature: signed(uat.hmacKey, body) }, 'uat current', "signed with uat's key"],
    [
      { signature: made(prod.hmacKey, body).digest('hex') },
      'prod undecoded',
      "signed with prod's key, not base64-decoded",
    ],
    [
      { signature: made(uat.hmacKey, body).digest('hex') },
      'uat undecoded',
      "signed with uat's key, not base64-decoded",
    ],
    [{ signature: signed(replaced, body) }, 'prod replaced', 'signed with an earlier key of prod'],
    [
      older(signed(prod.hmacKey, body)),
      'prod current older_header',
      "signed with prod's key, in the older header X-SD-CONTENT-HASH",
    ],
    [
      older(made(prod.hmacKey, body).digest('hex')),
      'prod undecoded older_header',
      "signed with prod's key, not base64-decoded, in the older header X-SD-CONTENT-HASH",
    ],
    [
      older(signed(uat.hmacKey, body)),
      'uat current older_header',
      "signed with uat's key, in the older header",
    ],
    [
      { signature: signed(prod.hmacKey, body).toUpperCase() },
      'prod current other_form',
      "signed with prod's key, not as 128 lower-case hexadecimal characters",
    ],
    [
      { signature: `sha512=${made(Buffer.from(uat.hmacKey, 'base64'), body).digest('base64')}` },
      'uat current other_form',
      "signed with uat's key, not as 128",
    ],
    [{ signature: 'f'.repeat(128) }, 'unknown_key', 'signed with none of the keys that Envcheck knows'],
    [{ signature: 'f'.repeat(127) }, 'malformed', 'its signature is no HMAC-SHA512'],
    [{ signature: null }, null, 'missing signature'],
  ];
  // All from one sender within one minute: what is found out about one must not hide another.
  for (const [how] of sent) expect((await deliver(body, how)).status).toBe(401);
  expect(rows('select signed_with from deliveries where rejection is not null order by key')).toEqual(
    sent.map(([, code]) => ({ signed_with: code })),
  );

  const core = await openCore(config, { clock, logDestination: { write: () => {} } });
  const list = await core.log.list({
    environment: 'prod',
    since: null,
    until: null,
    activity: null,
    failed: true,
    limit: 100,
    after: null,
  });
  const refused = list.entries.map((entry) => there(entry.refused));
  for (const [, code, text] of sent) {
    const delivery = there(refused.find(({ signed_with }) => signed_with === code));
    const { timeline, reason } = await core.log.find({ id: delivery.id, environment: null });
    expect(there(timeline[0]).summary).toContain(text);
    if (readSigner(code)) expect(reason).toContain(`it was ${text}`);
  }
  const missing = await core.log.find({ id: '999999', environment: 'prod' });
  expect(missing.reason).toContain("1 signed with uat's key");

  const prodConfig = there(config.environments.find(({ name }) => name === 'prod'));
  const { groups } = await core.failures.read(prodConfig);
  const badly = there(groups.find(({ kind }) => kind === 'badly_signed'));
  expect(badly).toMatchObject({ count: 11, state: 'open' });
  expect(badly.reasons).toEqual(
    expect.arrayContaining(['uat current', 'prod undecoded older_header', 'bad_signature']),
  );
  expect(groups.find(({ kind }) => kind === 'refused')).toMatchObject({
    count: 1,
    reasons: ['missing_signature'],
  });
  await core.close();

  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const labels of [
    'environment="prod",signer="uat",key="current"} 3',
    'environment="prod",signer="prod",key="undecoded"} 2',
    'environment="prod",signer="prod",key="replaced"} 1',
    'environment="prod",signer="",key="unknown_key"} 1',
  ])
    expect(metrics).toContain(`envcheck_refused_signer_total{${labels}`);
});

it('the signer is found by a key that is read only after the answer, and nobody waits for it', async () => {
  const { deliver, world, rows } = await startReceiver();
  const body = activity(1);
  const signature = signed(world.uat.hmacKey, body);
  expect((await deliver(body, { signature })).status).toBe(401);
  await vi.waitFor(() =>
    expect(rows('select signed_with from deliveries')).toEqual([{ signed_with: 'uat current' }]),
  );
  world.spotdraft.faults.add({ fault: { kind: 'status', status: 503 } });
  expect((await deliver(activity(2), { signature: signed(world.uat.hmacKey, activity(2)) })).status).toBe(
    401,
  );
});

describe('the search among keys', () => {
  const names = Array.from({ length: 40 }, (_, index) => `e${index}`);
  const candidates = names.map(
    (environment): Candidate => ({
      environment,
      kind: 'current',
      key: createSecretKey(Buffer.from(environment)),
    }),
  );
  const by = (name: string, body: string) => ({
    signature: made(name, body).digest('hex'),
    olderHeader: false,
  });

  it('a flood costs a few hashes each, and keys found before are still found', () => {
    let now = 0;
    const search = createSignerSearch({ now: () => now });
    const body = Buffer.alloc(1_048_576 - 1_024, 'x');
    expect(search(candidates, body, by('e20', body.toString()))).toBe('e20 current');
    const flood = () => search(candidates, body, { signature: 'a'.repeat(128), olderHeader: false });
    expect(flood()).toBe('not_tried');
    expect(search(candidates, body, by('e20', body.toString()))).toBe('e20 current');
    expect(search(candidates, body, by('e39', body.toString()))).toBe('not_tried');
    now = 60_000;
    expect(search(candidates, body, by('e19', body.toString()))).toBe('e19 current');
  });

  test.each([
    ['e1', 'e1 current'],
    ['e39', 'e39 current'],
    ['another', 'unknown_key'],
  ])('a signature of %s is %s', (name, code) => {
    expect(createSignerSearch({ now: () => 0 })(candidates, Buffer.from('{}'), by(name, '{}'))).toBe(code);
  });

  test.each(['', 'x', 'g'.repeat(128), 'a'.repeat(126), `${'a'.repeat(128)}00`, '=', '-'.repeat(85)])(
    'the signature “%s” is malformed',
    (signature) => {
      const search = createSignerSearch({ now: () => 0 });
      expect(search(candidates, Buffer.from('{}'), { signature, olderHeader: false })).toBe('malformed');
    },
  );
});

test.each([null, 'unknown_key', 'not_tried', 'malformed', 'bad_signature', 'prod', 'prod other', ''])(
  'the code %s names no signer',
  (code) => {
    expect(readSigner(code)).toBeNull();
    expect(String(signerText(code))).not.toContain('undefined');
  },
);
