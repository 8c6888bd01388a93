import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ReminderDependencies, remindSigners } from '../approvals/sign-offs/reminders.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import type { Clock } from '../time/clock.ts';
import type { Courier } from './outbox/courier.ts';
import { enqueue } from './outbox/outbox.ts';
import { createSender } from './outbox/sender.ts';
import type { Presenter } from './presenter.ts';
import { createSchedule } from './schedule/schedule.ts';
import type { MakeReport } from './schedule/scheduled-report.ts';
import { allReports } from './schedule/scheduled-report.ts';

/** Poll interval of the outbox, ms. */
export const REPORTS_TICK_MS = 1_000;
/** node-cron wakes the schedule when a report is due, so the schedule polls this many times less often than the outbox. */
const SCHEDULE_TICKS = 15;

export interface Reporting {
  start(): void;
  /** Starts nothing new and waits at most `finishMs` for running work. The rest is done after the next start. */
  stop(finishMs: number): Promise<void>;
}

/** Scheduled reports, and the outbox that sends every message. */
export function createReporting(dependencies: {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  courier: Courier;
  botName(): string;
  makeReport: MakeReport;
  presenter: Presenter;
  tickMs: number;
}): Reporting {
  const { config, db } = dependencies;
  const schedule = createSchedule({
    ...dependencies,
    reports: () => allReports(db, config),
    tickMs: dependencies.tickMs * SCHEDULE_TICKS,
  });
  const sender = createSender(dependencies);
  return {
    start() {
      schedule.start();
      sender.start();
    },
    async stop(finishMs) {
      const finished = Promise.all([schedule.stop(), sender.stop()]);
      await Promise.race([finished, sleep(finishMs, undefined, { ref: false })]);
    },
  };
}

/** Reminds the signers of sign-offs that expire within 14 days, each once, in a direct message. Returns how many were reminded. */
export const sendReminders = ({
  presenter,
  ...dependencies
}: ReminderDependencies & { clock: Clock; presenter: Presenter }): Promise<number> =>
  remindSigners(dependencies, (transaction, reminder) =>
    enqueue(
      transaction,
      { channel: reminder.user, key: reminder.key, kind: 'post', message: presenter.reminder(reminder) },
      dependencies.clock,
    ),
  );
