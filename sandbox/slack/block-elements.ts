import {
  actionId,
  channelId,
  confirm,
  conversationFilter,
  dispatchActionConfig,
  optionGroup,
  overflowOption,
  placeholder,
  plainOption,
  plainText,
  richOption,
  slackFile,
  userId,
} from './block-objects.ts';
import { richTextBlock } from './block-rich-text.ts';
import { boolean, exactlyOne, integer, list, object, oneOf, type Rule, string, url } from './validation.ts';

/** Interactive and other elements of Block Kit (https://docs.slack.dev/reference/block-kit/block-elements). */

const style = oneOf('primary', 'danger');
const accessibilityLabel = string({ max: 75 });
const selectable = { 'action_id?': actionId, 'confirm?': confirm, 'focus_on_load?': boolean };
const menu = { ...selectable, 'placeholder?': placeholder };
const input = {
  'action_id?': actionId,
  'dispatch_action_config?': dispatchActionConfig,
  'focus_on_load?': boolean,
  'placeholder?': placeholder,
};
const many = { 'max_selected_items?': integer(1, Number.MAX_SAFE_INTEGER) };
const staticOptions = {
  'options?': list(plainOption, { max: 100 }),
  'option_groups?': list(optionGroup, { max: 100 }),
};
const decimal = string({ pattern: /^-?[0-9]+(\.[0-9]+)?$/, what: 'number' });

function element(type: string, properties: Record<string, Rule>, also?: Parameters<typeof object>[1]): Rule {
  return object({ type: oneOf(type), ...properties }, also);
}

export const button = element('button', {
  text: plainText(75),
  'action_id?': actionId,
  'url?': url(3000),
  'value?': string({ max: 2000 }),
  'style?': style,
  'confirm?': confirm,
  'accessibility_label?': accessibilityLabel,
});

export const imageElement = element(
  'image',
  { alt_text: string({ max: 2000 }), 'image_url?': url(3000), 'slack_file?': slackFile },
  exactlyOne('image_url', 'slack_file'),
);

export const iconButton = element('icon_button', {
  icon: oneOf('trash'),
  text: plainText(75),
  'action_id?': actionId,
  'value?': string({ max: 2000 }),
  'confirm?': confirm,
  'accessibility_label?': accessibilityLabel,
  'visible_to_user_ids?': list(userId, { min: 0 }),
});

const feedbackButton = object({
  text: plainText(75),
  value: string({ max: 2000 }),
  'accessibility_label?': accessibilityLabel,
});

export const feedbackButtons = element('feedback_buttons', {
  positive_button: feedbackButton,
  negative_button: feedbackButton,
  'action_id?': actionId,
});

const workflowTrigger = object({
  url: url(3000),
  'customizable_input_parameters?': list(object({ name: string(), value: () => {} }), { min: 0 }),
});

const workflowButton = element('workflow_button', {
  text: plainText(75),
  workflow: object({ trigger: workflowTrigger }),
  action_id: actionId,
  'style?': style,
  'accessibility_label?': accessibilityLabel,
});

/** Menus, pickers and choices. Actions blocks, section accessories and inputs all accept them. */
const choices: Record<string, Rule> = {
  checkboxes: element('checkboxes', {
    ...selectable,
    options: list(richOption, { max: 10 }),
    'initial_options?': list(richOption),
  }),
  radio_buttons: element('radio_buttons', {
    ...selectable,
    options: list(richOption, { max: 10 }),
    'initial_option?': richOption,
  }),
  datepicker: element('datepicker', {
    ...menu,
    'initial_date?': string({ pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, what: 'date' }),
  }),
  timepicker: element('timepicker', {
    ...menu,
    'initial_time?': string({ pattern: /^([01]\d|2[0-3]):[0-5]\d$/, what: 'time' }),
    'timezone?': string(),
  }),
  static_select: element(
    'static_select',
    { ...menu, ...staticOptions, 'initial_option?': plainOption },
    exactlyOne('options', 'option_groups'),
  ),
  multi_static_select: element(
    'multi_static_select',
    { ...menu, ...many, ...staticOptions, 'initial_options?': list(plainOption) },
    exactlyOne('options', 'option_groups'),
  ),
  external_select: element('external_select', {
    ...menu,
    'initial_option?': plainOption,
    'min_query_length?': integer(0, Number.MAX_SAFE_INTEGER),
  }),
  multi_external_select: element('multi_external_select', {
    ...menu,
    ...many,
    'min_query_length?': integer(0, Number.MAX_SAFE_INTEGER),
    'initial_options?': list(plainOption),
  }),
  users_select: element('users_select', { ...menu, 'initial_user?': userId }),
  multi_users_select: element('multi_users_select', { ...menu, ...many, 'initial_users?': list(userId) }),
  conversations_select: element('conversations_select', {
    ...menu,
    'initial_conversation?': string(),
    'default_to_current_conversation?': boolean,
    'response_url_enabled?': boolean,
    'filter?': conversationFilter,
  }),
  multi_conversations_select: element('multi_conversations_select', {
    ...menu,
    ...many,
    'initial_conversations?': list(string()),
    'default_to_current_conversation?': boolean,
    'filter?': conversationFilter,
  }),
  channels_select: element('channels_select', {
    ...menu,
    'initial_channel?': channelId,
    'response_url_enabled?': boolean,
  }),
  multi_channels_select: element('multi_channels_select', {
    ...menu,
    ...many,
    'initial_channels?': list(channelId),
  }),
};

const datetimepicker = element('datetimepicker', {
  ...selectable,
  'initial_date_time?': integer(0, 9_999_999_999),
});

const overflow = element('overflow', {
  'action_id?': actionId,
  'confirm?': confirm,
  options: list(overflowOption, { max: 5 }),
});

// Elements that each kind of block accepts, by type.
export const actionElements: Record<string, Rule> = {
  button,
  overflow,
  datetimepicker,
  workflow_button: workflowButton,
  ...choices,
};

export const accessories: Record<string, Rule> = {
  button,
  overflow,
  image: imageElement,
  workflow_button: workflowButton,
  ...choices,
};

export const inputElements: Record<string, Rule> = {
  plain_text_input: element('plain_text_input', {
    ...input,
    'initial_value?': string({ min: 0, max: 3000 }),
    'multiline?': boolean,
    'min_length?': integer(0, 3000),
    'max_length?': integer(1, 3000),
  }),
  email_text_input: element('email_text_input', { ...input, 'initial_value?': string({ min: 0 }) }),
  url_text_input: element('url_text_input', { ...input, 'initial_value?': string({ min: 0 }) }),
  number_input: element('number_input', {
    ...input,
    is_decimal_allowed: boolean,
    'initial_value?': decimal,
    'min_value?': decimal,
    'max_value?': decimal,
  }),
  rich_text_input: element('rich_text_input', {
    ...input,
    action_id: actionId,
    'initial_value?': richTextBlock,
  }),
  file_input: element('file_input', {
    'action_id?': actionId,
    'filetypes?': list(string()),
    'max_files?': integer(1, 10),
  }),
  datetimepicker,
  ...choices,
};
