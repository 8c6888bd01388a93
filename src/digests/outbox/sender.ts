import { type ClaimedMessage, claimMessage } from '../../store/outbox-sending.ts';
import { randomId } from '../../text/ids.ts';
import { createTicker } from '../../time/ticker.ts';
import { deliver } from './deliver.ts';
import type { AttemptDependencies, ClaimedItem } from './record-outcome.ts';

/** Longer than everything that may be asked of Slack for one message. */
const CLAIM_MS = 120_000;

type SenderDependencies = Omit<AttemptDependencies, 'owner' | 'claimMs'> & {
  /** How often the sender looks for messages that are due, ms. */
  tickMs: number;
};

export interface Sender {
  /** Sends what is due by the clock, one message per channel. Resolves when Slack has answered or has not. */
  tick(): Promise<void>;
  start(): void;
  /** Takes nothing new; resolves when what is being sent has been. */
  stop(): Promise<void>;
}

/**
 * Empties the outbox into Slack: in order within a channel, at Slack's pace, until Slack took each message or will never
 * take it. Any number of processes may do so on one database.
 */
export function createSender(dependencies: SenderDependencies): Sender {
  const { db, clock, logger } = dependencies;
  const owner = randomId('own');
  async function tick(): Promise<void> {
    const underWay: Promise<void>[] = [];
    const claim = () => claimMessage(db, { owner, now: clock.now(), claimMs: CLAIM_MS });
    // A claimed channel is not due again, so this ends.
    for (let claimed = await claim(); claimed; claimed = await claim())
      underWay.push(deliver({ ...dependencies, owner, claimMs: CLAIM_MS }, asMessage(claimed)));
    await Promise.all(underWay);
  }
  return { tick, ...createTicker({ name: 'outbox', tick, everyMs: dependencies.tickMs, logger }) };
}

/** What was stored was a message: blocks are typed where they are made. */
const asMessage = (claimed: ClaimedMessage): ClaimedItem => claimed as ClaimedItem;
