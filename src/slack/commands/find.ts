import type { FindResult } from '../../events/log/find.ts';
import { readContractId } from '../../spotdraft/contract-id.ts';
import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type AnswerTools, answerInChannel, respondPrivately } from '../answer.ts';
import type { RetriggerOffer } from '../blocks/retrigger-button.ts';
import { type TimelineView, timelineMessage } from '../blocks/timeline.ts';
import { environmentOf, type SlackTools } from '../slack-tools.ts';

/** The arguments of a find; `channel` is null for a private answer. */
export interface FindRequest {
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
  if (channel === null)
    return respondPrivately(answering, await currentFindMessage(tools, { id, environment }, null), false);
  const result = await tools.log.find({ id, environment });
  const { environments } = tools.config;
  const view = { environments, environment, isPrivate: false, retrigger: [], result: null };
  await answerInChannel(answering, channel, timelineMessage(result, view));
}

/** The private answer as of now, with the result of the last act above it. */
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

/**
 * Offers the contracts of the result; without a result, the contract of the query in every environment it may be in. Nothing
 * is offered for a guess: a re-trigger needs the internal id that a webhook or a person gave.
 */
async function offersFor(
  tools: SlackTools,
  { events, query, found, ambiguous, guess }: FindResult,
  environment: string | null,
): Promise<TimelineView['retrigger']> {
  if (ambiguous || guess !== null) return [];
  const given = found ? null : readContractId(query);
  const asked = given?.kind === 'internal' ? given.id : null;
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
