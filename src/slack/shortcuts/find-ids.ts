import type { AllMiddlewareArgs, MessageShortcut, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { idsInText } from '../../events/log/ids-in-text.ts';
import { respondPrivately } from '../answer.ts';
import { type FoundId, foundIdsMessage } from '../blocks/found-ids.ts';
import { showFind } from '../commands/find.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';

/** Limits on lookups: each id costs a few queries, and a pasted log may contain many. */
const MAX_IDS = 20;
const MAX_POSSIBLE = 200;

/** "Find SpotDraft ids": finds the ids in a message and shows the asker alone what the log knows about each. */
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

/** Words that have the form of an id, and other words that the log knows. */
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

/** Keys of a message that describe its structure, not its text. */
const structural = new Set([
  'type',
  'block_id',
  'action_id',
  'callback_id',
  'style',
  'color',
  'name',
  'range',
]);

/** All text of a Slack message (plain, blocks, attachments), with Slack's escapes removed. */
function messageText(message: unknown): string {
  return textsIn(message)
    .map((text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (structural.has(key) ? [] : textsIn(inner)));
}
