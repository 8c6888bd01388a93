import type { AllMiddlewareArgs, MessageShortcut, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { idsInText } from '../../events/log/ids-in-text.ts';
import { respondPrivately } from '../answer.ts';
import { type FoundId, foundIdsMessage } from '../blocks/found-ids.ts';
import { showFind } from '../commands/find.ts';
import { messageText } from '../message-text.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';

/** Every id costs a few queries, and a pasted log may be full of what looks like one. */
const MAX_IDS = 20;
const MAX_POSSIBLE = 200;

/** "Find SpotDraft ids": takes the ids out of a message and tells the asker alone what is known of each. */
export const findIds =
  (tools: SlackTools) =>
  async ({
    ack,
    shortcut,
    respond,
  }: SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs): Promise<void> => {
    await ack();
    await withErrorReply(tools, 'Find SpotDraft ids', respond, async () => {
      const { text, blocks, attachments } = shortcut.message;
      const ids = await knownIds(tools, messageText([text, blocks, attachments]));
      const answering = { ...tools, respond };
      const [only] = ids;
      if (only && ids.length === 1)
        return showFind(tools, answering, { id: only, environment: null, channel: null });
      const found = await Promise.all(
        ids.slice(0, MAX_IDS).map(async (id): Promise<FoundId> => {
          const result = await tools.log.find({ id, environment: null });
          return { id, result };
        }),
      );
      await respondPrivately(answering, foundIdsMessage(found, ids.length - found.length), false);
    });
  };

/** Those that are ids by their form, and of all other words those that the log knows. */
async function knownIds({ config, log }: SlackTools, text: string): Promise<string[]> {
  const conventions = (config.externalMetadata?.rules ?? [])
    .map(({ id }) => id)
    .filter((pattern) => pattern !== null);
  const { certain, possible } = idsInText(text, conventions);
  const known = await Promise.all(
    possible.slice(0, MAX_POSSIBLE).map(async (word) => ((await log.knows(word)) ? [word] : [])),
  );
  return [...certain, ...known.flat()];
}
