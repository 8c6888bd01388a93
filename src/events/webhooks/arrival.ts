import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/config.ts';
import {
  type ContractDelivery,
  deliveriesOfContract,
  refusedSince,
  wasDelivered,
} from '../../store/deliveries.ts';
import { listRegistrations } from '../../store/webhook-registrations.ts';
import type { ActDependencies } from './act.ts';
import type { RetriggerResult } from './retrigger.ts';

/** The delivery after a re-triggered call, if any. */
export type Arrival =
  | {
      kind: 'arrived';
      delivery: ContractDelivery;
      /** The event was in the log before: the same bytes arrived again. */
      again: boolean;
      /** From the call to the delivery, ms. */
      afterMs: number;
    }
  /** No delivery of this contract arrived in time. */
  | { kind: 'none'; waitedMs: number; refused: number; isRegistered: boolean };

const LOOK_EVERY_MS = 500;

export interface WaitOptions {
  contractId: number;
  forMs: number;
  /** Called at every poll with the time waited so far, ms. */
  onWait: (waitedMs: number) => void;
  /** Ends the wait early. */
  signal?: AbortSignal;
}

/**
 * Polls the event log for a delivery of the contract newer than those before the call. SpotDraft's deliveries carry no call
 * id, so another call may have caused it.
 */
export async function waitForArrival(
  { db, clock }: Pick<ActDependencies, 'db' | 'clock'>,
  environment: Environment,
  { before, at }: Pick<RetriggerResult, 'before' | 'at'>,
  { contractId, forMs, onWait, signal }: WaitOptions,
): Promise<Arrival> {
  const afterKey = before?.key ?? 0;
  for (;;) {
    const waitedMs = Math.max(0, clock.now() - at);
    const [delivery] = await deliveriesOfContract(db, environment.name, contractId, { afterKey, limit: 1 });
    if (delivery)
      return {
        kind: 'arrived',
        delivery,
        again: await wasDelivered(db, delivery.eventId, afterKey),
        afterMs: Math.max(0, delivery.receivedAt - at),
      };
    if (waitedMs >= forMs || signal?.aborted) {
      const { count: refused } = await refusedSince(db, environment.name, { since: at });
      const all = await listRegistrations(db, environment.name);
      const isRegistered = all.some(({ state }) => state === 'active');
      return { kind: 'none', waitedMs, refused, isRegistered };
    }
    onWait(waitedMs);
    await sleep(Math.min(LOOK_EVERY_MS, forMs - waitedMs), undefined, { signal }).catch(() => {});
  }
}
