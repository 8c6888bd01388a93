import type { Config, Environment } from '../../config/config.ts';
import type { Report } from '../../readiness/report.ts';
import type { Database } from '../../store/database.ts';
import {
  type Notice,
  openNotices,
  type StoredNotice,
  saveNotice,
  saveWatch,
  watchOf,
} from '../../store/notices.ts';
import { subscriptionsFor } from '../../store/subscriptions.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { randomId } from '../../text/ids.ts';
import { knownTime } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import { enqueue } from '../outbox/outbox.ts';
import type { Presenter } from '../presenter.ts';
import { maintenanceAt } from '../schedule/maintenance.ts';
import { isClosed, watchReport } from './watch-report.ts';

export interface NoticeWatch {
  /** Call this for every report, automatic or requested. `at`: epoch ms UTC. */
  afterReport(report: Report, at: number): Promise<void>;
}

export interface NoticeDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  presenter: Presenter;
}

/**
 * Announces once that a check begins to fail or that an environment has no verdict for an hour, edits the announcement while
 * it is open, and says when it is resolved. State and messages are written in one transaction: every announced
 * failure is resolved later, even after a crash, and only those.
 */
export function createNoticeWatch(dependencies: NoticeDependencies): NoticeWatch {
  return {
    afterReport: (report, at) =>
      inTransaction(dependencies.db, (transaction) => applyReport(dependencies, transaction, report, at)),
  };
}

async function applyReport(
  dependencies: NoticeDependencies,
  transaction: Transaction,
  report: Report,
  at: number,
): Promise<void> {
  const environment = dependencies.config.environments.find(({ name }) => name === report.environment);
  const before = await watchOf(transaction, report.environment);
  // A repeated or late report does not count as another report in a row.
  const last = knownTime(before?.checkedAt, at);
  if (!environment || before?.report === report.id || (last !== null && last >= report.checkedAt)) return;
  const open = await openNotices(transaction, environment.name);
  const watched = watchReport(
    before?.state ?? null,
    report,
    open.map(({ notice }) => notice),
    { at, silent: maintenanceAt(environment.maintenance, at) !== null },
  );
  await saveWatch(transaction, environment.name, {
    report: report.id,
    checkedAt: report.checkedAt,
    state: watched.state,
  });
  for (const [index, stored] of open.entries())
    await updateAnnouncement(dependencies, transaction, stored, watched.notices[index] ?? stored.notice, at);
  const announced = {
    id: '',
    environment: environment.name,
    production: environment.production,
    announcedAt: at,
    closedAt: null,
  };
  if (watched.checks)
    await announce(dependencies, transaction, environment, {
      ...announced,
      kind: 'checks',
      ...watched.checks,
      reason: null,
      remedy: null,
    });
  if (watched.unknown)
    await announce(dependencies, transaction, environment, {
      ...announced,
      kind: 'unknown',
      ...watched.unknown,
      checks: [],
    });
}

/** Announces nothing when no channel listens. If a channel subscribes by the next report, that report announces it. */
async function announce(
  { config, clock, presenter }: NoticeDependencies,
  transaction: Transaction,
  environment: Environment,
  content: Notice,
): Promise<void> {
  const channels = await channelsOf(config, transaction, environment.name);
  if (channels.length === 0) return;
  const notice = { ...content, id: randomId('ntc') };
  const message = presenter.notice(notice, notice.announcedAt);
  const places: StoredNotice['places'] = [];
  for (const channel of channels)
    places.push({
      channel,
      message: await enqueue(
        transaction,
        { channel, key: `notice ${notice.id} ${channel}`, kind: 'post', message },
        clock,
      ),
    });
  await saveNotice(transaction, { notice, places, shown: JSON.stringify(message), edits: 0 });
}

/** Edits the announcement, and posts in its thread which checks ended, or how all of it did. */
export async function updateAnnouncement(
  { clock, presenter }: Pick<NoticeDependencies, 'clock' | 'presenter'>,
  transaction: Transaction,
  stored: StoredNotice,
  notice: Notice,
  at: number,
): Promise<void> {
  const message = presenter.notice(notice, at);
  const wasOpen = new Set(stored.notice.checks.filter((check) => !isClosed(check)).map(({ id }) => id));
  const closed = notice.checks.filter((check) => isClosed(check) && wasOpen.has(check.id));
  const shown = JSON.stringify(message);
  if (shown === stored.shown && notice.closedAt === null) return;
  const edits = stored.edits + 1;
  for (const { channel, message: target } of stored.places) {
    const key = `notice ${notice.id} ${channel} ${edits}`;
    await enqueue(transaction, { channel, key, kind: 'update', message, target }, clock);
    if (closed.length > 0 || notice.closedAt !== null)
      await enqueue(
        transaction,
        {
          channel,
          key: `${key} reply`,
          kind: 'post',
          message: presenter.noticeReply(notice, closed, at),
          parent: target,
          broadcast: notice.closedAt !== null,
        },
        clock,
      );
  }
  await saveNotice(transaction, { ...stored, notice, shown, edits });
}

/** Channels with a report about the environment or a `failures` subscription; each once. */
export async function channelsOf(
  { reports }: Config,
  transaction: Transaction,
  environment: string,
): Promise<string[]> {
  const ofReports = reports
    .filter(({ environments }) => environments.includes(environment))
    .map(({ channel }) => channel);
  const subscribed = await subscriptionsFor(transaction, 'failures', environment);
  return [...new Set([...ofReports, ...subscribed.map(({ channel }) => channel)])];
}
