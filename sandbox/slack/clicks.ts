import { elementsOf } from './blocks.ts';
import type { Ack, ClickInput, StoredMessage, StoredView, UserSeed } from './contract.ts';
import {
  type EnteredValue,
  enteredFields,
  findElements,
  flatBlocks,
  optionsOf,
  stateValues,
} from './element-state.ts';
import { findMessage, messageAsJson, postNotice } from './messages.ts';
import { channelName, type InteractionContext, interactionFields } from './payloads.ts';
import type { Fields } from './validation.ts';
import { requireChannel, requireUser, type Workspace } from './workspace.ts';

/** @throws when the message is gone, is another person's ephemeral message, or does not show that element */
export async function clickElement(context: InteractionContext, input: ClickInput): Promise<Ack> {
  const user = requireUser(context.workspace, input.user ?? actorOf(input));
  return 'view' in input
    ? clickInView(context, input, input.view, user)
    : clickInMessage(context, input, input.message, user);
}

/** The default actor: the only person who can see an ephemeral message or a view. */
function actorOf(input: ClickInput): string | undefined {
  return 'view' in input ? input.view.user : (input.message.ephemeralFor ?? undefined);
}

async function clickInMessage(
  context: InteractionContext,
  input: ClickInput,
  shown: StoredMessage,
  user: UserSeed,
): Promise<Ack> {
  const { workspace } = context;
  const message = currentMessage(workspace, shown, user);
  const { block, element } = pickElement(message.blocks, input);
  const channel = requireChannel(workspace, message.channel);
  const text = describe(input, element);
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
      type: 'block_actions',
      ...interactionFields(context, user, null),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: message.ephemeralFor !== null,
        ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
      },
      channel: { id: channel.id, name: channelName(channel) },
      // Slack does not store ephemeral messages, so the payload lacks their content.
      ...(message.ephemeralFor ? {} : { message: messageAsJson(message) }),
      state: { values: stateValues(message.blocks, new Map([[element, enteredIn(input)]])) },
      response_url: context.responseUrls.issue(owner),
      actions: [action(workspace, block, element, input)],
    },
  });
  if (ack.error) {
    postNotice(workspace, user.id, channel.id, `That action failed with the error "${ack.error}"`, ack.error);
  }
  return ack;
}

async function clickInView(
  context: InteractionContext,
  input: ClickInput,
  shown: StoredView,
  user: UserSeed,
): Promise<Ack> {
  const { workspace, views } = context;
  const view = views.find({ id: shown.id });
  if (!view) throw new Error(`The ${shown.type} ${shown.id} is no longer open.`);
  const blocks = view.view.blocks as unknown[];
  const { block, element } = pickElement(blocks, input);
  workspace.journal.note({
    kind: 'interaction',
    via: 'person',
    user: user.id,
    text: describe(input, element),
  });
  const state = { values: stateValues(blocks, new Map([[element, enteredIn(input)]])) };
  return context.deliverer.deliver({
    kind: 'interactive',
    payload: {
      type: 'block_actions',
      ...interactionFields(context, user, view.type === 'modal' ? view.id : null),
      container: { type: 'view', view_id: view.id },
      view: { ...views.asJson(view), state },
      actions: [action(workspace, block, element, input)],
    },
  });
}

function currentMessage(workspace: Workspace, shown: StoredMessage, user: UserSeed): StoredMessage {
  const message = findMessage(workspace, shown.channel, shown.ts);
  if (!message) throw new Error(`The message ${shown.ts} in ${shown.channel} is gone.`);
  if (message.ephemeralFor && message.ephemeralFor !== user.id) {
    throw new Error(`${user.id} cannot see the message ${shown.ts}: only ${message.ephemeralFor} can.`);
  }
  return message;
}

function pickElement(blocks: unknown[], input: ClickInput): { block: Fields; element: Fields } {
  const found = findElements(blocks, input.actionId);
  const match = found.find(({ element }) => offers(element, input.value));
  if (match) return match;
  const shown = flatBlocks(blocks)
    .flatMap(elementsOf)
    .filter((element) => element.action_id !== undefined);
  const list = shown.map((each) => `${each.action_id}${each.value ? `=${each.value}` : ''}`).join(', ');
  const wanted = `'${input.actionId}'${input.value === undefined ? '' : ` with the value '${input.value}'`}`;
  throw new Error(`Nothing to click for ${wanted}. The message shows: ${list || 'no elements'}.`);
}

function offers(element: Fields, value: string | undefined): boolean {
  if (value === undefined) return true;
  if (element.type === 'button' || element.type === 'icon_button') return element.value === value;
  const options = optionsOf(element);
  return options.length === 0 || options.some((option) => option.value === value);
}

function enteredIn(input: ClickInput): EnteredValue {
  return input.values ?? input.value ?? null;
}

function action(workspace: Workspace, block: Fields, element: Fields, input: ClickInput): Fields {
  const common = {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: workspace.nextTs(),
  };
  if (element.type === 'feedback_buttons') return { ...common, value: input.value };
  if (element.type === 'button' || element.type === 'icon_button') {
    const { text, value, style } = element;
    return {
      ...common,
      text,
      ...(value === undefined ? {} : { value }),
      ...(style === undefined ? {} : { style }),
    };
  }
  return { ...common, ...enteredFields(element, enteredIn(input)) };
}

function describe(input: ClickInput, element: Fields): string {
  const label = (element.text as { text?: string } | undefined)?.text;
  return `${label ?? element.type} (${input.actionId}${input.value === undefined ? '' : ` ${input.value}`})`;
}
