import type { Environment } from '../../config/config.ts';
import type { ContractDelivery } from '../../store/deliveries.ts';
import { listRegistrations, type Registration } from '../../store/webhook-registrations.ts';
import type { ActDependencies, Actor, WebhookResult } from './act.ts';
import { type Arrival, type WaitOptions, waitForArrival } from './arrival.ts';
import { deleteWebhook } from './delete.ts';
import { type NoteRequest, noteWebhook } from './note.ts';
import { type RegisterRequest, registerWebhook } from './register.ts';
import {
  newestDelivery,
  type RetriggerRequest,
  type RetriggerResult,
  retriggerWebhook,
} from './retrigger.ts';

/** Webhooks that were registered or noted here. SpotDraft has no list to compare with. */
export interface Registrations {
  /** Newest first, deleted ones included. */
  list(environment: Environment): Promise<Registration[]>;
  register(environment: Environment, request: RegisterRequest, actor: Actor): Promise<WebhookResult>;
  delete(environment: Environment, webhookId: number, actor: Actor): Promise<WebhookResult>;
  note(environment: Environment, seen: NoteRequest, actor: Actor): Promise<WebhookResult>;
  retrigger(environment: Environment, request: RetriggerRequest, actor: Actor): Promise<RetriggerResult>;
  /** Waits for the delivery of a re-triggered call. */
  arrival(environment: Environment, sent: RetriggerResult, waiting: WaitOptions): Promise<Arrival>;
  /** The newest delivery of a contract; null when none is kept. */
  newestDelivery(environment: Environment, contractId: number): Promise<ContractDelivery | null>;
}

export const createRegistrations = (dependencies: ActDependencies): Registrations => ({
  list: ({ name }) => listRegistrations(dependencies.db, name),
  register: (environment, request, actor) => registerWebhook(dependencies, environment, request, actor),
  delete: (environment, webhookId, actor) => deleteWebhook(dependencies, environment, webhookId, actor),
  note: (environment, seen, actor) => noteWebhook(dependencies, environment, seen, actor),
  retrigger: (environment, request, actor) => retriggerWebhook(dependencies, environment, request, actor),
  arrival: (environment, sent, waiting) => waitForArrival(dependencies, environment, sent, waiting),
  newestDelivery: (environment, contractId) => newestDelivery(dependencies.db, environment, contractId),
});
