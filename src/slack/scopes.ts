import type { Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** What manifest.yml asks for, and the README says why. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read'];

/** What the bot has to be granted with this config: user groups are read only where the config names one. */
export const requiredScopes = ({ access }: Pick<Config, 'access'>): readonly string[] =>
  Object.values(access).some(({ groups }) => groups.length > 0) ? manifestScopes : always;
