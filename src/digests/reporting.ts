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

/** Of the outbox. */
export const REPORTS_TICK_MS = 1_000;
/** The schedule is woken when a report is due; what else there may be has time. */
const BEATS = 15;

export interface Reporting {
  start(): void;
  /** Takes nothing new and finishes what is being made or sent, for at most `finishMs`. The rest is done after the next start. */
  stop(finishMs: number): Promise<void>;
}

/** What comes by itself: reports on schedule, and the outbox through which everything leaves. */
export function createReporting(dependencies: {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  courier: Courier;
  botName: string;
  makeReport: MakeReport;
  presenter: Presenter;
  tickMs: number;
}): Reporting {
  const { config, db } = dependencies;
  const schedule = createSchedule({
    ...dependencies,
    reports: () => allReports(db, config),
    tickMs: dependencies.tickMs * BEATS,
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
