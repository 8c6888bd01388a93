import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt';
import type { Message } from '../../text/message.ts';
import { sinceProblem } from '../../time/since.ts';
import {
  type Answer,
  type AnswerTools,
  answerInChannel,
  answerPrivately,
  respondPrivately,
} from '../answer.ts';
import { helpMessage } from '../blocks/help.ts';
import { progressMessage } from '../blocks/progress.ts';
import { quotedMessage } from '../blocks/text.ts';
import { runReport } from '../run-report.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { runChecklist } from './checklist.ts';
import { comparingMessage, runDiff, sidesOf } from './diff.ts';
import { showEvents } from './events.ts';
import { showFailures } from './failures.ts';
import { showFind } from './find.ts';
import { showHistory } from './history.ts';
import { runKeep } from './keep.ts';
import { showOverview } from './overview.ts';
import { parseCommand } from './parse.ts';
import { runPlan } from './plan.ts';
import { changeSubscription, showSelf, showSubscriptions } from './subscriptions.ts';
import { currentWaivers } from './waivers.ts';
import { showWebhooks } from './webhooks.ts';

type CommandArgs = SlackCommandMiddlewareArgs & AllMiddlewareArgs;

/** `/envcheck …` is acknowledged first: Slack waits 3 s, and people repeat a command that seems to have failed. */
export const envcheckCommand =
  (tools: SlackTools) =>
  async ({ command, respond }: CommandArgs): Promise<void> => {
    await withErrorReply(tools, `${command.command} ${command.text}`.trim(), respond, async () => {
      const { environments } = tools.config;
      const answering = { ...tools, respond };
      const parsed = parseCommand(command.text, {
        environments: environments.map(({ name }) => name),
        timeProblem: (text) => sinceProblem(text, tools.clock.now()),
      });
      const asker = { channel: command.channel_id, user: command.user_id };
      switch (parsed.kind) {
        case 'help':
          return respondPrivately(answering, helpMessage(environments), false);
        case 'mistake': {
          const suggestion = parsed.suggestion
            ? ` Did you mean \`${command.command} ${parsed.suggestion}\`?`
            : '';
          const next = `${suggestion} \`${command.command} help\` lists all commands.`;
          return respondPrivately(answering, quotedMessage(parsed.text + next), false);
        }
        case 'find':
          return showFind(tools, answering, {
            ...parsed,
            channel: parsed.isShared ? command.channel_id : null,
          });
        case 'events':
          return showEvents(
            tools,
            answering,
            { ...parsed, after: null },
            { channel: parsed.isShared ? command.channel_id : null, replace: false },
          );
        case 'failures':
          return showFailures(tools, answering, parsed, {
            channel: parsed.isShared ? command.channel_id : null,
          });
        case 'overview':
          return showOverview(tools, answering, command.channel_id);
        case 'subscribe':
        case 'unsubscribe':
          return changeSubscription(tools, answering, parsed, asker);
        case 'subscriptions':
          return showSubscriptions(tools, answering, asker);
        case 'self':
          return showSelf(tools, answering, asker);
        case 'waivers':
          return respondPrivately(answering, await currentWaivers(tools, parsed.environment, null), false);
        case 'keep':
          return runKeep(tools, answering, parsed, command.user_id);
        case 'webhooks': {
          const environment = environmentOf(tools, parsed.environment);
          if (!environment) throw new Error(`no environment ${parsed.environment}`);
          return showWebhooks(tools, answering, environment);
        }
        case 'checklist': {
          const environment = environmentOf(tools, parsed.environment);
          if (!environment) throw new Error(`no environment ${parsed.environment}`);
          const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
          const answer = await answerTo(answering, command.channel_id, parsed.isPrivate, initial);
          return runChecklist(tools, environment, answer, { fresh: false });
        }
        case 'diff': {
          const sides = sidesOf(tools, parsed);
          if (!sides) throw new Error(`no environment ${parsed.left} or ${parsed.right}`);
          const answer = await answerTo(
            answering,
            command.channel_id,
            parsed.isPrivate,
            comparingMessage(sides),
          );
          return runDiff(tools, parsed, sides, answer, parsed.isPrivate);
        }
        case 'plan': {
          const [left, right] = [environmentOf(tools, parsed.model), environmentOf(tools, parsed.target)];
          if (!left || !right) throw new Error(`no environment ${parsed.model} or ${parsed.target}`);
          const initial = comparingMessage({ left, right });
          const answer = await answerTo(answering, command.channel_id, parsed.isPrivate, initial);
          return runPlan(tools, { left, right }, answer);
        }
        case 'history': {
          const environment = environmentOf(tools, parsed.environment);
          if (!environment) throw new Error(`no environment ${parsed.environment}`);
          return showHistory(tools, answering, environment, parsed.isPrivate ? null : command.channel_id);
        }
        case 'report': {
          const environment = environmentOf(tools, parsed.environment);
          if (!environment) throw new Error(`no environment ${parsed.environment}`);
          const initial = progressMessage(environment, { done: 0, planned: 0 }, 0);
          const answer = await answerTo(answering, command.channel_id, parsed.isPrivate, initial);
          return runReport(tools, environment, answer, { fresh: false, isPrivate: parsed.isPrivate });
        }
      }
    });
  };

const answerTo = (
  answering: AnswerTools,
  channel: string,
  isPrivate: boolean,
  initial: Message,
): Promise<Answer> =>
  isPrivate ? answerPrivately(answering, initial, null) : answerInChannel(answering, channel, initial);
