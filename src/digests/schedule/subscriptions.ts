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
import { type ActResult, done, refused } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { definitionOf, fireTimes } from './fire-times.ts';
import { toScheduledReport } from './scheduled-report.ts';
import { requestText, type SubscriptionRequest, subscriptionText } from './subscription-text.ts';

export interface SubscribeInput {
  channel: string;
  environment: Environment;
  request: SubscriptionRequest;
  /** In which the time is meant where the request names none. */
  timezone: string;
  /** `slack:U…` or `cli:…`. */
  actor: string;
}

export type UnsubscribeInput = Omit<SubscribeInput, 'request'> & { request: SubscriptionRequest | null };

export interface SubscribeResult extends ActResult {
  subscription: Subscription | null;
  /** Epoch ms of the first report; null: not on a schedule. */
  next: number | null;
}

export interface Subscriptions {
  subscribe(input: SubscribeInput): Promise<SubscribeResult>;
  /** `request` null: the only one that the channel has of this environment. */
  unsubscribe(input: UnsubscribeInput): Promise<SubscribeResult>;
}

export const createSubscriptions = (dependencies: { db: Database; clock: Clock }): Subscriptions => ({
  subscribe: (input) => subscribe(dependencies, input),
  unsubscribe: (input) => unsubscribe(dependencies, input),
});

/** What a channel can have once: a digest at a time of a zone, and one each of the others. */
const slotOf = ({ kind, schedule }: Pick<Subscription, 'kind' | 'schedule'>): string =>
  kind === 'digest' && schedule ? `${schedule.days} ${schedule.time} ${schedule.timezone}` : kind;

async function subscribe(
  { db, clock }: { db: Database; clock: Clock },
  { channel, environment, request, timezone, actor }: SubscribeInput,
): Promise<SubscribeResult> {
  const at = clock.now();
  const label = environmentLabel(environment);
  const subscription: Subscription = {
    id: randomId('sub'),
    channel,
    environment: environment.name,
    kind: request.kind,
    schedule: request.schedule && { ...request.schedule, timezone: request.timezone ?? timezone },
    createdBy: actor,
    createdAt: at,
  };
  const stored = await inTransaction(db, async (transaction) => {
    const isNew = await insertSubscription(transaction, subscription, slotOf(subscription));
    if (!isNew) return null;
    const auditId = await note(transaction, 'subscription.create', subscription, actor, at);
    // From now on, and not from when the schedule first sees it: that may be after a restart.
    const report = toScheduledReport(subscription);
    if (report) await beginSchedule(transaction, { id: report.id, definition: definitionOf(report) }, at);
    return auditId;
  });
  if (stored !== null)
    return {
      ...done(`This channel gets ${subscriptionText(subscription, label)}.`, stored),
      subscription,
      next: nextOf(subscription, at),
    };
  const [existing] = (await ofChannel(db, channel, environment.name)).filter(
    (each) => slotOf(each) === slotOf(subscription),
  );
  const has = existing ?? subscription;
  return {
    ...refused(`This channel has that already: ${subscriptionText(has, label)}. Nothing was changed.`),
    subscription: has,
    next: nextOf(has, at),
  };
}

async function unsubscribe(
  { db, clock }: { db: Database; clock: Clock },
  { channel, environment, request, timezone, actor }: UnsubscribeInput,
): Promise<SubscribeResult> {
  const label = environmentLabel(environment);
  const all = await ofChannel(db, channel, environment.name);
  const meant = request === null ? all : matching(all, request, timezone);
  const [subscription] = meant;
  const refuse = (summary: string): SubscribeResult => ({
    ...refused(summary),
    subscription: null,
    next: null,
  });
  if (!subscription)
    return refuse(
      `This channel has no such subscription of ${label}. ${all.length > 0 ? `It has: ${linesOf(all)}` : 'It has none.'}`,
    );
  if (meant.length > 1) return refuse(`Which one of ${label}? ${linesOf(meant)}`);
  const at = clock.now();
  const ended = await inTransaction(db, async (transaction) => {
    const isEnded = await endSubscription(transaction, subscription.id, at);
    return isEnded ? note(transaction, 'subscription.end', subscription, actor, at) : null;
  });
  if (ended === null) return refuse('Somebody else ended it a moment ago.');
  return {
    ...done(`This channel no longer gets ${subscriptionText(subscription, label)}.`, ended),
    subscription,
    next: null,
  };
}

/** The same words mean the same in whatever zone they were said; where that is several, those of this zone. */
function matching(all: Subscription[], request: SubscriptionRequest, timezone: string): Subscription[] {
  const zone = request.timezone ?? timezone;
  const same = all.filter((each) =>
    request.kind === 'digest' ? requestText(each) === requestText(request) : each.kind === request.kind,
  );
  const here = same.filter(({ schedule }) => schedule?.timezone === zone);
  return request.timezone !== null || (same.length > 1 && here.length === 1) ? here : same;
}

/** What to type to end each. */
const linesOf = (subscriptions: Subscription[]): string =>
  subscriptions
    .map((each) => {
      const zone = each.kind === 'digest' && each.schedule ? ` ${each.schedule.timezone}` : '';
      return `\`unsubscribe ${each.environment} ${requestText(each)}${zone}\``;
    })
    .join(' · ');

async function ofChannel(db: Database, channel: string, environment: string): Promise<Subscription[]> {
  const all = await listSubscriptions(db);
  return all.filter((each) => each.channel === channel && each.environment === environment);
}

function nextOf(subscription: Subscription, now: number): number | null {
  const report = toScheduledReport(subscription);
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
      what: requestText(subscription),
      ...(subscription.schedule ?? {}),
    },
  });
