import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { listSubscriptions, type Subscription } from '../../store/subscriptions.ts';
import type { ScheduledReport } from './scheduled-report.ts';

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
