import type { Config, ReportSchedule } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { listSubscriptions, type Subscription } from '../../store/subscriptions.ts';
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

const NAMES = { digest: 'digest', drift: 'drift' } as const;

/** Every report that comes by the clock: those of the config in their order, then the subscriptions in theirs. */
export async function allReports(
  db: Database,
  { reports, environments }: Pick<Config, 'reports' | 'environments'>,
): Promise<ScheduledReport[]> {
  const subscribed = await listSubscriptions(db);
  return [
    ...reports.map(
      (report): ScheduledReport => ({ ...report, id: `config:${report.name}`, origin: 'config' }),
    ),
    ...subscribed
      // What was taken out of the config since is shown by `subscriptions`, and not reported.
      .filter(({ environment }) => environments.some(({ name }) => name === environment))
      .flatMap((each) => toScheduledReport(each) ?? []),
  ];
}

/** Null: it is not on a schedule. */
export function toScheduledReport(subscription: Subscription): ScheduledReport | null {
  const { id, kind, schedule, channel, environment } = subscription;
  if (schedule === null || kind === 'failures') return null;
  const [hour, minute] = schedule.time.split(':').map(Number);
  return {
    id,
    name: `${environment} ${NAMES[kind]}`,
    cron: `${minute} ${hour} * * ${schedule.days === 'weekdays' ? '1-5' : '*'}`,
    timezone: schedule.timezone,
    channel,
    environments: [environment],
    sections: kind === 'drift' ? ['drift'] : ['readiness', 'drift', 'events'],
    // Who asks for a digest daily gets one daily; drift is worth a message where there is something to say.
    when: kind === 'drift' ? 'changed' : 'always',
    origin: 'subscription',
  };
}
