import type { ReportSchedule } from '../../config/config.ts';
import type { OutboxItem } from '../outbox/outbox.ts';

/** A report of the config, or a subscription turned into one. */
export interface ScheduledReport {
  /** The same over restarts: `config:` and its name, or `sub_…`. */
  id: string;
  name: string;
  /** Five fields. */
  cron: string;
  timezone: string;
  channel: string;
  /** Names of the config. */
  environments: string[];
  sections: ReportSchedule['sections'];
  when: ReportSchedule['when'];
  origin: 'config' | 'subscription';
}

export interface ReportRun {
  report: ScheduledReport;
  /** Epoch ms of the planned time. */
  firedFor: number;
  /** The planned time passed while nothing ran; what is made now stands for every run that was missed. */
  late: boolean;
  /** Epoch ms at which the run before this one was made, whether or not it had something to say; null: this is the first. */
  previousRun: number | null;
}

/**
 * Makes what a report posts. May be called again for the same run, after a failure or in another process when this one
 * dies; what it returned is posted once. Keys of items have to be the same each time: derive them from the report's id and
 * `firedFor`. What it throws is logged, and the run is tried again.
 */
export type MakeReport = (run: ReportRun) => Promise<OutboxItem[] | 'nothing changed'>;
