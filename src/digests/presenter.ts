import type { Reminder } from '../approvals/sign-offs/reminders.ts';
import type { MissingNotice } from '../store/missing-events.ts';
import type { Notice, NoticeCheck } from '../store/notices.ts';
import type { Message } from '../text/message.ts';
import type { Digest } from './digest/digest-content.ts';

/**
 * Turns digests, notices and reminders into messages. It is passed in where the parts are joined, so that this room depends
 * on no surface.
 */
export interface Presenter {
  /** The message of the day. */
  digest(digest: Digest): Message;
  /** The replies in its thread, one for each section with details. `name` is unique within the digest. */
  digestDetails(digest: Digest): { name: string; message: Message }[];
  /** Says in the channel of a report that it could not be made. `firedFor`: its planned time, epoch ms. `token`: where the log has the error. */
  failedReport(report: { name: string }, firedFor: number, token: string): Message;
  /** The announcement as of `at`, epoch ms. It is edited in place until the notice is closed. */
  notice(notice: Notice, at: number): Message;
  /** The reply in the thread of the announcement. `closed`: the checks that ended with this report. */
  noticeReply(notice: Notice, closed: NoticeCheck[], at: number): Message;
  /** The announcement of contracts that were executed without their event. It is edited until none is missing. `hint`: more about them. */
  missingEvents(
    environment: { name: string; production: boolean },
    notice: MissingNotice,
    hint: string | null,
  ): Message;
  /** The reply in its thread when none is missing any more. */
  missingEventsReply(environment: { name: string; production: boolean }, notice: MissingNotice): Message;
  /** Says in a channel that its subscriptions to an environment ended, because the config no longer has it. */
  subscriptionsEnded(environment: string, count: number): Message;
  /** Asks the signer of a sign-off that expires soon to renew it. */
  reminder(reminder: Reminder): Message;
  /** The same message, marked as a test of a report. */
  sample(message: Message, report: { name: string }, title: string): Message;
}
