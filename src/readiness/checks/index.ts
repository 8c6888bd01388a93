import type { Check } from '../check.ts';
import { check as configContractTypes } from './config-contract-types.ts';
import { check as configEntities } from './config-entities.ts';
import { check as configFeatureFlags } from './config-feature-flags.ts';
import { check as configIntakeForms } from './config-intake-forms.ts';
import { check as configMetadataFields } from './config-metadata-fields.ts';
import { check as configTemplateFields } from './config-template-fields.ts';
import { check as configTemplates } from './config-templates.ts';
import { check as configWorkflows } from './config-workflows.ts';
import { check as credentialsAccepted } from './credentials-accepted.ts';
import { check as credentialsDistinct } from './credentials-distinct.ts';
import { check as credentialsUser } from './credentials-user.ts';
import { check as credentialsWorkspace } from './credentials-workspace.ts';
import { check as externalMetadataConvention } from './external-metadata-convention.ts';
import { check as externalMetadataForeign } from './external-metadata-foreign.ts';
import { check as externalMetadataUnique } from './external-metadata-unique.ts';
import { check as hostCalls } from './host-calls.ts';
import { check as hostPath } from './host-path.ts';
import { check as hostReachable } from './host-reachable.ts';
import { check as hostRegion } from './host-region.ts';
import { check as loggingEvents } from './logging-events.ts';
import { check as loggingRequests } from './logging-requests.ts';
import { check as loggingRetries } from './logging-retries.ts';
import { check as promotionDrift } from './promotion-drift.ts';
import { check as promotionValidated } from './promotion-validated.ts';
import { check as routingBusinessUser } from './routing-business-user.ts';
import { check as routingRoles } from './routing-roles.ts';
import { check as routingUsers } from './routing-users.ts';
import { check as webhooksDelivering } from './webhooks-delivering.ts';
import { check as webhooksEndpoint } from './webhooks-endpoint.ts';
import { check as webhooksReceivers } from './webhooks-receivers.ts';
import { check as webhooksSeparate } from './webhooks-separate.ts';
import { check as webhooksSignature } from './webhooks-signature.ts';

/** All checks, in the order in which a report shows them. A new check is one file and one line here. */
export const checks: readonly Check[] = [
  credentialsAccepted,
  credentialsDistinct,
  credentialsWorkspace,
  credentialsUser,
  hostPath,
  hostRegion,
  hostReachable,
  hostCalls,
  configContractTypes,
  configEntities,
  configIntakeForms,
  configTemplates,
  configTemplateFields,
  configMetadataFields,
  configWorkflows,
  configFeatureFlags,
  routingRoles,
  routingUsers,
  routingBusinessUser,
  promotionValidated,
  promotionDrift,
  webhooksSeparate,
  webhooksEndpoint,
  webhooksSignature,
  webhooksDelivering,
  webhooksReceivers,
  externalMetadataConvention,
  externalMetadataUnique,
  externalMetadataForeign,
  loggingEvents,
  loggingRequests,
  loggingRetries,
];
