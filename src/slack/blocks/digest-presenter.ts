import type { Presenter } from '../../digests/presenter.ts';
import { digestMessage } from './digest.ts';
import { digestDetails } from './digest-thread.ts';
import { noticeMessage, noticeReply } from './notice.ts';
import { reminderMessage } from './sign-off-reminder.ts';
import { bold, escapeMrkdwn, mrkdwnMessage, paragraph, plain, richText } from './text.ts';

/** The messages of everything that Envcheck posts unasked. */
export const slackPresenter: Presenter = {
  digest: digestMessage,
  digestDetails,
  // Silence would mean that all is quiet.
  failedReport: ({ name }, firedFor, token) =>
    mrkdwnMessage(
      `❔ The report ${escapeMrkdwn(name)} of ${new Date(firedFor).toISOString()} could not be made. The log of Envcheck has the reason under ${token}. Next: \`/envcheck self\``,
    ),
  notice: noticeMessage,
  noticeReply,
  reminder: reminderMessage,
  sample: ({ text, blocks }, { name }, title) => ({
    text: `TEST: ${text}`,
    blocks: [
      richText(paragraph(bold(`🧪 Test of ${name}: ${title}. `), plain('Nothing of this is real.'))),
      ...blocks,
    ],
  }),
};
