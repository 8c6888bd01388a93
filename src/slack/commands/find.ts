import type { FindResult } from '../../events/log/find.ts';
import { contractNumber } from '../../spotdraft/contract-number.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import type { RetriggerOffer } from '../blocks/retrigger-button.ts';
import { type TimelineView, timelineMessage } from '../blocks/timeline.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

/** What a find asks for, and where its answer goes: null is to the asker alone. */
export interface FindRequest {
  id: string;
  environment: string | null;
  channel: string | null;
}

/** Beside more buttons than this nobody could tell which contract is meant. */
const MAX_OFFERS = 3;

/** `/envcheck find ID`: privately, since a timeline can say more about a contract than a channel should know. */
export async function showFind(
  tools: SlackTools,
  answering: AnswerTools,
  { id, environment, channel }: FindRequest,
): Promise<void> {
  if (channel === null)
    return respondPrivately(answering, await currentFindMessage(tools, { id, environment }, null), false);
  const result = await tools.log.find({ id, environment });
  const { environments } = tools.config;
  const view = { environments, environment, isPrivate: false, retrigger: [], result: null };
  await answerInChannel(answering, channel, timelineMessage(result, view));
}

/** What is known now, for the asker alone, with what was just done above it. */
export async function currentFindMessage(
  tools: SlackTools,
  { id, environment }: Omit<FindRequest, 'channel'>,
  result: TimelineView['result'],
): Promise<Message> {
  const found = await tools.log.find({ id, environment });
  const { environments } = tools.config;
  const retrigger = await offersFor(tools, found, environment);
  return timelineMessage(found, { environments, environment, isPrivate: true, retrigger, result });
}

/** The contracts that were found; where nothing was, the one that was asked about, in every environment it may be in. */
async function offersFor(
  tools: SlackTools,
  { events, query, found, ambiguous }: FindResult,
  environment: string | null,
): Promise<TimelineView['retrigger']> {
  if (ambiguous) return [];
  const asked = found ? null : contractNumber(query);
  const pairs =
    asked === null
      ? events.flatMap((event) =>
          event.contract_id === null ? [] : [{ name: event.environment, contractId: event.contract_id }],
        )
      : tools.config.environments
          .filter(({ name }) => environment === null || name === environment)
          .map(({ name }) => ({ name, contractId: asked }));
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
