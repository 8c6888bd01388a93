import type { Environment } from '../../config/config.ts';
import { trendText } from '../../digests/trend/trend.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { failureText } from '../action-error.ts';
import { type AnswerTools, answerInChannel, answerPrivately } from '../answer.ts';
import { historyMessage } from '../blocks/history.ts';
import { interruptedMessage } from '../blocks/progress.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import type { SlackTools } from '../slack-tools.ts';
import { PictureUploadError, uploadPicture } from '../upload-picture.ts';

/** `/envcheck history ENV` shows what changed, with a picture. The answer is private when `channel` is null. */
export async function showHistory(
  tools: SlackTools,
  answering: AnswerTools,
  environment: Environment,
  channel: string | null,
): Promise<void> {
  const label = environmentLabel(environment);
  const initial = mrkdwnMessage(`Loading the history of ${label}…`);
  const answer = channel
    ? await answerInChannel(answering, channel, initial)
    : await answerPrivately(answering, initial, null);
  const complete = tools.openAnswers.add(() =>
    answer.finish(interruptedMessage(`history ${environment.name}`)),
  );
  try {
    const history = await tools.drift.history(environment);
    const picture = await showPicture(tools, environment, answer.channel);
    await answer.finish(
      historyMessage({
        label,
        history,
        picture,
        complete: `npm run -s envcheck -- history ${environment.name} --limit ${Math.max(1, history.changes.length)}`,
        since: `/envcheck diff ${environment.name} --since ${history.changes[0]?.from.slice(0, 12) ?? 'yesterday'}`,
      }),
    );
  } catch (error) {
    await answer.finish(
      mrkdwnMessage(
        failureText(tools.logger, error, `The history of ${label}`, { history: environment.name }),
      ),
    );
  } finally {
    complete();
  }
}

/** Uploads the picture and returns null; or returns its numbers as text, with the reason why there is no picture. */
async function showPicture(
  { trends, progressClient, logger }: SlackTools,
  environment: Environment,
  channel: string | null,
): Promise<string | null> {
  const trend = await trends.of(environment);
  const text = trendText(trend);
  const command = `npm run -s envcheck -- history ${environment.name} --png FILE`;
  if (!trend.days.some(({ verdict, open }) => verdict !== null || open !== null)) return text;
  // Slack cannot show a file to one person in a channel.
  if (channel === null)
    return `${text} For a picture, run ${command}, or use this command in a channel that I am in.`;
  try {
    const png = await trends.picture(trend);
    await uploadPicture(progressClient, channel, {
      png,
      filename: `${environment.name}-last-${trend.days.length}-days.png`,
      title: `${trend.label}: the last ${trend.days.length} days`,
      alt: text,
    });
    return null;
  } catch (error) {
    const why = error instanceof PictureUploadError ? error.message : 'drawing it failed';
    logger.warn({ err: error, environment: environment.name }, 'history shown without its picture');
    return `${text} There is no picture: ${why}. ${command} writes one.`;
  }
}
