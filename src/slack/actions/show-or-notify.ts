import { respondPrivately } from '../answer.ts';
import { quotedMessage } from '../blocks/text.ts';
import { respondByDirectMessage } from '../home/direct-messages.ts';
import type { SlackTools } from '../slack-tools.ts';

/**
 * Brings the message up to date from which a form was opened. Where a person alone sees it, Slack takes that for 30 minutes
 * only; behind an older form the person is told in their own messages what was done, since the form itself has closed.
 * @param done what was done and where it can be seen; words of others may be in it
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
    tools.logger.info({ err: error }, 'a message could not be brought up to date, so the person is told');
    const respond = respondByDirectMessage(tools, user);
    await respondPrivately({ ...tools, respond }, quotedMessage(done), false);
  }
}
