import type { StoredFile, StoredMessage } from '../../slack/server.ts';
import { BOT_USER_ID } from '../../slack/server.ts';
import { renderBlocks } from '../blocks/blocks.ts';
import { dateText } from '../blocks/date.ts';
import { mrkdwn } from '../blocks/mrkdwn.ts';
import { elementId, type RenderContext } from '../blocks/render-context.ts';
import { type Html, html, json, nothing } from '../html.ts';
import type { MessageShortcut } from '../manifest.ts';
import type { Sandbox } from '../state.ts';
import { imageType } from '../uploads.ts';
import { type View, viewUrl } from '../view.ts';
import { messageContext, userName } from './render-contexts.ts';

export interface MessageOptions {
  /** `channel` or `thread`. */
  where: string;
  replies: number;
  shortcuts: readonly MessageShortcut[];
}

export function messageItem(
  sandbox: Sandbox,
  view: View,
  message: StoredMessage,
  options: MessageOptions,
): Html {
  const context = messageContext(sandbox, view, message, options.where);
  const author = userName(message.user);
  const isApp = message.user === BOT_USER_ID;
  const seconds = Number(message.ts);
  const body =
    message.blocks.length > 0
      ? renderBlocks(message.blocks, context)
      : html`<p>${mrkdwn(message.text, context)}</p>`;
  return html`<li class="message${message.ephemeralFor && ' ephemeral'}" id="${elementId(context, 'message')}">
    <span class="avatar avatar-${isApp ? 'app' : author}" aria-hidden="true">${isApp ? '✓' : author.slice(0, 1)}</span>
    <div class="said">
      ${message.ephemeralFor && html`<p class="only-you"><span aria-hidden="true">👁</span> Only visible to you</p>`}
      <p class="byline"><strong>${author}</strong>${isApp && html` <span class="badge">APP</span>`}
        <time datetime="${new Date(seconds * 1_000).toISOString()}">${dateText(seconds, '{date_short_pretty}, {time}', message.ts, context)}</time>
        ${message.edits > 0 && html`<span class="hint">(edited)</span>`}</p>
      ${body}
      ${message.files.map(fileOf)}
      ${options.where === 'channel' && repliesLink(view, message, options.replies)}
    </div>
    ${moreActions(view, message, context, options)}
  </li>`;
}

function fileOf(file: StoredFile): Html {
  const address = `/files/${encodeURIComponent(file.id)}`;
  return imageType(file) !== null
    ? html`<a class="picture" href="${address}" target="_blank"><img src="${address}" alt="${file.altText || file.title}"></a>`
    : html`<p>📎 <a href="${address}" target="_blank">${file.name}</a></p>`;
}

const repliesLink = (view: View, { ts }: StoredMessage, replies: number): Html =>
  replies === 0
    ? nothing
    : html`<a class="replies" data-nav href="${viewUrl(view, { thread: ts })}">${replies} ${replies === 1 ? 'reply' : 'replies'}</a>`;

/** The menu of a message. Slack has none on a message that only one person can see. */
function moreActions(
  view: View,
  message: StoredMessage,
  context: RenderContext,
  { where, shortcuts }: MessageOptions,
): Html {
  if (message.ephemeralFor) return nothing;
  const uses = shortcuts.map(
    ({ name, callbackId }) =>
      html`<button type="button" class="button" data-do="shortcut" data-with="${json({ ...context.target, callbackId })}">${name}</button>`,
  );
  const thread = message.threadTs ?? message.ts;
  return html`<details class="menu more" id="${elementId(context, 'more')}">
    <summary class="button" aria-label="More actions for the message of ${userName(message.user)}"><span aria-hidden="true">⋯</span></summary>
    <div class="menu-items">${uses}${where === 'channel' && html`<a class="button" data-nav href="${viewUrl(view, { thread })}">Reply in thread</a>`}</div>
  </details>`;
}
