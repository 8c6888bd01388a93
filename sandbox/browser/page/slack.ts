import type { StoredMessage } from '../../slack/server.ts';
import { renderBlocks } from '../blocks/blocks.ts';
import { type Html, html, nothing } from '../html.ts';
import { channels, people } from '../northwind.ts';
import type { Sandbox } from '../state.ts';
import { channelId, type View, viewUrl } from '../view.ts';
import { composer } from './composer.ts';
import { messageItem } from './message.ts';
import type { PageParts } from './page.ts';
import { viewContext } from './render-contexts.ts';

/** Slack as the chosen person sees it. */
export function slackSide(sandbox: Sandbox, view: View, parts: PageParts): Html {
  return html`<section class="side slack" id="slack" aria-label="Slack">
    ${navigation(view)}
    <div class="conversation">
      ${view.at === 'home' ? homeTab(sandbox, view) : channel(sandbox, view, parts)}
    </div>
    ${view.thread !== null && view.at !== 'home' && threadPane(sandbox, view, parts, view.thread)}
  </section>`;
}

function navigation(view: View): Html {
  const link = (at: string, label: Html) =>
    html`<li><a data-nav href="${viewUrl(view, { at, thread: null, side: 'slack' })}"${at === view.at && html` aria-current="page"`}>${label}</a></li>`;
  return html`<nav class="rooms" aria-label="Slack: channels and app">
    <h2>Northwind</h2>
    <h3>Channels</h3>
    <ul>${channels.map(({ id, name }) => link(id, html`<span aria-hidden="true">#</span> ${name}`))}</ul>
    <h3>App</h3>
    <ul>${link('dm', html`<span aria-hidden="true">✉</span> envcheck`)}${link('home', html`<span aria-hidden="true">⌂</span> Home`)}</ul>
    <h3 id="acting">You act as</h3>
    <ul aria-labelledby="acting">${people.map(
      ({ id, name, role }) =>
        html`<li><a class="person" data-nav href="${viewUrl(view, { as: id, thread: null })}"${id === view.as && html` aria-current="true"`}><strong>${name}</strong> <span>${role}</span></a></li>`,
    )}</ul>
  </nav>`;
}

/** What this person sees there, oldest first: everybody's messages and those for them alone. */
function seen({ world }: Sandbox, view: View): StoredMessage[] {
  const where = channelId(view);
  return [...world.slack.messages(where), ...world.slack.ephemerals(where, view.as)].sort(
    (left, right) => Number(left.ts) - Number(right.ts),
  );
}

const isReply = ({ threadTs, ts }: StoredMessage): boolean => threadTs !== null && threadTs !== ts;

function channel(sandbox: Sandbox, view: View, parts: PageParts): Html {
  const all = seen(sandbox, view);
  const repliesTo = (ts: string) => all.filter((each) => isReply(each) && each.threadTs === ts).length;
  const items = all
    .filter((message) => !isReply(message))
    .map((message) =>
      messageItem(sandbox, view, message, {
        where: 'channel',
        replies: repliesTo(message.ts),
        shortcuts: parts.manifest.shortcuts,
      }),
    );
  const place = channels.find(({ id }) => id === view.at);
  const title = place ? `#${place.name}` : 'envcheck';
  return html`<header class="room"><h2>${title}</h2><p>${place?.note ?? 'Direct message with the bot'}</p></header>
    <div class="scroll" data-follow tabindex="0" role="log" aria-label="Messages in ${title}">
      ${items.length === 0 ? html`<p class="empty">Nothing here yet. Type <code>${parts.manifest.command}</code> below, or follow the tour.</p>` : html`<ol class="messages">${items}</ol>`}
    </div>
    ${composer(sandbox, view, parts, { channel: channelId(view), thread: null, title })}`;
}

function threadPane(sandbox: Sandbox, view: View, parts: PageParts, thread: string): Html {
  const messages = seen(sandbox, view).filter(({ ts, threadTs }) => ts === thread || threadTs === thread);
  const items = messages.map((message) =>
    messageItem(sandbox, view, message, { where: 'thread', replies: 0, shortcuts: parts.manifest.shortcuts }),
  );
  return html`<aside class="thread" aria-label="Thread">
    <header class="room"><h2>Thread</h2><a class="button" data-nav href="${viewUrl(view, { thread: null })}">Close thread</a></header>
    <div class="scroll" data-follow tabindex="0" role="log" aria-label="Messages in the thread"><ol class="messages">${items}</ol></div>
    ${composer(sandbox, view, parts, { channel: channelId(view), thread, title: 'the thread' })}
  </aside>`;
}

function homeTab(sandbox: Sandbox, view: View): Html {
  const home = sandbox.world.slack.home(view.as);
  const blocks = home && Array.isArray(home.view.blocks) ? home.view.blocks : null;
  return html`<header class="room"><h2>envcheck</h2><p>Home</p></header>
    <div class="scroll home" tabindex="0" role="region" aria-label="App Home">
      ${home && blocks ? renderBlocks(blocks, viewContext(sandbox, view, home)) : html`<p class="empty">The bot has not published a Home tab for you.</p>`}
    </div>`;
}

/** Modals of this person, the one on top last. Only that one can be used. */
export function modals(sandbox: Sandbox, view: View): Html {
  const stored = sandbox.world.slack.modals(view.as).at(-1);
  if (!stored) return nothing;
  const { title, submit, close, blocks } = stored.view as Record<string, { text?: string } | undefined>;
  const id = `modal-${stored.id}`;
  const target = JSON.stringify({ user: view.as, view: stored.id });
  return html`<dialog class="modal" id="${id}" data-modal data-closing="${target}" aria-labelledby="${id}-title">
    <form data-do="submit" data-collects="values" data-with="${target}" novalidate>
      <header><h2 id="${id}-title">${title?.text}</h2></header>
      <div class="modal-body">${renderBlocks(Array.isArray(blocks) ? blocks : [], viewContext(sandbox, view, stored))}</div>
      <footer class="row end">
        <button type="button" class="button" data-do="closeView" data-with="${target}">${close?.text ?? 'Close'}</button>
        ${submit && html`<button class="button primary">${submit.text}</button>`}
      </footer>
    </form>
  </dialog>`;
}
