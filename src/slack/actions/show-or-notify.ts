import { respondPrivately } from '../answer.ts';
import { quotedMessage } from '../blocks/text.ts';
import { respondByDirectMessage } from '../home/direct-messages.ts';
import type { SlackTools } from '../slack-tools.ts';

/**
 * Updates the message from which a form was opened. Slack accepts that for a private message for only 30 minutes; after that
 * the person gets a direct message instead, since the form itself has closed.
 * @param done the result and where to see it; may contain foreign text
 */
export async function showOrNotify(
  tools: SlackTools,
  user: string,
  show: () => Promise<void>,
  done: string,
): Promise<void> {
  try {
    await show();
  } catch (error) {
    tools.logger.info({ err: error }, 'failed to update a message; sending a direct message instead');
    const respond = respondByDirectMessage(tools, user);
    await respondPrivately({ ...tools, respond }, quotedMessage(done), false);
  }
}
