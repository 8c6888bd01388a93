import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { newestEventAt } from '../../store/events.ts';
import type { Clock } from '../../time/clock.ts';
import { type FindQuery, type FindResult, find, matchesOf } from './find.ts';
import { type EventPage, type ListQuery, listEventPage } from './list-events.ts';

/** Queries to the event log for every surface. */
export interface LogReader {
  find(query: FindQuery): Promise<FindResult>;
  list(query: ListQuery): Promise<EventPage>;
  /** When the newest event of an activity (null: any) arrived, epoch ms; null when none is kept. */
  newestEventAt(environment: string, activity: string | null): Promise<number | null>;
  /** True when the log has exactly this id. */
  knows(id: string): Promise<boolean>;
}

export const createLogReader = (
  db: Database,
  { log, environments, drift }: Pick<Config, 'log' | 'environments' | 'drift'>,
  clock: Clock,
): LogReader => ({
  find: (query) =>
    find(db, query, { keepMs: log.keepMs, now: clock.now(), environments, pairs: drift.pairs }),
  list: (query) => listEventPage(db, query),
  newestEventAt: (environment, activity) => newestEventAt(db, environment, activity),
  knows: async (id) => (await matchesOf(db, id)).length > 0,
});
