import type { Environment } from '../config/config.ts';
import { listRegistrations, type Registration } from '../store/webhook-registrations.ts';
import type { ActDependencies, Actor, ActResult } from './act.ts';
import { deleteWebhook } from './delete.ts';
import { type Noted, note } from './note.ts';
import { type RegisterRequest, register } from './register.ts';

/** The webhooks of an environment as far as they were made or noted here: SpotDraft has no list to compare with. */
export interface Registrations {
  /** Newest first, deleted ones included. */
  list(environment: Environment): Promise<Registration[]>;
  register(environment: Environment, request: RegisterRequest, actor: Actor): Promise<ActResult>;
  delete(environment: Environment, webhookId: number, actor: Actor): Promise<ActResult>;
  note(environment: Environment, seen: Noted, actor: Actor): Promise<ActResult>;
}

export const createRegistrations = (dependencies: ActDependencies): Registrations => ({
  list: ({ name }) => listRegistrations(dependencies.db, name),
  register: (environment, request, actor) => register(dependencies, environment, request, actor),
  delete: (environment, webhookId, actor) => deleteWebhook(dependencies, environment, webhookId, actor),
  note: (environment, seen, actor) => note(dependencies, environment, seen, actor),
});
