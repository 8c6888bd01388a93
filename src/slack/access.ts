import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Access, Config } from '../config/config.ts';
import { isYoung } from '../time/age.ts';
import type { Clock } from '../time/clock.ts';
import { slackErrorCode } from './slack-errors.ts';

/** How long accounts and members of groups are cached for reading. Acts ask Slack each time. */
const REMEMBER_MS = 60_000;
/** How long an account that could be read serves while Slack does not answer. */
const SILENCE_MS = 10 * 60_000;

export type Decision =
  /** `name`: the person's display name in Slack. */
  | { allowed: true; name: string }
  /** `why`: mrkdwn of our own wording that names who has the permission. */
  | { allowed: false; why: string };

/** The person who sent a request; `teams`: every workspace that the request names for them. */
export interface Asker {
  user: string;
  teams: string[];
}

export interface AccessControl {
  /** Returns null for a person of the bot's workspace, or one whom the config lists; else the reason. Reads nothing from Slack. */
  stranger(asker: Asker): string | null;
  /** Returns null for a person who may read answers (`access.read`); else the reason. Never throws. */
  unreadable(asker: Asker): Promise<string | null>;
  /**
   * Allows a listed user or a current member of a listed group whose account is active: a button or a form may be used days
   * after it was shown. Somebody who may not read is refused for that, without the names of those who may act. Never throws.
   */
  decide(user: string, access: Access): Promise<Decision>;
}

interface Members {
  at: number;
  isPending: boolean;
  users: Promise<string[]>;
}

/**
 * Decides who may act. A group that cannot be read has no members, and the answer says so.
 * @param client one with a short time limit; the person is waiting
 */
export function createAccessControl({
  client,
  clock,
  logger,
  access: lists,
  team,
}: {
  client: WebClient;
  clock: Clock;
  logger: Logger;
  access: Config['access'];
  /** Id of the bot's workspace; null while Slack has not told it. */
  team: () => string | null;
}): AccessControl {
  const { read, ...acts } = lists;
  const named = new Set(
    [...Object.values(acts), ...(typeof read === 'string' ? [] : [read])].flatMap(({ users }) => users),
  );
  const outside = `You are not in the workspace of this bot. ${whoMayRead(read)}`;
  const readers = new Map<string, { at: number; why: string | null }>();
  const remembered = new Map<string, Members>();
  const membersOf = (group: string, maxAgeMs: number): Promise<string[]> => {
    const known = remembered.get(group);
    if (known?.isPending || (known && maxAgeMs > 0 && isYoung(known.at, clock.now(), maxAgeMs)))
      return known.users;
    const users = client.usergroups.users.list({ usergroup: group }).then((answer) => answer.users ?? []);
    const members: Members = { at: clock.now(), isPending: true, users };
    remembered.set(group, members);
    users.then(
      () => {
        members.isPending = false;
      },
      // A failure is not cached: the next click reads again.
      () => remembered.delete(group),
    );
    return users;
  };
  const whyNotListed = async (user: string, access: Access, maxAgeMs: number): Promise<string | null> => {
    if (access.users.includes(user)) return null;
    const lookups = await Promise.allSettled(access.groups.map((group) => membersOf(group, maxAgeMs)));
    if (lookups.some((lookup) => lookup.status === 'fulfilled' && lookup.value.includes(user))) return null;
    const failures = lookups.flatMap((lookup, index) =>
      lookup.status === 'rejected' ? [{ group: access.groups[index] ?? '', error: lookup.reason }] : [],
    );
    for (const { group, error } of failures)
      logger.warn({ err: error, group }, 'failed to read the members of a user group');
    return [whoMay(access), ...failures.map(unread)].join(' ');
  };
  const stranger = ({ user, teams }: Asker): string | null =>
    read === 'everybody' || named.has(user) || (teams.length > 0 && teams.every((each) => each === team()))
      ? null
      : team() === null
        ? 'Slack has not told me yet which workspace I belong to; try again in a moment.'
        : outside;
  /** The reason why this account of the workspace may not read. */
  const whyNoReader = (member: Member): string | null =>
    !member.active
      ? member.why
      : member.team !== team()
        ? outside
        : member.isGuest
          ? `You are a guest here. ${whoMayRead(read)}`
          : null;
  const whyNoMember = async (user: string): Promise<string | null> => {
    const known = readers.get(user);
    if (known && isYoung(known.at, clock.now(), REMEMBER_MS)) return known.why;
    const member = await lookUpMember({ client, logger }, user);
    const isSilent = !member.active && member.unread;
    if (isSilent && known && isYoung(known.at, clock.now(), SILENCE_MS)) return known.why;
    const why = whyNoReader(member);
    if (!isSilent) readers.set(user, { at: clock.now(), why });
    return why;
  };
  return {
    stranger,
    async unreadable(asker) {
      const { user } = asker;
      if (read === 'everybody' || named.has(user)) return null;
      if (read !== 'members') return whyNotListed(user, read, REMEMBER_MS);
      return stranger(asker) ?? whyNoMember(user);
    },
    async decide(user, access) {
      const [member, notListed] = await Promise.all([
        lookUpMember({ client, logger }, user),
        whyNotListed(user, access, 0),
      ]);
      if (!member.active) return { allowed: false, why: member.why };
      if (notListed === null) return { allowed: true, name: member.name };
      const mayRead = read === 'everybody' || named.has(user);
      const why = mayRead
        ? null
        : read === 'members'
          ? whyNoReader(member)
          : await whyNotListed(user, read, 0);
      return { allowed: false, why: why ?? notListed };
    },
  };
}

