import { contractAsked } from '../../events/find/contract-target.ts';
import type { FindQuery, FindResult } from '../../events/find/result.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import { foundIdsMessage } from '../blocks/found-ids.ts';
import type { RetriggerOffer } from '../blocks/retrigger-button.ts';
import { type TimelineView, timelineMessage } from '../blocks/timeline.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

/** The arguments of a find; `channel` is null for a private answer. */
export interface FindRequest {
  /** Anything that was pasted. */
  id: string;
  environment: string | null;
  channel: string | null;
}

/** People could confuse the contracts of more buttons than this. */
const MAX_OFFERS = 3;

/** `/envcheck find ID` answers privately, because a timeline can reveal more about a contract than a channel should see. */
export async function showFind(
  tools: SlackTools,
  answering: AnswerTools,
  { id, environment, channel }: FindRequest,
): Promise<void> {
  const answers = await tools.log.ask({ text: id, environment });
  const [only, ...more] = answers.answered;
  if (only && more.length === 0 && answers.leftOut === 0) {
    const { advice, found } = only.result;
    const result = found ? only.result : { ...only.result, advice: joined(advice, answers.note) };
    if (answers.note === null || !found) return showOne(tools, answering, result, { environment, channel });
  }
  const message = foundIdsMessage({ ...answers, where: '' });
  if (channel === null) await respondPrivately(answering, message, false);
  else await answerInChannel(answering, channel, message);
}

async function showOne(
  tools: SlackTools,
  answering: AnswerTools,
  found: FindResult,
  { environment, channel }: Omit<FindRequest, 'id'>,
): Promise<void> {
  if (channel === null)
    return respondPrivately(answering, await privateMessage(tools, found, environment, null), false);
  const { environments } = tools.config;
  const view = { environments, environment, isPrivate: false, retrigger: [], result: null };
  await answerInChannel(answering, channel, timelineMessage(found, view));
}

const joined = (...sentences: (string | null)[]): string | null =>
  sentences.filter((each) => each !== null).join(' ') || null;

/** The private answer as of now, with the result of the last act above it. */
export async function currentFindMessage(
  tools: SlackTools,
  query: FindQuery,
  result: TimelineView['result'],
): Promise<Message> {
  return privateMessage(tools, await tools.log.look(query), query.environment, result);
}

async function privateMessage(
  tools: SlackTools,
  found: FindResult,
  environment: string | null,
  result: TimelineView['result'],
): Promise<Message> {
  const { environments } = tools.config;
  const retrigger = await offersFor(tools, found, environment);
  return timelineMessage(found, { environments, environment, isPrivate: true, retrigger, result });
}

/**
 * Offers the contracts of the result, and the contract of the query in each environment where it is known to be; nothing that is
 * known anywhere is offered where it is not. A person who names an environment may try an id that nothing knows. Nothing is
 * offered for a guess: a re-trigger needs the internal id that a webhook or a person gave.
 */
async function offersFor(
  tools: SlackTools,
  { ambiguous, guess, elsewhere, events, stories, ...result }: FindResult,
  environment: string | null,
): Promise<TimelineView['retrigger']> {
  if (ambiguous || guess !== null || elsewhere.length > 0) return [];
  const given = contractAsked(result);
  const asked = given?.kind === 'internal' ? given.id : null;
  const known = [...new Set(stories.map((story) => story.environment))];
  const tried = known.length === 0 && environment !== null ? [environment] : known;
  const ofEvents = events.flatMap((event) =>
    event.contract_id === null ? [] : [{ name: event.environment, contractId: event.contract_id }],
  );
  const pairs =
    events.length > 0 || asked === null ? ofEvents : tried.map((name) => ({ name, contractId: asked }));
  const distinct = [...new Map(pairs.map((pair) => [`${pair.name} ${pair.contractId}`, pair])).values()];
  if (distinct.length > MAX_OFFERS) return { tooMany: distinct.length };
  const offers = await Promise.all(
    distinct.map(async ({ name, contractId }): Promise<RetriggerOffer[]> => {
      const known = environmentOf(tools, name);
      if (!known) return [];
      const newest = await tools.registrations.newestDelivery(known, contractId);
      return [{ environment: known, contractId, newest, showing: randomId('showing') }];
    }),
  );
  return offers.flat();
}
