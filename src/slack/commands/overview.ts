import type { Environment } from '../../config/config.ts';
import { logUnexpected } from '../action-error.ts';
import { type AnswerTools, answerInChannel } from '../answer.ts';
import { type OverviewRow, overviewMessage } from '../blocks/overview.ts';
import type { SlackTools } from '../slack-tools.ts';

/** `/envcheck` checks every environment at the same time, each at its own workspace's pace. */
export async function showOverview(
  tools: SlackTools,
  answering: AnswerTools,
  channel: string,
): Promise<void> {
  const rows = tools.config.environments.map(
    ({ name, production }): OverviewRow => ({
      name,
      production,
      state: { kind: 'running', progress: { done: 0, planned: 0 } },
    }),
  );
  const answer = await answerInChannel(answering, channel, overviewMessage(rows));
  const complete = tools.openAnswers.add(() => {
    for (const row of rows) if (row.state.kind === 'running') row.state = { kind: 'interrupted' };
    return answer.finish(overviewMessage(rows));
  });
  const checkOne = async (environment: Environment, row: OverviewRow): Promise<void> => {
    try {
      const report = await tools.checker.check(environment, {
        fresh: false,
        onProgress: (progress) => {
          row.state = { kind: 'running', progress };
          answer.progress(overviewMessage(rows));
        },
      });
      row.state = { kind: 'report', report };
    } catch (error) {
      row.state = {
        kind: 'failed',
        token: logUnexpected(tools.logger, error, { environment: environment.name }),
      };
    }
  };
  await Promise.all(
    tools.config.environments.map((environment, index) => {
      const row = rows[index];
      return row ? checkOne(environment, row) : undefined;
    }),
  );
  await answer.finish(overviewMessage(rows)).finally(complete);
}
