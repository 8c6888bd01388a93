import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { type IncidentMark, insertMark } from '../../store/incident-marks.ts';
import { inTransaction } from '../../store/transaction.ts';
import { type ActResult, done, REASON_NEEDED, refused } from '../../text/act-result.ts';
import type { Clock } from '../../time/clock.ts';
import { findMatches } from './find-matches.ts';

const MAX_REASON = 500;
/** Longest time of a mark, ms. */
const MAX_KEEP_MS = 366 * 86_400_000;

export interface KeepRequest {
  /** The id, as `find` takes it. */
  id: string;
  /** How long its rows stay, ms. */
  keepMs: number;
  reason: string;
}

export type KeepResult = ActResult & ({ kind: 'done'; mark: IncidentMark } | { kind: 'refused' });

/**
 * Keeps everything in the log that an id leads to beyond `log.keep`, also what arrives later. The mark ends by itself. It
 * is stored with its audit entry or not at all.
 */
export async function keepForIncident(
  { db, clock }: { db: Database; clock: Clock },
  { id, keepMs, reason }: KeepRequest,
  actor: string,
): Promise<KeepResult> {
  const text = reason.trim();
  const query = id.trim();
  if (text === '') return refused(REASON_NEEDED);
  if (text.length > MAX_REASON)
    return refused(`The reason has ${text.length} characters; at most ${MAX_REASON} fit.`);
  if (keepMs <= 0 || keepMs > MAX_KEEP_MS)
    return refused('A mark lasts at least a moment and at most a year.');
  const { matches: names, ambiguous } = await findMatches(db, query, null);
  if (ambiguous)
    return refused(`“${query}” leads to several ids. Give one of them: \`find ${query}\` lists them.`);
  if (names.length === 0)
    return refused(`The log has no “${query}”. Give a complete id: \`find ${query}\` shows what is known.`);
  const now = clock.now();
  return inTransaction(db, async (transaction): Promise<KeepResult> => {
    const mark = await insertMark(transaction, {
      query,
      environment: null,
      names,
      reason: text,
      marked_by: actor,
      marked_at: now,
      until: now + keepMs,
    });
    const auditId = await insertAudit(transaction, {
      at: now,
      actor,
      act: 'log.keep',
      environment: null,
      subject: query,
      detail: { mark: mark.id, until: mark.until, reason: text },
    });
    const until = new Date(mark.until).toISOString();
    return { ...done(`Everything about ${query} stays in the log until ${until}.`, auditId), mark };
  });
}
