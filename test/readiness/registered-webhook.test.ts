import { expect, test } from 'vitest';
import { deliversTwice, registrationRemedy } from '../../src/readiness/registered-webhook.ts';
import type { Registration } from '../../src/store/webhook-registrations.ts';
import { checkOf, environmentFile, startStand } from '../environment.ts';

const URL = 'https://envcheck.example/webhooks/prod';
const registration = (change: Partial<Registration>): Registration => ({
  key: 1,
  environment: 'prod',
  webhookId: 77,
  origin: 'created',
  state: 'active',
  title: 'Envcheck',
  url: URL,
  activities: ['CONTRACT_CREATED'],
  headerNames: [],
  registeredAt: Date.parse('2026-11-02T10:00:00Z'),
  deletedAt: null,
  ...change,
});
const remedy = (...registered: Registration[]) => registrationRemedy(registered, URL, 'CONTRACT_CREATED');

test('a webhook that was registered here is named with what is left to do', () => {
  const settings = 'SpotDraft (Settings, Developer settings)';
  const known = `Webhook 77, registered for ${URL} on 2026-11-02,`;
  expect(remedy(registration({}))).toBe(
    `${known} includes CONTRACT_CREATED: check in ${settings} that it is still active. Then take a test contract through CONTRACT_CREATED`,
  );
  expect(remedy(registration({ url: 'https://ENVCHECK.example:443/webhooks/prod/' }))).toContain('includes');
  expect(remedy(registration({ activities: ['CONTRACT_EXECUTED'] }))).toBe(
    `${known} does not include CONTRACT_CREATED: delete it and register it again: /envcheck webhooks prod`,
  );
  expect(remedy(registration({ activities: [], webhookId: null }))).toMatch(
    /does not include CONTRACT_CREATED: register one that does$/,
  );
  expect(remedy(registration({ state: 'disabled' }))).toBe(
    `${known} is disabled: switch it on in ${settings}`,
  );
  expect(remedy(registration({ state: 'unknown', webhookId: null }))).toContain(
    'is not confirmed by SpotDraft',
  );
  expect(remedy(registration({ activities: null }))).toContain('is known: check in');
});

test('a webhook that was deleted, or registered for another URL, is no answer', () => {
  expect(remedy()).toBeNull();
  expect(remedy(registration({ state: 'deleted' }))).toBeNull();
  expect(remedy(registration({ url: 'https://envcheck.example/webhooks/uat' }))).toBeNull();
  expect(remedy(registration({ url: null }))).toBeNull();
});

test('two webhooks for one activity and URL deliver twice, unless one is disabled, deleted or elsewhere', () => {
  const twice = (...changes: Partial<Registration>[]) => deliversTwice(changes.map(registration), URL);
  expect(twice({}, {})).toBe(true);
  expect(twice({}, { state: 'unknown', activities: null })).toBe(true);
  expect(twice({}, { state: 'disabled' })).toBe(false);
  expect(twice({ state: 'deleted' }, {})).toBe(false);
  expect(twice({}, { url: 'https://envcheck.example/webhooks/uat' })).toBe(false);
  expect(twice({}, { activities: ['CONTRACT_EXECUTED'] })).toBe(false);
});

test('the checks know a webhook that Envcheck registered itself', async () => {
  const stand = await startStand({ log: null });
  const { webhooks } = stand.environment('prod');
  await stand.core.db
    .insertInto('webhook_registrations')
    .values({
      environment: 'prod',
      webhook_id: 77,
      origin: 'created',
      state: 'active',
      title: 'Envcheck',
      url: webhooks?.url ?? '',
      activities: JSON.stringify(webhooks?.activities),
      header_names: '[]',
      registered_at: 0,
      deleted_at: null,
    })
    .execute();
  expect(checkOf(await stand.check(), 'webhooks.delivering').remedy).toMatch(/^Webhook 77, registered for /);
});

test('the URL that is registered already is set, not registered again', async () => {
  const stand = await startStand({
    edit: (file) => {
      const prod = environmentFile(file, 'prod');
      if (prod.webhooks) prod.webhooks.url = prod.webhooks.url.replace(/\/webhooks\/prod$/, '/hooks/prod');
    },
  });
  const remedyNow = async () => checkOf(await stand.check(), 'webhooks.endpoint').remedy;
  const wanted = /^Register (\S+) in the workspace of prod/.exec((await remedyNow()) ?? '')?.[1];
  await stand.core.db
    .insertInto('webhook_registrations')
    .values({
      environment: 'prod',
      webhook_id: 78,
      origin: 'created',
      state: 'active',
      title: 'Envcheck',
      url: wanted ?? '',
      activities: '[]',
      header_names: '[]',
      registered_at: 0,
      deleted_at: null,
    })
    .execute();
  expect(await remedyNow()).toBe(
    `Set webhooks.url to ${wanted}: webhook 78 is registered for it in the workspace of prod (production)`,
  );
});
