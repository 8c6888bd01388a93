import { type ReminderDependencies, remindSigners } from '../../approvals/sign-offs/reminders.ts';
import { reminderMessage } from '../../slack/blocks/sign-off-reminder.ts';
import type { Clock } from '../../time/clock.ts';
import { enqueue } from '../outbox/outbox.ts';

/** Tells those who signed what ends within 14 days, each once, in a direct message. Returns how many were told. */
export const sendReminders = (dependencies: ReminderDependencies & { clock: Clock }): Promise<number> =>
  remindSigners(dependencies, (transaction, reminder) =>
    enqueue(
      transaction,
      { channel: reminder.user, key: reminder.key, kind: 'post', message: reminderMessage(reminder) },
      dependencies.clock,
    ),
  );
