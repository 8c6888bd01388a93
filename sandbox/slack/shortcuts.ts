import type { Ack, StoredMessage } from './contract.ts';
import { BOT_USER_ID } from './contract.ts';
import { findMessage, messageAsJson, postNotice } from './messages.ts';
import { channelName, type InteractionContext, interactionFields } from './payloads.ts';
import { APP_ID, directMessage, requireChannel, requireUser, TEAM } from './workspace.ts';

/** @throws for an ephemeral or deleted message */
export async function useMessageShortcut(
  context: InteractionContext,
  input: { message: StoredMessage; callbackId: string; user?: string },
): Promise<Ack> {
  const { workspace } = context;
  const user = requireUser(workspace, input.user);
  const message = findMessage(workspace, input.message.channel, input.message.ts);
  if (!message) throw new Error(`The message ${input.message.ts} in ${input.message.channel} is gone.`);
  if (message.ephemeralFor) throw new Error('Slack offers no shortcuts on an ephemeral message.');
  const channel = requireChannel(workspace, message.channel);
  const text = `shortcut ${input.callbackId}`;
  workspace.journal.note({
    kind: 'interaction',
    via: 'person',
    channel: channel.id,
    user: user.id,
    ts: message.ts,
    text,
  });
  const owner = { kind: 'actions', channel: channel.id, user: user.id, original: message } as const;
  const ack = await context.deliverer.deliver({
    kind: 'interactive',
    payload: {
      type: 'message_action',
      callback_id: input.callbackId,
      ...interactionFields(context, user, null),
      message_ts: message.ts,
      action_ts: workspace.nextTs(),
      message: messageAsJson(message),
      channel: { id: channel.id, name: channelName(channel) },
      response_url: context.responseUrls.issue(owner),
    },
  });
  if (ack.error)
    postNotice(
      workspace,
      user.id,
      channel.id,
      `That shortcut failed with the error "${ack.error}"`,
      ack.error,
    );
  return ack;
}

export async function useGlobalShortcut(
  context: InteractionContext,
  input: { callbackId: string; user?: string },
): Promise<Ack> {
  const user = requireUser(context.workspace, input.user);
  const text = `shortcut ${input.callbackId}`;
  context.workspace.journal.note({ kind: 'interaction', via: 'person', user: user.id, text });
  return context.deliverer.deliver({
    kind: 'interactive',
    payload: {
      type: 'shortcut',
      callback_id: input.callbackId,
      ...interactionFields(context, user, null),
      action_ts: context.workspace.nextTs(),
    },
  });
}

/** Sends app_home_opened, with the published Home view if there is one. */
export async function openHomeTab(context: InteractionContext, userId: string | undefined): Promise<Ack> {
  const { workspace, views } = context;
  const user = requireUser(workspace, userId);
  const channel = directMessage(workspace, user.id);
  if (!channel) throw new Error(`${user.id} is deactivated and cannot open anything.`);
  const shown = views.home(user.id);
  const now = workspace.clock.now();
  workspace.journal.note({ kind: 'event', via: 'person', user: user.id, text: 'app_home_opened' });
  return context.deliverer.deliverEvent({
    token: workspace.verificationToken,
    team_id: TEAM.id,
    api_app_id: APP_ID,
    type: 'event_callback',
    event_id: workspace.nextId('Ev'),
    event_time: Math.floor(now / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: BOT_USER_ID,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: workspace.nextId('EC'),
    event: {
      type: 'app_home_opened',
      user: user.id,
      channel: channel.id,
      tab: 'home',
      event_ts: workspace.nextTs(),
      ...(shown ? { view: views.asJson(shown) } : {}),
    },
  });
}
