import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { newestEventAt } from '../../store/events.ts';
import type { Clock } from '../../time/clock.ts';
import { type Answers, answersFor, ask, type Question } from './ask.ts';
import { find } from './find.ts';
import { knownMatches } from './find-matches.ts';
import type { FindQuery, FindResult } from './find-result.ts';
import type { Conventions } from './ids-in-text.ts';
import { type EventPage, type ListQuery, listEventPage } from './list-events.ts';

/** Queries to the event log for every surface. */
export interface LogReader {
  find(query: FindQuery): Promise<FindResult>;
  /** Answers these ids, up to a limit. */
  answer(queries: FindQuery[]): Promise<Omit<Answers, 'note'>>;
  /** Answers anything that was pasted. */
  ask(question: Question): Promise<Answers>;
  list(query: ListQuery): Promise<EventPage>;
  /** When the newest event of an activity (null: any) arrived, epoch ms; null when none is kept. */
  newestEventAt(environment: string, activity: string | null): Promise<number | null>;
  /** True when the log has exactly this id. */
  knows(id: string): Promise<boolean>;
}

export const createLogReader = (
  db: Database,
  config: Pick<Config, 'log' | 'environments' | 'drift' | 'externalMetadata'>,
  clock: Clock,
): LogReader => {
  const { log, environments, drift } = config;
  const conventions = conventionsOf(config);
  const findOne = (query: FindQuery) =>
    find(db, query, { keepMs: log.keepMs, now: clock.now(), environments, pairs: drift.pairs });
  return {
    find: findOne,
    answer: (queries) => answersFor(queries, findOne),
    ask: (question) => ask(db, question, { conventions, payloads: log.payloads, find: findOne }),
    list: (query) => listEventPage(db, query),
    newestEventAt: (environment, activity) => newestEventAt(db, environment, activity),
    knows: async (id) => (await knownMatches(db, id, null)).length > 0,
  };
};

/** Forms of external ids from the config. */
export const conventionsOf = ({ externalMetadata }: Pick<Config, 'externalMetadata'>): Conventions =>
  (externalMetadata?.rules ?? []).map(({ id }) => id).filter((pattern) => pattern !== null);
