import type { Access, Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** Scopes in manifest.yml; docs/slack.md gives the reason for each. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read', 'users:read', 'files:write'];

/** What an installer may leave out. They let the bot look up whether a message arrived of which the answer was lost. */
export const optionalScopes: readonly string[] = ['channels:history', 'groups:history', 'im:history'];

const namesSomebody = ({ users, groups }: Access): boolean => users.length + groups.length > 0;

/**
 * What the bot has to be granted with this config: user groups are read only where the config names one, members only where
 * somebody may act, and without `files:write` a history is told in words alone.
 */
export const requiredScopes = ({
  access,
  signOffs,
}: Pick<Config, 'access' | 'signOffs'>): readonly string[] => [
  ...always,
  ...(Object.values(access).some(({ groups }) => groups.length > 0) ? ['usergroups:read'] : []),
  ...(signOffs.length > 0 || Object.values(access).some(namesSomebody) ? ['users:read'] : []),
];
