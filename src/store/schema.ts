import type { ActTables } from './tables/acts.ts';
import type { EventLogTables } from './tables/event-log.ts';
import type { ReadingTables } from './tables/readings.ts';
import type { ReportingTables } from './tables/reporting.ts';

/**
 * The types of all tables. Times are epoch ms UTC. A `Buffer` is a value encoded by `pack`, except the payload of an event
 * and the picture of a message.
 */
export interface Tables extends ActTables, EventLogTables, ReadingTables, ReportingTables {
  migrations: { name: string; applied_at: number };
}
