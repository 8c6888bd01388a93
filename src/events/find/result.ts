import type { LoggedCall } from '../../store/api-calls.ts';
import type { EventIdentifier, EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import type { Match } from '../../store/matches.ts';
import type { Outage } from '../log/delivery.ts';
import type { About } from './about-text.ts';
import type { Story } from './story.ts';
import type { FoundRows, TimelineEntry } from './timeline.ts';

export interface FindQuery {
  /** An id, or its first six or more characters. */
  id: string;
  /** Only rows of this environment; null for any. */
  environment: string | null;
}

/** The kinds of rows that a search counts. `ids`: the ids that share a prefix. `naming`: events that only name the id. */
export type FoundKind = 'ids' | 'events' | 'deliveries' | 'refused' | 'calls' | 'outcomes' | 'naming';

export interface FindResult {
  query: string;
  /** One sentence for the person on call. */
  answer: string;
  /** The next step of an answer that has a reason; null when there is none. */
  advice: string | null;
  /** Records with this id or prefix. */
  matches: Match[];
  /** The prefix matches several ids; none is followed. */
  ambiguous: boolean;
  /** True when anything is known, even if only the matching ids. */
  found: boolean;
  events: EventWithDeliveries[];
  calls: LoggedCall[];
  outcomes: FoundOutcome[];
  /** Oldest first; the configuration in force comes last. */
  timeline: TimelineEntry[];
  /** Numbers of rows in the log, those that are not shown included. Envcheck's own reads do not count. */
  counts: Record<FoundKind, number>;
  /** Numbers of rows that are not shown, above 0. */
  leftOut: Partial<Record<FoundKind, number>>;
  /** The facts of the answer, by environment. */
  stories: Story[];
  /** Ids of the events that are shown. */
  identifiers: EventIdentifier[];
  /** The contract in each environment that knows it or was asked; empty when SpotDraft was not asked. */
  about: About[];
  /** Other environments that know the id, when the one that was asked does not. */
  elsewhere: string[];
  /** Why nothing was found and what to try; null when something was. */
  reason: string | null;
  /** Verified deliveries in the log whose payload could not be read, so that the id may be in one of them. */
  unread: number;
  /** Why the result may be about another contract; null when the id itself is known. */
  guess: string | null;
}

export const noCounts: FindResult['counts'] = {
  ids: 0,
  events: 0,
  deliveries: 0,
  refused: 0,
  calls: 0,
  outcomes: 0,
  naming: 0,
};

/** Why the log may lack what came lately. */
export interface NotStored {
  /** The open database is not the one at its path, so that nothing is stored. */
  isLost: boolean;
  /** Verified deliveries that were answered 503 and of which the log has no row yet. */
  outages: readonly Outage[];
}

export interface FindOptions {
  /** Length of the log, ms. */
  keepMs: number;
  /** Epoch ms UTC. */
  now: number;
  /** Those of the config, and former ones of which the log still has rows. */
  environments: readonly { name: string; production: boolean; isFormer?: true }[];
  /** Deliveries that came and are not in the log. Default: none. */
  notStored?: NotStored;
  /** Compared pairs; left is the model. */
  pairs: readonly (readonly [left: string, right: string])[];
}

/** The rows of a search, before it is told. */
export interface Gathered extends Pick<FindResult, 'leftOut'> {
  rows: FoundRows;
  counts: Omit<FindResult['counts'], 'ids' | 'naming'>;
  /** Ids of the events that are shown. */
  identifiers: EventIdentifier[];
}
