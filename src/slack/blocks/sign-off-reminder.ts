import type { Reminder } from '../../approvals/sign-offs/reminders.ts';
import { isoDay } from '../../readiness/sign-offs.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { mrkdwnMessage, quoted } from './text.ts';

/** Asks the signer to renew a sign-off, 14 days before it expires. */
export const reminderMessage = ({ environment, signOff, approval, endsAt }: Reminder): Message =>
  mrkdwnMessage(
    `Your sign-off “${quoted(signOff.title, 300)}” for ${environmentLabel(environment)}, given on ${isoDay(approval.at)}, expires on ${isoDay(endsAt)}. Next: review it and sign again: \`/envcheck checklist ${environment.name}\``,
  );
