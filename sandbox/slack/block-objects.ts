import {
  boolean,
  byType,
  list,
  type ObjectRule,
  object,
  oneOf,
  type Rule,
  string,
  url,
} from './validation.ts';

/**
 * Composition objects of Block Kit. Limits are those in @slack/types' comments and Slack's reference
 * (https://docs.slack.dev/reference/block-kit/composition-objects), read 2026-09.
 */
export const actionId = string({ max: 255 });
export const blockId = string({ max: 255 });

export function plainText(max = 3000): Rule {
  return object({ type: oneOf('plain_text'), text: string({ max }), 'emoji?': boolean });
}

function mrkdwn(max = 3000): Rule {
  return object({ type: oneOf('mrkdwn'), text: string({ max }), 'verbatim?': boolean });
}

/** A text object of either kind. */
export function anyText(max = 3000): Rule {
  return byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) });
}

export const confirm = object({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  'style?': oneOf('primary', 'danger'),
});

// Newer pages of Slack's reference say 150, its types say 75. The lower limit satisfies both.
const optionValue = string({ max: 75 });

export const plainOption = object({
  text: plainText(75),
  value: optionValue,
  'description?': plainText(75),
});

export const overflowOption = object({
  text: plainText(75),
  value: optionValue,
  'description?': plainText(75),
  'url?': url(3000),
});

export const richOption = object({
  text: anyText(75),
  value: optionValue,
  'description?': anyText(75),
});

export const optionGroup = object({ label: plainText(75), options: list(plainOption, { max: 100 }) });

export const placeholder = plainText(150);

export const dispatchActionConfig = object({
  trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2, unique: true }),
});

export const conversationFilter = object(
  {
    'include?': list(oneOf('im', 'mpim', 'private', 'public'), { unique: true }),
    'exclude_external_shared_channels?': boolean,
    'exclude_bot_users?': boolean,
  },
  (value, pointer, problems) => {
    if (Object.keys(value).length === 0)
      problems.push({ pointer, message: 'must have at least one property' });
  },
);

export const slackFile = object({ 'url?': url(3000), 'id?': string() }, (value, pointer, problems) => {
  if ((value.url === undefined) === (value.id === undefined)) {
    problems.push({ pointer, message: 'must have exactly one of: url, id' });
  }
});

export const userId = string({ pattern: /^[UW][A-Z0-9]+$/, what: 'user id' });
export const channelId = string({ pattern: /^[CG][A-Z0-9]+$/, what: 'channel id' });

/** Action ids are unique within a block, because a click names the element by block id and action id. */
export const uniqueActionIds: ObjectRule = (block, pointer, problems) => {
  const seen = new Set<unknown>();
  const elements = Array.isArray(block.elements) ? block.elements : [];
  elements.forEach((element, index) => {
    const id = element?.action_id;
    if (id === undefined) return;
    if (seen.has(id)) {
      problems.push({
        pointer: `${pointer}/elements/${index}/action_id`,
        message: `action_id "${id}" already exists in this block`,
      });
    }
    seen.add(id);
  });
};
