import type { Config } from '../config/config.ts';

const always: readonly string[] = ['commands', 'chat:write'];

/** Scopes in manifest.yml; docs/slack.md gives the reason for each. */
export const manifestScopes: readonly string[] = [...always, 'usergroups:read', 'users:read', 'files:write'];

/**
 * Scopes that an installer may omit. They let the bot look up whether a message arrived when Slack's answer was lost, and
 * whether a channel is shared with another organization.
 */
export const optionalScopes: readonly string[] = [
  'channels:history',
  'groups:history',
  'im:history',
  'channels:read',
  'groups:read',
];

/**
 * Scopes that this config requires: members are read unless everybody may read and nobody may act, user groups only when the
 * config lists one, and without `files:write` a history is text alone.
 */
export const requiredScopes = ({
  access: { read, ...acts },
  signOffs,
}: Pick<Config, 'access' | 'signOffs'>): readonly string[] => {
  const lists = [...Object.values(acts), ...(typeof read === 'string' ? [] : [read])];
  const groups = lists.some((list) => list.groups.length > 0);
  const members =
    groups || read === 'members' || signOffs.length > 0 || lists.some(({ users }) => users.length > 0);
  return [...always, ...(groups ? ['usergroups:read'] : []), ...(members ? ['users:read'] : [])];
};
