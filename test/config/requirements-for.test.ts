import { expect, test } from 'vitest';
import { requirementsFor } from '../../src/config/requirements-for.ts';
import { completeEnv, load } from './written-config.ts';

const credentials = '{ clientId: { env: ID }, clientSecret: { env: SECRET } }';
const everyKind = `
environments:
  uat: { region: us, credentials: ${credentials} }
  prod: { region: us, credentials: ${credentials} }
requires:
  contractTypes: [{ name: everywhere }, { name: in prod, environments: [prod] }]
  templates: [{ name: everywhere }, { name: in prod, environments: [prod] }]
  workflows: [{ title: everywhere }, { title: in prod, environments: [prod] }]
  roles: [everywhere, { name: in both, environments: [uat, prod] }, { name: in prod, environments: [prod] }]
  users: [{ email: everywhere@x.example }, { email: prod@x.example, environments: [prod] }]
  featureFlags: [everywhere, { name: in prod, environments: [prod] }]
`;

const namesIn = (environment: string) => {
  const { requires } = load(everyKind, { env: completeEnv });
  const { logging: _, ...lists } = requirementsFor(requires, environment);
  return Object.fromEntries(
    Object.entries(lists).map(([kind, entries]) => [
      kind,
      entries.map((entry: object) => Object.values(entry)[0]),
    ]),
  );
};

test('an entry without environments applies to all, and one with a list applies to those in it', () => {
  expect(namesIn('uat')).toEqual({
    contractTypes: ['everywhere'],
    templates: ['everywhere'],
    workflows: ['everywhere'],
    roles: ['everywhere', 'in both'],
    users: ['everywhere@x.example'],
    featureFlags: ['everywhere'],
  });
  expect(namesIn('prod')).toEqual({
    contractTypes: ['everywhere', 'in prod'],
    templates: ['everywhere', 'in prod'],
    workflows: ['everywhere', 'in prod'],
    roles: ['everywhere', 'in both', 'in prod'],
    users: ['everywhere@x.example', 'prod@x.example'],
    featureFlags: ['everywhere', 'in prod'],
  });
});
