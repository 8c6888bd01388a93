import type { Environment } from '../config/config.ts';
import { compareReports } from '../readiness/compare-reports.ts';
import type { Answer } from './answer.ts';
import { interruptedMessage, progressMessage } from './blocks/progress.ts';
import { reportMessage } from './blocks/report.ts';
import type { SlackTools } from './handlers.ts';

/** Checks an environment, or joins the check that runs, and shows it in the answer from progress to report. */
export async function runReport(
  { checker, clock, open }: SlackTools,
  environment: Environment,
  answer: Answer,
  { fresh, isPrivate }: { fresh: boolean; isPrivate: boolean },
): Promise<void> {
  const started = clock.now();
  const complete = open.add(() => answer.finish(interruptedMessage(environment.name)));
  try {
    const before = await checker.newest(environment);
    const report = await checker.check(environment, {
      fresh,
      onProgress: (progress) =>
        answer.progress(progressMessage(environment, progress, clock.now() - started)),
    });
    const changes = before && before.id !== report.id ? compareReports(before, report) : null;
    await answer.finish(reportMessage(report, { detail: 'short', changes, isPrivate }));
  } finally {
    complete();
  }
}
