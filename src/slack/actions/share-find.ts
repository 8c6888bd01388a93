import type { AllMiddlewareArgs, BlockButtonAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import { showFind } from '../commands/find.ts';
import { guarded, type SlackTools } from '../handlers.ts';

/** Posts what a `find` answered privately into the channel, as it is now. */
export const shareFind =
  (tools: SlackTools) =>
  async ({
    ack,
    action,
    body,
    respond,
  }: SlackActionMiddlewareArgs<BlockButtonAction> & AllMiddlewareArgs): Promise<void> => {
    await ack();
    await guarded(tools, 'Share', respond, async () => {
      const channel = body.channel?.id;
      if (!channel) throw new Error('a click without a channel');
      await showFind(tools, { ...tools, respond }, action.value ?? '', channel);
    });
  };
