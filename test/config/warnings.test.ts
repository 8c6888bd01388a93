import { expect, test } from 'vitest';
import { configWarnings } from '../../src/config/warnings.ts';
import { load } from './written-config.ts';

const credentials = 'credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } }';
const environments = (production: boolean) => `
environments:
  uat: { region: us, ${credentials} }
  prod: { region: us, production: ${production}, ${credentials} }
`;
const textsOf = (yaml: string) => configWarnings(load(yaml)).map(({ text }) => text);

test('a config without production is warned of', () => {
  expect(textsOf(environments(false))).toEqual([
    expect.stringMatching(/^no environment has production: true/),
  ]);
});

test('production without a model is warned of, and one with a pair or a model is not', () => {
  expect(textsOf(environments(true))).toEqual([expect.stringMatching(/^prod \(production\) has no model/)]);
  expect(textsOf(`${environments(true)}drift: { pairs: [[uat, prod]] }`)).toEqual([]);
  expect(textsOf(`${environments(true)}promotion: { from: uat }`)).toEqual([]);
});

test('a declaration for an item that is always judged is warned of', () => {
  const pair = 'drift: { pairs: [[uat, prod]] }\n';
  const declared = (item: string) =>
    `${environments(true)}${pair}notApplicable: [{ item: ${item}, reason: x }]`;
  for (const item of ['credentials', 'host'])
    expect(textsOf(declared(item))).toEqual([`notApplicable declares ${item}, which is judged all the same`]);
  expect(textsOf(declared('webhooks'))).toEqual([]);
});