const whoMayRead = (read: Config['access']['read']): string =>
  typeof read === 'string'
    ? 'Envcheck answers its members, and no guests; the config may allow more (`access.read`).'
    : whoMay(read);

function whoMay({ users, groups }: Access): string {
  const names = [...users.map((user) => `<@${user}>`), ...groups.map((group) => `<!subteam^${group}>`)];
  return names.length > 0 ? `Allowed: ${names.join(', ')}.` : 'The config allows nobody.';
}

function unread({ group, error }: { group: string; error: unknown }): string {
  const why = slackErrorCode(error);
  const words =
    why === 'missing_scope'
      ? 'the app lacks the scope `usergroups:read`; install it again from manifest.yml'
      : `${why ? `Slack says ${why}` : 'Slack did not answer'}; try again in a moment`;
  return `I couldn’t check whether you are in <!subteam^${group}> (${words}).`;
}

/** A person's account in Slack as it is now. `why`: mrkdwn of our own wording; `unread`: Slack did not tell. */
type Member =
  | { active: true; name: string; team: string | null; isGuest: boolean }
  | { active: false; why: string; unread: boolean };

/**
 * Reads a person's name and whether the account is active. A form may stay open for days, and a person who has left must
 * not sign. When Slack does not answer, the person counts as inactive and the answer says so. Never throws.
 */
async function lookUpMember(
  { client, logger }: { client: WebClient; logger: Logger },
  user: string,
): Promise<Member> {
  try {
    const { user: found } = await client.users.info({ user });
    if (found?.deleted)
      return { active: false, why: `The account of <@${user}> is deactivated.`, unread: false };
    const { display_name: displayed, real_name: real } = found?.profile ?? {};
    return {
      active: true,
      name: displayed || real || found?.name || user,
      team: found?.team_id ?? null,
      isGuest: Boolean(found?.is_restricted || found?.is_ultra_restricted || found?.is_stranger),
    };
  } catch (error) {
    const why = slackErrorCode(error);
    const isGone = why === 'user_not_found' || why === 'account_inactive';
    if (!isGone) logger.warn({ err: error, user }, 'failed to read a member');
    return {
      active: false,
      unread: !isGone,
      why:
        why === 'missing_scope'
          ? 'I couldn’t check your account: the app lacks the scope `users:read`; install it again from manifest.yml.'
          : isGone
            ? `Slack no longer knows <@${user}>.`
            : `I couldn’t check your account (${why ? `Slack says ${why}` : 'Slack did not answer'}); try again in a moment.`,
    };
  }
}
