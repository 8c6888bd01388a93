import { withEmoji } from '../../../src/cli/preview/emoji.ts';
import { unescapeEntities } from '../../../src/cli/preview/mrkdwn.ts';
import { type Fields, isFields } from '../../slack/shape.ts';
import { type Html, html } from '../html.ts';
import type { Look } from './look.ts';
import { mrkdwn } from './mrkdwn.ts';

/** A text object of either kind, or a bare string. */
export function textOf(text: unknown, look: Look): Html {
  if (isFields(text) && text.type === 'mrkdwn') return mrkdwn(String(text.text ?? ''), look);
  // Slack keeps line breaks of plain text, too.
  return html`${plainOf(text)
    .split('\n')
    .map((line, index) => html`${index > 0 && html`<br>`}${line}`)}`;
}

/** The same without markup, for labels. */
export function plainOf(text: unknown): string {
  const content = isFields(text) ? text.text : text;
  return typeof content === 'string' ? withEmoji(unescapeEntities(content)) : '';
}

export const fieldsIn = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
