import type { Reminder } from '../../approvals/sign-offs/reminders.ts';
import type { Presenter } from '../../digests/presenter.ts';
import { isoDay } from '../../readiness/sign-offs.ts';
import type { MissingNotice, MissingState } from '../../store/missing-events.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { durationText } from '../../time/duration-text.ts';
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

/** "T-1, T-2 and 3 more", escaped. */
function namesOf({ contracts }: MissingNotice, state?: MissingState): string {
  const own = contracts.filter((each) => state === undefined || each.state === state);
  const named = own.slice(0, MAX_NAMED).map(({ contract }) => quoted(contract, 60));
  return `${named.join(', ')}${own.length > MAX_NAMED ? ` and ${own.length - MAX_NAMED} more` : ''}`;
}

const stateTexts: Record<Exclude<MissingState, 'missing'>, string> = {
  arrived: 'arrived since',
  unclear: 'may have arrived',
  over: 'voided or deleted since',
  forgotten: 'older than the log by now',
  'not judged': 'not judged any more, since the config no longer has the environment',
};

/** "2 arrived since, 1 voided or deleted since" */
const countsOf = ({ contracts }: MissingNotice): string =>
  Object.entries(stateTexts)
    .flatMap(([state, text]) => {
      const count = contracts.filter((each) => each.state === state).length;
      return count > 0 ? [`${count} ${text}`] : [];
    })
    .join(', ');

/** Executed contracts whose event did not come. */
const missingEventsMessage: Presenter['missingEvents'] = (environment, notice, hint) => {
  const label = escapeMrkdwn(environmentLabel(environment));
  if (notice.closedAt !== null)
    return mrkdwnMessage(
      `${endMark(notice)} ${label}: no CONTRACT_EXECUTED is missing any more: ${countsOf(notice)}. It was missing of ${namesOf(notice)}.`,
    );
  const open = notice.contracts.filter(({ state }) => state === 'missing').length;
  const counts = countsOf(notice);
  return mrkdwnMessage(
    `❌ ${label}: ${pluralize(open, 'contract was', 'contracts were')} executed in SpotDraft and CONTRACT_EXECUTED did not arrive: ${namesOf(notice, 'missing')}${counts === '' ? '' : ` (${counts})`}.${hint === null ? '' : ` ${quoted(hint, 500)}.`} Next: \`/envcheck failures ${environment.name}\``,
  );
};

const endMark = ({ contracts }: MissingNotice): string =>
  contracts.some(({ state }) => state === 'arrived') ? '✅' : '➖';

const missingEventsReply: Presenter['missingEventsReply'] = (environment, notice) =>
  mrkdwnMessage(
    `${endMark(notice)} ${escapeMrkdwn(environmentLabel(environment))}: no CONTRACT_EXECUTED is missing any more after ${durationText((notice.closedAt ?? notice.announcedAt) - notice.announcedAt)}: ${countsOf(notice)}`,
  );

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
  missingEventsReply,
  subscriptionsEnded: (environment, count) =>
    mrkdwnMessage(
      `➖ ${escapeMrkdwn(environment)} is not judged any more: it is no longer in Envcheck's config. This channel's ${count === 1 ? 'subscription' : `${count} subscriptions`} to it ended. Next: \`/envcheck help\` names the environments`,
    ),
  reminder: reminderMessage,
  sample: ({ text, blocks }, { name }, title) => ({
    text: `TEST: ${text}`,
    blocks: [
      richText(paragraph(bold(`🧪 Test of ${name}: ${title}. `), plain('All of it is invented.'))),
      ...blocks,
    ],
  }),
};
