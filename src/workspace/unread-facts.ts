import { type Unknown, unknown } from '../spotdraft/fact.ts';
import type { OtherWebhookKey, WorkspaceFacts } from './facts.ts';
import type { Needs } from './needs.ts';

/** Facts when two different reads failed: the rest is not read, for one and the same reason. */
export function unreadable(
  needs: Needs,
  first: Unknown,
  second: Unknown,
  otherWebhookKeys: OtherWebhookKey[],
): Omit<WorkspaceFacts, 'host'> {
  // One of the two may have failed for a passing reason; refused credentials explain more.
  const cause = [first, second].find(({ code }) => code === 'unauthorized' || code === 'forbidden') ?? first;
  const access = { ...cause, sources: [...first.sources, ...second.sources] };
  // All of them get the same reason, so that a report states it once.
  const rest = unknown('not_asked', cause.reason, access.sources);
  return { ...nothingRead(needs, rest), access, otherWebhookKeys };
}

/** Facts that are all unknown for one reason. */
export function nothingRead(
  needs: Needs,
  because: Unknown,
): Omit<WorkspaceFacts, 'otherWebhookKeys' | 'host'> {
  const ifNeeded = (needed: boolean) => (needed ? because : null);
  return {
    access: because,
    webhookKey: because,
    workspaceIds: ifNeeded(needs.workspaceId),
    actingUser: ifNeeded(needs.userEmail !== null),
    contractTypes: ifNeeded(needs.contractTypes),
    contractTypeDetails: [],
    entities: ifNeeded(needs.workspaceEntities),
    templates: ifNeeded(needs.templates),
    archivedTemplates: null,
    templateFields: [],
    templateTags: [],
    workflows: ifNeeded(needs.workflows),
    roles: ifNeeded(needs.roles),
    users: needs.userEmails.map((email) => ({ email, user: because })),
    featureFlags: ifNeeded(needs.featureFlags.length > 0),
    roleMembers: ifNeeded(needs.membersOf !== null),
    contracts: ifNeeded(needs.contractSample > 0),
  };
}

/** Facts of a workspace that must not be read, all unknown for the given reason. */
export function unreadFacts(
  needs: Needs,
  reason: string,
  otherWebhookKeys: OtherWebhookKey[],
): Omit<WorkspaceFacts, 'host'> {
  return { ...nothingRead(needs, unknown('not_asked', reason, [])), otherWebhookKeys };
}
