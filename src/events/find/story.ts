import type { LoggedCall } from '../../store/api-calls.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import type { EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import type { OwnReads } from '../../store/find-calls.ts';
import type { NamesOfEvents } from './event-names.ts';

/** Everything that one environment knows about an id. */
export interface Story {
  environment: string;
  /** Name of the environment, with a mark for production. */
  label: string;
  /** The contract, where the id leads to several in this environment; null for the rest, and where it leads to one. */
  contract: number | null;
  events: readonly EventWithDeliveries[];
  refused: readonly LoggedDelivery[];
  /** True when the log has more events and refused deliveries of it than these; null when it may have. */
  hasMore: boolean | null;
  outcomes: readonly FoundOutcome[];
  /** `evt_…` by the sender's own id, for outcomes that name it. */
  senderIds: ReadonlyMap<string, string>;
  names: NamesOfEvents;
  /** Ids that the sender gave to several events of this environment. */
  sharedIds: ReadonlySet<string>;
  /** "4711 is also the id of an outcome": another record has the number of the contract that was asked for; null for the contract. */
  sameId: string | null;
  /** The integration's calls and Envcheck's writes that name this id. */
  calls: readonly LoggedCall[];
  reads: OwnReads | null;
  /** The status of the contract in SpotDraft; null when it was not asked or could not tell. */
  status: string | null;
  /** Expected activities that did not come. */
  missing: readonly string[];
  /** Time of the oldest delivery in the log, epoch ms; null when there is none. */
  since: number | null;
}
