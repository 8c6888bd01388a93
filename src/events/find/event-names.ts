import type { EventIdentifier, EventWithDeliveries, FoundOutcome } from '../../store/find.ts';

/** The contracts and times that an event names. A body of several events names several. */
export interface EventNames {
  /** Numbers of contracts, also those of composite ids. */
  contracts: readonly number[];
  /** Those without the numbers of composite ids, which may be other contracts. */
  exact: readonly number[];
  /** Epoch ms UTC. */
  times: readonly number[];
}

/** Names by the id of the event. An event without an entry has those of its row alone. */
export type NamesOfEvents = ReadonlyMap<string, EventNames>;

/** The names of the events whose rows do not say all: those of several events, and of composite ids alone. */
export function namesOfEvents(
  events: readonly EventWithDeliveries[],
  identifiers: readonly EventIdentifier[],
): NamesOfEvents {
  const ofEvent = Map.groupBy(identifiers, ({ eventId }) => eventId);
  return new Map(
    events.map((event): [string, EventNames] => {
      const own = ofEvent.get(event.id) ?? [];
      const valuesOf = (kind: string) => own.flatMap((each) => (each.kind === kind ? [each.value] : []));
      const composite = new Set(valuesOf('reference').flatMap((value) => COMPOSITE.exec(value)?.[1] ?? []));
      const numbers = valuesOf('contract');
      const { contracts, times } = rowNames(event);
      const sent = valuesOf('time')
        .map(Date.parse)
        .filter((time) => !Number.isNaN(time));
      return [
        event.id,
        {
          contracts: contracts.length > 0 ? contracts : numbers.map(Number),
          exact:
            contracts.length > 0 ? contracts : numbers.filter((each) => !composite.has(each)).map(Number),
          times: [...new Set([...times, ...sent])],
        },
      ];
    }),
  );
}

/** A composite id: the number in it, without zeros before it. */
const COMPOSITE = /^[TH]-0*(\d{1,15})[A-Z]?$/i;

function rowNames({
  contract_id: contract,
  occurred_at: time,
}: Pick<EventWithDeliveries, 'contract_id' | 'occurred_at'>): EventNames {
  const contracts = contract === null ? [] : [contract];
  return { contracts, exact: contracts, times: time === null ? [] : [time] };
}

export const namesOf = (event: EventWithDeliveries, names: NamesOfEvents): EventNames =>
  names.get(event.id) ?? rowNames(event);

/** True for an event of several contracts: its body holds several events. */
export const isOfSeveral = (event: EventWithDeliveries, names: NamesOfEvents): boolean =>
  namesOf(event, names).contracts.length > 1;

/** How surely an outcome is about an event that it names by contract, activity and time, and their distance in time, ms. */
export interface Nearness {
  /** False when the event does not say its activity or time, so that both may be the same. */
  isSure: boolean;
  distance: number;
}

/**
 * The nearness of an outcome to an event; null when it is about another one. The time of an outcome lies between that of the event
 * and its arrival; a reporter may leave out the fraction of the second.
 */
export function nearness(
  outcome: FoundOutcome,
  event: EventWithDeliveries,
  names: NamesOfEvents,
): Nearness | null {
  const { contract_id: contract, activity, occurred_at: at } = outcome;
  if (contract === null || activity === null || at === null) return null;
  const { contracts, times } = namesOf(event, names);
  if (!contracts.includes(contract)) return null;
  if (event.activity !== null && event.activity !== activity) return null;
  const early = at % 1_000 === 0 ? 999 : 0;
  const fits = times.filter((time) => at >= time - early && at <= Math.max(time, event.received_at));
  // The log does not say which of its times is that of this contract.
  const isOneTime = times.length <= 1 || !isOfSeveral(event, names);
  const isSure = event.activity !== null && isOneTime;
  if (fits.length > 0) return { isSure, distance: Math.min(...fits.map((time) => Math.abs(at - time))) };
  return times.length > 0 ? null : { isSure: false, distance: Number.POSITIVE_INFINITY };
}
