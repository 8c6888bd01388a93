import { blockId, channelId, userId } from './block-objects.ts';
import { boolean, byType, integer, list, object, oneOf, type Rule, string, url } from './validation.ts';

/** Rich text (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). */

const style = object(
  {
    'bold?': boolean,
    'italic?': boolean,
    'strike?': boolean,
    'underline?': boolean,
    'code?': boolean,
    'highlight?': boolean,
    'client_highlight?': boolean,
    'unlink?': boolean,
  },
  (value, pointer, problems) => {
    if (Object.keys(value).length === 0)
      problems.push({ pointer, message: 'must have at least one property' });
  },
);

function leaf(type: string, properties: Record<string, Rule>): Rule {
  return object({ type: oneOf(type), ...properties, 'style?': style });
}

const leaves = byType({
  text: leaf('text', { text: string() }),
  link: leaf('link', { url: url(3000), 'text?': string({ min: 0 }), 'unsafe?': boolean }),
  user: leaf('user', { user_id: userId }),
  usergroup: leaf('usergroup', { usergroup_id: string({ pattern: /^S[A-Z0-9]+$/, what: 'usergroup id' }) }),
  channel: leaf('channel', { channel_id: channelId }),
  team: leaf('team', { team_id: string({ pattern: /^T[A-Z0-9]+$/, what: 'team id' }) }),
  emoji: leaf('emoji', { name: string(), 'skin_tone?': integer(1, 6), 'unicode?': string() }),
  broadcast: leaf('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  color: leaf('color', { value: string({ pattern: /^#?[0-9a-fA-F]{6}$/, what: 'color' }) }),
  date: leaf('date', {
    timestamp: integer(0, Number.MAX_SAFE_INTEGER),
    format: string(),
    'url?': url(3000),
    'fallback?': string({ min: 0 }),
  }),
});

const border = oneOf(0, 1);
const content = list(leaves, { min: 0 });
const section = object({ type: oneOf('rich_text_section'), elements: content });

export const richTextElements = list(
  byType({
    rich_text_section: section,
    rich_text_list: object({
      type: oneOf('rich_text_list'),
      style: oneOf('bullet', 'ordered'),
      elements: list(section),
      'indent?': integer(0, Number.MAX_SAFE_INTEGER),
      'offset?': integer(0, Number.MAX_SAFE_INTEGER),
      'border?': border,
    }),
    rich_text_preformatted: object({
      type: oneOf('rich_text_preformatted'),
      elements: content,
      'border?': border,
      'language?': string(),
    }),
    rich_text_quote: object({ type: oneOf('rich_text_quote'), elements: content, 'border?': border }),
  }),
  { min: 0 },
);

export const richTextBlock = object({
  type: oneOf('rich_text'),
  elements: richTextElements,
  'block_id?': blockId,
});
