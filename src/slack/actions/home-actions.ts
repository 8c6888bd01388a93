import type { Environment } from '../../config/config.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { progressMessage } from '../blocks/progress.ts';
import { reportMessage } from '../blocks/report.ts';
import { quotedMessage } from '../blocks/text.ts';
import { runChecklist } from '../commands/checklist.ts';
import { comparingMessage, runDiff, sidesOf } from '../commands/diff.ts';
import { currentFailures } from '../commands/failures.ts';
import { showHistory } from '../commands/history.ts';
import { currentWaivers } from '../commands/waivers.ts';
import { respondByDirectMessage } from '../home/direct-messages.ts';
import { runReport } from '../run-report.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import type { ClickArgs } from './click.ts';

/** Clicks on one button within this time count once. */
const DOUBLE_CLICK_MS = 3_000;

interface HomeClick {
  answering: AnswerTools;
  /** The person whose direct messages answer: Slack accepts a person's id as the channel. */
  user: string;
  value: string;
}

const fromHome =
  (tools: SlackTools, what: string, work: (click: HomeClick) => Promise<void>) =>
  async ({ action, body }: ClickArgs): Promise<void> => {
    const { id: user } = body.user;
    const value = action.value ?? '';
    const now = tools.clock.now();
    const moment = (at: number) => `${user} ${action.action_id} ${value} ${Math.floor(at / DOUBLE_CLICK_MS)}`;
    const isFirst = tools.claims.claim(moment(now));
    // Covers a double click across the border of two intervals.
    tools.claims.claim(moment(now + DOUBLE_CLICK_MS / 2));
    if (!isFirst) return;
    const respond = respondByDirectMessage(tools, user);
    await withErrorReply(tools, what, respond, () => work({ answering: { ...tools, respond }, user, value }));
  };

const withEnvironment = async (
  tools: SlackTools,
  { answering, value }: HomeClick,
  work: (environment: Environment) => Promise<void>,
): Promise<void> => {
  const environment = environmentOf(tools, value);
  if (environment) return work(environment);
  await respondPrivately(answering, gone(value), false);
};

const gone = (name: string) =>
  quotedMessage(`The config no longer has ${name}. \`/envcheck\` lists the environments.`);

/** Runs a check and shows progress and report in a direct message. */
export const checkFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Re-check', (click) =>
    withEnvironment(tools, click, async (environment) => {
      const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
      const answer = await answerInChannel(click.answering, click.user, initial);
      await runReport(tools, environment, answer, { fresh: true, isPrivate: false });
    }),
  );

/** Shows the report that the Home mentions, without a read. */
export const reportFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Show report', async ({ answering, value }) => {
    const kept = await tools.checker.byId(value);
    const environment = kept && environmentOf(tools, kept.environment);
    // Sign-offs since the report count, as on the Home.
    const report = kept && environment ? await tools.signOffs.refresh(environment, kept) : kept;
    await respondPrivately(
      answering,
      report
        ? reportMessage(report, { detail: 'short', changes: null, isPrivate: false })
        : quotedMessage(
            `The report ${value} is no longer stored. Check the environment again for a new one.`,
          ),
      false,
    );
  });

export const diffFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Differences', async ({ answering, user, value }) => {
    const [left = '', right = ''] = value.split(' ');
    const request = { left, right, since: null };
    const sides = sidesOf(tools, request);
    if (!sides) return respondPrivately(answering, gone(`${left} or ${right}`), false);
    const answer = await answerInChannel(answering, user, comparingMessage(sides));
    await runDiff(tools, request, sides, answer, false);
  });

export const historyFromHome = (tools: SlackTools) =>
  fromHome(tools, 'History', (click) =>
    withEnvironment(tools, click, (environment) =>
      showHistory(tools, click.answering, environment, click.user),
    ),
  );

export const waiversFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Waivers', (click) =>
    withEnvironment(tools, click, async ({ name }) =>
      respondPrivately(click.answering, await currentWaivers(tools, name, null), false),
    ),
  );

export const failuresFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Failures', (click) =>
    withEnvironment(tools, click, async ({ name }) =>
      respondPrivately(
        click.answering,
        await currentFailures(tools, { environment: name, all: false }, false),
        false,
      ),
    ),
  );

export const checklistFromHome = (tools: SlackTools) =>
  fromHome(tools, 'Checklist', (click) =>
    withEnvironment(tools, click, async (environment) => {
      const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
      const answer = await answerInChannel(click.answering, click.user, initial);
      await runChecklist(tools, environment, answer, { fresh: false });
    }),
  );
