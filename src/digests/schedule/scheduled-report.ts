import type { Config, ReportSchedule } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { listSubscriptions, type Subscription } from '../../store/subscriptions.ts';
import type { OutboxItem } from '../outbox/outbox.ts';

/** A report of the config, or a subscription turned into one. */
export interface ScheduledReport {
  /** Stable across restarts: `config:` and its name, or `sub_…`. */
  id: string;
  name: string;
  /** Five fields, as in crontab(5). */
  cron: string;
  timezone: string;
  channel: string;
  /** Names from the config. */
  environments: string[];
  sections: ReportSchedule['sections'];
  when: ReportSchedule['when'];
  origin: 'config' | 'subscription';
}

export interface ReportRun {
  report: ScheduledReport;
  /** Planned time, epoch ms. */
  firedFor: number;
  /** The planned time passed while no process ran. This run stands for every run that was missed. */
  late: boolean;
  /** Time of the previous run, epoch ms, whether or not it posted; null for the first run. */
  previousRun: number | null;
}

/**
 * Returns the messages of a run. It may be called again for the same run, after a failure or in another process when this
 * one dies; its messages are posted once. Derive the keys of the items from the report's id and `firedFor`, so that they are
 * the same each time. Errors are logged, and the run is retried.
 */
export type MakeReport = (run: ReportRun) => Promise<OutboxItem[] | 'nothing changed'>;

const NAMES = { digest: 'digest', drift: 'drift' } as const;

/** Every scheduled report: those of the config in their order, then the subscriptions in theirs. */
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
      // An environment that was removed from the config is not reported. `subscriptions` still lists it.
      .filter(({ environment }) => environments.some(({ name }) => name === environment))
      .flatMap((each) => toScheduledReport(each) ?? []),
  ];
}

/** Null when the subscription has no schedule. */
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
    // A daily digest comes daily. A drift report comes only when something changed.
    when: kind === 'drift' ? 'changed' : 'always',
    origin: 'subscription',
  };
}
