import type { Reminder } from '../../approvals/sign-offs/reminders.ts';
import { isoDay } from '../../readiness/sign-offs.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { mrkdwnMessage, quoted } from './text.ts';

/** To the one who signed, 14 days before it ends. */
export const reminderMessage = ({ environment, signOff, approval, endsAt }: Reminder): Message =>
  mrkdwnMessage(
    `Your sign-off “${quoted(signOff.title, 300)}” for ${environmentLabel(environment)}, given on ${isoDay(approval.at)}, ends on ${isoDay(endsAt)}. Next: look at it again and sign: \`/envcheck checklist ${environment.name}\``,
  );
