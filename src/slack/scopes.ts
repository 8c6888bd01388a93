import type { Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** What manifest.yml asks for, and the README says why. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read', 'files:write'];

/**
 * What the bot has to be granted with this config: user groups are read only where the config names one, and without
 * `files:write` a history is told in words alone.
 */
export const requiredScopes = ({ access }: Pick<Config, 'access'>): readonly string[] =>
  Object.values(access).some(({ groups }) => groups.length > 0) ? [...always, 'usergroups:read'] : always;
