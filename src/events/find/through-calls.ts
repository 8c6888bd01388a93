import { guessText } from '../../spotdraft/contract-id.ts';
import type { LoggedCall } from '../../store/api-calls.ts';
import type { Search } from '../../store/find.ts';
import type { Match } from '../../store/matches.ts';
import { otherRecordId } from '../../text/salesforce-id.ts';
import { contractsOfCall } from './answer-calls.ts';
import type { FoundRows } from './timeline.ts';

/**
 * The search for the contracts or records that the calls of a request name, in the environment of these calls; null when the
 * log has a delivery of this id itself, or the calls name none.
 */
export function searchThroughCalls(
  { matches, environment }: Search,
  { events, refused, calls }: Pick<FoundRows, 'events' | 'refused' | 'calls'>,
): { search: Search; unsure: string | null } | null {
  const isAsked = matches.length > 0 && matches.every(({ kind }) => kind === 'request' || kind === 'call');
  if (!isAsked || events.length + refused.length > 0) return null;
  const named = calls.filter(({ reporter }) => reporter === 'integration');
  const added = new Map(named.flatMap(nameIn).map((match) => [`${match.kind} ${match.value}`, match]));
  if (added.size === 0) return null;
  const [only = null, ...more] = new Set(named.map((call) => call.environment));
  const guessed = named.find((call) => call.contract_id_exact === 0 && call.external_id === null);
  return {
    search: {
      matches: [...matches, ...added.values()],
      environment: more.length > 0 ? environment : only,
    },
    unsure:
      guessed?.contract_id == null
        ? null
        : guessText({ kind: 'composite', text: 'the call', guess: guessed.contract_id }),
  };
}

/** The surest name of the contract that a call is about: its internal id, its external record, then the number in its path. */
function nameIn(call: LoggedCall): Match[] {
  const { contract_id_exact: isExact, external_id: external } = call;
  if (external !== null && isExact !== 1)
    return [external, otherRecordId(external)].flatMap((value) =>
      value === null ? [] : [{ kind: 'external', value }],
    );
  return contractsOfCall(call).map((contract) => ({ kind: 'contract', value: String(contract) }));
}
