import { canonicalJson } from '../text/canonical-json.ts';
import { randomId } from '../text/ids.ts';
import { CHAIN_START, entryHash, type LoggedAct } from './audit-chain.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** Acts of a re-trigger; their subject is `contract` and the internal id. */
export const retriggerActs = {
  attempt: 'webhook.retrigger_attempt',
  done: 'webhook.retrigger',
  refused: 'webhook.retrigger_refused',
  lost: 'webhook.retrigger_lost',
} as const;

export interface AuditEntry extends Pick<LoggedAct, 'at' | 'actor' | 'act' | 'environment' | 'subject'> {
  detail: Record<string, unknown>;
}

/**
 * Records who did what, in the transaction of the act, with the hash of the entry before. That transaction holds the right
 * to write since before its first read, so that two writers do not continue from the same entry. Returns the `aud_…` id of
 * the entry: the given one, which must be new, or a random one.
 */
export async function insertAudit(
  transaction: Transaction,
  entry: AuditEntry,
  id: string = randomId('aud'),
): Promise<string> {
  const { hash: previous } = await headOf(transaction);
  const written = await transaction
    .insertInto('audit')
    .values({ id, ...entry, detail: canonicalJson(entry.detail), previous })
    .returningAll()
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable('audit_head')
    .set(({ eb }) => ({ hash: entryHash(written), entries: eb('entries', '+', 1) }))
    .execute();
  return id;
}

const headOf = (db: Database): Promise<{ hash: string; entries: number }> =>
  db.selectFrom('audit_head').select(['hash', 'entries']).executeTakeFirstOrThrow();

export interface AuditChain {
  entries: number;
  /** The first place at which the chain does not fit; null when all of it does. */
  broken: string | null;
}

/** Computes every hash of the audit again, in pages of 1,000 entries. */
export async function verifyAudit(db: Database): Promise<AuditChain> {
  let previous = CHAIN_START;
  let before: LoggedAct | null = null;
  let entries = 0;
  for (;;) {
    const page: LoggedAct[] = await db
      .selectFrom('audit')
      .selectAll()
      .where('key', '>', before?.key ?? Number.MIN_SAFE_INTEGER)
      .orderBy('key')
      .limit(1_000)
      .execute();
    for (const entry of page) {
      if (entry.previous !== previous)
        return { entries, broken: before ? `between ${before.id} and ${entry.id}` : `before ${entry.id}` };
      previous = entryHash(entry);
      before = entry;
      entries += 1;
    }
    if (page.length === 0) break;
  }
  const head = await headOf(db);
  if (head.hash === previous && head.entries === entries) return { entries, broken: null };
  return {
    entries,
    broken: before ? `at or after ${before.id}, the last entry` : 'because all entries are gone',
  };
}

export type { LoggedAct };

export const actById = (db: Database, id: string): Promise<LoggedAct | undefined> =>
  db.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirst();

/** The newest of these acts on a subject in an environment. */
export const newestAct = (
  db: Database,
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
