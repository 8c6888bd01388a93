import { type Fields, isFields } from '../../slack/shape.ts';
import { type Html, html, json, type Part } from '../html.ts';
import { control } from './inputs.ts';
import { idIn, type Look } from './look.ts';
import { groupsOf, initialOf, type Option, takesMany } from './options.ts';
import { plainOf, textOf } from './text.ts';

/** An element that acts as soon as it is used: in an actions block or beside a section. */
export function elementOf(element: Fields, block: Fields, look: Look): Html {
  const type = String(element.type);
  switch (type) {
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return button(element, block, look);
    case 'image':
      return image(element);
    case 'feedback_buttons':
      return html`${[element.positive_button, element.negative_button]
        .filter(isFields)
        .map((each) => acting(element, block, look, String(each.value), plainOf(each.text)))}`;
    case 'overflow':
      return menu(element, block, look, html`<span aria-hidden="true">⋯</span>`, 'More options');
    case 'external_select':
    case 'multi_external_select':
    case 'file_input':
    case 'rich_text_input':
      return html`<span class="unsupported">[${type}: not in the sandbox]</span>`;
    default:
      return /select/.test(type) && !takesMany(element)
        ? select(element, block, look)
        : entered(element, block, look);
  }
}

export function image(element: Fields): Html {
  const alt = String(element.alt_text ?? '');
  // Pictures from elsewhere are not loaded: the sandbox talks to this machine only.
  return html`<span class="unsupported" role="img" aria-label="${alt}">[image: ${alt}]</span>`;
}

function button(element: Fields, block: Fields, look: Look): Html {
  const label = plainOf(element.text);
  const value = element.value === undefined ? null : String(element.value);
  if (typeof element.url === 'string' && /^https?:/.test(element.url))
    return html`<a class="button" href="${element.url}" target="_blank" rel="noreferrer" data-do="click" data-with="${sent(element, look, value)}">${label}</a>`;
  return acting(element, block, look, value, label);
}

const sent = (element: Fields, look: Look, value: string | null): string =>
  json({ ...look.target, actionId: element.action_id, ...(value === null ? {} : { value }) });

/** A button that acts with this value, after a confirmation where the element asks for one. */
function acting(element: Fields, block: Fields, look: Look, value: string | null, label: string): Html {
  const style = element.style === 'primary' || element.style === 'danger' ? element.style : '';
  const act = html`data-do="click" data-with="${sent(element, look, value)}"`;
  const name =
    typeof element.accessibility_label === 'string' && html` aria-label="${element.accessibility_label}"`;
  if (!isFields(element.confirm))
    return html`<button type="button" class="button ${style}" ${act}${name}>${label}</button>`;
  const id = idIn(look, 'confirm', block.block_id, element.action_id, value ?? '');
  return html`<button type="button" class="button ${style}" data-opens="${id}" aria-haspopup="dialog"${name}>${label}</button>
    ${confirmation(id, element.confirm, look, act)}`;
}

function confirmation(id: string, dialog: Fields, look: Look, act: Html): Html {
  const style = dialog.style === 'danger' ? 'danger' : 'primary';
  return html`<dialog id="${id}" class="confirm" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${plainOf(dialog.title)}</h2>
    <p>${textOf(dialog.text, look)}</p>
    <div class="row end">
      <button type="button" class="button" data-closes>${plainOf(dialog.deny)}</button>
      <button type="button" class="button ${style}" data-closes ${act}>${plainOf(dialog.confirm)}</button>
    </div>
  </dialog>`;
}

function select(element: Fields, block: Fields, look: Look): Html {
  const [initial] = initialOf(element);
  const chosen = groupsOf(element, look)
    .flatMap(({ options }) => options)
    .find(({ value }) => value === initial);
  const label = chosen?.label ?? (plainOf(element.placeholder) || 'Choose');
  return menu(element, block, look, html`${label} <span aria-hidden="true">▾</span>`, null);
}

/** A menu of buttons: nothing is chosen by passing over it with the arrow keys. */
function menu(element: Fields, block: Fields, look: Look, summary: Part, label: string | null): Html {
  const item = (option: Option) =>
    option.url === null
      ? acting({ ...element, style: null }, block, look, option.value, option.label)
      : html`<a class="button" href="${option.url}" target="_blank" rel="noreferrer" data-do="click" data-with="${sent(element, look, option.value)}">${option.label}</a>`;
  const groups = groupsOf(element, look).map(
    ({ label: title, options }) =>
      html`${title && html`<p class="menu-title">${title}</p>`}${options.map(item)}`,
  );
  return html`<details class="menu" id="${idIn(look, 'menu', block.block_id, element.action_id)}">
    <summary class="button"${label && html` aria-label="${label}"`}>${summary}</summary>
    <div class="menu-items">${groups}</div>
  </details>`;
}

/** Dates, texts and several choices are entered first and then sent. */
function entered(element: Fields, block: Fields, look: Look): Html {
  const id = idIn(look, 'entered', block.block_id, element.action_id);
  const label = plainOf(element.placeholder) || String(element.type).replaceAll('_', ' ');
  return html`<form class="row entered" data-do="click" data-collects="entered" data-with="${sent(element, look, null)}">
    ${control(element, look, { id, name: 'entered', label, describedBy: null, required: false })}
    <button class="button">Set</button>
  </form>`;
}
