import { withEmoji } from '../../../src/cli/preview/emoji.ts';
import { unescapeEntities } from '../../../src/cli/preview/mrkdwn.ts';
import { type Fields, isFields } from '../../slack/validation.ts';
import { type Html, html } from '../html.ts';
import { mrkdwn } from './mrkdwn.ts';
import type { RenderContext } from './render-context.ts';

/** Renders a plain_text or mrkdwn object, or a string. */
export function renderText(text: unknown, context: RenderContext): Html {
  if (isFields(text) && text.type === 'mrkdwn') return mrkdwn(String(text.text ?? ''), context);
  // Slack keeps the line breaks of plain text.
  return html`${plainText(text)
    .split('\n')
    .map((line, index) => html`${index > 0 && html`<br>`}${line}`)}`;
}

/** The text without markup, for labels. */
export function plainText(text: unknown): string {
  const content = isFields(text) ? text.text : text;
  return typeof content === 'string' ? withEmoji(unescapeEntities(content)) : '';
}

export const fieldsIn = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
