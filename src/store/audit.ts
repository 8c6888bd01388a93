import type { Selectable } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import { randomId } from '../random-id.ts';
import type { Database } from './database.ts';
import type { AuditRow } from './schema.ts';
import type { Transaction } from './transaction.ts';

export interface AuditEntry {
  /** Epoch ms UTC. */
  at: number;
  /** `slack:U…`, or `cli:` and the name of the operating system's user. */
  actor: string;
  /** `webhook.register`, … */
  act: string;
  environment: string | null;
  /** What it was done to. */
  subject: string;
  detail: Record<string, unknown>;
}

/** Notes who did what, in the transaction in which it is done. Returns the entry's `aud_…` id. */
export async function insertAudit(transaction: Transaction, entry: AuditEntry): Promise<string> {
  const id = randomId('aud');
  await transaction
    .insertInto('audit')
    .values({ id, ...entry, detail: canonicalJson(entry.detail) })
    .execute();
  return id;
}

export type LoggedAct = Selectable<AuditRow>;

export const actById = (db: Database, id: string): Promise<LoggedAct | undefined> =>
  db.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirst();
