import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { slackErrorCode } from './slack-errors.ts';

/** A person who acts, as Slack knows them now. `why`: mrkdwn of our own wording. */
export type Member = { active: true; name: string } | { active: false; why: string };

/**
 * Who this is, and whether the account is still there. A form may stay open for days; who has left in between signs
 * nothing. Where Slack cannot be asked nobody is let through: not knowing is a no, and is said. Never throws.
 */
export async function lookUpMember(
  { client, logger }: { client: WebClient; logger: Logger },
  user: string,
): Promise<Member> {
  try {
    const { user: found } = await client.users.info({ user });
    if (found?.deleted) return { active: false, why: `The account of <@${user}> is deactivated.` };
    const { display_name: displayed, real_name: real } = found?.profile ?? {};
    return { active: true, name: displayed || real || found?.name || user };
  } catch (error) {
    logger.warn({ err: error, user }, 'a member not read');
    const why = slackErrorCode(error);
    return {
      active: false,
      why:
        why === 'missing_scope'
          ? 'Whether your account is active could not be read: the app lacks the scope `users:read`; install it again from manifest.yml.'
          : why === 'user_not_found' || why === 'account_inactive'
            ? `Slack does not know <@${user}> any more.`
            : `Whether your account is active could not be read (${why ? `Slack says ${why}` : 'Slack did not answer'}); try again in a moment.`,
    };
  }
}
