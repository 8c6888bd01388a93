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
import type { Clock } from '../../time/clock.ts';
import { enqueue } from '../outbox/outbox.ts';
import type { Presenter } from '../presenter.ts';
import { maintenanceAt } from '../schedule/maintenance.ts';
import { isOver, watchReport } from './watch-report.ts';

export interface NoticeWatch {
  /** To be called with every report that is made, whoever asked for it. `at`: epoch ms UTC. */
  afterReport(report: Report, at: number): Promise<void>;
}

export interface NoticeDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  presenter: Presenter;
}

/**
 * Announces what begins to fail and what could not be told for an hour, once; edits that while it lasts, and says when it is
 * over. What is remembered and what is to be posted is written in one transaction: what was announced is resolved, whatever
 * happens in between, and nothing else is.
 */
export function createNoticeWatch(dependencies: NoticeDependencies): NoticeWatch {
  return {
    afterReport: (report, at) =>
      inTransaction(dependencies.db, (transaction) => look(dependencies, transaction, report, at)),
  };
}

async function look(
  dependencies: NoticeDependencies,
  transaction: Transaction,
  report: Report,
  at: number,
): Promise<void> {
  const environment = dependencies.config.environments.find(({ name }) => name === report.environment);
  const before = await watchOf(transaction, report.environment);
  // One that was asked for twice, or came late, is no further report in a row.
  if (!environment || (before && before.checkedAt >= report.checkedAt)) return;
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
    await bringUpToDate(dependencies, transaction, stored, watched.notices[index] ?? stored.notice, at);
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

/** Where nobody listens nothing is announced; it is with the next report, should somebody by then. */
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

async function bringUpToDate(
  { clock, presenter }: NoticeDependencies,
  transaction: Transaction,
  stored: StoredNotice,
  notice: Notice,
  at: number,
): Promise<void> {
  const message = presenter.notice(notice, at);
  const wasOpen = new Set(stored.notice.checks.filter((check) => !isOver(check)).map(({ id }) => id));
  const over = notice.checks.filter((check) => isOver(check) && wasOpen.has(check.id));
  const shown = JSON.stringify(message);
  if (shown === stored.shown && notice.closedAt === null) return;
  const edits = stored.edits + 1;
  for (const { channel, message: target } of stored.places) {
    const key = `notice ${notice.id} ${channel} ${edits}`;
    await enqueue(transaction, { channel, key, kind: 'update', message, target }, clock);
    if (over.length > 0 || notice.closedAt !== null)
      await enqueue(
        transaction,
        {
          channel,
          key: `${key} reply`,
          kind: 'post',
          message: presenter.noticeReply(notice, over, at),
          parent: target,
          broadcast: notice.closedAt !== null,
        },
        clock,
      );
  }
  await saveNotice(transaction, { ...stored, notice, shown, edits });
}

/** Channels of reports about the environment, and of those who asked to be told of failures; each once. */
async function channelsOf(
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
