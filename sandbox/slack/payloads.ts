import type { UserSeed } from './contract.ts';
import type { Deliverer } from './delivery.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Triggers } from './triggers.ts';
import type { Fields } from './validation.ts';
import type { Views } from './views.ts';
import { APP_ID, type Channel, TEAM, type Workspace } from './workspace.ts';

/** What an act of a person needs to reach the app. */
export interface InteractionContext {
  workspace: Workspace;
  deliverer: Deliverer;
  responseUrls: ResponseUrls;
  triggers: Triggers;
  views: Views;
}

/** Fields common to the payloads of interactions. @param opener the modal it was done in, if any */
export function interactionFields(stage: InteractionContext, user: UserSeed, opener: string | null): Fields {
  return {
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: TEAM.id },
    api_app_id: APP_ID,
    token: stage.workspace.verificationToken,
    trigger_id: stage.triggers.issue(user.id, opener),
  };
}

/** A channel's name as payloads give it: private ones and DMs are not named. */
export function channelName(channel: Channel): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.kind === 'public' ? channel.name : 'privategroup';
}
