import type { StoredFile, StoredMessage } from '../../slack/server.ts';
import { BOT_USER_ID } from '../../slack/server.ts';
import { blocksOf } from '../blocks/blocks.ts';
import { dateText } from '../blocks/date.ts';
import { idIn, type Look } from '../blocks/look.ts';
import { mrkdwn } from '../blocks/mrkdwn.ts';
import { type Html, html, json, nothing } from '../html.ts';
import type { MessageShortcut } from '../manifest.ts';
import type { Sandbox } from '../state.ts';
import { pictureType } from '../uploads.ts';
import { addressOf, type View } from '../view.ts';
import { lookAtMessage, nameOfPerson } from './look.ts';

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
  const look = lookAtMessage(sandbox, view, message, options.where);
  const author = nameOfPerson(message.user);
  const isApp = message.user === BOT_USER_ID;
  const seconds = Number(message.ts);
  const body =
    message.blocks.length > 0 ? blocksOf(message.blocks, look) : html`<p>${mrkdwn(message.text, look)}</p>`;
  return html`<li class="message${message.ephemeralFor && ' ephemeral'}" id="${idIn(look, 'message')}">
    <span class="avatar avatar-${isApp ? 'app' : author}" aria-hidden="true">${isApp ? '✓' : author.slice(0, 1)}</span>
    <div class="said">
      ${message.ephemeralFor && html`<p class="only-you"><span aria-hidden="true">👁</span> Only visible to you</p>`}
      <p class="byline"><strong>${author}</strong>${isApp && html` <span class="badge">APP</span>`}
        <time datetime="${new Date(seconds * 1_000).toISOString()}">${dateText(seconds, '{date_short_pretty}, {time}', message.ts, look)}</time>
        ${message.edits > 0 && html`<span class="hint">(edited)</span>`}</p>
      ${body}
      ${message.files.map(fileOf)}
      ${options.where === 'channel' && repliesLink(view, message, options.replies)}
    </div>
    ${moreActions(view, message, look, options)}
  </li>`;
}

function fileOf(file: StoredFile): Html {
  const address = `/files/${encodeURIComponent(file.id)}`;
  return pictureType(file) !== null
    ? html`<a class="picture" href="${address}" target="_blank"><img src="${address}" alt="${file.altText || file.title}"></a>`
    : html`<p>📎 <a href="${address}" target="_blank">${file.name}</a></p>`;
}

const repliesLink = (view: View, { ts }: StoredMessage, replies: number): Html =>
  replies === 0
    ? nothing
    : html`<a class="replies" data-nav href="${addressOf(view, { thread: ts })}">${replies} ${replies === 1 ? 'reply' : 'replies'}</a>`;

/** Slack offers none of these on a message that is visible to one person only. */
function moreActions(
  view: View,
  message: StoredMessage,
  look: Look,
  { where, shortcuts }: MessageOptions,
): Html {
  if (message.ephemeralFor) return nothing;
  const uses = shortcuts.map(
    ({ name, callbackId }) =>
      html`<button type="button" class="button" data-do="shortcut" data-with="${json({ ...look.target, callbackId })}">${name}</button>`,
  );
  const thread = message.threadTs ?? message.ts;
  return html`<details class="menu more" id="${idIn(look, 'more')}">
    <summary class="button" aria-label="More actions for the message of ${nameOfPerson(message.user)}"><span aria-hidden="true">⋯</span></summary>
    <div class="menu-items">${uses}${where === 'channel' && html`<a class="button" data-nav href="${addressOf(view, { thread })}">Reply in thread</a>`}</div>
  </details>`;
}
