import { environmentLabel } from '../../readiness/environment-label.ts';
import { day } from '../../readiness/sign-offs.ts';
import type { Reminder } from '../../sign-offs/reminders.ts';
import type { Message } from './message.ts';
import { simple } from './progress.ts';
import { quoted } from './text.ts';

/** To the one who signed, 14 days before it ends. */
export const reminderMessage = ({ environment, signOff, approval, endsAt }: Reminder): Message =>
  simple(
    `Your sign-off “${quoted(signOff.title, 300)}” for ${environmentLabel(environment)}, given on ${day(approval.at)}, ends on ${day(endsAt)}. Next: look at it again and sign: \`/envcheck checklist ${environment.name}\``,
  );
