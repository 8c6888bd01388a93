import { withEmoji } from './emoji.ts';
import { type Fields, isFields } from './fields.ts';
import { mrkdwnSpans, type RenderContext, unescapeEntities } from './mrkdwn.ts';
import { type Format, type Line, lineWidth, type Span, sanitize, span } from './spans.ts';

/** The spans of a plain_text or mrkdwn object. */
export function textSpans(text: unknown, context: RenderContext, base: Format[] = []): Span[] {
  if (!isFields(text)) return typeof text === 'string' ? [span(plainText(text), ...base)] : [];
  const content = String(text.text ?? '');
  return text.type === 'mrkdwn' ? mrkdwnSpans(content, context, base) : [span(plainText(content), ...base)];
}

function plainText(text: string): string {
  return withEmoji(unescapeEntities(sanitize(text)));
}

/** Renders an interactive element as a short label: `[ Re-check ]`, `[ Choose one ▾ ]`. */
export function elementSpan(element: Fields): Span {
  const label = labelOf(element);
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return span(`[ ${label} ]`, ...buttonFormats(element.style));
    case 'overflow':
      return span('[ … ]', 'bold');
    case 'feedback_buttons':
      return span(`[ ${buttonLabel(element.positive_button)} ]  [ ${buttonLabel(element.negative_button)} ]`);
    case 'checkboxes':
    case 'radio_buttons':
      return span(choices(element));
    case 'image':
      return span(`[image: ${sanitize(String(element.alt_text ?? ''))}]`, 'dim');
    default:
      return span(/select|picker/.test(String(element.type)) ? `[ ${label} ▾ ]` : `[ ${label} ]`);
  }
}

function buttonFormats(style: unknown): Format[] {
  if (style === 'primary') return ['bold', 'green'];
  return style === 'danger' ? ['bold', 'red'] : ['bold'];
}

function labelOf(element: Fields): string {
  const initial = isFields(element.initial_option) ? element.initial_option.text : undefined;
  const text = [element.text, initial, element.placeholder].find(isFields);
  if (text) return plainText(String(text.text ?? ''));
  return sanitize(String(element.initial_date ?? element.initial_value ?? '…'));
}

function buttonLabel(button: unknown): string {
  return isFields(button) ? labelOf(button) : '';
}

function choices(element: Fields): string {
  const options = Array.isArray(element.options) ? element.options.filter(isFields) : [];
  const initial = [element.initial_options, element.initial_option].flat().filter(isFields);
  const chosen = new Set(initial.map((option) => option.value));
  const [on, off] = element.type === 'checkboxes' ? ['☑', '☐'] : ['◉', '○'];
  return options.map((option) => `${chosen.has(option.value) ? on : off} ${labelOf(option)}`).join('  ');
}

/** Renders elements in rows, two spaces apart. */
export function elementLines(elements: Fields[], width: number): Line[] {
  const lines: Line[] = [];
  for (const element of elements) {
    const drawn = elementSpan(element);
    const last = lines.at(-1);
    if (last && lineWidth(last) + 2 + lineWidth([drawn]) <= width) last.push(span('  '), drawn);
    else lines.push([drawn]);
  }
  return lines;
}
