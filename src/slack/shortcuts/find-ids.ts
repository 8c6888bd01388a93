import type { AllMiddlewareArgs, MessageShortcut, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import { conventionsOf } from '../../events/find/log-reader.ts';
import { idsInText } from '../../events/find/pasted-ids.ts';
import { respondPrivately } from '../answer.ts';
import { foundIdsMessage, noIdsMessage } from '../blocks/found-ids.ts';
import { showFind } from '../commands/find.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';

/** Words that are looked up to tell whether they are ids. Each costs a few queries. */
const MAX_POSSIBLE = 200;

/** "Find SpotDraft ids": finds the ids in a message and shows the asker alone what the log knows about each. */
export const findIds =
  (tools: SlackTools) =>
  async ({
    shortcut,
    respond,
  }: SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs): Promise<void> => {
    await withErrorReply(tools, 'Find SpotDraft ids', respond, async () => {
      const { text, blocks, attachments } = shortcut.message;
      const { ids, notLookedUp } = await knownIds(tools, messageText([text, blocks, attachments]));
      const answering = { ...tools, respond };
      const [only] = ids;
      if (only === undefined) return respondPrivately(answering, noIdsMessage(notLookedUp), false);
      if (ids.length === 1 && notLookedUp === 0)
        return showFind(tools, answering, { id: only, environment: null, channel: null });
      const answers = await tools.log.answer(ids.map((id) => ({ id, environment: null })));
      const note =
        notLookedUp === 0
          ? null
          : `${notLookedUp} more words may be ids; they were not looked up. Look one up with /envcheck find.`;
      const message = foundIdsMessage({ ...answers, where: ' in this message', note });
      await respondPrivately(answering, message, false);
    });
  };

/** Words that have the form of an id, and other words that the log knows. */
async function knownIds(
  { config, log }: SlackTools,
  text: string,
): Promise<{ ids: string[]; notLookedUp: number }> {
  const { certain, possible } = idsInText(text, conventionsOf(config));
  const known = await Promise.all(
    possible.slice(0, MAX_POSSIBLE).map(async (word) => ((await log.knows(word)) ? [word] : [])),
  );
  return { ids: [...certain, ...known.flat()], notLookedUp: Math.max(0, possible.length - MAX_POSSIBLE) };
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
