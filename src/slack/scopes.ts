import type { Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** What manifest.yml asks for, and the README says why. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read', 'users:read', 'files:write'];

/** What an installer may leave out. They let the bot look up whether a message arrived of which the answer was lost. */
export const optionalScopes: readonly string[] = ['channels:history', 'groups:history', 'im:history'];

/**
 * What the bot has to be granted with this config: user groups are read only where the config names one, and without
 * `files:write` a history is told in words alone.
 */
export const requiredScopes = ({ access }: Pick<Config, 'access'>): readonly string[] =>
  Object.values(access).some(({ groups }) => groups.length > 0) ? [...always, 'usergroups:read'] : always;
