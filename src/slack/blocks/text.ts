import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextText } from '@slack/types';
import type { Message } from '../../text/message.ts';
import { printable } from '../../text/printable.ts';

/** Escapes the three special characters of Slack's mrkdwn: without them, text contains no mention, link or command. */
export const escapeMrkdwn = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cuts to `length` UTF-16 units with a visible "…", never inside a character. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Text of others for mrkdwn: on one line, escaped, at most `length` UTF-16 units including escapes. */
export function quoted(text: string, length: number): string {
  // A cut escape would show as stray characters.
  return clip(escapeMrkdwn(printable(text)), length).replace(/&[a-z]{0,3}…$/, '…');
}

/**
 * Text of a rich_text block. Slack does not parse it, so text from SpotDraft cannot carry markup or mentions. All text that
 * is not our own goes here and never into mrkdwn.
 */
export function plain(text: string, style?: RichTextText['style']): RichTextText {
  // Slack refuses an element with empty text.
  const shown = printable(text) || ' ';
  return style ? { type: 'text', text: shown, style } : { type: 'text', text: shown };
}

export const bold = (text: string): RichTextText => plain(text, { bold: true });
export const code = (text: string): RichTextText => plain(text, { code: true });

export const lineBreak: RichTextText = { type: 'text', text: '\n' };

export const paragraph = (...elements: RichTextElement[]): RichTextBlockElement => ({
  type: 'rich_text_section',
  elements,
});

export const bullets = (lines: RichTextElement[][]): RichTextBlockElement => ({
  type: 'rich_text_list',
  style: 'bullet',
  elements: lines.map((elements) => ({ type: 'rich_text_section', elements })),
});

/** A time in the reader's time zone. `at` is epoch ms. */
export const dateElement = (at: number): RichTextElement => ({
  type: 'date',
  timestamp: Math.floor(at / 1000),
  format: '{date_short_pretty} {time_secs}',
  fallback: new Date(at).toISOString(),
});

/** Lines in a fixed-width font, for columns. */
export const preformatted = (lines: string[]): RichTextBlockElement => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: lines.map(printable).join('\n') || ' ' }],
});

export const richText = (...elements: RichTextBlockElement[]): RichTextBlock => ({
  type: 'rich_text',
  elements,
});

/** Slack allows 3,000 characters in a section. */
const MAX_QUOTED = 2_900;

/** A message of our own text. */
export function mrkdwnMessage(mrkdwn: string): Message {
  return { text: mrkdwn, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: mrkdwn } }] };
}

/** A message that quotes what a person typed. */
export const quotedMessage = (text: string): Message => mrkdwnMessage(quoted(text, MAX_QUOTED));
