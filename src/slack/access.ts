import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Access } from '../config/config.ts';
import type { Clock } from '../time/clock.ts';
import { lookUpMember } from './member.ts';
import { slackErrorCode } from './slack-errors.ts';

/** How long a group's members are remembered: who is added to a group has to wait no longer than this. */
const REMEMBER_MS = 60_000;

export type Decision =
  /** `name`: what the person is called in Slack. */
  | { allowed: true; name: string }
  /** `why`: mrkdwn, of our own wording; names who may. */
  | { allowed: false; why: string };

export interface AccessControl {
  /**
   * Whether this person is one of those users, or a member of one of those groups now, and the account is still there: a
   * button or a form may be used days after it was shown. Never throws.
   */
  decide(user: string, access: Access): Promise<Decision>;
}

interface Members {
  at: number;
  users: Promise<string[]>;
}

/**
 * Decides who may act. A group that cannot be read makes nobody a member: not knowing is a no, and is said.
 * @param client one that gives up soon; the person is waiting
 */
export function createAccessControl({
  client,
  clock,
  logger,
}: {
  client: WebClient;
  clock: Clock;
  logger: Logger;
}): AccessControl {
  const remembered = new Map<string, Members>();
  const membersOf = (group: string): Promise<string[]> => {
    const known = remembered.get(group);
    if (known && clock.now() - known.at < REMEMBER_MS) return known.users;
    const users = client.usergroups.users.list({ usergroup: group }).then((answer) => answer.users ?? []);
    remembered.set(group, { at: clock.now(), users });
    // A failure is not remembered: the next click asks again.
    users.catch(() => remembered.delete(group));
    return users;
  };
  const decideByGroups = async (user: string, access: Access): Promise<{ why: string } | null> => {
    const lookups = await Promise.allSettled(access.groups.map(membersOf));
    if (lookups.some((lookup) => lookup.status === 'fulfilled' && lookup.value.includes(user))) return null;
    const failures = lookups.flatMap((lookup, index) =>
      lookup.status === 'rejected' ? [{ group: access.groups[index] ?? '', error: lookup.reason }] : [],
    );
    for (const { group, error } of failures)
      logger.warn({ err: error, group }, 'members of a user group not read');
    return { why: [whoMay(access), ...failures.map(unread)].join(' ') };
  };
  return {
    async decide(user, access) {
      const refused = access.users.includes(user) ? null : await decideByGroups(user, access);
      if (refused) return { allowed: false, ...refused };
      const member = await lookUpMember({ client, logger }, user);
      return member.active ? { allowed: true, name: member.name } : { allowed: false, why: member.why };
    },
  };
}

function whoMay({ users, groups }: Access): string {
  const names = [...users.map((user) => `<@${user}>`), ...groups.map((group) => `<!subteam^${group}>`)];
  return names.length > 0 ? `These may: ${names.join(', ')}.` : 'The config lets nobody do it.';
}

function unread({ group, error }: { group: string; error: unknown }): string {
  const why = slackErrorCode(error);
  const words =
    why === 'missing_scope'
      ? 'the app lacks the scope `usergroups:read`; install it again from manifest.yml'
      : `${why ? `Slack says ${why}` : 'Slack did not answer'}; try again in a moment`;
  return `Whether you are in <!subteam^${group}> could not be read (${words}).`;
}
