import type { FoundEvent } from '../../store/find.ts';
import type { Match } from '../../store/matches.ts';
import { pluralize } from '../../text/counts.ts';
import { type FindResult, noCounts } from './result.ts';

/** True for an id that events name without being about it: a type, a workflow, a parent contract. */
export const isMention = ({ kind }: Pick<Match, 'kind'>): boolean => kind.startsWith('named ');

/** True when the log has the id only as one that events name. Their contracts are other ones. */
export const isOnlyNamed = (matches: readonly Match[]): boolean =>
  matches.length > 0 && matches.every(isMention);

/** The result without the events that only name the id. */
export const withoutNaming = (result: FindResult): FindResult =>
  isOnlyNamed(result.matches)
    ? {
        ...result,
        events: [],
        calls: [],
        outcomes: [],
        timeline: [],
        identifiers: [],
        leftOut: {},
        counts: noCounts,
      }
    : result;

const MAX_CONTRACTS = 3;

/** "“135” is named by 3 events as contract_type_id (contracts 4711 and 4712): …". */
export function namedText(
  matches: readonly Match[],
  events: readonly Pick<FoundEvent, 'contract_id'>[],
  { events: total, refused }: Pick<FindResult['counts'], 'events' | 'refused'>,
): string {
  const keys = [...new Set(matches.map(({ kind }) => kind.slice('named '.length)))];
  const by = [
    ...(total > 0 ? [pluralize(total, 'event')] : []),
    ...(refused > 0 ? [pluralize(refused, 'refused delivery', 'refused deliveries')] : []),
  ];
  const contracts = [...new Set(events.flatMap(({ contract_id: id }) => id ?? []))];
  const more = contracts.length - MAX_CONTRACTS;
  const of =
    contracts.length === 0
      ? ''
      : ` (${contracts.length === 1 ? 'contract' : 'contracts'} ${contracts.slice(0, MAX_CONTRACTS).join(', ')}${more > 0 ? ` and ${more}${total > events.length ? ' or more' : ' more'}` : ''})`;
  return `“${matches[0]?.value}” is named by ${by.join(' and ')} as ${keys.join(', ')}${of}; the log has no webhook, call or outcome that is about it. `;
}
