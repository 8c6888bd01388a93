import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { Secret } from '../../src/config/secret.ts';

const root = new URL('../..', import.meta.url).pathname;
const exampleText = readFileSync(`${root}/envcheck.example.yaml`, 'utf8');
const exampleEnv = parseEnv(readFileSync(`${root}/.env.example`, 'utf8'));
/** The variables with real-looking values in place of those that a person has to replace. */
const filledEnv = Object.fromEntries(
  Object.entries(exampleEnv).map(([name, value]) => [
    name,
    value?.replace(/replace-?me/i, 'a1b2c3d4e5f6a7b8'),
  ]),
);
const loadExample = (env = filledEnv) =>
  loadConfig({ file: 'envcheck.example.yaml', env, cwd: root, needsSlack: true });

describe('the example', () => {
  test('is refused while its placeholders stand where secrets belong, each with its place', () => {
    const left = Object.entries(exampleEnv).filter(([, value]) => /replace-?me/i.test(value ?? ''));
    expect(left.length).toBeGreaterThan(6);
    for (const [name, value] of left) {
      expect(() => loadExample({ ...filledEnv, [name]: value }), name).toThrow(ConfigError);
    }
    for (const value of [
      'changeme',
      'CHANGE_ME',
      'your-token',
      '<secret>',
      'undefined',
      'insert_key_here',
      'xxx',
    ])
      expect(() => loadExample({ ...filledEnv, ENVCHECK_PROD_INTAKE_TOKEN: value }), value).toThrow(
        ConfigError,
      );
  });

  test('loads unchanged with the variables of .env.example, filled in', () => {
    const config = loadExample();
    expect(config.environments.map(({ name, production }) => [name, production])).toEqual([
      ['uat', false],
      ['prod', true],
    ]);
    expect(config.environments[1]).toMatchObject({
      region: 'eu',
      workspaceId: 7312,
      webhooks: { maxSilenceMs: 36 * 3_600_000, eventId: { header: 'X-Acme-Event-Id' } },
      receivers: [{ probe: 'signed' }, { probe: 'signed', isolation: { with: ['uat'] } }, { probe: 'none' }],
    });
    expect(config.environments[1]?.credentials.clientSecret.reveal()).toBe('a1b2c3d4e5f6a7b8-prod-secret');
    expect(config.environments[1]?.intake?.token.reveal()).toBe('a1b2c3d4e5f6a7b8-intake-token');
    expect(config.requires.roles).toEqual([
      { name: 'Procurement', environments: null },
      { name: 'Legal On-Call', environments: ['prod'] },
    ]);
    expect(config.externalMetadata?.rules[0]?.id?.test('4500000001')).toBe(true);
    expect(config.externalMetadata?.rules[0]?.id?.test('46')).toBe(false);
    expect(config.drift.pairs).toEqual([['uat', 'prod']]);
    expect(config.signOffs[0]).toMatchObject({ validForMs: 180 * 86_400_000, environments: ['prod'] });
    expect(config.reports[0]).toMatchObject({ cron: '45 8 * * 1-5', environments: ['prod', 'uat'] });
    expect(config.slack?.mode.kind).toBe('socket');
  });

  test('shows every section of the schema and no other', () => {
    const { properties } = configJsonSchema() as { properties: Record<string, unknown> };
    expect(Object.keys(parse(exampleText)).sort()).toEqual(Object.keys(properties).sort());
  });

  test('names no variable that is missing from .env.example', () => {
    const named = [...exampleText.matchAll(/^[^#\n]*env: ([A-Z_]+)/gm)].map(([, name]) => name);
    expect(named).toContain('SPOTDRAFT_UAT_CLIENT_ID');
    expect(Object.keys(exampleEnv)).toEqual(expect.arrayContaining(named));
  });

  test('points editors to the schema on its first line', () => {
    expect(exampleText.split('\n')[0]).toBe('# yaml-language-server: $schema=./envcheck.schema.json');
  });

  test('is frozen at every depth once it is loaded', () => {
    const loose: string[] = [];
    const seen: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
      seen.push(path);
      if (!Object.isFrozen(value)) loose.push(path);
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    };
    const config = loadExample();
    walk(config, 'config');
    expect(loose).toEqual([]);
    expect(seen).toContain('config.environments.1.credentials.clientId');
    expect(() => config.environments.pop()).toThrow(TypeError);
    expect(config.environments[0]?.credentials.clientId).toBeInstanceOf(Secret);
  });
});

describe('the JSON schema', () => {
  const accepts = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
    configJsonSchema(),
  );
  const changed = (change: (example: Record<string, never>) => void): unknown => {
    const example = parse(exampleText);
    change(example);
    return example;
  };

  test('accepts the example', () => {
    expect(accepts(parse(exampleText)), JSON.stringify(accepts.errors)).toBe(true);
  });

  test('accepts a file with one environment and nothing else', () => {
    const credentials = { clientId: { env: 'A' }, clientSecret: { file: './b' } };
    expect(accepts({ environments: { uat: { region: 'in', credentials } } })).toBe(true);
  });

  test.each<[string, (example: never) => void]>([
    ['an unknown key at the top', (example: { enviroments: unknown }) => (example.enviroments = {})],
    ['an unknown key in an environment', ({ environments: { uat } }: Example) => (uat.regoin = 'us')],
    ['a region that does not exist', ({ environments: { uat } }: Example) => (uat.region = 'uk')],
    ['a secret written out', ({ environments: { uat } }: Example) => (uat.credentials = { clientId: 'x' })],
    ['no environment at all', (example: { environments: unknown }) => (example.environments = {})],
    ['an environment in capitals', ({ environments }: Example) => (environments.UAT = environments.uat)],
    [
      'an activity named twice',
      ({ environments: { uat } }: Example) => uat.webhooks.activities.push('CONTRACT_SIGNED'),
    ],
    [
      'an activity unknown to SpotDraft',
      ({ environments: { uat } }: Example) => uat.webhooks.activities.push('X'),
    ],
    ['a duration without a unit', ({ log }: { log: { keep: unknown } }) => (log.keep = '90')],
    [
      'too many requests a second',
      ({ limits }: { limits: object }) => Object.assign(limits, { requestsPerSecond: 11 }),
    ],
  ])('refuses %s', (_what, change) => {
    expect(accepts(changed(change as (example: Record<string, never>) => void))).toBe(false);
  });

  test('describes every key, because docs/config-keys.md is made from it', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties = {}, items, additionalProperties, anyOf = [] } = node as SchemaNode;
      for (const [key, property] of Object.entries(properties)) {
        if (!property.description) undescribed.push(`${path}/${key}`);
        walk(property, `${path}/${key}`);
      }
      for (const inner of [items, additionalProperties, ...anyOf].flat()) walk(inner, path);
    };
    walk(configJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});

interface Example {
  environments: Record<string, unknown> & {
    uat: Record<string, unknown> & { webhooks: { activities: string[] } };
  };
}

interface SchemaNode {
  properties?: Record<string, { description?: string }>;
  items?: unknown;
  additionalProperties?: unknown;
  anyOf?: unknown[];
}
