import type { Handler } from '../handler.ts';
import type { OperationId } from '../operations.ts';
import { analyticsQuery } from './analytics.ts';
import * as configuration from './configuration.ts';
import * as contracts from './contracts.ts';
import * as members from './members.ts';
import * as webhooks from './webhooks.ts';

export const handlers: Record<OperationId, Handler> = {
  contract_types: configuration.contractTypes,
  contract_type_entities: configuration.contractTypeEntities,
  intake_form: configuration.intakeForm,
  templates: configuration.templates,
  template: configuration.template,
  template_metadata: configuration.templateMetadata,
  key_pointers: configuration.keyPointers,
  entities: configuration.entities,
  roles: members.roles,
  users: members.users,
  feature_flags: members.featureFlags,
  analytics_query: analyticsQuery,
  hmac_key: webhooks.hmacKey,
  webhooks_create: webhooks.createWebhook,
  webhooks_delete: webhooks.deleteWebhook,
  re_trigger: contracts.reTrigger,
  contracts: contracts.contracts,
  external_metadata: contracts.externalMetadata,
  by_external_metadata: contracts.byExternalMetadata,
  contract_status: contracts.contractStatus,
};
