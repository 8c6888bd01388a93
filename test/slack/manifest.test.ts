import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { manifestScopes, optionalScopes } from '../../src/slack/scopes.ts';

const repo = join(import.meta.dirname, '../..');
const shared = join(repo, '../shared/slack');
const SCHEMAS = 'https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/';

interface Manifest {
  features: {
    bot_user: { display_name: string };
    app_home: Record<string, boolean>;
    slash_commands: { command: string; description: string; should_escape: boolean; url?: string }[];
  };
  oauth_config: { scopes: { bot: string[]; bot_optional: string[]; user?: string[] } };
  settings: {
    interactivity: { is_enabled: boolean };
    socket_mode_enabled: boolean;
    event_subscriptions: { bot_events: string[]; request_url?: string };
  };
}

const manifest = (): Manifest => parse(readFileSync(join(repo, 'manifest.yml'), 'utf8')) as Manifest;

it('the manifest is valid by Slack’s own schema', (ctx) => {
  const root = join(shared, 'manifest.schema.json');
  if (!existsSync(root)) ctx.skip(`no schema at ${root}`);
  const read = (file: string) => JSON.parse(readFileSync(join(shared, file), 'utf8')) as { $ref?: string };
  const ajv = new Ajv({ strict: false, allErrors: true });
  // ajv-formats is CommonJS: its function sits under `default` for TypeScript, and is the module itself at run time.
  const add = (addFormats as unknown as { default?: typeof addFormats.default }).default ?? addFormats;
  (add as (ajv: Ajv) => void)(ajv);
  for (const version of ['1.0.0', '2.0.0']) {
    const file = `schemas/manifest.schema.${version}.json`;
    ajv.addSchema(read(file), SCHEMAS + file);
  }
  const validate = ajv.compile(read('manifest.schema.json'));
  const given = manifest();
  expect(validate(given), JSON.stringify(validate.errors)).toBe(true);
  const wrong = structuredClone(given) as unknown as { settings: Record<string, unknown> };
  wrong.settings.socket_mode_enable = true;
  expect(validate(wrong)).toBe(false);
});

it('the manifest asks for the scopes that the bot can need and no others', () => {
  const { scopes } = manifest().oauth_config;
  expect([...scopes.bot].sort()).toEqual([...manifestScopes].sort());
  expect([...scopes.bot_optional].sort()).toEqual([...optionalScopes].sort());
  expect(scopes.user).toBeUndefined();
});

it('the manifest has the command and the buttons, over Socket Mode', () => {
  const { features, settings } = manifest();
  expect(features.slash_commands.map(({ command }) => command)).toEqual(['/envcheck']);
  // Escaping would turn a name that looks like a mention into an id.
  expect(features.slash_commands[0]?.should_escape).toBe(false);
  expect(settings.interactivity.is_enabled).toBe(true);
  expect(settings.socket_mode_enabled).toBe(true);
});

it('the Home tab is on, with the event that opens it and the Messages tab for the answers of its buttons', () => {
  const { features, settings } = manifest();
  expect(features.app_home).toEqual({
    home_tab_enabled: true,
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: false,
  });
  expect(settings.event_subscriptions).toEqual({ bot_events: ['app_home_opened'] });
});
