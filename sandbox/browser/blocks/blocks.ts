import { type Fields, isFields } from '../../slack/shape.ts';
import { type Html, html, type Part } from '../html.ts';
import { elementOf, image } from './elements.ts';
import { inputBlock } from './inputs.ts';
import type { Look } from './look.ts';
import { markdown } from './markdown.ts';
import { richText } from './rich-text.ts';
import { tableOf } from './tables.ts';
import { fieldsIn, plainOf, textOf } from './text.ts';

/** The blocks of a message, modal or Home tab as markup. What is not known is named, never left out. */
export const blocksOf = (blocks: readonly unknown[], look: Look): Html =>
  html`${blocks.filter(isFields).map((block) => blockOf(block, look))}`;

function blockOf(block: Fields, look: Look): Html {
  const type = String(block.type);
  const draw = Object.hasOwn(drawn, type) ? drawn[type] : undefined;
  return html`<div class="block block-${type}">${draw ? draw(block, look) : html`<span class="unsupported">[${type}]</span>`}</div>`;
}

const drawn: Record<string, (block: Fields, look: Look) => Html> = {
  header: (block) => html`<h4>${plainOf(block.text)}</h4>`,
  divider: () => html`<hr>`,
  section,
  context: (block, look) =>
    html`${fieldsIn(block.elements).map((each) => html`<span>${each.type === 'image' ? image(each) : textOf(each, look)}</span> `)}`,
  actions: elements,
  context_actions: elements,
  rich_text: richText,
  markdown: (block) => markdown(String(block.text ?? '')),
  table: tableOf,
  data_table: tableOf,
  image: (block, look) =>
    html`${block.title !== undefined && html`<p>${textOf(block.title, look)}</p>`}${picture(block)}`,
  input: inputBlock,
  alert: (block, look) =>
    html`<div class="alert" data-level="${String(block.level ?? 'info')}">${textOf(block.text, look)}</div>`,
  card,
  container,
  carousel: (block, look) => blocksOf(fieldsIn(block.elements), look),
  plan: (block, look) =>
    html`<p><strong>${plainOf(block.title)}</strong></p>${fieldsIn(block.tasks).map((each) => task(each, look))}`,
  task_card: task,
  video: (block) => html`<p>[video: ${plainOf(block.title)}]</p>`,
};

/** A picture that was uploaded to this Slack; any other stays where it is. */
function picture(block: Fields): Html {
  const id = isFields(block.slack_file) ? block.slack_file.id : undefined;
  if (typeof id !== 'string') return image(block);
  return html`<img src="/files/${encodeURIComponent(id)}" alt="${String(block.alt_text ?? '')}">`;
}

function section(block: Fields, look: Look): Html {
  const fields = fieldsIn(block.fields).map((field) => html`<div>${textOf(field, look)}</div>`);
  const body: Part[] = [
    block.text !== undefined && html`<p>${textOf(block.text, look)}</p>`,
    fields.length > 0 && html`<div class="fields">${fields}</div>`,
  ];
  if (!isFields(block.accessory)) return html`${body}`;
  return html`<div class="beside"><div>${body}</div><div>${elementOf(block.accessory, block, look)}</div></div>`;
}

function elements(block: Fields, look: Look): Html {
  return html`<div class="row">${fieldsIn(block.elements).map((each) => elementOf(each, block, look))}</div>`;
}

function card(block: Fields, look: Look): Html {
  return html`<div class="card">
    ${isFields(block.hero_image) && image(block.hero_image)}
    ${block.title !== undefined && html`<p><strong>${textOf(block.title, look)}</strong></p>`}
    ${block.subtitle !== undefined && html`<p class="hint">${textOf(block.subtitle, look)}</p>`}
    ${block.body !== undefined && html`<p>${textOf(block.body, look)}</p>`}
    <div class="row">${fieldsIn(block.actions).map((each) => elementOf(each, block, look))}</div>
  </div>`;
}

function container(block: Fields, look: Look): Html {
  const title = isFields(block.rich_text_title)
    ? richText(block.rich_text_title, look)
    : html`<p><strong>${textOf(block.title, look)}</strong></p>`;
  return html`<div class="card">${title}
    ${block.subtitle !== undefined && html`<p class="hint">${textOf(block.subtitle, look)}</p>`}
    ${blocksOf(fieldsIn(block.child_blocks), look)}</div>`;
}

function task(block: Fields, look: Look): Html {
  const marks: Record<string, string> = { complete: '✅', in_progress: '⏳', error: '❌' };
  return html`<p>${marks[String(block.status)] ?? '⚪'} ${String(block.title ?? '')}</p>${isFields(block.details) && richText(block.details, look)}`;
}
