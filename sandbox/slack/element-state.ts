import { elementsOf } from './blocks.ts';
import { type Fields, isFields } from './validation.ts';

/** The value a person entered: an option's value, a text, an id or a date; a list of them; or null for none. */
export type EnteredValue = string | string[] | null;

/** Name of the field with the chosen value, by element type. The initial value's field has `initial_` for `selected_`. */
const fieldOf: Record<string, string> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  overflow: 'selected_option',
  radio_buttons: 'selected_option',
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation',
  multi_conversations_select: 'selected_conversations',
  channels_select: 'selected_channel',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  plain_text_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  number_input: 'value',
};

/** All blocks, including those inside containers. */
export function flatBlocks(blocks: unknown[]): Fields[] {
  return blocks
    .filter(isFields)
    .flatMap((block) => [
      block,
      ...(Array.isArray(block.child_blocks) ? flatBlocks(block.child_blocks) : []),
    ]);
}

/** The elements with that action id, each with its block. */
export function findElements(blocks: unknown[], actionId: string): { block: Fields; element: Fields }[] {
  return flatBlocks(blocks).flatMap((block) =>
    elementsOf(block)
      .filter((element) => element.action_id === actionId)
      .map((element) => ({ block, element })),
  );
}

/** The options of a menu, including those in groups. */
export function optionsOf(element: Fields): Fields[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isFields) : [];
  const lists = [element.options, ...groups.map((group) => group.options)];
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isFields) : []));
}

/**
 * The field of an action or of `state.values` that carries an element's entered value.
 * @throws when the element does not offer the option
 */
export function enteredFields(element: Fields, entered: EnteredValue): Fields {
  const type = String(element.type);
  const field = fieldOf[type];
  if (field === undefined) return {};
  const isList = field.endsWith('s');
  const values = entered === null ? [] : [entered].flat();
  const read = values.map((value) => readValue(element, field, value));
  if (isList) return { [field]: read };
  return { [field]: read[0] ?? null };
}

function readValue(element: Fields, field: string, value: string): unknown {
  if (field === 'selected_date_time') return Number(value);
  const choosesOption = field.startsWith('selected_option') && !String(element.type).includes('external');
  if (!choosesOption) return value;
  const options = optionsOf(element);
  const option = options.find((each) => each.value === value);
  if (!option) {
    const offered = options.map((each) => each.value).join(', ');
    throw new Error(`'${element.action_id}' offers no option '${value}'; it offers ${offered}.`);
  }
  return option;
}

/** The field with an element's initial value. */
function initialFields(element: Fields): Fields {
  const field = fieldOf[String(element.type)];
  if (field === undefined) return {};
  const initial = element[field === 'value' ? 'initial_value' : field.replace('selected_', 'initial_')];
  return { [field]: initial ?? (field.endsWith('s') ? [] : null) };
}

/** `state.values` of a message or view: the value of every element, by block id and action id. */
export function stateValues(blocks: unknown[], entered: Map<Fields, EnteredValue>): Fields {
  const values: Record<string, Fields> = {};
  for (const block of flatBlocks(blocks)) {
    for (const element of elementsOf(block)) {
      const type = String(element.type);
      // An overflow menu acts like buttons and holds no value.
      if (fieldOf[type] === undefined || type === 'overflow') continue;
      const own = entered.get(element);
      const fields = own === undefined ? initialFields(element) : enteredFields(element, own);
      const ofBlock = values[String(block.block_id)] ?? {};
      values[String(block.block_id)] = ofBlock;
      ofBlock[String(element.action_id)] = { type, ...fields };
    }
  }
  return values;
}
