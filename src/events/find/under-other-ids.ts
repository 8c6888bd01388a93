import type { ContractDetail } from '../../spotdraft/contract-schemas.ts';
import { addCounts } from '../../text/counts.ts';
import { readSigner } from '../log/signer-text.ts';
import { linkNumber } from './contract-look.ts';
import { contractAsked } from './contract-target.ts';
import { namesOf, namesOfEvents } from './event-names.ts';
import { isMention, withoutNaming } from './mentions.ts';
import type { FindQuery, FindResult } from './result.ts';

/**
 * The result under the other ids of a contract, when the log has no webhook under the one that was asked for and SpotDraft shows
 * the contract: its reference id, its composite id, then the number of its link. null when the log has nothing under them
 * either, or webhooks of several contracts.
 */
export async function findUnderOtherIds(
  asked: FindResult,
  find: (query: FindQuery) => Promise<FindResult>,
): Promise<FindResult | null> {
  const result = withoutNaming(asked);
  if (contractAsked(result) === null || result.events.length > 0) return null;
  const shown = result.about.flatMap(({ environment, contract, isGuess }) =>
    'known' in contract ? [{ environment, contract: contract.known, isGuess }] : [],
  );
  const [only, ...more] = shown;
  if (!only || more.length > 0) return null;
  const { environment, contract, isGuess } = only;
  const { query, matches } = result;
  for (const id of [contract.reference, contract.id, linkNumber(contract)?.toString()]) {
    if (
      !id ||
      id === query.trim().toUpperCase() ||
      matches.some((match) => match.value === id && !isMention(match))
    )
      continue;
    const own = withoutNaming(await find({ id, environment }));
    const found = own.timeline.length > 0 ? own : await refusedElsewhere({ id, environment }, find);
    const ownGuess = found ? guessIn(found, id, contract) : undefined;
    const guess =
      isGuess && ownGuess === null
        ? `Only the number in ${contract.id} is the one that you gave: this may be another contract.`
        : ownGuess;
    // The other environment does not have the contract.
    const about = found === own ? own.about : result.about;
    if (found && guess !== undefined) return withRowsOf({ ...found, query, guess, about }, result);
  }
  return null;
}

/** Deliveries that the receivers of other environments refused because the key of this one signed it; null when there is nothing. */
async function refusedElsewhere(
  { id, environment }: { id: string; environment: string },
  find: (query: FindQuery) => Promise<FindResult>,
): Promise<FindResult | null> {
  const found = await find({ id, environment: null });
  const refused = found.stories.flatMap((story) => story.refused);
  const isOwn = refused.every(({ signed_with: signer }) => readSigner(signer)?.environment === environment);
  return refused.length > 0 && isOwn && found.events.length === 0 ? found : null;
}

/** Why the rows may be of another contract, null when they are not; undefined when they are of another, or there are none. */
function guessIn(
  { timeline, stories, events, calls, outcomes, guess, matches, identifiers }: FindResult,
  id: string,
  contract: ContractDetail,
): string | null | undefined {
  const number = linkNumber(contract);
  const names = namesOfEvents(events, identifiers);
  // A body of several events is of this contract when it names it.
  const contracts = new Set(
    events.map((event) => {
      const all = namesOf(event, names).exact;
      return number !== null && all.includes(number) ? number : (event.contract_id ?? event.id);
    }),
  );
  if (
    timeline.length === 0 ||
    contracts.size > 1 ||
    !matches.some(({ value }) => value === id || guess !== null)
  )
    return undefined;
  const isRefused = (kind: 'contract' | 'reference') =>
    stories.some(({ refused }) => refused.length > 0) &&
    matches.some((match) => match.kind === kind && match.value === id);
  const isReported = [...calls, ...outcomes].some((each) => each.contract_id === number);
  if (number !== null && id === String(number))
    return contracts.has(number) || isReported || isRefused('contract')
      ? `SpotDraft does not document that the number in ${contract.link} is the internal id of the contract, so ${id} may be another contract.`
      : undefined;
  if (id === contract.reference)
    return isRefused('reference') ||
      identifiers.some(({ kind, value }) => kind === 'reference' && value === id)
      ? null
      : undefined;
  // Rows that only share the number of the composite id are of the contract with that internal id.
  const isByNumber =
    guess !== null && (events.length > 0 || calls.some((call) => call.contract_id_exact === 1));
  return isByNumber ? undefined : guess;
}

/** The same with the rows that the log has under the id that was asked for. */
function withRowsOf(found: FindResult, asked: FindResult): FindResult {
  const calls = asked.calls.filter(({ call_id: id }) => !found.calls.some((call) => call.call_id === id));
  const outcomes = asked.outcomes.filter(({ id }) => !found.outcomes.some((outcome) => outcome.id === id));
  const ids = new Set(found.timeline.map(({ id }) => id));
  const [first, ...others] = found.stories;
  const more = asked.timeline.filter(({ id }) => !ids.has(id));
  return {
    ...found,
    calls: [...found.calls, ...calls],
    outcomes: [...found.outcomes, ...outcomes],
    stories: first
      ? [
          { ...first, calls: [...first.calls, ...calls], outcomes: [...first.outcomes, ...outcomes] },
          ...others,
        ]
      : [],
    timeline: [...found.timeline, ...more].sort(
      (left, right) =>
        Number(left.kind === 'snapshot') - Number(right.kind === 'snapshot') || left.at - right.at,
    ),
    counts: {
      ...found.counts,
      calls: found.counts.calls + asked.counts.calls - (asked.calls.length - calls.length),
      outcomes: found.counts.outcomes + asked.counts.outcomes - (asked.outcomes.length - outcomes.length),
    },
    leftOut: addCounts(found.leftOut, asked.leftOut),
  };
}
