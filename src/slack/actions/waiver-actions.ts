import { resultLine } from '../../text/act-result.ts';
import { respondPrivately } from '../answer.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import { subjectText } from '../blocks/waivers.ts';
import { ALREADY_USED_TEXT } from '../claims.ts';
import { currentWaivers } from '../commands/waivers.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';
import type { ClickArgs } from './click.ts';

/** Revokes a waiver and updates the list in the same message. */
export const revokeWaiver =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Revoke', respond, async () => {
      const answering = { ...tools, respond };
      const decision = await tools.access.decide(body.user.id, tools.config.access.waive);
      if (!decision.allowed)
        return respondPrivately(
          answering,
          mrkdwnMessage(`You may not revoke a waiver. ${decision.why}`),
          false,
        );
      const value = action.value ?? '';
      // After the decision: a person who gets the permission later can use the same button.
      if (!tools.claims.claim(value))
        return respondPrivately(answering, mrkdwnMessage(ALREADY_USED_TEXT), false);
      const [id = ''] = value.split(' ');
      const result = await tools.waivers
        .revoke(id, 'revoked in Slack', `slack:${body.user.id}`)
        .catch((error) => {
          // The button is still there, and the answer says to try again.
          tools.claims.release(value);
          throw error;
        });
      const said =
        result.kind === 'done'
          ? {
              done: true,
              text: `Revoked: ${subjectText(result.waiver.subject, tools.config)}. It counts again.`,
            }
          : { done: false, text: `Nothing was changed. ${resultLine(result)}` };
      await respondPrivately(answering, await currentWaivers(tools, null, said), true);
    });
  };
