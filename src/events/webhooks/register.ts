import type { Config, Environment } from '../../config/config.ts';
import { maskedUrl, ownWebhookUrl, webhookUrlProblem } from '../../config/webhook-url.ts';
import type { NewWebhook } from '../../spotdraft/writes.ts';
import { inTransaction, type Transaction } from '../../store/transaction.ts';
import {
  changeRegistration,
  insertRegistration,
  listRegistrations,
  type Registration,
  registrationById,
  removeRegistration,
} from '../../store/webhook-registrations.ts';
import { environmentLabel } from '../../text/environment-label.ts';
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
import { type CustomHeader, customHeadersProblem, trimmedName } from './custom-headers.ts';
import {
  alreadyRegistered,
  type CreateOutcome,
  createdState,
  describeRegister,
  unrecordedRegister,
} from './register-text.ts';

export interface RegisterRequest {
  /** null for "Envcheck" and the environment's name. */
  title: string | null;
  /** null for the configured activities. */
  activities: string[] | null;
  headers: CustomHeader[];
  /** Registers even when a webhook with this URL exists or may exist. */
  again: boolean;
}

/** Creates the environment's webhook in SpotDraft. The attempt is on disk before the request leaves. */
export async function registerWebhook(
  dependencies: ActDependencies,
  environment: Environment,
  request: RegisterRequest,
  actor: Actor,
): Promise<WebhookResult> {
  const { config, db, clock } = dependencies;
  const webhook = planWebhook(config, environment, request);
  if ('kind' in webhook) return webhook;
  const by = { clock, actor, environment };
  const attempt = await inTransaction(db, async (transaction) => {
    const rivals = await registrationsOfUrl(transaction, webhook.url, environment);
    const refusal = request.again ? null : alreadyRegistered(rivals, webhook.activities, environment);
    if (refusal) return refusal;
    const row = await insertRegistration(transaction, newRow(webhook, environment, clock.now()));
    const detail = describe(webhook);
    await audit(transaction, by, { act: 'webhook.register_attempt', subject: webhook.url, detail });
    return row;
  });
  if ('kind' in attempt) return attempt;

  const written = await dependencies.clientOf(environment.name).write('createWebhook', webhook);
  return recordOutcome(
    dependencies,
    written,
    async (transaction) => {
      const settled = await settle(transaction, attempt, written, clock.now());
      const { act, ...result } = describeRegister(written, environment);
      const { status, callId } = evidence(written.source);
      const reason = written.kind === 'done' ? null : written.reason;
      const webhookId = settled?.webhookId ?? null;
      const detail = { ...describe(webhook), webhookId, status, callId, reason };
      const auditId = await audit(transaction, by, { act, subject: webhook.url, detail });
      return { ...result, registration: settled, auditId, status, callId };
    },
    unrecordedRegister(written, environment),
  );
}

/** The webhook to create, or the refusal. */
function planWebhook(
  config: Config,
  environment: Environment,
  { title, activities, headers }: RegisterRequest,
): NewWebhook | WebhookResult {
  const label = environmentLabel(environment);
  const { webhooks } = environment;
  const own = ownWebhookUrl(environment, config.publicUrl);
  if (!webhooks)
    return refusedWithoutRequest(
      `The config has no webhooks for ${label}, so there is no URL to register.`,
      `Set webhooks.url (${own}) and webhooks.activities of ${environment.name} in the config`,
    );
  const problem = webhookUrlProblem(webhooks.url, environment, config.publicUrl);
  if (problem)
    return refusedWithoutRequest(
      `${maskedUrl(webhooks.url)} cannot be registered for ${label}: ${problem}.`,
      `Set webhooks.url of ${environment.name} to ${own}`,
    );
  const named = headers.map(({ name, value }) => ({ name: trimmedName(name), value }));
  const wrong = customHeadersProblem(named);
  if (wrong) return refusedWithoutRequest(`Nothing was sent to ${label}. ${wrong}.`, 'Use another header');
  return (
    baseUrlRefusal(config, environment) ?? {
      title: title ?? `Envcheck ${environment.name}`,
      url: webhooks.url,
      activities: activities ?? webhooks.activities,
      headers: named,
    }
  );
}

const describe = ({ title, url, activities, headers }: NewWebhook): Record<string, unknown> => ({
  title,
  url,
  activities,
  headerNames: headers.map(({ name }) => name),
});

const newRow = (
  { title, url, activities, headers }: NewWebhook,
  { name }: Environment,
  now: number,
): Omit<Registration, 'key'> => ({
  environment: name,
  webhookId: null,
  origin: 'created',
  state: 'unknown',
  title,
  url,
  activities,
  headerNames: headers.map((header) => header.name),
  registeredAt: now,
  deletedAt: null,
});

/** Registrations that send, or may send, to the same URL. Every event would arrive twice. */
async function registrationsOfUrl(
  transaction: Transaction,
  url: string,
  { name }: Environment,
): Promise<Registration[]> {
  const all = await listRegistrations(transaction, name);
  return all.filter(
    (each) => each.state !== 'deleted' && each.url !== null && new URL(each.url).href === new URL(url).href,
  );
}

/** Updates the row after SpotDraft's answer; null when there is nothing to list. */
async function settle(
  transaction: Transaction,
  attempt: Registration,
  written: CreateOutcome,
  now: number,
): Promise<Registration | null> {
  if (written.kind === 'lost') return attempt;
  if (written.kind === 'refused') {
    await removeRegistration(transaction, attempt.key);
    return null;
  }
  const { id, status } = written.value;
  const older = await registrationById(transaction, attempt.environment, id);
  if (older) await removeRegistration(transaction, older.key);
  await closeLostAttempts(transaction, attempt, now);
  return changeRegistration(transaction, attempt, { webhookId: id, state: createdState(status) });
}

/** Marks earlier lost attempts as deleted: whoever registers again has seen that nothing was created. */
async function closeLostAttempts(
  transaction: Transaction,
  attempt: Registration,
  now: number,
): Promise<void> {
  for (const each of await listRegistrations(transaction, attempt.environment)) {
    const lost = each.state === 'unknown' && each.webhookId === null && each.url === attempt.url;
    if (lost && each.key < attempt.key)
      await changeRegistration(transaction, each, { state: 'deleted', deletedAt: now });
  }
}
