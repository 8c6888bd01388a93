import type { Environment } from '../config/config.ts';
import { compareReports } from '../readiness/compare-reports.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { logUnexpected, unexpectedText } from './action-error.ts';
import type { Answer } from './answer.ts';
import { interruptedMessage, progressMessage } from './blocks/progress.ts';
import { reportMessage } from './blocks/report.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import type { SlackTools } from './slack-tools.ts';

/** Checks an environment, or joins the check that runs, and shows it in the answer from progress to report. */
export async function runReport(
  { checker, clock, logger, openAnswers }: SlackTools,
  environment: Environment,
  answer: Answer,
  { fresh, isPrivate }: { fresh: boolean; isPrivate: boolean },
): Promise<void> {
  const started = clock.now();
  const complete = openAnswers.add(() => answer.finish(interruptedMessage(environment.name)));
  try {
    // Only to say what changed: without it the report is still worth having.
    const before = await checker.newest(environment).catch((error) => {
      logger.error({ err: error, environment: environment.name }, 'report before not read');
      return null;
    });
    const report = await checker.check(environment, {
      fresh,
      onProgress: (progress) =>
        answer.progress(progressMessage(environment, progress, clock.now() - started)),
    });
    const changes = before && before.id !== report.id ? compareReports(before, report) : null;
    await answer.finish(reportMessage(report, { detail: 'short', changes, isPrivate }));
  } catch (error) {
    // In the answer itself: a message that says "Reading…" for ever would mislead everybody else in the channel.
    const label = environmentLabel(environment);
    const token = logUnexpected(logger, error, { environment: environment.name });
    await answer.finish(mrkdwnMessage(unexpectedText(`The check of ${label}`, token)));
  } finally {
    complete();
  }
}
