import type { Environment } from '../../config/config.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import {
  changeRegistration,
  insertRegistration,
  listRegistrations,
  type Registration,
  registrationById,
} from '../../store/webhook-registrations.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { type ActDependencies, type Actor, audit, doneWithoutRequest, type WebhookResult } from './act.ts';

export interface NoteRequest {
  webhookId: number;
  /** null when not given. */
  title: string | null;
  url: string | null;
}

/**
 * Records a webhook that a person has seen in SpotDraft: one created elsewhere, or the result of an attempt whose answer was
 * lost. SpotDraft has no endpoint to verify it.
 */
export async function noteWebhook(
  { db, clock }: ActDependencies,
  environment: Environment,
  seen: NoteRequest,
  actor: Actor,
): Promise<WebhookResult> {
  return inTransaction(db, async (transaction) => {
    const before = await findNoted(transaction, environment, seen);
    const registration = before
      ? await changeRegistration(transaction, before, {
          webhookId: seen.webhookId,
          state: 'active',
          title: seen.title ?? before.title,
          url: seen.url ?? before.url,
          deletedAt: null,
        })
      : await insertRegistration(transaction, {
          environment: environment.name,
          ...seen,
          origin: 'noted',
          state: 'active',
          activities: null,
          headerNames: [],
          registeredAt: clock.now(),
          deletedAt: null,
        });
    const auditId = await audit(
      transaction,
      { clock, actor, environment },
      {
        act: 'webhook.note',
        subject: String(seen.webhookId),
        detail: { ...seen, stateBefore: before?.state ?? null },
      },
    );
    const from = before?.webhookId === null ? ', as the one whose answer was lost' : '';
    const summary = `Noted webhook ${seen.webhookId} of ${environmentLabel(environment)}${from}. SpotDraft was not asked.`;
    return doneWithoutRequest(summary, registration, auditId);
  });
}

/** The row with this id, else the newest attempt without an id and with the same URL, if a URL is given. */
async function findNoted(
  transaction: Transaction,
  { name }: Environment,
  { webhookId, url }: NoteRequest,
): Promise<Registration | null> {
  const known = await registrationById(transaction, name, webhookId);
  if (known) return known;
  const all = await listRegistrations(transaction, name);
  const lost = all.filter((each) => each.state === 'unknown' && each.webhookId === null);
  return lost.find((each) => url === null || each.url === url) ?? null;
}
