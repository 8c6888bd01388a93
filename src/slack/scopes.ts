import type { Access, Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** Scopes in manifest.yml; docs/slack.md gives the reason for each. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read', 'users:read', 'files:write'];

/** Scopes that an installer may omit. They let the bot look up whether a message arrived when Slack's answer was lost. */
export const optionalScopes: readonly string[] = ['channels:history', 'groups:history', 'im:history'];

const namesSomebody = ({ users, groups }: Access): boolean => users.length + groups.length > 0;

/**
 * Scopes that this config requires: user groups are read only when the config lists one, members only when somebody may act,
 * and without `files:write` a history is text alone.
 */
export const requiredScopes = ({
  access,
  signOffs,
}: Pick<Config, 'access' | 'signOffs'>): readonly string[] => [
  ...always,
  ...(Object.values(access).some(({ groups }) => groups.length > 0) ? ['usergroups:read'] : []),
  ...(signOffs.length > 0 || Object.values(access).some(namesSomebody) ? ['users:read'] : []),
];
