import type { Environment } from '../../config/config.ts';
import { type GivenContract, guessText, INTERNAL_ID_SOURCES } from '../../spotdraft/contract-id.ts';
import { actById, newestAct, retriggerActs } from '../../store/audit.ts';
import { type ContractDelivery, deliveriesOfContract } from '../../store/deliveries.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import { personText } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { derivedId } from '../../text/ids.ts';
import { durationText } from '../../time/duration-text.ts';
import {
  type ActDependencies,
  type Actor,
  audit,
  baseUrlRefusal,
  evidence,
  recordOutcome,
  refusedWithoutRequest,
  type WebhookResult,
} from './act.ts';
import { describeRetrigger, unrecordedRetrigger } from './retrigger-text.ts';

/** Time to wait for a delivery, in which nobody else can re-trigger the contract. */
export const ARRIVAL_WAIT_MS = 60_000;

export interface RetriggerRequest {
  /** The internal id, as a source gave it: never derived from a composite id. */
  contractId: number;
  /** The state that the person saw; null on the command line. */
  shown: {
    /** Identifies one shown button, which acts once, even after a restart. */
    showing: string;
    /** `dlv_…` of the contract's newest delivery; null: none. If it has changed, SpotDraft would send something else. */
    newest: string | null;
  } | null;
}

export interface RetriggerResult extends WebhookResult {
  /** The contract's newest delivery before the call; null when none was known. */
  before: ContractDelivery | null;
  /** The request left, so a delivery may come. */
  sent: boolean;
  /** Epoch ms UTC. */
  at: number;
}

/** The refusal of an id that only suggests a contract: SpotDraft would repeat the webhook of another one. */
export const refusedGuess = (
  given: Extract<GivenContract, { guess: number }>,
  environment: Environment,
): RetriggerResult => ({
  ...refusedWithoutRequest(
    `${guessText(given)} Nothing was sent in ${environmentLabel(environment)}.`,
    `Give the internal id: ${INTERNAL_ID_SOURCES}`,
  ),
  before: null,
  sent: false,
  at: 0,
});

/**
 * Asks SpotDraft to repeat the latest webhook call of a contract, to all its receivers. The attempt is on disk before the
 * request leaves. No retry, second click or second person at the same time sends it twice.
 */
export async function retriggerWebhook(
  dependencies: ActDependencies,
  environment: Environment,
  request: RetriggerRequest,
  actor: Actor,
): Promise<RetriggerResult> {
  const { config, db, clock } = dependencies;
  const { contractId } = request;
  const unsent = { before: null, sent: false, at: clock.now() };
  const blocked = baseUrlRefusal(config, environment);
  if (blocked) return { ...blocked, ...unsent };
  const by = { clock, actor, environment };
  const subject = `contract ${contractId}`;
  const begun = await inTransaction(db, async (transaction) => {
    const before = await newestDelivery(transaction, environment, contractId);
    const refusal = await refusalFor(transaction, {
      environment,
      request,
      subject,
      before,
      now: clock.now(),
    });
    if (refusal) return { refusal, before };
    const entry = { act: retriggerActs.attempt, subject, detail: { newestBefore: before?.id ?? null } };
    await audit(transaction, by, entry, attemptId(environment, request));
    return { refusal: null, before };
  });
  if (begun.refusal) return { ...begun.refusal, ...unsent, before: begun.before };

  const at = clock.now();
  const written = await dependencies.clientOf(environment.name).write('retriggerWebhook', { contractId });
  const { act, ...result } = describeRetrigger(written, environment, contractId);
  const settled = await recordOutcome(
    dependencies,
    written,
    async (transaction) => {
      const { status, callId } = evidence(written.source);
      const reason = written.kind === 'done' ? null : written.reason;
      const detail = { newestBefore: begun.before?.id ?? null, status, callId, reason };
      const auditId = await audit(transaction, by, { act, subject, detail });
      return { ...result, registration: null, auditId, status, callId };
    },
    unrecordedRetrigger(written, environment, contractId),
  );
  return { ...settled, before: begun.before, sent: written.kind !== 'refused', at };
}

export const newestDelivery = async (
  db: ActDependencies['db'] | Transaction,
  { name }: Environment,
  contractId: number,
): Promise<ContractDelivery | null> =>
  (await deliveriesOfContract(db, name, contractId, { afterKey: 0, limit: 1 }))[0] ?? null;

/** Audit id of the attempt; undefined for a random one. */
const attemptId = ({ name }: Environment, { contractId, shown }: RetriggerRequest): string | undefined =>
  shown ? derivedId('aud', name, String(contractId), shown.showing) : undefined;

interface Asked {
  environment: Environment;
  request: RetriggerRequest;
  subject: string;
  before: ContractDelivery | null;
  now: number;
}

async function refusalFor(
  transaction: Transaction,
  { environment, request, subject, before, now }: Asked,
): Promise<WebhookResult | null> {
  const label = environmentLabel(environment);
  const look = `/envcheck find ${request.contractId} ${environment.name}`;
  const { shown } = request;
  const used = attemptId(environment, request);
  if (used && (await actById(transaction, used)))
    return refusedWithoutRequest(
      'This button has been used already, so nothing was sent.',
      `See the result: ${look}`,
    );
  const acts = Object.values(retriggerActs);
  const last = await newestAct(transaction, { environment: environment.name, subject, acts });
  // A refused re-trigger sent nothing, so it blocks nobody.
  if (last && last.act !== retriggerActs.refused && now - last.at < ARRIVAL_WAIT_MS)
    return refusedWithoutRequest(
      `${personText(last.actor)} re-triggered ${subject} of ${label} ${durationText(Math.max(0, now - last.at))} ago, so nothing was sent now.`,
      `Wait a minute for its delivery: ${look}`,
    );
  if (shown && shown.newest !== (before?.id ?? null))
    return refusedWithoutRequest(
      `A delivery of ${subject} has arrived in ${label} since this was shown, so nothing was sent.`,
      'Look at the new delivery first; the button is there again',
    );
  return null;
}
