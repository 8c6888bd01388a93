import type { LoggedCall } from '../../store/api-calls.ts';
import type { Search } from '../../store/find.ts';
import type { OwnRecord } from '../../store/find-calls.ts';
import { contractsOfCall, failedCall } from './answer-calls.ts';
import { eventOf } from './answer-outcomes.ts';
import { namesOf, nearness } from './event-names.ts';
import type { Story } from './story.ts';

/** A body with more contracts than these is one matter. */
const MAX_SPLIT = 10;

type Event = Story['events'][number];
type Outcome = Story['outcomes'][number];

/**
 * One story for each contract. Rows that name no contract belong to the only one, unless the id of the contract is theirs too: the
 * integration may number its outcomes like SpotDraft its contracts.
 */
export function byContract(
  story: Story,
  { matches }: Pick<Search, 'matches'>,
  records: readonly OwnRecord[],
): Story[] {
  const { events, outcomes, calls, refused, reads, names } = story;
  const asked = matches.filter(({ kind }) => kind === 'contract').map(({ value }) => Number(value));
  const base = new Set([...events.flatMap(({ contract_id: id }) => id ?? []), ...asked]);
  /** Contracts of an event; of several events in one body those in question, or all. */
  const contractsOf = (event: Event): readonly number[] => {
    if (event.contract_id !== null) return [event.contract_id];
    const { contracts, exact } = namesOf(event, names);
    const inQuestion = exact.filter((contract) => base.has(contract));
    if (inQuestion.length > 0) return inQuestion;
    return contracts.length > 1 && exact.length <= MAX_SPLIT ? exact : [];
  };
  /** A contract that only a call names, unless the call names one of those in question too. */
  const ofCall = (call: LoggedCall): number | null =>
    call.contract_id_exact === 1 && !contractsOfCall(call).some((contract) => base.has(contract))
      ? call.contract_id
      : null;
  const contracts = new Set([
    ...base,
    ...events.flatMap(contractsOf),
    ...outcomes.flatMap(({ contract_id: id }) => id ?? []),
    ...calls.flatMap((call) => ofCall(call) ?? []),
  ]);
  const [only = null] = base.size === 1 ? base : contracts.size === 1 ? contracts : [];
  const rest = (ids: (string | null)[]): number | null => {
    const isOther = only !== null && asked.includes(only);
    return isOther && matches.some(({ kind, value }) => kind !== 'contract' && ids.includes(value))
      ? null
      : only;
  };
  const ofEvent = (event: Event): readonly (number | null)[] => {
    const own = contractsOf(event);
    return own.length > 0 ? own : [rest([])];
  };
  const ofOutcome = (outcome: Outcome): readonly (number | null)[] => {
    const { contract_id: contract } = outcome;
    const event = eventOf(outcome, story) ?? events.find((each) => nearness(outcome, each, names) !== null);
    const own = event ? contractsOf(event) : [];
    // In a body of several events the outcome may be about one that was not asked for.
    if (event && own.length > 0)
      return contract !== null && namesOf(event, names).exact.includes(contract)
        ? own.filter((each) => each === contract)
        : own;
    return [contract ?? rest([outcome.id, outcome.own_id, outcome.event_id])];
  };
  const keysOfCall = (call: LoggedCall): readonly (number | null)[] => {
    const { external_id: external } = call;
    const own = contractsOfCall(call).filter((contract) => contracts.has(contract));
    if (own.length > 0) return own;
    const record = records.find(({ value }) => value === external);
    if (record && contracts.has(record.contract)) return [record.contract];
    return [rest([call.call_id, call.own_id, call.request_id, external])];
  };
  const parts = [...contracts, null].map(
    (contract): Story => ({
      ...story,
      contract,
      events: events
        .filter((event) => ofEvent(event).includes(contract))
        .map((event) =>
          event.contract_id === null && contract !== null ? { ...event, contract_id: contract } : event,
        ),
      outcomes: outcomes.filter((each) => ofOutcome(each).includes(contract)),
      calls: calls.filter((each) => keysOfCall(each).includes(contract)),
      refused: contract === only ? refused : [],
      reads: (reads?.newest.contract_id ?? null) === contract ? reads : null,
      hasMore: story.hasMore && null,
    }),
  );
  const told = parts
    .filter(
      (part) =>
        part.events.length + part.refused.length + part.outcomes.length > 0 ||
        part.reads !== null ||
        (part.contract === null ? failedCall(part.calls) !== undefined : part.calls.length > 0),
    )
    .map((part) => ({ ...part, sameId: sameIdText(part, asked, matches) }));
  const [first, ...more] = told;
  // An outcome that gives this contract may name an event of another one.
  const isOfOther = asked.length > 0 && first?.contract != null && !asked.includes(first.contract);
  if (first && (more.length > 0 || first.sameId !== null || isOfOther)) return told;
  return [first ? { ...story, events: first.events, outcomes: first.outcomes } : story];
}

/** Stories of other contracts, such as those that only share an event id, are told behind the contract that was asked for. */
export function besideContract(stories: readonly Story[], { matches }: Pick<Search, 'matches'>): Story[] {
  const asked = matches.filter(({ kind }) => kind === 'contract').map(({ value }) => Number(value));
  const isOther = ({ contract }: Story) => contract !== null && !asked.includes(contract);
  // An external record in the form of a contract's id stays in front of the contract with its number.
  const isNumber = matches.every(({ kind, value }) => kind === 'event' || asked.includes(Number(value)));
  if (asked.length === 0 || !isNumber || stories.every(isOther)) return [...stories];
  return stories.map((story) =>
    story.sameId === null && isOther(story) ? { ...story, sameId: sharedIdText(story) } : story,
  );
}

/** "E-17 is also the id of an event of contract 4712". */
function sharedIdText({ contract, events, outcomes, senderIds }: Story): string {
  const own = new Set(events.map(({ id }) => id));
  const id =
    outcomes.find(({ event_id: given }) => given !== null)?.event_id ??
    [...senderIds].find(([, event]) => own.has(event))?.[0];
  return id === undefined
    ? `It leads to contract ${contract}, too`
    : `${id} is also the id of an event of contract ${contract}`;
}

/** "4711 is also the id of an outcome", for rows that only share the number of the contract that was asked for. */
function sameIdText(
  { contract, events, outcomes, calls }: Story,
  asked: readonly number[],
  matches: Search['matches'],
): string | null {
  if (contract !== null && asked.includes(contract)) return null;
  const id = asked
    .map(String)
    .find((number) => matches.some(({ kind, value }) => kind !== 'contract' && value === number));
  if (id === undefined) return null;
  const kinds = [
    [outcomes.some((each) => each.own_id === id), 'an outcome'],
    [calls.some((each) => each.own_id === id), 'a call'],
    [outcomes.some((each) => each.event_id === id), 'an event'],
    [calls.some((each) => each.external_id === id), 'an external record'],
    [[...outcomes, ...calls].some((each) => each.request_id === id), 'a request'],
  ] as const;
  const kind = kinds.find(([is]) => is)?.[1] ?? (events.length > 0 ? 'another record' : null);
  if (kind === null) return null;
  const of = contract === null ? '' : ` of contract ${contract}`;
  return `${id} is also the id of ${kind}${of}`;
}
