import { guessText, readContractId } from '../../spotdraft/contract-id.ts';
import { linkNumber } from './contract-look.ts';
import type { FindQuery, FindResult } from './find-result.ts';

/**
 * The result under the ids that webhooks carry, when the log has nothing under a composite id and SpotDraft shows the contract:
 * its reference id, then the number of its link. null when the log has nothing under them either, or of several contracts.
 */
export async function findUnderWebhookIds(
  { query, events, about }: FindResult,
  find: (query: FindQuery) => Promise<FindResult>,
): Promise<FindResult | null> {
  const given = readContractId(query);
  if (given?.kind !== 'composite' || events.length > 0) return null;
  const shown = about.flatMap(({ environment, contract, isGuess }) =>
    'known' in contract && !isGuess ? [{ environment, contract: contract.known }] : [],
  );
  const [only, ...more] = shown;
  if (!only || more.length > 0) return null;
  const { environment, contract } = only;
  const number = linkNumber(contract);
  if (contract.reference !== null && contract.reference !== '') {
    const found = await find({ id: contract.reference, environment });
    const isExact = found.identifiers.some(
      ({ kind, value }) => kind === 'reference' && value === contract.reference,
    );
    if (isExact && isOfOne(found)) return { ...found, query, guess: null };
  }
  if (number === null) return null;
  const found = await find({ id: String(number), environment });
  if (!isOfOne(found) || found.events[0]?.contract_id !== number) return null;
  const guess = guessText({ kind: 'link', text: contract.link ?? '', guess: number });
  return { ...found, query, guess };
}

const isOfOne = ({ events }: FindResult): boolean =>
  new Set(events.map(({ contract_id: id }) => id)).size === 1;
