import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { isYoung } from '../time/age.ts';
import type { Clock } from '../time/clock.ts';
import { slackErrorCode } from './slack-errors.ts';

const REMEMBER_MS = 10 * 60_000;

/** Resolves true for a channel that is shared with another organization (Slack Connect); false also when Slack does not tell. */
export type HasOutsiders = (channel: string) => Promise<boolean>;

/** @param client one with a short time limit; needs the optional scopes `channels:read` and `groups:read` */
export function createOutsiders({
  client,
  clock,
  logger,
}: {
  client: WebClient;
  clock: Clock;
  logger: Logger;
}): HasOutsiders {
  const known = new Map<string, { at: number; shared: boolean }>();
  return async (channel) => {
    // A direct message, or a person.
    if (!/^[CG]/.test(channel)) return false;
    const before = known.get(channel);
    if (before && isYoung(before.at, clock.now(), REMEMBER_MS)) return before.shared;
    const shared = await client.conversations.info({ channel }).then(
      (answer) => answer.channel?.is_ext_shared === true,
      (error) => {
        logger.debug(
          { err: slackErrorCode(error) ?? error, channel },
          'cannot tell whether the channel is shared',
        );
        return false;
      },
    );
    known.set(channel, { at: clock.now(), shared });
    return shared;
  };
}
