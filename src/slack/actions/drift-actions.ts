import { answerInChannel, respondPrivately } from '../answer.ts';
import { diffMessage } from '../blocks/diff.ts';
import { type DiffRequest, readCompareAgainValue, readStoredDiffValue } from '../blocks/diff-values.ts';
import { quotedMessage } from '../blocks/text.ts';
import { comparingMessage, type DiffSides, keptDiffView, runDiff, sidesOf } from '../commands/diff.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';
import { answerWhereClicked, type ClickArgs, channelOf, isEphemeral, sharedBy } from './click.ts';

/** Reads both sides again and replaces the old result. */
export const compareAgain =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Compare again', respond, async () => {
      const value = action.value ?? '';
      const request = readCompareAgainValue(value);
      await withSides(tools, respond, request, async (sides) => {
        if (!tools.claims.claim(value)) return;
        const isPrivate = isEphemeral(body);
        const answer = await answerWhereClicked({ ...tools, respond }, body, comparingMessage(sides));
        await runDiff(tools, request, sides, answer, isPrivate);
      });
    });
  };

/** Shows all differences privately, from the stored snapshots and without a read. */
export const showAllDifferences =
  (tools: SlackTools) =>
  async ({ action, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Show all', respond, async () => {
      const kept = readStoredDiffValue(action.value ?? '');
      await withSides(tools, respond, kept.request, async (sides) => {
        const view = await keptDiffView(tools, kept, sides, { detail: 'full', isPrivate: true });
        await respondPrivately({ ...tools, respond }, diffMessage(view), false);
      });
    });
  };

/** Posts a private comparison in the channel. */
export const shareDiff =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Share', respond, async () => {
      const kept = readStoredDiffValue(action.value ?? '');
      const channel = channelOf(body);
      await withSides(tools, respond, kept.request, async (sides) => {
        const view = await keptDiffView(tools, kept, sides, { detail: 'short', isPrivate: false });
        await answerInChannel({ ...tools, respond }, channel, sharedBy(diffMessage(view), body.user.id));
      });
    });
  };

async function withSides(
  tools: SlackTools,
  respond: ClickArgs['respond'],
  request: DiffRequest,
  work: (sides: DiffSides) => Promise<void>,
): Promise<void> {
  const sides = sidesOf(tools, request);
  if (sides) return work(sides);
  const gone = `The config no longer has ${request.left}${request.right === null ? '' : ` or ${request.right}`}. \`/envcheck\` lists the environments.`;
  await respondPrivately({ ...tools, respond }, quotedMessage(gone), false);
}
