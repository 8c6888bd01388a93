import type { Environment } from '../../config/config.ts';
import {
  type DigestState,
  digestExists,
  insertDigest,
  newestDigest,
  type StoredDigest,
} from '../../store/digests.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { daysBetween, localDate } from '../../time/days.ts';
import { DAY_MS } from '../../time/units.ts';
import { enqueue, type OutboxItem } from '../outbox/outbox.ts';
import type { Presenter } from '../presenter.ts';
import type { MakeReport, ReportRun, ScheduledReport } from '../schedule/scheduled-report.ts';
import { trendText } from '../trend/trend.ts';
import type { Trends } from '../trend/trends.ts';
import type { Digest, DigestFacts } from './digest-content.ts';
import { type GatherDependencies, readCurrentFacts } from './gather-digest.ts';
import { addPeriod } from './gather-period.ts';
import { judgeDigest } from './judge-digest.ts';

/** After this many calendar days of silence a report posts that nothing changed. */
const HEARTBEAT_DAYS = 7;

/** A digest with the reason for posting it. */
export interface MadeDigest {
  digest: Digest;
  state: DigestState;
  /** Null when nothing changed and the digest stays silent. */
  because: 'always' | 'baseline' | 'moved' | 'not read' | 'heartbeat' | null;
}

export interface DigestDependencies extends GatherDependencies {
  trends: Trends;
  presenter: Presenter;
}

/**
 * Makes a digest and puts it into the outbox together with its state, in one transaction: a digest is posted if and only if
 * the next one is compared with it. A run that was already made is not made again. The returned list is empty because
 * nothing is left to post.
 */
export const createMakeReport =
  (dependencies: DigestDependencies): MakeReport =>
  async (run) => {
    const { db } = dependencies;
    const { report, firedFor } = run;
    const place = { report: report.id, channel: report.channel };
    const present = await readCurrentFacts(dependencies, report);
    const day = localDate(present.at, report.timezone);
    const [before, dayBefore] = [await newestDigest(db, place), await newestDigest(db, place, { day })];
    const since = (digest: StoredDigest | null): Promise<DigestFacts> =>
      addPeriod(dependencies, report, present, periodStart(digest, present.at));
    const gathered = await since(before);
    // The message of a day shows all changes since the day before.
    const ofDay = before?.day === day ? await since(dayBefore) : null;
    const made = makeDigest(run, gathered, before);
    const picture =
      made.because === null || ofDay ? null : await drawPicture(dependencies, report, present.environments);
    return inTransaction(db, async (transaction) => {
      if (await digestExists(transaction, place, firedFor)) return [];
      const newest = await newestDigest(transaction, place);
      if (newest?.firedFor !== before?.firedFor)
        throw new Error(
          `another digest of ${report.id} was made at the same time; the retry compares with that one`,
        );
      if (made.because === null) return 'nothing changed';
      const updated = ofDay && makeDigest({ ...run, late: false }, ofDay, dayBefore).digest;
      await post(transaction, dependencies, run, { ...made, picture }, before, updated);
      return [];
    });
  };

/** Draws the last 30 days of production, or of the first environment. When that fails, the digest goes out without a picture. */
async function drawPicture(
  { trends, logger }: DigestDependencies,
  { sections }: ScheduledReport,
  environments: readonly Environment[],
): Promise<OutboxItem['picture'] | null> {
  const shown = environments.find(({ production }) => production) ?? environments[0];
  if (!shown || !(sections.includes('readiness') || sections.includes('drift'))) return null;
  try {
    const trend = await trends.of(shown);
    return {
      png: await trends.picture(trend),
      name: `${shown.name}-last-30-days.png`,
      alt: trendText(trend),
    };
  } catch (error) {
    logger.warn({ err: error, environment: shown.name }, 'a digest has no picture');
    return null;
  }
}

/** Makes the digest that a report would post now. Reads like a run; posts and stores nothing. */
export async function previewDigest(
  dependencies: GatherDependencies,
  report: ScheduledReport,
): Promise<MadeDigest> {
  const present = await readCurrentFacts(dependencies, report);
  const before = await newestDigest(dependencies.db, { report: report.id, channel: report.channel });
  const gathered = await addPeriod(dependencies, report, present, periodStart(before, present.at));
  return makeDigest({ report, firedFor: present.at, late: false }, gathered, before);
}

const periodStart = (before: Pick<StoredDigest, 'madeAt'> | null, now: number): number =>
  before?.madeAt ?? now - DAY_MS;

/** Compares the facts with the previous digest. Pure. */
export function makeDigest(
  { report, firedFor, late }: Omit<ReportRun, 'previousRun'>,
  gathered: DigestFacts,
  before: StoredDigest | null,
): MadeDigest {
  const { state, mustSpeak, moved, ...judged } = judgeDigest(gathered, before?.state ?? null);
  const because = reasonToPost(report, gathered.at, before, { moved, mustSpeak });
  return {
    because,
    state,
    digest: {
      ...judged,
      moved,
      name: report.name,
      kind: because === 'baseline' || because === 'heartbeat' ? because : 'digest',
      sections: report.sections,
      timezone: report.timezone,
      period: { from: periodStart(before, gathered.at), to: gathered.at },
      lateSince: late ? firedFor : null,
    },
  };
}

function reasonToPost(
  { when, timezone }: ScheduledReport,
  at: number,
  before: StoredDigest | null,
  { moved, mustSpeak }: { moved: boolean; mustSpeak: boolean },
): MadeDigest['because'] {
  if (before === null) return 'baseline';
  if (moved) return 'moved';
  if (mustSpeak) return 'not read';
  if (when === 'always') return 'always';
  return daysBetween(before.day, localDate(at, timezone)) >= HEARTBEAT_DAYS ? 'heartbeat' : null;
}

/**
 * Posts one message per day and channel. The first digest of a day is that message, with its details in the thread. A later
 * one is posted in the thread, and the message is updated.
 */
async function post(
  transaction: Transaction,
  { clock, presenter }: DigestDependencies,
  { report, firedFor }: ReportRun,
  { digest, state, picture }: MadeDigest & { picture: OutboxItem['picture'] | null },
  before: StoredDigest | null,
  ofDay: Digest | null,
): Promise<void> {
  const day = localDate(digest.period.to, report.timezone);
  const { channel } = report;
  const key = `digest ${report.id} ${channel} ${firedFor}`;
  const isFirst = before?.day !== day;
  const own = await enqueue(
    transaction,
    {
      channel,
      key,
      kind: 'post',
      message: presenter.digest(digest),
      ...(isFirst ? {} : { parent: before.message }),
      ...(picture ? { picture } : {}),
    },
    clock,
  );
  const message = isFirst ? own : before.message;
  if (ofDay && !isFirst)
    await enqueue(
      transaction,
      { channel, key: `${key} update`, kind: 'update', message: presenter.digest(ofDay), target: message },
      clock,
    );
  for (const { name, message: detail } of presenter.digestDetails(digest))
    await enqueue(
      transaction,
      { channel, key: `${key} ${name}`, kind: 'post', message: detail, parent: message },
      clock,
    );
  await insertDigest(
    transaction,
    { report: report.id, channel },
    { firedFor, madeAt: digest.period.to, day, message, state },
  );
}
