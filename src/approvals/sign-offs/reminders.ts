import type { Config, Environment, SignOff } from '../../config/config.ts';
import { endOf, stateOf } from '../../readiness/sign-off-state.ts';
import { RENEWAL_MS, signOffsOf } from '../../readiness/sign-offs.ts';
import type { Database } from '../../store/database.ts';
import { markReminded, type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { knownTime } from '../../time/age.ts';

/** A signature that ends soon and whose signer was not reminded yet. */
export interface Reminder {
  environment: Environment;
  signOff: SignOff;
  approval: SignOffAct;
  /** Epoch ms UTC. */
  endsAt: number;
  /** Slack id of the signer; null when the command line signed under a name that Slack does not know. */
  user: string | null;
}

export interface ReminderDependencies {
  config: Config;
  db: Database;
  clock: { now(): number };
}

/** Valid signatures that end within 14 days and have no reminder yet. Void and refused ones are not included. */
export async function dueReminders(
  { config, clock }: Pick<ReminderDependencies, 'config' | 'clock'>,
  db: Database,
): Promise<Reminder[]> {
  const now = clock.now();
  const due: Reminder[] = [];
  for (const environment of config.environments) {
    const acts = await signOffActs(db, environment.name);
    for (const signOff of signOffsOf(config.signOffs, environment.name)) {
      const own = acts.filter((act) => act.signOff === signOff.id);
      for (const approval of stateOf(signOff, own, now).approvals) {
        const endsAt = endOf(approval, signOff);
        const reminded = knownTime(approval.remindedAt, now);
        if (endsAt !== null && endsAt - now <= RENEWAL_MS && reminded === null)
          due.push({ environment, signOff, approval, endsAt, user: userOf(approval) });
      }
    }
  }
  return due;
}

const userOf = ({ actor, person }: SignOffAct): string | null =>
  /^slack:([UW][A-Z0-9]+)$/.exec(actor)?.[1] ?? /^[UW][A-Z0-9]{2,}$/.exec(person ?? '')?.[0] ?? null;

/**
 * Sends every due reminder once: the transaction in which `send` takes it also records it. Returns the number sent. Reminders
 * to people whom Slack does not know stay due; the checklist shows that the signatures end.
 * @param send puts a message to the signer into the outbox; `key` identifies the reminder
 */
export function remindSigners(
  dependencies: ReminderDependencies,
  send: (transaction: Transaction, reminder: Reminder & { user: string; key: string }) => Promise<unknown>,
): Promise<number> {
  const { db, clock } = dependencies;
  return inTransaction(db, async (transaction) => {
    let sent = 0;
    for (const reminder of await dueReminders(dependencies, transaction)) {
      const { user, approval } = reminder;
      if (user === null) continue;
      // A reminder from a clock that was ahead came too early and does not count.
      const again = approval.remindedAt === null ? '' : ` after ${approval.remindedAt}`;
      await send(transaction, { ...reminder, user, key: `sign-off-reminder ${approval.id}${again}` });
      await markReminded(transaction, approval.id, clock.now());
      sent += 1;
    }
    return sent;
  });
}
