import type { Logger } from 'pino';
import type { Config, Environment } from '../../config/config.ts';
import type { SpotDraftClient } from '../../spotdraft/client.ts';
import type { Source } from '../../spotdraft/fact.ts';
import type { WriteOutcome } from '../../spotdraft/interpret-write.ts';
import { baseUrlProblems } from '../../spotdraft/regions.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import type { Registration } from '../../store/webhook-registrations.ts';
import { type ActResult, done, refused } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Clock } from '../../time/clock.ts';

export interface ActDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  clientOf(environment: string): SpotDraftClient;
}

/** Result of an act on a webhook, with the call to SpotDraft that it made. */
export interface WebhookResult extends ActResult {
  registration: Registration | null;
  /** HTTP status of SpotDraft's answer; null when it was not asked or did not answer. */
  status: number | null;
  callId: string | null;
}

/** A person, as the audit names them: `slack:U…` or `cli:` and a name. */
export type Actor = string;

const withoutRequest = { status: null, callId: null };

export const refusedWithoutRequest = (
  summary: string,
  remedy: string,
  registration: Registration | null = null,
): WebhookResult => ({ ...refused(summary, remedy), registration, ...withoutRequest });

export const doneWithoutRequest = (
  summary: string,
  registration: Registration,
  auditId: string,
): WebhookResult => ({
  ...done(summary, auditId),
  registration,
  ...withoutRequest,
});

/** The result of an act whose aim was reached before: nothing was sent and nothing is audited. */
export const nothingToDo = (summary: string, registration: Registration): WebhookResult => ({
  kind: 'done',
  summary,
  remedy: null,
  auditId: null,
  registration,
  ...withoutRequest,
});

export const evidence = ({ status, callId }: Source): Pick<WebhookResult, 'status' | 'callId'> => ({
  status,
  callId,
});

/** Refuses when the base URL is wrong, because a request would carry the credentials there. */
export function baseUrlRefusal({ trustedHosts }: Config, environment: Environment): WebhookResult | null {
  const { host, path } = baseUrlProblems(environment.baseUrl, environment.region, trustedHosts);
  const problem = host ?? path;
  return problem
    ? refusedWithoutRequest(
        `The base URL of ${environmentLabel(environment)} must not receive credentials: ${problem}. Nothing was sent.`,
        'Correct baseUrl or region in the config',
      )
    : null;
}

export interface AuditedAct {
  act: string;
  subject: string;
  detail: Record<string, unknown>;
}

/** Writes one audit entry in the transaction of its act. */
export const audit = (
  transaction: Transaction,
  { clock, actor, environment }: { clock: Clock; actor: Actor; environment: Environment },
  entry: AuditedAct,
  id?: string,
): Promise<string> =>
  insertAudit(transaction, { at: clock.now(), actor, environment: environment.name, ...entry }, id);

/**
 * Records the outcome of a sent request. If the store fails, the result still shows SpotDraft's answer: the id of a new
 * webhook cannot be requested again.
 */
export async function recordOutcome<T>(
  { db, logger }: ActDependencies,
  written: WriteOutcome<T>,
  settle: (transaction: Transaction) => Promise<WebhookResult>,
  unwritten: { said: string; remedy: string },
): Promise<WebhookResult> {
  try {
    return await inTransaction(db, settle);
  } catch (error) {
    const { callId } = written.source;
    logger.error({ err: error, callId, outcome: written.kind }, 'outcome of a webhook act not stored');
    return {
      kind: 'lost',
      summary: `${unwritten.said} The database could not store it, so it is listed as unknown.`,
      remedy: unwritten.remedy,
      registration: null,
      auditId: null,
      ...evidence(written.source),
    };
  }
}
