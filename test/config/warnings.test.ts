import { expect, test } from 'vitest';
import { configWarnings } from '../../src/config/warnings.ts';
import { load } from './written-config.ts';

const credentials = 'credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } }';
const environments = (production: boolean) => `
environments:
  uat: { region: us, ${credentials} }
  prod: { region: us, production: ${production}, ${credentials} }
`;
const NOW = Date.parse('2026-11-30T12:00:00Z');
const textsOf = (yaml: string) => configWarnings(load(yaml), NOW).map(({ text }) => text);

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

test('a rule that ignores everything and one whose last day is over are warned of', () => {
  const rules = (...paths: string[]) =>
    `${environments(true)}drift: { pairs: [[uat, prod]], ignore: [${paths.join(', ')}] }`;
  for (const path of ['*', '**', '*/', '*/*'])
    expect(textsOf(rules(`{ path: "${path}", reason: x }`))).toEqual([
      `drift.ignore[0] (path: "${path}") ignores every difference, so drift shows nothing`,
    ]);
  const until = (day: string) => `{ path: templates/Trial*, reason: x, until: ${day} }`;
  expect(textsOf(rules(until('2026-11-30'), until('2026-11-29')))).toEqual([
    'drift.ignore[1] (path: "templates/Trial*") ignores nothing since its last day, 2026-11-29',
  ]);
});
