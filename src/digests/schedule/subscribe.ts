import type { Environment } from '../../config/config.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { beginSchedule } from '../../store/report-runs.ts';
import {
  endSubscription,
  insertSubscription,
  listSubscriptions,
  type Subscription,
} from '../../store/subscriptions.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { reportOf } from './all-reports.ts';
import { definitionOf, fireTimes } from './fire-times.ts';
import { type Wish, whatComes, wishWords } from './subscription-text.ts';

export interface Request {
  channel: string;
  environment: Environment;
  wish: Wish;
  /** In which the time is meant where the wish names none. */
  timezone: string;
  /** `slack:U…` or `cli:…`. */
  actor: string;
}

/** What came of it, in words that every surface shows. */
export interface Subscribed {
  kind: 'done' | 'refused';
  summary: string;
  subscription: Subscription | null;
  /** Epoch ms of the first report; null: not on a schedule. */
  next: number | null;
}

export interface SubscriptionDesk {
  subscribe(request: Request): Promise<Subscribed>;
  /** `wish` null: the only one that the channel has of this environment. */
  unsubscribe(request: Omit<Request, 'wish'> & { wish: Wish | null }): Promise<Subscribed>;
}

export const createSubscriptionDesk = (dependencies: { db: Database; clock: Clock }): SubscriptionDesk => ({
  subscribe: (request) => subscribe(dependencies, request),
  unsubscribe: (request) => unsubscribe(dependencies, request),
});

/** What a channel can have once: a digest at a time of a zone, and one each of the others. */
const slotOf = ({ kind, schedule }: Pick<Subscription, 'kind' | 'schedule'>): string =>
  kind === 'digest' && schedule ? `${schedule.days} ${schedule.time} ${schedule.timezone}` : kind;

async function subscribe(
  { db, clock }: { db: Database; clock: Clock },
  { channel, environment, wish, timezone, actor }: Request,
): Promise<Subscribed> {
  const at = clock.now();
  const label = environmentLabel(environment);
  const subscription: Subscription = {
    id: randomId('sub'),
    channel,
    environment: environment.name,
    kind: wish.kind,
    schedule: wish.schedule && { ...wish.schedule, timezone: wish.timezone ?? timezone },
    createdBy: actor,
    createdAt: at,
  };
  const stored = await inTransaction(db, async (transaction) => {
    const isNew = await insertSubscription(transaction, subscription, slotOf(subscription));
    if (!isNew) return false;
    await note(transaction, 'subscription.create', subscription, actor, at);
    // From now on, and not from when the schedule first sees it: that may be after a restart.
    const report = reportOf(subscription);
    if (report) await beginSchedule(transaction, { id: report.id, definition: definitionOf(report) }, at);
    return true;
  });
  if (stored)
    return {
      kind: 'done',
      summary: `This channel gets ${whatComes(subscription, label)}.`,
      subscription,
      next: nextOf(subscription, at),
    };
  const [existing] = (await ofChannel(db, channel, environment.name)).filter(
    (each) => slotOf(each) === slotOf(subscription),
  );
  const has = existing ?? subscription;
  return {
    kind: 'refused',
    summary: `This channel has that already: ${whatComes(has, label)}. Nothing was changed.`,
    subscription: has,
    next: nextOf(has, at),
  };
}

async function unsubscribe(
  { db, clock }: { db: Database; clock: Clock },
  { channel, environment, wish, timezone, actor }: Omit<Request, 'wish'> & { wish: Wish | null },
): Promise<Subscribed> {
  const label = environmentLabel(environment);
  const all = await ofChannel(db, channel, environment.name);
  const meant = wish === null ? all : matching(all, wish, timezone);
  const [subscription] = meant;
  const refused = (summary: string): Subscribed => ({
    kind: 'refused',
    summary,
    subscription: null,
    next: null,
  });
  if (!subscription)
    return refused(
      `This channel has no such subscription of ${label}. ${all.length > 0 ? `It has: ${linesOf(all)}` : 'It has none.'}`,
    );
  if (meant.length > 1) return refused(`Which one of ${label}? ${linesOf(meant)}`);
  const at = clock.now();
  const ended = await inTransaction(db, async (transaction) => {
    const isEnded = await endSubscription(transaction, subscription.id, at);
    if (isEnded) await note(transaction, 'subscription.end', subscription, actor, at);
    return isEnded;
  });
  if (!ended) return refused('Somebody else ended it a moment ago.');
  return {
    kind: 'done',
    summary: `This channel no longer gets ${whatComes(subscription, label)}.`,
    subscription,
    next: null,
  };
}

/** The same words mean the same in whatever zone they were said; where that is several, those of this zone. */
function matching(all: Subscription[], wish: Wish, timezone: string): Subscription[] {
  const zone = wish.timezone ?? timezone;
  const same = all.filter((each) =>
    wish.kind === 'digest' ? wishWords(each) === wishWords(wish) : each.kind === wish.kind,
  );
  const here = same.filter(({ schedule }) => schedule?.timezone === zone);
  return wish.timezone !== null || (same.length > 1 && here.length === 1) ? here : same;
}

/** What to type to end each. */
const linesOf = (subscriptions: Subscription[]): string =>
  subscriptions
    .map((each) => {
      const zone = each.kind === 'digest' && each.schedule ? ` ${each.schedule.timezone}` : '';
      return `\`unsubscribe ${each.environment} ${wishWords(each)}${zone}\``;
    })
    .join(' · ');

async function ofChannel(db: Database, channel: string, environment: string): Promise<Subscription[]> {
  const all = await listSubscriptions(db);
  return all.filter((each) => each.channel === channel && each.environment === environment);
}

function nextOf(subscription: Subscription, now: number): number | null {
  const report = reportOf(subscription);
  return report && fireTimes(report).after(now);
}

const note = (
  transaction: Transaction,
  act: string,
  subscription: Subscription,
  actor: string,
  at: number,
): Promise<string> =>
  insertAudit(transaction, {
    at,
    actor,
    act,
    environment: subscription.environment,
    subject: subscription.id,
    detail: {
      channel: subscription.channel,
      what: wishWords(subscription),
      ...(subscription.schedule ?? {}),
    },
  });
