import { Refusal } from './content.ts';
import type { Ack, StoredView, SubmitInput } from './contract.ts';
import { type EnteredValue, findElements, flatBlocks, stateValues } from './element-state.ts';
import { type InteractionContext, interactionFields } from './payloads.ts';
import { type Fields, isFields } from './validation.ts';
import { parseJson } from './web-api.ts';
import { requireUser } from './workspace.ts';

/** @throws when no modal is open, it lacks an element, or a required input is empty */
export async function submitModal(context: InteractionContext, input: SubmitInput): Promise<Ack> {
  const user = requireUser(context.workspace, input.user ?? input.view?.user);
  const view = openModal(context, user.id, input.view);
  const blocks = view.view.blocks as unknown[];
  const entered = readEntries(blocks, input.values ?? {});
  const values = stateValues(blocks, entered);
  refuseEmptyInputs(blocks, values);
  view.errors = {};
  context.workspace.journal.note({
    kind: 'interaction',
    via: 'person',
    user: user.id,
    text: `submit ${view.id}`,
  });
  const ack = await context.deliverer.deliver({
    kind: 'interactive',
    payload: {
      type: 'view_submission',
      ...interactionFields(context, user, view.id),
      view: { ...context.views.asJson(view), state: { values } },
      response_urls: [],
    },
  });
  return ack.ok ? followResponse(context, view, ack) : ack;
}

/** @returns null when the app did not ask for a view_closed event */
export async function closeModal(
  context: InteractionContext,
  userId: string | undefined,
): Promise<Ack | null> {
  const user = requireUser(context.workspace, userId);
  const view = openModal(context, user.id, undefined);
  const json = context.views.asJson(view);
  context.views.close(view, false);
  if (view.view.notify_on_close !== true) return null;
  const payload = {
    type: 'view_closed',
    ...interactionFields(context, user, null),
    view: json,
    is_cleared: false,
  };
  return context.deliverer.deliver({ kind: 'interactive', payload });
}

function openModal(context: InteractionContext, user: string, wanted: StoredView | undefined): StoredView {
  const stack = context.views.stack(user);
  const view = wanted ? stack.find((each) => each.id === wanted.id) : stack.at(-1);
  if (!view) throw new Error(`No ${wanted ? `modal ${wanted.id}` : 'modal'} is open for ${user}.`);
  return view;
}

function readEntries(blocks: unknown[], values: Record<string, EnteredValue>): Map<Fields, EnteredValue> {
  const entries = Object.entries(values).map(([actionId, entered]): [Fields, EnteredValue] => {
    const found = findElements(blocks, actionId)[0];
    if (!found) throw new Error(`The modal has no element '${actionId}'.`);
    return [found.element, entered];
  });
  return new Map(entries);
}

/** Slack's client does not send a form with an empty required input. */
function refuseEmptyInputs(blocks: unknown[], values: Fields): void {
  for (const block of flatBlocks(blocks)) {
    if (block.type !== 'input' || block.optional === true) continue;
    const element = block.element as Fields;
    const { type: _type, ...held } =
      (values[String(block.block_id)] as Record<string, Fields>)?.[String(element.action_id)] ?? {};
    const value = Object.values(held)[0];
    const isEmpty =
      value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (isEmpty) throw new Error(`The input '${element.action_id}' is required but empty.`);
  }
}

/** Applies the app's answer to the modal (https://docs.slack.dev/surfaces/modals). An empty answer closes it. */
function followResponse(context: InteractionContext, view: StoredView, ack: Ack): Ack {
  const parsed = parseJson(ack.body);
  const response: Fields = isFields(parsed) ? parsed : {};
  try {
    switch (response.response_action) {
      case undefined:
        context.views.close(view, false);
        break;
      case 'clear':
        context.views.close(view, true);
        break;
      case 'errors':
        view.errors = readErrors(view, response.errors);
        context.workspace.journal.changed();
        break;
      case 'update':
        context.views.update(view.id, response.view, null);
        break;
      case 'push':
        context.views.push(view.user, response.view);
        break;
      default:
        throw new Refusal('invalid_response_action');
    }
    return ack;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.workspace.journal.note({ kind: 'refused', via: 'ack', user: view.user, error: error.code });
    return { ...ack, ok: false, error: 'invalid_response' };
  }
}

/** Slack shows errors only under input blocks. Errors for other blocks are invalid. */
function readErrors(view: StoredView, errors: unknown): Record<string, string> {
  const inputs = flatBlocks(view.view.blocks as unknown[]).filter((block) => block.type === 'input');
  const known = new Set(inputs.map((block) => block.block_id));
  if (!isFields(errors) || Object.keys(errors).length === 0) throw new Refusal('invalid_errors');
  if (Object.keys(errors).some((id) => !known.has(id))) throw new Refusal('invalid_errors');
  return Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
}
