import type { UserSeed } from './contract.ts';
import type { Deliverer } from './delivery.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Triggers } from './triggers.ts';
import type { Fields } from './validation.ts';
import type { Views } from './views.ts';
import { APP_ID, type Channel, TEAM, type Workspace } from './workspace.ts';

/** The parts that deliver a person's action to the app. */
export interface InteractionContext {
  workspace: Workspace;
  deliverer: Deliverer;
  responseUrls: ResponseUrls;
  triggers: Triggers;
  views: Views;
}

/** Fields common to all interaction payloads. @param opener id of the modal in which it happened; null outside one */
export function interactionFields(
  context: InteractionContext,
  user: UserSeed,
  opener: string | null,
): Fields {
  return {
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team ?? TEAM.id },
    api_app_id: APP_ID,
    token: context.workspace.verificationToken,
    trigger_id: context.triggers.issue(user.id, opener),
  };
}

/** A channel's name in payloads. Slack does not name private channels and DMs. */
export function channelName(channel: Channel): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.kind === 'public' ? channel.name : 'privategroup';
}
