import { expect, test } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import { alreadyRegistered } from '../../src/events/webhooks/register-text.ts';
import type { Registration } from '../../src/store/webhook-registrations.ts';

const environment = { name: 'uat', production: false } as Environment;

/** Answer when this URL has a webhook with `existing` activities and another with `asked` is to be registered. */
const answer = (existing: string[] | null, asked: string[]) =>
  JSON.stringify(
    alreadyRegistered(
      [{ state: 'active', webhookId: 7, registeredAt: 0, activities: existing } as Registration],
      asked,
      environment,
    ),
  );

test('a second webhook at one URL is refused only for activities that the first may have', () => {
  const created = ['CONTRACT_CREATED'];
  expect(answer(created, ['CONTRACT_EXECUTED'])).toBe('null');
  expect(answer(created, ['CONTRACT_EXECUTED', 'CONTRACT_CREATED'])).toContain(
    'A second one would deliver CONTRACT_CREATED twice.',
  );
  for (const [existing, asked] of [
    [null, created],
    [[], created],
    [created, []],
  ] as const)
    expect(answer(existing && [...existing], [...asked])).toContain('deliver every event twice');
});
