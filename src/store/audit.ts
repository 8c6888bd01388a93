import type { Selectable } from 'kysely';
import { canonicalJson } from '../text/canonical-json.ts';
import { randomId } from '../text/ids.ts';
import type { Database } from './database.ts';
import type { AuditRow } from './tables/acts.ts';
import type { Transaction } from './transaction.ts';

/** Acts of a re-trigger; their subject is `contract` and the internal id. */
export const retriggerActs = {
  attempt: 'webhook.retrigger_attempt',
  done: 'webhook.retrigger',
  refused: 'webhook.retrigger_refused',
  lost: 'webhook.retrigger_lost',
} as const;

export interface AuditEntry {
  /** Epoch ms UTC. */
  at: number;
  /** `slack:U…`, or `cli:` and the name of the operating system's user. */
  actor: string;
  /** `webhook.register`, … */
  act: string;
  environment: string | null;
  /** The object of the act, such as a webhook id or a path. */
  subject: string;
  detail: Record<string, unknown>;
}

/**
 * Records who did what, in the transaction of the act. Returns the `aud_…` id of the entry: the given one, which must be
 * new, or a random one.
 */
export async function insertAudit(
  transaction: Transaction,
  entry: AuditEntry,
  id: string = randomId('aud'),
): Promise<string> {
  await transaction
    .insertInto('audit')
    .values({ id, ...entry, detail: canonicalJson(entry.detail) })
    .execute();
  return id;
}

export type LoggedAct = Selectable<AuditRow>;

export const actById = (db: Database | Transaction, id: string): Promise<LoggedAct | undefined> =>
  db.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirst();

/** The newest of these acts on a subject in an environment. */
export const newestAct = (
  db: Database | Transaction,
  { environment, subject, acts }: { environment: string; subject: string; acts: readonly string[] },
): Promise<LoggedAct | undefined> =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('environment', '=', environment)
    .where('subject', '=', subject)
    .where('act', 'in', acts)
    .orderBy('key', 'desc')
    .limit(1)
    .executeTakeFirst();
