import { readBotHealth } from '../../commands/self.ts';
import { reportsOverview } from '../../digests/schedule/overview.ts';
import type { SubscribeResult } from '../../digests/schedule/subscriptions.ts';
import type { Message } from '../../text/message.ts';
import { dateTimeText } from '../../time/date-time-text.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { selfMessage } from '../blocks/self.ts';
import { subscriptionsMessage } from '../blocks/subscriptions.ts';
import { mrkdwnMessage } from '../blocks/text.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';
import { type UserTimeZone, userTimeZone } from '../time-zone.ts';
import type { SubscribeCommand, UnsubscribeCommand } from './parse-subscribe.ts';

interface Asker {
  channel: string;
  user: string;
}

/**
 * `/envcheck subscribe …` and `unsubscribe …`. The answer goes to the channel, whose members should know what it gets. When
 * the bot cannot post there, the asker sees how to invite it.
 */
export async function changeSubscription(
  tools: SlackTools,
  answering: AnswerTools,
  command: SubscribeCommand | UnsubscribeCommand,
  { channel, user }: Asker,
): Promise<void> {
  const environment = environmentOf(tools, command.environment);
  if (!environment) throw new Error(`no environment ${command.environment}`);
  const zone = await userTimeZone(tools.progressClient, tools.logger, user);
  const subscriber = { channel, environment, timezone: zone.timezone, actor: `slack:${user}` };
  const result =
    command.kind === 'subscribe'
      ? await tools.subscriptions.subscribe({ ...subscriber, request: command.request })
      : await tools.subscriptions.unsubscribe({ ...subscriber, request: command.request });
  const message = subscribedMessage(result, command.request?.timezone ? null : zone);
  if (result.kind === 'refused') return respondPrivately(answering, message, false);
  await answerInChannel(answering, channel, message);
}

function subscribedMessage(
  { kind, summary, subscription, next }: SubscribeResult,
  zone: UserTimeZone | null,
): Message {
  const timezone = subscription?.schedule?.timezone;
  const first = next !== null && timezone ? ` Next: ${dateTimeText(next, timezone)}.` : '';
  const note = zone?.note && timezone ? ` ${zone.note}` : '';
  return mrkdwnMessage(`${kind === 'done' ? '✅' : '❌'} ${summary}${first}${note}`);
}

/** `/envcheck subscriptions` answers privately, in the asker's time zone. */
export async function showSubscriptions(
  tools: SlackTools,
  answering: AnswerTools,
  { user }: Asker,
): Promise<void> {
  const zone = await userTimeZone(tools.progressClient, tools.logger, user);
  const overview = await reportsOverview(tools.db, tools.config, tools.clock);
  const { environments } = tools.config;
  await respondPrivately(answering, subscriptionsMessage({ overview, environments, ...zone }), false);
}

export async function showSelf(tools: SlackTools, answering: AnswerTools, { user }: Asker): Promise<void> {
  const zone = await userTimeZone(tools.progressClient, tools.logger, user);
  const state = await readBotHealth(tools, tools.config);
  const view = { state, startedAt: tools.startedAt, now: tools.clock.now(), ...zone };
  await respondPrivately(answering, selfMessage(view), false);
}
