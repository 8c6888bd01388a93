import type { Report } from '../../readiness/report.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { progressMessage } from '../blocks/progress.ts';
import { reportMessage } from '../blocks/report.ts';
import { quotedMessage } from '../blocks/text.ts';
import { runReport } from '../run-report.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import {
  answerWhereClicked,
  type ClickArgs,
  channelOf,
  isEphemeral,
  missingEnvironmentText,
  sharedBy,
} from './click.ts';

/** Checks again and replaces the old report. */
export const recheck =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Re-check', respond, async () => {
      const answering = { ...tools, respond };
      const environment = environmentOf(tools, action.value ?? '');
      if (!environment)
        return respondPrivately(answering, quotedMessage(missingEnvironmentText(action.value ?? '')), false);
      const isPrivate = isEphemeral(body);
      const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
      const answer = await answerWhereClicked(answering, body, initial);
      await runReport(tools, environment, answer, { fresh: true, isPrivate });
    });
  };

/** Shows every check with its evidence privately. */
export const showFullReport =
  (tools: SlackTools) =>
  async ({ action, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Show all', respond, () =>
      withReport(tools, { ...tools, respond }, action.value, (report) =>
        respondPrivately(
          { ...tools, respond },
          reportMessage(report, { detail: 'full', changes: null, isPrivate: true }),
          false,
        ),
      ),
    );
  };

/** Posts a private report in the channel. */
export const shareReport =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Share', respond, () =>
      withReport(tools, { ...tools, respond }, action.value, async (report) => {
        const message = reportMessage(report, {
          detail: 'short',
          changes: null,
          isPrivate: false,
        });
        await answerInChannel({ ...tools, respond }, channelOf(body), sharedBy(message, body.user.id));
      }),
    );
  };

async function withReport(
  tools: SlackTools,
  answering: AnswerTools,
  id: string | undefined,
  show: (report: Report) => Promise<void>,
): Promise<void> {
  const report = id ? await tools.checker.byId(id) : null;
  if (report) return show(report);
  await respondPrivately(
    answering,
    quotedMessage(`The report ${id ?? ''} is no longer stored. Check the environment again for a new one.`),
    false,
  );
}
