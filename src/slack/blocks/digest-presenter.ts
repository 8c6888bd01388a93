import type { Reminder } from '../../approvals/sign-offs/reminders.ts';
import type { Presenter } from '../../digests/presenter.ts';
import { isoDay } from '../../readiness/sign-offs.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { digestMessage } from './digest.ts';
import { digestDetails } from './digest-thread.ts';
import { noticeMessage, noticeReply } from './notice.ts';
import { bold, escapeMrkdwn, mrkdwnMessage, paragraph, plain, quoted, richText } from './text.ts';

/** Asks the signer to renew a sign-off, 14 days before it expires. */
const reminderMessage = ({ environment, signOff, approval, endsAt }: Reminder): Message =>
  mrkdwnMessage(
    `Your sign-off “${quoted(signOff.title, 300)}” for ${environmentLabel(environment)}, given on ${isoDay(approval.at)}, expires on ${isoDay(endsAt)}. Next: review it and sign again: \`/envcheck checklist ${environment.name}\``,
  );

const MAX_NAMED = 20;

/** Executed contracts whose event did not come. `failures` says when all have arrived. */
const missingEventsMessage: Presenter['missingEvents'] = (environment, missing) => {
  const named = missing.slice(0, MAX_NAMED).map(({ contract }) => quoted(contract, 60));
  const more = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : '';
  const activities = [...new Set(missing.map(({ activity }) => activity))].join(', ');
  return mrkdwnMessage(
    `❌ ${escapeMrkdwn(environmentLabel(environment))}: ${pluralize(missing.length, 'contract was', 'contracts were')} executed in SpotDraft and ${activities} did not arrive: ${named.join(', ')}${more}. Next: \`/envcheck failures ${environment.name}\``,
  );
};

/** Slack's messages for everything that Envcheck posts unasked. */
export const slackPresenter: Presenter = {
  digest: digestMessage,
  digestDetails,
  // Without this message, the silence would mean that nothing changed.
  failedReport: ({ name }, firedFor, token) =>
    mrkdwnMessage(
      `❔ The report ${escapeMrkdwn(name)}, due at ${new Date(firedFor).toISOString()}, could not be made. Envcheck's log has the reason under ${token}. Next: \`/envcheck self\``,
    ),
  notice: noticeMessage,
  noticeReply,
  missingEvents: missingEventsMessage,
  reminder: reminderMessage,
  sample: ({ text, blocks }, { name }, title) => ({
    text: `TEST: ${text}`,
    blocks: [
      richText(paragraph(bold(`🧪 Test of ${name}: ${title}. `), plain('All of it is invented.'))),
      ...blocks,
    ],
  }),
};
