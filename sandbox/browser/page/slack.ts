import type { StoredMessage } from '../../slack/server.ts';
import { renderBlocks } from '../blocks/blocks.ts';
import { newestContracts } from '../contracts.ts';
import { type Html, html, json, nothing } from '../html.ts';
import type { Manifest } from '../manifest.ts';
import { channels, people } from '../northwind.ts';
import type { Sandbox } from '../state.ts';
import { channelId, type View, viewUrl } from '../view.ts';
import { messageItem } from './message.ts';
import { viewContext } from './render-contexts.ts';

/** Slack as the selected person sees it. */
export function slackSide(sandbox: Sandbox, view: View, manifest: Manifest): Html {
  return html`<section class="side slack" id="slack" aria-label="Slack">
    ${navigation(view)}
    <div class="conversation">
      ${view.at === 'home' ? homeTab(sandbox, view) : channel(sandbox, view, manifest)}
    </div>
    ${view.thread !== null && view.at !== 'home' && threadPane(sandbox, view, manifest, view.thread)}
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

/** The messages that this person sees in the channel, oldest first: public ones and their private ones. */
function visibleMessages({ world }: Sandbox, view: View): StoredMessage[] {
  const where = channelId(view);
  return [...world.slack.messages(where), ...world.slack.ephemerals(where, view.as)].sort(
    (left, right) => Number(left.ts) - Number(right.ts),
  );
}

const isReply = ({ threadTs, ts }: StoredMessage): boolean => threadTs !== null && threadTs !== ts;

function channel(sandbox: Sandbox, view: View, manifest: Manifest): Html {
  const all = visibleMessages(sandbox, view);
  const repliesTo = (ts: string) => all.filter((each) => isReply(each) && each.threadTs === ts).length;
  const items = all
    .filter((message) => !isReply(message))
    .map((message) =>
      messageItem(sandbox, view, message, {
        where: 'channel',
        replies: repliesTo(message.ts),
        shortcuts: manifest.shortcuts,
      }),
    );
  const place = channels.find(({ id }) => id === view.at);
  const title = place ? `#${place.name}` : 'envcheck';
  return html`<header class="room"><h2>${title}</h2><p>${place?.note ?? 'Direct message with the bot'}</p></header>
    <div class="scroll" data-follow tabindex="0" role="log" aria-label="Messages in ${title}">
      ${items.length === 0 ? html`<p class="empty">No messages yet. Type <code>${manifest.command}</code> below or follow the tour.</p>` : html`<ol class="messages">${items}</ol>`}
    </div>
    ${composer(sandbox, view, manifest, { channel: channelId(view), thread: null, title })}`;
}

function threadPane(sandbox: Sandbox, view: View, manifest: Manifest, thread: string): Html {
  const messages = visibleMessages(sandbox, view).filter(
    ({ ts, threadTs }) => ts === thread || threadTs === thread,
  );
  const items = messages.map((message) =>
    messageItem(sandbox, view, message, { where: 'thread', replies: 0, shortcuts: manifest.shortcuts }),
  );
  return html`<aside class="thread" aria-label="Thread">
    <header class="room"><h2>Thread</h2><a class="button" data-nav href="${viewUrl(view, { thread: null })}">Close thread</a></header>
    <div class="scroll" data-follow tabindex="0" role="log" aria-label="Messages in the thread"><ol class="messages">${items}</ol></div>
    ${composer(sandbox, view, manifest, { channel: channelId(view), thread, title: 'the thread' })}
  </aside>`;
}

interface ComposerOptions {
  channel: string;
  /** Timestamp of the message that the thread replies to; null outside a thread. */
  thread: string | null;
  title: string;
}

/** The message field. Text that starts with a slash is a command. */
function composer(sandbox: Sandbox, view: View, manifest: Manifest, options: ComposerOptions): Html {
  const { channel, thread, title } = options;
  const id = thread === null ? 'composer' : 'reply';
  const target = json({ user: view.as, channel, thread });
  const completions = thread === null ? completionsOf(sandbox, manifest.command) : [];
  return html`<form class="composer" data-do="write" data-collects="text" data-with="${target}" autocomplete="off">
    <ul class="completions" id="${id}-completions" role="listbox" aria-label="Commands" hidden></ul>
    <input id="${id}" name="text" aria-label="Message ${title}" placeholder="Message ${title}, or type ${manifest.command}"
      data-completions="${json(completions)}" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="${id}-completions">
    <button class="button primary">Send</button>
  </form>`;
}

/** Suggested arguments of the command, each with what it shows. */
const uses: readonly (readonly [string, string])[] = [
  ['', 'all environments at a glance'],
  ['prod', 'is production ready?'],
  ['uat', 'is UAT ready?'],
  ['prod --private', 'the report, visible only to you'],
  ['diff uat prod', 'differences between the two'],
  ['diff prod --since yesterday', 'changes since yesterday'],
  ['events prod', 'received webhooks, newest first'],
  ['events prod --failed', 'refused and failed webhooks'],
  ['webhooks prod', 'register and delete webhooks'],
  ['checklist prod', 'the items that people confirm'],
  ['history prod', 'when the configuration changed'],
  ['plan uat prod', 'what to create in production to match UAT'],
  ['waivers', 'accepted differences: by whom, until when'],
  ['subscriptions', 'what is posted here, and when'],
  ['help', 'every command'],
];

function completionsOf(sandbox: Sandbox, command: string): { text: string; hint: string }[] {
  const [contract] = newestContracts(sandbox, 'prod');
  const find = contract
    ? [[`find ${contract.internalId}`, 'what happened to a contract, event or request'] as const]
    : [];
  return [...uses.slice(0, 4), ...find, ...uses.slice(4)].map(([text, hint]) => ({
    text: `${command} ${text}`.trim(),
    hint,
  }));
}

function homeTab(sandbox: Sandbox, view: View): Html {
  const home = sandbox.world.slack.home(view.as);
  const blocks = home && Array.isArray(home.view.blocks) ? home.view.blocks : null;
  return html`<header class="room"><h2>envcheck</h2><p>Home</p></header>
    <div class="scroll home" tabindex="0" role="region" aria-label="App Home">
      ${home && blocks ? renderBlocks(blocks, viewContext(sandbox, view, home)) : html`<p class="empty">The bot has not published a Home tab for you.</p>`}
    </div>`;
}

/** The modal on top for this person. Slack's client shows only that one. */
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
