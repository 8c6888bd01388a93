import { type Fields, isFields } from '../../slack/validation.ts';
import { type Html, html, json, type Part } from '../html.ts';
import { control } from './inputs.ts';
import { initialValues, isMultiple, type Option, optionGroups } from './options.ts';
import { elementId, type RenderContext } from './render-context.ts';
import { plainText, renderText } from './text.ts';

/** Renders an element of an actions block or a section's accessory. It acts as soon as it is used. */
export function renderElement(element: Fields, block: Fields, context: RenderContext): Html {
  const type = String(element.type);
  switch (type) {
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return button(element, block, context);
    case 'image':
      return image(element);
    case 'feedback_buttons':
      return html`${[element.positive_button, element.negative_button]
        .filter(isFields)
        .map((each) => acting(element, block, context, String(each.value), plainText(each.text)))}`;
    case 'overflow':
      return menu(element, block, context, html`<span aria-hidden="true">⋯</span>`, 'More options');
    case 'external_select':
    case 'multi_external_select':
    case 'file_input':
    case 'rich_text_input':
      return html`<span class="unsupported">[${type}: not supported in the sandbox]</span>`;
    default:
      return /select/.test(type) && !isMultiple(element)
        ? select(element, block, context)
        : entered(element, block, context);
  }
}

export function image(element: Fields): Html {
  const alt = String(element.alt_text ?? '');
  // External images are not loaded: the sandbox connects to this machine only.
  return html`<span class="unsupported" role="img" aria-label="${alt}">[image: ${alt}]</span>`;
}

function button(element: Fields, block: Fields, context: RenderContext): Html {
  const label = plainText(element.text);
  const value = element.value === undefined ? null : String(element.value);
  if (typeof element.url === 'string' && /^https?:/.test(element.url))
    return html`<a class="button" href="${element.url}" target="_blank" rel="noreferrer" data-do="click" data-with="${sent(element, context, value)}">${label}</a>`;
  return acting(element, block, context, value, label);
}

const sent = (element: Fields, context: RenderContext, value: string | null): string =>
  json({ ...context.target, actionId: element.action_id, ...(value === null ? {} : { value }) });

/** A button that acts with this value, after a confirmation when the element asks for one. */
function acting(
  element: Fields,
  block: Fields,
  context: RenderContext,
  value: string | null,
  label: string,
): Html {
  const style = element.style === 'primary' || element.style === 'danger' ? element.style : '';
  const act = html`data-do="click" data-with="${sent(element, context, value)}"`;
  const name =
    typeof element.accessibility_label === 'string' && html` aria-label="${element.accessibility_label}"`;
  if (!isFields(element.confirm))
    return html`<button type="button" class="button ${style}" ${act}${name}>${label}</button>`;
  const id = elementId(context, 'confirm', block.block_id, element.action_id, value ?? '');
  return html`<button type="button" class="button ${style}" data-opens="${id}" aria-haspopup="dialog"${name}>${label}</button>
    ${confirmation(id, element.confirm, context, act)}`;
}

function confirmation(id: string, dialog: Fields, context: RenderContext, act: Html): Html {
  const style = dialog.style === 'danger' ? 'danger' : 'primary';
  return html`<dialog id="${id}" class="confirm" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${plainText(dialog.title)}</h2>
    <p>${renderText(dialog.text, context)}</p>
    <div class="row end">
      <button type="button" class="button" data-closes>${plainText(dialog.deny)}</button>
      <button type="button" class="button ${style}" data-closes ${act}>${plainText(dialog.confirm)}</button>
    </div>
  </dialog>`;
}

function select(element: Fields, block: Fields, context: RenderContext): Html {
  const [initial] = initialValues(element);
  const chosen = optionGroups(element, context)
    .flatMap(({ options }) => options)
    .find(({ value }) => value === initial);
  const label = chosen?.label ?? (plainText(element.placeholder) || 'Choose');
  return menu(element, block, context, html`${label} <span aria-hidden="true">▾</span>`, null);
}

/** A menu made of buttons, so that moving through it with the arrow keys chooses nothing. */
function menu(
  element: Fields,
  block: Fields,
  context: RenderContext,
  summary: Part,
  label: string | null,
): Html {
  const item = (option: Option) =>
    option.url === null
      ? acting({ ...element, style: null }, block, context, option.value, option.label)
      : html`<a class="button" href="${option.url}" target="_blank" rel="noreferrer" data-do="click" data-with="${sent(element, context, option.value)}">${option.label}</a>`;
  const groups = optionGroups(element, context).map(
    ({ label: title, options }) =>
      html`${title && html`<p class="menu-title">${title}</p>`}${options.map(item)}`,
  );
  return html`<details class="menu" id="${elementId(context, 'menu', block.block_id, element.action_id)}">
    <summary class="button"${label && html` aria-label="${label}"`}>${summary}</summary>
    <div class="menu-items">${groups}</div>
  </details>`;
}

/** Dates, text and multiple choices are entered first and sent with a button. */
function entered(element: Fields, block: Fields, context: RenderContext): Html {
  const id = elementId(context, 'entered', block.block_id, element.action_id);
  const label = plainText(element.placeholder) || String(element.type).replaceAll('_', ' ');
  return html`<form class="row entered" data-do="click" data-collects="entered" data-with="${sent(element, context, null)}">
    ${control(element, context, { id, name: 'entered', label, describedBy: null, required: false })}
    <button class="button">Set</button>
  </form>`;
}
