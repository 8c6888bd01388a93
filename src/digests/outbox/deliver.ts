import { ALL_CHANNELS, noteAttempt, pauseChannel } from '../../store/outbox-sending.ts';
import type { Message } from '../../text/message.ts';
import type { Outcome, PostedMessage } from './courier.ts';
import { deliverPicture } from './deliver-picture.ts';
import {
  type AttemptDependencies,
  type ClaimedItem,
  giveUp,
  recordSent,
  scheduleRetry,
} from './record-outcome.ts';
import { effectOf, refusalText } from './refusals.ts';

/** Slack takes one message a second in a channel. */
const CHANNEL_PACE_MS = 1_000;
/** How far the clocks of Slack and of this machine may differ when a message is looked for. */
const CLOCK_SKEW_MS = 600_000;
const STOPPED_MS = 300_000;
const DAY_MS = 86_400_000;

/** One attempt at one claimed message. Whatever comes of it is noted, and the claim ends. */
export async function deliver(dependencies: AttemptDependencies, item: ClaimedItem): Promise<void> {
  if (item.place) return deliverPicture(dependencies, item, item.place);
  if (item.namesOther && item.kind === 'update' && item.other === null)
    return giveUp(dependencies, item, 'the message that it changes was never posted');
  if (item.inDoubtSince !== null && item.kind === 'post') {
    const found = await lookUp(dependencies, item, {
      from: item.inDoubtSince - CLOCK_SKEW_MS,
      to: (item.attemptedAt ?? item.inDoubtSince) + CLOCK_SKEW_MS,
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
  await pauseChannel(db, item.channel, now + CHANNEL_PACE_MS, null);
  const outcome =
    item.kind === 'update' && item.other
      ? await courier.update(item.other, item.message)
      : await courier.post(letterOf(item));
  await conclude(dependencies, item, outcome);
}

/** A reply whose message was given up is posted by itself: what it says would be lost otherwise. */
const letterOf = ({ id, channel, message, other, broadcast }: ClaimedItem) => ({
  id,
  channel,
  message,
  threadTs: other?.ts ?? null,
  broadcast,
});

/** Where a message stands of which it is not known whether it was posted; null: it was not. */
async function lookUp(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  within: { from: number; to: number },
): Promise<PostedMessage | null | 'later'> {
  const { courier, logger, clock } = dependencies;
  const outcome = await courier.find(letterOf(item), within);
  if (outcome.kind === 'done') return outcome.result;
  if (outcome.kind === 'refused') {
    const verdict = effectOf(outcome.code);
    // The channel is gone or the token is: the attempt itself will say so.
    if (verdict === 'give up' || verdict === 'stop everything' || outcome.code === 'not_in_channel')
      return null;
    logger.warn(
      { id: item.id, channel: item.channel, why: outcome.code },
      'whether a message was posted cannot be looked up, so it is posted again',
    );
    return null;
  }
  if (outcome.kind === 'paused')
    await pauseChannel(dependencies.db, item.channel, clock.now() + outcome.ms, null);
  const why = outcome.kind === 'paused' ? 'Slack asks to wait' : outcome.why;
  await scheduleRetry(dependencies, item, { reason: why, inDoubt: true, counts: true });
  return 'later';
}

async function conclude(
  dependencies: AttemptDependencies,
  item: ClaimedItem,
  outcome: Outcome<PostedMessage>,
): Promise<void> {
  const { db, clock } = dependencies;
  switch (outcome.kind) {
    case 'done':
      await pauseChannel(db, item.channel, clock.now() + CHANNEL_PACE_MS, null);
      return recordSent(dependencies, item, outcome.result);
    case 'refused':
      return refused(dependencies, item, outcome.code);
    case 'paused':
      await pauseChannel(db, item.channel, clock.now() + outcome.ms, null);
      return scheduleRetry(dependencies, item, { reason: null, inDoubt: false, counts: false });
    case 'unreached':
      return scheduleRetry(dependencies, item, { reason: outcome.why, inDoubt: false, counts: true });
    case 'unknown':
      return scheduleRetry(dependencies, item, { reason: outcome.why, inDoubt: true, counts: true });
  }
}

async function refused(dependencies: AttemptDependencies, item: ClaimedItem, word: string): Promise<void> {
  const { db, clock, logger, botName } = dependencies;
  const reason = refusalText(word, botName);
  const now = clock.now();
  switch (effectOf(word)) {
    case 'give up':
      return giveUp(dependencies, item, reason);
    case 'text only':
      if (item.message.blocks.length === 0) return giveUp(dependencies, item, reason);
      return scheduleRetry(dependencies, item, {
        reason: `${reason}; its text follows without layout`,
        inDoubt: false,
        counts: false,
        message: textOnly(item.message),
      });
    case 'stop everything':
      logger.error({ word }, reason);
      await pauseChannel(db, ALL_CHANNELS, now + STOPPED_MS, reason);
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: false });
    case 'wait':
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: true });
    case 'wait a day':
      if (now - item.createdAt > DAY_MS) return giveUp(dependencies, item, `${reason}, for a day`);
      return scheduleRetry(dependencies, item, { reason, inDoubt: false, counts: true });
  }
}

const textOnly = ({ text }: Message): Message => ({
  text: `${text}\n(Slack did not take the full layout. The command line shows all of it: \`npm run -s envcheck -- help\`)`,
  blocks: [],
});
