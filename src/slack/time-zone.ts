import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { isTimezone } from '../time/is-timezone.ts';
import { slackErrorCode } from './slack-errors.ts';

/** The time zone for a person's times. `note`: why it is not their own; null when it is. */
export interface UserTimeZone {
  timezone: string;
  note: string | null;
}

/** The zone of the person's Slack profile, or UTC with the reason. Never throws. */
export async function userTimeZone(client: WebClient, logger: Logger, user: string): Promise<UserTimeZone> {
  try {
    const { user: profile } = await client.users.info({ user });
    if (profile?.tz && isTimezone(profile.tz)) return { timezone: profile.tz, note: null };
    return inUtc('your Slack profile names no time zone');
  } catch (error) {
    logger.warn({ err: error, user }, 'failed to read the time zone of a person');
    const why = slackErrorCode(error);
    if (why === 'missing_scope')
      return inUtc('the app lacks the scope `users:read`; install it again from manifest.yml');
    return inUtc(why ? `Slack says ${why}` : 'Slack did not answer');
  }
}

const inUtc = (why: string): UserTimeZone => ({
  timezone: 'UTC',
  note: `Your time zone could not be read (${why}), so times are UTC. Another one: add it, as in \`daily at 09:00 Europe/Berlin\`.`,
});
