import { createOwner } from '../../store/claim-owner.ts';
import {
  ALL_CHANNELS,
  type ClaimedMessage,
  changeMessage,
  claimMessage,
  lastSentBefore,
  noteAttempt,
  pauseChannel,
} from '../../store/outbox-sending.ts';
import type { Message } from '../../text/message.ts';
import { createTicker } from '../../time/ticker.ts';
import { DAY_MS } from '../../time/units.ts';
import type { Outcome, PostedMessage, PostedWhere } from './courier.ts';
import { deliverPicture } from './deliver-picture.ts';
import {
  type AttemptDependencies,
  type ClaimedItem,
  giveUp,
  recordSent,
  SETTLE_MS,
  scheduleRetry,
} from './record-outcome.ts';
import { effectOf, refusalText } from './refusals.ts';

/** Slack accepts one message per second and channel. */
const CHANNEL_PACE_MS = 1_000;
/** Tolerated difference between Slack's clock and this machine's when searching for a message. */
const CLOCK_SKEW_MS = 600_000;
/** Pause of the whole outbox after Slack has rejected the token. */
const STOPPED_MS = 300_000;
/** How long a claim on a message lasts without renewal. Where processes cannot see each other, a killed one holds it so long. */
const CLAIM_MS = 20_000;
/** A sender renews the claims of what it is sending this often. */
const RENEW_MS = 5_000;

type SenderDependencies = Omit<AttemptDependencies, 'owner' | 'claimMs'> & {
  /** How often the sender looks for messages that are due, ms. */
  tickMs: number;
};

export interface Sender {
  /** Sends the messages that are due, one per channel. Resolves when every attempt has ended. */
  tick(): Promise<void>;
  start(): void;
  /** Starts no new attempt. Resolves when the running ones have ended. */
  stop(): Promise<void>;
}

/**
 * Sends the outbox to Slack: in order within a channel, at Slack's pace, until Slack has accepted each message or refuses it
 * for good. Any number of processes may share one database.
 */
export function createSender(dependencies: SenderDependencies): Sender {
  const { db, clock, logger } = dependencies;
  const owner = createOwner();
  const sending = new Set<number>();
  let renewedAt = performance.now();
  async function renew(): Promise<void> {
    if (performance.now() - renewedAt < RENEW_MS) return;
    renewedAt = performance.now();
    for (const seq of sending) await changeMessage(db, { seq, owner }, { due_at: clock.now() + CLAIM_MS });
  }
  async function tick(): Promise<void> {
    await renew();
    const attempts: Promise<void>[] = [];
    const claim = () =>
      claimMessage(db, { owner, now: clock.now(), claimMs: CLAIM_MS, settleMs: SETTLE_MS, sending });
    // A channel with a claimed message is not due again, so the loop ends.
    for (let claimed = await claim(); claimed; claimed = await claim()) {
      const { seq } = claimed;
      sending.add(seq);
      const attempt = deliver({ ...dependencies, owner, claimMs: CLAIM_MS }, asMessage(claimed));
      attempts.push(attempt.finally(() => sending.delete(seq)));
    }
    await Promise.all(attempts);
  }
  return { tick, ...createTicker({ name: 'outbox', tick, everyMs: dependencies.tickMs, logger }) };
}

/** `enqueue` accepts only messages, so the stored JSON is one. */
const asMessage = (claimed: ClaimedMessage): ClaimedItem => claimed as ClaimedItem;

/** Makes one attempt at a claimed message and records the outcome, which ends the claim. */
async function deliver(dependencies: AttemptDependencies, item: ClaimedItem): Promise<void> {
  if (item.place) return deliverPicture(dependencies, item, item.place);
  if (item.namesOther && item.kind === 'update' && item.other === null)
    return giveUp(dependencies, item, 'the message it edits was never posted');
  if (item.inDoubtSince !== null && item.kind === 'post') {
    const found = await findPosted(dependencies, item, {
      after: await lastSentBefore(dependencies.db, item),
      // The clock may have been ahead or behind at the attempt.
      from: Math.min(item.inDoubtSince, dependencies.clock.now()) - CLOCK_SKEW_MS,
      to: Math.max(item.attemptedAt ?? item.inDoubtSince, dependencies.clock.now()) + CLOCK_SKEW_MS,
    });
    if (found === 'later') return;
    if (found) return recordSent(dependencies, item, found);
  }
  const { db, clock, courier } = dependencies;
  const now = clock.now();
  if (
    !(await noteAttempt(db, { ...item, owner: dependencies.owner }, { now, claimMs: dependencies.claimMs }))
  )
    return;
  await pauseChannel(db, item.channel, { now, ms: CHANNEL_PACE_MS, reason: null });
  const outcome =
    item.kind === 'update' && item.other
      ? await courier.update(item.other, item.message)
      : await courier.post(outgoing(item));
  await recordOutcome(dependencies, item, outcome);
}

