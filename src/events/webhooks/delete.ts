import type { Environment } from '../../config/config.ts';
import type { WriteOutcome } from '../../spotdraft/interpret-write.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import {
  changeRegistration,
  type Registration,
  registrationById,
} from '../../store/webhook-registrations.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import {
  type ActDependencies,
  type Actor,
  audit,
  baseUrlRefusal,
  evidence,
  nothingToDo,
  recordOutcome,
  refusedWithoutRequest,
  type WebhookResult,
} from './act.ts';
import { refusalRemedy } from './register-text.ts';
import { SPOTDRAFT_SETTINGS, webhooksCommand } from './webhook-text.ts';

type Deleted = WriteOutcome<unknown>;

/** Deletes a webhook that was registered or noted here. The attempt is on disk before the request leaves. */
export async function deleteWebhook(
  dependencies: ActDependencies,
  environment: Environment,
  webhookId: number,
  actor: Actor,
): Promise<WebhookResult> {
  const { config, db, clock } = dependencies;
  const blocked = baseUrlRefusal(config, environment);
  if (blocked) return blocked;
  const by = { clock, actor, environment };
  const subject = String(webhookId);
  const begun = await inTransaction(db, async (transaction) => {
    const before = await registrationById(transaction, environment.name, webhookId);
    if (!before || before.state === 'deleted') return withoutRequest(before, environment, webhookId);
    const attempt = await changeRegistration(transaction, before, { state: 'unknown' });
    const detail = { url: before.url, stateBefore: before.state };
    await audit(transaction, by, { act: 'webhook.delete_attempt', subject, detail });
    return { before, attempt };
  });
  if ('kind' in begun) return begun;
  const { before, attempt } = begun;

  const written = await dependencies.clientOf(environment.name).write('deleteWebhook', { webhookId });
  const { act, ...result } = describeDelete(written, environment, webhookId);
  return recordOutcome(
    dependencies,
    written,
    async (transaction) => {
      const registration = await settle(transaction, { before, attempt, written, now: clock.now() });
      const { status, callId } = evidence(written.source);
      const reason = written.kind === 'done' ? null : written.reason;
      const detail = { url: before.url, state: registration.state, status, callId, reason };
      const auditId = await audit(transaction, by, { act, subject, detail });
      return { ...result, registration, auditId, status, callId };
    },
    { said: result.summary, remedy: webhooksCommand(`list ${environment.name}`) },
  );
}

/** Refuses unknown ids: a typo must not delete a webhook that an integration depends on. One that is gone stays gone. */
function withoutRequest(
  known: Registration | null,
  environment: Environment,
  webhookId: number,
): WebhookResult {
  const label = environmentLabel(environment);
  if (known)
    return nothingToDo(
      `Webhook ${webhookId} of ${label} is gone since ${new Date(known.deletedAt ?? 0).toISOString()}. SpotDraft was not asked.`,
      known,
    );
  return refusedWithoutRequest(
    `Webhook ${webhookId} of ${label} was neither registered nor noted here, so it is not deleted.`,
    `If it is the right one, note it first: ${webhooksCommand(`note ${environment.name} ${webhookId}`)}`,
  );
}

interface Settling {
  before: Registration;
  attempt: Registration;
  written: Deleted;
  now: number;
}

/** SpotDraft does not tell "not there" from "not visible": both are gone for these credentials, and the summary says so. */
const isGone = (written: Deleted): boolean => written.kind === 'refused' && written.status === 404;

async function settle(
  transaction: Transaction,
  { before, attempt, written, now }: Settling,
): Promise<Registration> {
  const gone = { state: 'deleted', deletedAt: now } as const;
  if (written.kind === 'done' || isGone(written)) return changeRegistration(transaction, attempt, gone);
  return written.kind === 'lost'
    ? attempt
    : changeRegistration(transaction, attempt, { state: before.state });
}

function describeDelete(
  written: Deleted,
  environment: Environment,
  webhookId: number,
): Pick<WebhookResult, 'kind' | 'summary' | 'remedy'> & { act: string } {
  const label = environmentLabel(environment);
  const again = webhooksCommand(`delete ${environment.name} ${webhookId}`);
  if (isGone(written))
    return {
      act: 'webhook.delete_gone',
      kind: 'done',
      summary: `Webhook ${webhookId} of ${label} is gone: SpotDraft answered 404, so it was deleted before, or these credentials cannot see it.`,
      remedy: `If its events still arrive, delete it in SpotDraft's ${SPOTDRAFT_SETTINGS}`,
    };
  switch (written.kind) {
    case 'done':
      return {
        act: 'webhook.delete',
        kind: 'done',
        summary: `Deleted webhook ${webhookId} of ${label}.`,
        remedy: null,
      };
    case 'refused':
      return {
        act: 'webhook.delete_refused',
        kind: 'refused',
        summary: `Webhook ${webhookId} of ${label} was not deleted. ${written.reason}`,
        remedy: refusalRemedy(written.status),
      };
    case 'lost':
      return {
        act: 'webhook.delete_lost',
        kind: 'lost',
        summary: `Webhook ${webhookId} of ${label} may have been deleted, or not. ${written.reason}`,
        remedy: `Delete it again; 404 then says that it is gone: ${again}`,
      };
  }
}
