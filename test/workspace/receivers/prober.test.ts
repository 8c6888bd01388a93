import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../src/config/secret.ts';
import { known, unknown } from '../../../src/spotdraft/fact.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { makeProbe } from '../../../src/workspace/receivers/probe.ts';
import { createProber } from '../../../src/workspace/receivers/prober.ts';
import { createSender } from '../../../src/workspace/receivers/send.ts';
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
  expect(signers).toEqual(['prod', null, null, 'uat', 'staging', 'dev', null, null]);
  expect(result).toMatchObject({ kind: 'probed', untried: [] });
});

test('an unreadable key is listed as untried', async () => {
  const { result, signers } = await probe([200, 401], ['uat']);
  expect(signers).toEqual(['prod', null, null, 'staging', 'dev', null, null]);
  expect(result).toMatchObject({
    untried: [{ environment: 'uat', why: { known: false, reason: 'no answer within 15 s' } }],
  });
});

test('no further probe is sent after an inconclusive answer', async () => {
  const { result, signers } = await probe([200, 401, 401, 401, 429]);
  expect(signers).toEqual(['prod', null, null, 'uat', 'staging']);
  expect(result).toMatchObject({
    probes: [
      { signature: { kind: 'own_key' } },
      { signature: { kind: 'missing' } },
      { signature: { kind: 'random_key' } },
      { signature: { kind: 'other_key', environments: ['uat'] } },
      { signature: { kind: 'other_key', environments: ['staging'] } },
    ],
  });
});

test('a series is bounded, also when every probe is refused', async () => {
  const { signers } = await probe([401]);
  expect(signers).toHaveLength(11 + 3);
});

test('an answer with two names of environments names neither', async () => {
  const receiver = await startReceiver(
    (response) => void response.setHeader('X-Envcheck-Environment', ['prod', 'uat']).end(),
  );
  const sender = createSender({ ca: null });
  onTestFinished(() => sender.close());
  const sent = await sender.send(receiver.url, makeProbe('prb_1', 0, 'compact'), 5_000);
  expect(sent).toMatchObject({ kind: 'answer', status: 200, environment: 'prod, uat' });
});
