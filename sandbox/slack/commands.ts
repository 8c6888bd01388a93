import { POSTED, Refusal, readContent } from './content.ts';
import type { Ack, AckError, CommandInput } from './contract.ts';
import { postMessage, postNotice } from './messages.ts';
import { channelName, type InteractionContext } from './payloads.ts';
import { type Fields, isFields } from './validation.ts';
import { parseJson } from './web-api.ts';
import { APP_ID, requireChannel, requireUser, TEAM } from './workspace.ts';

/** A typed slash command and its channel. */
interface Typed {
  command: string;
  user: string;
  channel: string;
  responseUrl: string;
}

/** @throws when the user or channel is not in the workspace */
export async function typeCommand(context: InteractionContext, input: CommandInput): Promise<Ack> {
  const { workspace } = context;
  const user = requireUser(workspace, input.user);
  const channel = requireChannel(workspace, input.channel);
  const command = input.command ?? '/envcheck';
  const owner = { kind: 'commands', channel: channel.id, user: user.id, original: null } as const;
  const responseUrl = context.responseUrls.issue(owner);
  const typed: Typed = { command, user: user.id, channel: channel.id, responseUrl };
  workspace.journal.note({
    kind: 'command',
    via: 'person',
    channel: channel.id,
    user: user.id,
    text: `${command} ${input.text}`.trim(),
  });
  const ack = await context.deliverer.deliver({
    kind: 'slash_commands',
    payload: {
      token: workspace.verificationToken,
      team_id: user.team ?? TEAM.id,
      team_domain: TEAM.domain,
      channel_id: channel.id,
      channel_name: channelName(channel),
      user_id: user.id,
      user_name: user.name,
      command,
      text: input.text.trim(),
      api_app_id: APP_ID,
      is_enterprise_install: 'false',
      response_url: responseUrl,
      trigger_id: context.triggers.issue(user.id, null),
    },
  });
  if (ack.error) {
    showFailure(context, typed, ack.error);
    return ack;
  }
  const problem = showAckBody(context, typed, ack.body);
  if (problem === null) return ack;
  showFailure(context, typed, 'invalid_response', problem);
  return { ...ack, ok: false, error: 'invalid_response' };
}

/** Posts the line that Slack shows only to the person when a command fails. */
function showFailure(context: InteractionContext, typed: Typed, error: AckError, detail = ''): void {
  const reason = detail ? `${error}: ${detail}` : error;
  postNotice(
    context.workspace,
    typed.user,
    typed.channel,
    `${typed.command} failed with the error "${reason}"`,
    error,
  );
}

/** Shows the app's answer. @returns why Slack cannot show it; null when it can */
function showAckBody(context: InteractionContext, typed: Typed, body: string): string | null {
  if (body.trim() === '') return null;
  const parsed = parseJson(body);
  const reply: Fields = isFields(parsed) ? parsed : { text: body };
  const isPublic = reply.response_type === 'in_channel';
  const { channel, user, command } = typed;
  if (isPublic) context.workspace.journal.note({ kind: 'echo', via: 'ack', channel, user, text: command });
  // `{"response_type": "in_channel"}` alone only makes the typed command visible to everyone.
  if (reply.text === undefined && reply.blocks === undefined && reply.attachments === undefined) return null;
  try {
    postMessage(context.workspace, {
      channel,
      content: readContent(reply, POSTED),
      via: 'ack',
      ephemeralFor: isPublic ? null : user,
      unfurlLinks: typeof reply.unfurl_links === 'boolean' ? reply.unfurl_links : null,
      unfurlMedia: typeof reply.unfurl_media === 'boolean' ? reply.unfurl_media : null,
    });
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.workspace.journal.note({ kind: 'refused', via: 'ack', channel, user, error: error.code });
    return error.code;
  }
}
