import { RespondError, type RespondFn } from '@slack/bolt';
import type { Message } from '../../text/message.ts';
import { cannotBePosted, slackErrorCode } from '../slack-errors.ts';
import type { SlackTools } from '../slack-tools.ts';

/**
 * A click on the App Home brings no response URL, so what it asks for is answered by a message to the person. Where that
 * cannot be sent either, the Home itself says so.
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
      if (cannotBePosted(error)) throw new RespondError('Slack did not take the message', 400);
      const why = slackErrorCode(error);
      logger.warn({ err: error, user }, 'no message to a person could be sent');
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
