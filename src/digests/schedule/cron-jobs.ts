import { type ScheduledTask, schedule } from 'node-cron';
import type { Logger } from 'pino';
import { definitionOf } from './fire-times.ts';

interface Scheduled {
  id: string;
  cron: string;
  timezone: string;
}

export interface CronJobs {
  /** Takes over what is scheduled now: new ones are set, those that are gone or have another schedule are taken off. */
  set(reports: readonly Scheduled[]): void;
  stop(): Promise<void>;
}

/** node-cron rings when a report is due, by the machine's clock. What then has to be done is asked of the store. */
export function createCronJobs(onFire: () => void, logger: Logger): CronJobs {
  const tasks = new Map<string, { definition: string; task: ScheduledTask }>();
  const quiet = () => {};
  const take = (id: string) => {
    const task = tasks.get(id)?.task;
    tasks.delete(id);
    return task?.destroy();
  };
  return {
    set(reports) {
      for (const id of tasks.keys()) if (!reports.some((each) => each.id === id)) void take(id);
      for (const report of reports) {
        const definition = definitionOf(report);
        if (tasks.get(report.id)?.definition === definition) continue;
        void take(report.id);
        const task = schedule(report.cron, onFire, {
          timezone: report.timezone,
          name: report.id,
          noOverlap: true,
          // A machine that slept: the round that follows makes up for it.
          suppressMissedWarning: true,
          logger: {
            info: quiet,
            debug: quiet,
            warn: (message) => logger.warn({ report: report.id }, message),
            error: (error) => logger.error({ err: error, report: report.id }, 'alarm of a report'),
          },
        });
        tasks.set(report.id, { definition, task });
      }
    },
    async stop() {
      await Promise.all([...tasks.keys()].map(take));
    },
  };
}
