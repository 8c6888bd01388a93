import type { Environment } from '../config/config.ts';
import { lastKnownOf } from '../digests/notices/watch-report.ts';
import { compareReports } from '../readiness/compare-reports.ts';
import { watchOf } from '../store/notices.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { failureText } from './action-error.ts';
import type { Answer } from './answer.ts';
import { interruptedMessage, progressMessage } from './blocks/progress.ts';
import { reportMessage } from './blocks/report.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import type { SlackTools } from './slack-tools.ts';

/** Checks an environment, or joins a running check, and shows progress and report in the answer. */
export async function runReport(
  { checker, clock, db, logger, openAnswers }: SlackTools,
  environment: Environment,
  answer: Answer,
  { fresh, isPrivate }: { fresh: boolean; isPrivate: boolean },
): Promise<void> {
  const started = clock.now();
  const complete = openAnswers.add(() => answer.finish(interruptedMessage(environment.name)));
  try {
    // Needed only to list changes; the report is useful without it.
    const before = await Promise.all([checker.newest(environment), watchOf(db, environment.name)]).catch(
      (error) => {
        logger.error({ err: error, environment: environment.name }, 'failed to read the previous report');
        return null;
      },
    );
    const report = await checker.check(environment, {
      fresh,
      onProgress: (progress) =>
        answer.progress(progressMessage(environment, progress, clock.now() - started)),
    });
    const [previous, watched] = before ?? [null, null];
    const changes =
      previous && previous.id !== report.id
        ? compareReports(previous, report, lastKnownOf(watched?.state ?? null))
        : null;
    await answer.finish(reportMessage(report, { detail: 'short', changes, isPrivate }));
  } catch (error) {
    // In the answer itself: a message that stays at "Reading…" would mislead the channel.
    const label = environmentLabel(environment);
    await answer.finish(
      mrkdwnMessage(failureText(logger, error, `The check of ${label}`, { environment: environment.name })),
    );
  } finally {
    complete();
  }
}
