import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { activeMarks, type IncidentMark, insertMark } from '../../store/incident-marks.ts';
import type { Match } from '../../store/matches.ts';
import { inTransaction } from '../../store/transaction.ts';
import { type ActResult, done, reasonProblem, refused } from '../../text/act-result.ts';
import type { Clock } from '../../time/clock.ts';
import { dateTimeText } from '../../time/date-time-text.ts';
import { DAY_MS } from '../../time/units.ts';
import type { Question } from './ask.ts';
import type { LogReader } from './log-reader.ts';
import { bareId } from './pasted-ids.ts';

/** Longest time of a mark. */
const MAX_KEEP_DAYS = 366;
/** A second mark for the same reason that ends at most this much later is a repetition, ms. */
const REPEATED_MS = 3_600_000;

export interface KeepRequest {
  /** Ids, as `find` takes them: anything that was pasted. */
  id: string;
  /** Only rows of this environment; null for any. */
  environment: string | null;
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
  { db, clock, log }: { db: Database; clock: Clock; log: Pick<LogReader, 'ask'> },
  { id, environment, keepMs, reason }: KeepRequest,
  actor: string,
): Promise<KeepResult> {
  const text = reason.trim();
  const query = bareId(id);
  const problem = reasonProblem(text);
  if (problem !== null) return refused(problem);
  if (keepMs <= 0 || keepMs > MAX_KEEP_DAYS * DAY_MS)
    return refused(
      `A mark lasts at most ${MAX_KEEP_DAYS} days, and this is ${Math.round(keepMs / DAY_MS).toLocaleString('en-US')}: give a shorter time.`,
    );
  const named = await namesOf(log, { text: id, environment });
  if ('refusal' in named) return named.refusal;
  const now = clock.now();
  const until = now + keepMs;
  const where = environment === null ? '' : ` in ${environment}`;
  const untilText = (at: number) => dateTimeText(at, 'UTC');
  return inTransaction(db, async (transaction): Promise<KeepResult> => {
    // People repeat a command that seems to have failed.
    const same = (await activeMarks(transaction, now)).find(
      (mark) => mark.query === query && mark.environment === environment && mark.reason === text,
    );
    if (same && same.until > until - REPEATED_MS)
      return refused(`Everything about ${query}${where} is kept already, until ${untilText(same.until)}.`);
    const mark = await insertMark(transaction, {
      query,
      environment,
      names: named.names,
      reason: text,
      marked_by: actor,
      marked_at: now,
      until,
    });
    const auditId = await insertAudit(transaction, {
      at: now,
      actor,
      act: 'log.keep',
      environment,
      subject: query,
      detail: { mark: mark.id, until: mark.until, reason: text },
    });
    const summary = `Everything about ${query}${where} stays in the log until ${untilText(until)}, also what arrives later.`;
    return { ...done([summary, ...named.notes].join(' '), auditId), mark };
  });
}

/** The records that a text leads to, as `find` answers it; `notes` say why they may be of another contract. */
async function namesOf(
  log: Pick<LogReader, 'ask'>,
  question: Question,
): Promise<{ names: Match[]; notes: string[] } | { refusal: ReturnType<typeof refused> }> {
  const { answered, leftOut } = await log.ask(question);
  if (leftOut > 0)
    return { refusal: refused(`These are more ids than one mark takes. Mark ${answered.length} at a time.`) };
  const results = answered.map(({ result }) => result);
  const ambiguous = results.find((result) => result.ambiguous);
  if (ambiguous)
    return {
      refusal: refused(
        `“${ambiguous.query}” leads to several ids. Give one of them: \`find ${ambiguous.query}\` lists them.`,
      ),
    };
  const unknown = results.find(({ matches }) => matches.length === 0);
  if (unknown) {
    const where = question.environment === null ? '' : ` in ${question.environment}`;
    return {
      refusal: refused(
        `The log has no “${unknown.query}”${where}. Give a complete id: \`find ${unknown.query}\` shows what is known.`,
      ),
    };
  }
  const names = new Map(
    results.flatMap(({ matches }) => matches).map((match) => [`${match.kind} ${match.value}`, match]),
  );
  return { names: [...names.values()], notes: results.flatMap(({ guess }) => guess ?? []) };
}
