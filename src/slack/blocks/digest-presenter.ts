import type { Presenter } from '../../digests/presenter.ts';
import { digestMessage } from './digest.ts';
import { digestDetails } from './digest-thread.ts';
import { noticeMessage, noticeReply } from './notice.ts';
import { reminderMessage } from './sign-off-reminder.ts';
import { bold, escapeMrkdwn, mrkdwnMessage, paragraph, plain, richText } from './text.ts';

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
  reminder: reminderMessage,
  sample: ({ text, blocks }, { name }, title) => ({
    text: `TEST: ${text}`,
    blocks: [
      richText(paragraph(bold(`🧪 Test of ${name}: ${title}. `), plain('All of it is invented.'))),
      ...blocks,
    ],
  }),
};
