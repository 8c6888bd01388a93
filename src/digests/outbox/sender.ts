import { type ClaimedMessage, claimMessage } from '../../store/outbox-sending.ts';
import { randomId } from '../../text/ids.ts';
import { createTicker } from '../../time/ticker.ts';
import { deliver } from './deliver.ts';
import type { AttemptDependencies, ClaimedItem } from './record-outcome.ts';

/** How long a claim on a message lasts. It is longer than all calls to Slack for one message together. */
const CLAIM_MS = 120_000;

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
  const owner = randomId('own');
  async function tick(): Promise<void> {
    const attempts: Promise<void>[] = [];
    const claim = () => claimMessage(db, { owner, now: clock.now(), claimMs: CLAIM_MS });
    // A channel with a claimed message is not due again, so the loop ends.
    for (let claimed = await claim(); claimed; claimed = await claim())
      attempts.push(deliver({ ...dependencies, owner, claimMs: CLAIM_MS }, asMessage(claimed)));
    await Promise.all(attempts);
  }
  return { tick, ...createTicker({ name: 'outbox', tick, everyMs: dependencies.tickMs, logger }) };
}

/** `enqueue` accepts only messages, so the stored JSON is one. */
const asMessage = (claimed: ClaimedMessage): ClaimedItem => claimed as ClaimedItem;
