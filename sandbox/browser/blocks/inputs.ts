import type { Fields } from '../../slack/validation.ts';
import { type Html, html } from '../html.ts';
import { initialValues, isMultiple, type OptionGroup, optionGroups } from './options.ts';
import type { RenderContext } from './render-context.ts';
import { elementId } from './render-context.ts';
import { plainText, renderText } from './text.ts';

export interface ControlOptions {
  id: string;
  /** The form field's name, under which the page's script sends the entered value. */
  name: string;
  /** The accessible name; null when the page has a label element. */
  label: string | null;
  /** Ids of the elements that describe it, separated by spaces. */
  describedBy: string | null;
  required: boolean;
}

/** An input block: label, control, hint, and the error of the last submission. */
export function inputBlock(block: Fields, context: RenderContext): Html {
  const element = (block.element ?? {}) as Fields;
  const id = elementId(context, 'input', block.block_id);
  const error = context.errors[String(block.block_id)];
  const describedBy = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  const optional = block.optional === true;
  const options = { id, name: String(element.action_id), label: null, describedBy, required: !optional };
  const body = html`${control(element, context, options)}
    ${block.hint !== undefined && html`<p class="hint" id="${id}-hint">${renderText(block.hint, context)}</p>`}
    ${error !== undefined && html`<p class="error" id="${id}-error" role="alert">${error}</p>`}`;
  const label = html`${renderText(block.label, context)}${optional && html` <span class="hint">(optional)</span>`}`;
  return isGroup(element)
    ? html`<fieldset class="input" id="${id}-block"><legend>${label}</legend>${body}</fieldset>`
    : html`<div class="input" id="${id}-block"><label for="${id}">${label}</label>${body}</div>`;
}

const isGroup = (element: Fields): boolean => element.type === 'radio_buttons' || isMultiple(element);

/** The form control of an element, with its initial value. */
export function control(element: Fields, context: RenderContext, options: ControlOptions): Html {
  const type = String(element.type);
  if (isGroup(element)) return choices(element, context, options);
  if (/select/.test(type)) return dropdown(optionGroups(element, context), element, options);
  const common = html`${attributes(options)} placeholder="${plainText(element.placeholder)}"`;
  if (type === 'plain_text_input' && element.multiline === true)
    return html`<textarea rows="4" ${common}${lengths(element)}>${String(element.initial_value ?? '')}</textarea>`;
  return html`<input type="${inputTypes[type] ?? 'text'}" ${common}${lengths(element)} value="${initialText(element)}">`;
}

const inputTypes: Record<string, string> = {
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

function attributes({ id, name, label, describedBy, required }: ControlOptions): Html {
  const invalid = describedBy?.includes('-error') === true;
  return html`id="${id}" name="${name}"${label !== null && html` aria-label="${label}"`}${describedBy && html` aria-describedby="${describedBy}"`}${invalid && html` aria-invalid="true"`}${required && html` required`}`;
}

function lengths(element: Fields): Html {
  const { type, min_length: min, max_length: max } = element;
  if (type === 'number_input') return html` inputmode="decimal"`;
  return html`${typeof min === 'number' && html` minlength="${min}"`}${typeof max === 'number' && html` maxlength="${max}"`}`;
}

function initialText(element: Fields): string {
  if (typeof element.initial_date_time === 'number')
    return new Date(element.initial_date_time * 1_000).toISOString().slice(0, 16);
  return String(element.initial_value ?? element.initial_date ?? element.initial_time ?? '');
}

function dropdown(groups: OptionGroup[], element: Fields, options: ControlOptions): Html {
  const [initial] = initialValues(element);
  const entries = groups.map(({ label, options: offered }) => {
    const each = offered.map(
      ({ value, label: text }) =>
        html`<option value="${value}"${value === initial && html` selected`}>${text}</option>`,
    );
    return label === null ? html`${each}` : html`<optgroup label="${label}">${each}</optgroup>`;
  });
  return html`<select ${attributes(options)}><option value="">${plainText(element.placeholder) || 'Choose'}</option>${entries}</select>`;
}

function choices(element: Fields, context: RenderContext, options: ControlOptions): Html {
  const chosen = new Set(initialValues(element));
  const many = isMultiple(element);
  const offered = optionGroups(element, context).flatMap((group) => group.options);
  const entries = offered.map(({ value, label, description }, index) => {
    const id = `${options.id}-${index}`;
    const checked = chosen.has(value) && html` checked`;
    return html`<label class="choice" for="${id}"><input type="${many ? 'checkbox' : 'radio'}" id="${id}" name="${options.name}" value="${value}"${checked}${options.describedBy && html` aria-describedby="${options.describedBy}"`}>
      <span>${label}${description !== '' && html` <span class="hint">${description}</span>`}</span></label>`;
  });
  return html`<div class="choices" role="${many ? 'group' : 'radiogroup'}"${options.label !== null && html` aria-label="${options.label}"`}>${entries}</div>`;
}
