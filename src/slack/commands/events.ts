import { readSince, readUntil, type TimeReading } from '../../time/since.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { type EventsView, eventsMessage } from '../blocks/events.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

/** Events per message. */
const PAGE = 15;

/** The query of a list; its buttons carry it too. */
export type EventsQuery = EventsView['query'];

/** `/envcheck events ENV` answers privately, because it names contracts, unless `channel` is given. */
export async function showEvents(
  tools: SlackTools,
  answering: AnswerTools,
  query: EventsQuery,
  { channel, replace }: { channel: string | null; replace: boolean },
): Promise<void> {
  const environment = environmentOf(tools, query.environment);
  if (!environment) throw new Error(`no environment ${query.environment}`);
  const now = tools.clock.now();
  const since = query.since === null ? null : timeOf(query.since, readSince(query.since, now));
  const until = query.until === null ? null : timeOf(query.until, readUntil(query.until, now, query.since));
  const page = await tools.log.list({ ...query, since, until, limit: PAGE });
  const newest =
    page.entries.length > 0 ? null : await tools.log.newestEventAt(environment.name, query.activity);
  const former = page.entries.length > 0 ? [] : await tools.log.formerEnvironments();
  const view = { environment, query, page, since, until, newest, former, keepMs: tools.config.log.keepMs };
  const message = eventsMessage({ ...view, isPrivate: channel === null });
  if (channel === null) return respondPrivately(answering, message, replace);
  await answerInChannel(answering, channel, message);
}

/** The text was read when it was typed; a button brings it again. */
function timeOf(text: string, read: TimeReading): number {
  if ('problem' in read) throw new RangeError(`${text} is not a time: ${read.problem}`);
  return read.at;
}