/** A reply whose parent was given up is posted outside a thread, so that its content is not lost. */
const outgoing = ({ id, channel, message, other, broadcast }: ClaimedItem) => ({
  id,
  channel,
  message,
  threadTs: other?.ts ?? null,
  broadcast,
});

/** Searches Slack for a message whose last answer was lost; null when it was not posted. `later`: the search has to be repeated. */
async function findPosted(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  where: PostedWhere,
): Promise<PostedMessage | null | 'later'> {
  const { courier, logger, clock } = dependencies;
  const outcome = await courier.find(outgoing(item), where);
  if (outcome.kind === 'done') return outcome.result;
  if (outcome.kind === 'refused') {
    const effect = effectOf(outcome.code);
    // When the channel or the token is gone, the next attempt reports it.
    if (effect === 'give up' || effect === 'stop everything' || outcome.code === 'not_in_channel')
      return null;
    logger.warn(
      { id: item.id, channel: item.channel, why: outcome.code },
      'cannot check whether a message was posted, so it is posted again',
    );
    return null;
  }
  if (outcome.kind === 'paused')
    await pauseChannel(dependencies.db, item.channel, { now: clock.now(), ms: outcome.ms, reason: null });
  const why = outcome.kind === 'paused' ? 'Slack asks to wait' : outcome.why;
  await scheduleRetry(dependencies, item, { reason: why, inDoubt: true, counts: true });
  return 'later';
}

async function recordOutcome(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  outcome: Outcome<PostedMessage>,
): Promise<void> {
  const { db, clock } = dependencies;
  switch (outcome.kind) {
    case 'done':
      await pauseChannel(db, item.channel, { now: clock.now(), ms: CHANNEL_PACE_MS, reason: null });
      return recordSent(dependencies, item, outcome.result);
    case 'refused':
      return refused(dependencies, item, outcome.code);
    case 'paused':
      await pauseChannel(db, item.channel, { now: clock.now(), ms: outcome.ms, reason: null });
      return scheduleRetry(dependencies, item, { reason: null, inDoubt: false, counts: false });
    case 'unreached':
      return scheduleRetry(dependencies, item, { reason: outcome.why, inDoubt: false, counts: true });
    case 'unknown':
      return scheduleRetry(dependencies, item, { reason: outcome.why, inDoubt: true, counts: true });
  }
}

async function refused(dependencies: AttemptDependencies, item: ClaimedItem, code: string): Promise<void> {
  const { db, clock, logger, botName } = dependencies;
  const reason = refusalText(code, botName());
  const now = clock.now();
  switch (effectOf(code)) {
    case 'give up':
      return giveUp(dependencies, item, reason);
    case 'text only':
      if (item.message.blocks.length === 0) return giveUp(dependencies, item, reason);
      return scheduleRetry(dependencies, item, {
        reason: `${reason}; sent again as plain text`,
        inDoubt: false,
        counts: false,
        message: textOnly(item.message),
      });
    case 'stop everything':
      logger.error({ code }, reason);
      await pauseChannel(db, ALL_CHANNELS, { now, ms: STOPPED_MS, reason });
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: false });
    case 'wait':
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: true });
    case 'wait a day':
      if (now - item.createdAt > DAY_MS) return giveUp(dependencies, item, `${reason}, for a day`);
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: true });
  }
}

const textOnly = ({ text }: Message): Message => ({
  text: `${text}\n(Slack refused the full layout. The command line shows everything: \`npm run -s envcheck -- help\`)`,
  blocks: [],
});
