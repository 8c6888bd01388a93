import { RespondError, type RespondFn } from '@slack/bolt';
import type { Message } from '../../text/message.ts';
import { cannotBePosted, slackErrorCode } from '../slack-errors.ts';
import type { SlackTools } from '../slack-tools.ts';

/**
 * Answers a click on the App Home, which has no response URL, with a direct message. When that fails, the Home itself says
 * so.
 */
export const respondByDirectMessage =
  ({ client, homes, logger }: Pick<SlackTools, 'client' | 'homes' | 'logger'>, user: string): RespondFn =>
  async (message) => {
    const { text = '', blocks } = (
      typeof message === 'string' ? { text: message } : message
    ) as Partial<Message>;
    const content = blocks ? { text, blocks } : { text };
    try {
      await client.chat.postMessage({
        channel: user,
        ...content,
        unfurl_links: false,
        unfurl_media: false,
      });
    } catch (error) {
      if (cannotBePosted(error)) throw new RespondError('Slack refused the message', 400);
      const why = slackErrorCode(error);
      logger.warn({ err: error, user }, 'failed to send a direct message');
      homes.notify(user, couldNotWrite(why));
    }
    return new Response();
  };

function couldNotWrite(why: string | null): string {
  const said = `I could not send you a message (${why ?? 'Slack did not answer'}).`;
  return why === 'messages_tab_disabled'
    ? `${said} Whoever administers the Slack app has to switch its Messages tab on, as manifest.yml does.`
    : `${said} Use /envcheck in a channel instead.`;
}
