import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../src/config/secret.ts';
import { known, unknown } from '../../../src/spotdraft/fact.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { createProber } from '../../../src/workspace/receivers/prober.ts';
import { startStand } from '../../environment.ts';
import { signerOf, startReceiver, statuses, withReceiver } from './receiver.ts';

const keys = ['prod', 'uat', 'staging', 'dev'].map((key) => ({
  key,
  hmacKey: Buffer.from(`the webhook key of ${key}`).toString('base64'),
}));

const fingerprints = (unread: readonly string[]) => ({
  webhookKey: known('prod', []),
  otherWebhookKeys: ['uat', 'staging', 'dev'].map((environment) => ({
    environment,
    fingerprint: unread.includes(environment)
      ? unknown('timeout', 'no answer within 15 s', [])
      : known(environment, []),
    lastSeen: null,
  })),
});

/** Production, its receiver and the keys of three other environments, without those that could not be read. */
async function probe(codes: number[], unread: string[] = []) {
  const receiver = await startReceiver(statuses(...codes));
  const { config, environment } = await startStand({ edit: withReceiver(receiver.url) });
  const prober = createProber({ config, clock: systemClock, timeoutMs: (own) => own, ca: null });
  onTestFinished(() => prober.close());
  const [result] = await prober.probe(environment('prod'), {
    facts: fingerprints(unread),
    keys: new Map(
      keys.filter(({ key }) => !unread.includes(key)).map(({ key, hmacKey }) => [key, new Secret(hmacKey)]),
    ),
  });
  return { result, signers: receiver.arrived.map((each) => signerOf(each, keys)) };
}

test('the keys of all other environments are tried one after the other', async () => {
  const { result, signers } = await probe([200, 401]);
  expect(signers).toEqual(['prod', 'uat', 'staging', 'dev']);
  expect(result).toMatchObject({ kind: 'probed', untried: [] });
});

test('an unreadable key is listed as untried, and no random key replaces it', async () => {
  const { result, signers } = await probe([200, 401], ['uat']);
  expect(signers).toEqual(['prod', 'staging', 'dev']);
  expect(result).toMatchObject({
    untried: [{ environment: 'uat', why: { known: false, reason: 'no answer within 15 s' } }],
  });
});

test('no further key is tried after an inconclusive answer', async () => {
  const { result, signers } = await probe([200, 401, 429]);
  expect(signers).toEqual(['prod', 'uat', 'staging']);
  expect(result).toMatchObject({ wrong: [{ keyOf: 'uat' }, { keyOf: 'staging' }] });
});
