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
  /** Time zone for requests that name none. */
  timezone: string;
  /** `slack:U…` or `cli:…`. */
  actor: string;
}

export type UnsubscribeInput = Omit<SubscribeInput, 'request'> & { request: SubscriptionRequest | null };

export interface SubscribeResult extends ActResult {
  subscription: Subscription | null;
  /** First fire time, epoch ms; null without a schedule. */
  next: number | null;
}

export interface Subscriptions {
  subscribe(input: SubscribeInput): Promise<SubscribeResult>;
  /** A null `request` means the channel's only subscription to this environment. */
  unsubscribe(input: UnsubscribeInput): Promise<SubscribeResult>;
}

export const createSubscriptions = (dependencies: { db: Database; clock: Clock }): Subscriptions => ({
  subscribe: (input) => subscribe(dependencies, input),
  unsubscribe: (input) => unsubscribe(dependencies, input),
});

/** A channel can have each slot once per environment: one digest per time and zone, one drift report, one notice. */
const slotOf = ({ kind, schedule }: Pick<Subscription, 'kind' | 'schedule'>): string =>
  kind === 'digest' && schedule ? `${schedule.days} ${schedule.time} ${schedule.timezone}` : kind;

/** Subscriptions that a channel can have, of all environments and kinds. */
const MOST_PER_CHANNEL = 50;
/** Fire times that are compared: a week of a daily digest. */
const COMPARED_TIMES = 7;

const isSameSlot = (left: Subscription, right: Subscription): boolean =>
  left.channel === right.channel && left.environment === right.environment && slotOf(left) === slotOf(right);

/** Two digests of one environment that come at the same moment, on some days or in other words. */
function isSameDigest(left: Subscription, right: Subscription, at: number): boolean {
  if (left.environment !== right.environment || left.kind !== 'digest' || right.kind !== 'digest')
    return false;
  if (isSameSlot(left, right)) return false;
  const times = nextTimes(left, at);
  return nextTimes(right, at).some((time) => times.includes(time));
}

function nextTimes(subscription: Subscription, at: number): number[] {
  const report = toScheduledReport(subscription);
  const times = report && fireTimes(report);
  const found: number[] = [];
  for (
    let next = times?.after(at) ?? null;
    times && next !== null && found.length < COMPARED_TIMES;
    next = times.after(next)
  )
    found.push(next);
  return found;
}

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
    const own = (await listSubscriptions(transaction)).filter((each) => each.channel === channel);
    const clash = own.find((each) => isSameDigest(each, subscription, at));
    if (clash) return { clash };
    if (own.length >= MOST_PER_CHANNEL && !own.some((each) => isSameSlot(each, subscription)))
      return { clash: null };
    const isNew = await insertSubscription(transaction, subscription, slotOf(subscription));
    if (!isNew) return null;
    const auditId = await audit(transaction, 'subscription.create', subscription, actor, at);
    // Fire times count from now, not from when the schedule first sees the report, which may be after a restart.
    const report = toScheduledReport(subscription);
    if (report) await beginSchedule(transaction, { id: report.id, definition: definitionOf(report) }, at);
    return auditId;
  });
  if (stored !== null && typeof stored !== 'string') {
    const { clash } = stored;
    const refusal = clash
      ? refused(
          `This channel already gets ${subscriptionText(clash, label)}, at the same moment. Nothing changed.`,
          `end that one with ${unsubscribeCommands([clash])}, then subscribe again`,
        )
      : refused(
          `This channel has ${MOST_PER_CHANNEL} subscriptions, the most that a channel can have. Nothing changed.`,
          'end one that nobody reads: `subscriptions` lists them',
        );
    return { ...refusal, subscription: clash, next: clash && nextOf(clash, at) };
  }
  if (stored !== null)
    return {
      ...done(`This channel gets ${subscriptionText(subscription, label)}.`, stored),
      subscription,
      next: nextOf(subscription, at),
    };
  const [existing] = (await subscriptionsOf(db, channel, environment.name)).filter(
    (each) => slotOf(each) === slotOf(subscription),
  );
  const current = existing ?? subscription;
  return {
    ...refused(`This channel already gets ${subscriptionText(current, label)}. Nothing changed.`),
    subscription: current,
    next: nextOf(current, at),
  };
}

async function unsubscribe(
  { db, clock }: { db: Database; clock: Clock },
  { channel, environment, request, timezone, actor }: UnsubscribeInput,
): Promise<SubscribeResult> {
  const label = environmentLabel(environment);
  const all = await subscriptionsOf(db, channel, environment.name);
  const matches = request === null ? all : matching(all, request, timezone);
  const [subscription] = matches;
  const refuse = (summary: string): SubscribeResult => ({
    ...refused(summary),
    subscription: null,
    next: null,
  });
  if (!subscription)
    return refuse(
      `This channel has no such subscription to ${label}. ${all.length > 0 ? `It has: ${unsubscribeCommands(all)}` : 'It has none.'}`,
    );
  if (matches.length > 1)
    return refuse(`Which subscription to ${label}? Choose one: ${unsubscribeCommands(matches)}`);
  const at = clock.now();
  const ended = await inTransaction(db, async (transaction) => {
    const isEnded = await endSubscription(transaction, subscription.id, at);
    return isEnded ? audit(transaction, 'subscription.end', subscription, actor, at) : null;
  });
  if (ended === null) return refuse('Someone else ended this subscription a moment ago.');
  return {
    ...done(`This channel no longer gets ${subscriptionText(subscription, label)}.`, ended),
    subscription,
    next: null,
  };
}

/** The same request matches in every time zone. When several match, the zone of the person who asks decides. */
function matching(all: Subscription[], request: SubscriptionRequest, timezone: string): Subscription[] {
  const zone = request.timezone ?? timezone;
  const same = all.filter((each) =>
    request.kind === 'digest' ? requestText(each) === requestText(request) : each.kind === request.kind,
  );
  const here = same.filter(({ schedule }) => schedule?.timezone === zone);
  return request.timezone !== null || (same.length > 1 && here.length === 1) ? here : same;
}

/** The command that ends each subscription. */
const unsubscribeCommands = (subscriptions: Subscription[]): string =>
  subscriptions
    .map((each) => {
      const zone = each.kind === 'digest' && each.schedule ? ` ${each.schedule.timezone}` : '';
      return `\`unsubscribe ${each.environment} ${requestText(each)}${zone}\``;
    })
    .join(' · ');

async function subscriptionsOf(db: Database, channel: string, environment: string): Promise<Subscription[]> {
  const all = await listSubscriptions(db);
  return all.filter((each) => each.channel === channel && each.environment === environment);
}

function nextOf(subscription: Subscription, now: number): number | null {
  const report = toScheduledReport(subscription);
  return report && fireTimes(report).after(now);
}

const audit = (
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
