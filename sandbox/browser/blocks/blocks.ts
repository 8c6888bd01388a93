import { type Fields, isFields } from '../../slack/validation.ts';
import { type Html, html, type Part } from '../html.ts';
import { image, renderElement } from './elements.ts';
import { inputBlock } from './inputs.ts';
import { markdown } from './markdown.ts';
import type { RenderContext } from './render-context.ts';
import { richText } from './rich-text.ts';
import { renderTable } from './tables.ts';
import { fieldsIn, plainText, renderText } from './text.ts';

/** Renders the blocks of a message, modal or Home tab. An unknown block is shown by its type, never left out. */
export const renderBlocks = (blocks: readonly unknown[], context: RenderContext): Html =>
  html`${blocks.filter(isFields).map((block) => blockOf(block, context))}`;

function blockOf(block: Fields, context: RenderContext): Html {
  const type = String(block.type);
  const draw = Object.hasOwn(drawn, type) ? drawn[type] : undefined;
  return html`<div class="block block-${type}">${draw ? draw(block, context) : html`<span class="unsupported">[${type}]</span>`}</div>`;
}

const drawn: Record<string, (block: Fields, context: RenderContext) => Html> = {
  header: (block) => html`<h4>${plainText(block.text)}</h4>`,
  divider: () => html`<hr>`,
  section,
  context: (block, context) =>
    html`${fieldsIn(block.elements).map((each) => html`<span>${each.type === 'image' ? image(each) : renderText(each, context)}</span> `)}`,
  actions: elements,
  context_actions: elements,
  rich_text: richText,
  markdown: (block) => markdown(String(block.text ?? '')),
  table: renderTable,
  data_table: renderTable,
  image: (block, context) =>
    html`${block.title !== undefined && html`<p>${renderText(block.title, context)}</p>`}${picture(block)}`,
  input: inputBlock,
  alert: (block, context) =>
    html`<div class="alert" data-level="${String(block.level ?? 'info')}">${renderText(block.text, context)}</div>`,
  card,
  container,
  carousel: (block, context) => renderBlocks(fieldsIn(block.elements), context),
  plan: (block, context) =>
    html`<p><strong>${plainText(block.title)}</strong></p>${fieldsIn(block.tasks).map((each) => task(each, context))}`,
  task_card: task,
  video: (block) => html`<p>[video: ${plainText(block.title)}]</p>`,
};

/** An image that was uploaded to this Slack. An image from elsewhere is not loaded. */
function picture(block: Fields): Html {
  const id = isFields(block.slack_file) ? block.slack_file.id : undefined;
  if (typeof id !== 'string') return image(block);
  return html`<img src="/files/${encodeURIComponent(id)}" alt="${String(block.alt_text ?? '')}">`;
}

function section(block: Fields, context: RenderContext): Html {
  const fields = fieldsIn(block.fields).map((field) => html`<div>${renderText(field, context)}</div>`);
  const body: Part[] = [
    block.text !== undefined && html`<p>${renderText(block.text, context)}</p>`,
    fields.length > 0 && html`<div class="fields">${fields}</div>`,
  ];
  if (!isFields(block.accessory)) return html`${body}`;
  return html`<div class="beside"><div>${body}</div><div>${renderElement(block.accessory, block, context)}</div></div>`;
}

function elements(block: Fields, context: RenderContext): Html {
  return html`<div class="row">${fieldsIn(block.elements).map((each) => renderElement(each, block, context))}</div>`;
}

function card(block: Fields, context: RenderContext): Html {
  return html`<div class="card">
    ${isFields(block.hero_image) && image(block.hero_image)}
    ${block.title !== undefined && html`<p><strong>${renderText(block.title, context)}</strong></p>`}
    ${block.subtitle !== undefined && html`<p class="hint">${renderText(block.subtitle, context)}</p>`}
    ${block.body !== undefined && html`<p>${renderText(block.body, context)}</p>`}
    <div class="row">${fieldsIn(block.actions).map((each) => renderElement(each, block, context))}</div>
  </div>`;
}

function container(block: Fields, context: RenderContext): Html {
  const title = isFields(block.rich_text_title)
    ? richText(block.rich_text_title, context)
    : html`<p><strong>${renderText(block.title, context)}</strong></p>`;
  return html`<div class="card">${title}
    ${block.subtitle !== undefined && html`<p class="hint">${renderText(block.subtitle, context)}</p>`}
    ${renderBlocks(fieldsIn(block.child_blocks), context)}</div>`;
}

function task(block: Fields, context: RenderContext): Html {
  const marks: Record<string, string> = { complete: '✅', in_progress: '⏳', error: '❌' };
  return html`<p>${marks[String(block.status)] ?? '⚪'} ${String(block.title ?? '')}</p>${isFields(block.details) && richText(block.details, context)}`;
}
