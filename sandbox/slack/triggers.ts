import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/time/clock.ts';
import { Refusal } from './content.ts';

const LIFE_MS = 3_000;

export interface Triggers {
  /** Creates a trigger_id for a person's action. `opener` is the modal in which it happened; null outside one. */
  issue(user: string, opener: string | null): string;
  /** @throws Refusal invalid_trigger_id, expired_trigger_id, exchanged_trigger_id */
  exchange(id: string): { user: string; opener: string | null };
}

/** A trigger_id works once within 3 s (https://docs.slack.dev/interactivity/handling-user-interaction). */
export function createTriggers(clock: Clock): Triggers {
  const triggers = new Map<
    string,
    { user: string; opener: string | null; issuedAt: number; used: boolean }
  >();
  return {
    issue(user, opener) {
      const id = `${clock.now()}.${triggers.size + 1}.${randomBytes(8).toString('hex')}`;
      triggers.set(id, { user, opener, issuedAt: clock.now(), used: false });
      return id;
    },
    exchange(id) {
      const trigger = triggers.get(id);
      if (!trigger) throw new Refusal('invalid_trigger_id');
      if (trigger.used) throw new Refusal('exchanged_trigger_id');
      if (clock.now() - trigger.issuedAt > LIFE_MS) throw new Refusal('expired_trigger_id');
      trigger.used = true;
      return { user: trigger.user, opener: trigger.opener };
    },
  };
}
