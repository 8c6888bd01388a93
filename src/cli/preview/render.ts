import { elementLines, elementSpan, textSpans } from './elements.ts';
import { type Fields, isFields } from './fields.ts';
import { markdownSpans } from './markdown.ts';
import { type Look, mrkdwnSpans } from './mrkdwn.ts';
import { richTextLines } from './rich-text.ts';
import {
  beside,
  formatted,
  harmless,
  type Line,
  lineColumns,
  print,
  type Span,
  span,
  wrap,
} from './spans.ts';
import { tableLines } from './tables.ts';

/** What can be drawn: a StoredMessage, or the text and blocks of any message. */
export interface RenderedMessage {
  text: string;
  blocks: unknown[];
  ephemeralFor?: string | null;
  files?: { name: string; altText?: string }[];
}

export interface RenderOptions {
  /** Columns of the terminal. */
  width: number;
  color: boolean;
  /** Names by id, for mentions of users, user groups and channels; ids stand where no name is known. */
  names?: Record<string, string>;
}

/**
 * A message as a person would see it in Slack, for a terminal: no line wider than `width`, no trailing newline.
 * Control characters in the message are removed: text from elsewhere cannot act on the terminal.
 */
export function renderMessage(message: RenderedMessage, options: RenderOptions): string {
  const look: Look = { width: options.width, color: options.color, names: options.names ?? {} };
  const blocks = message.blocks.filter(isFields);
  const lines: Line[] = [];
  if (message.ephemeralFor) lines.push([span('Only visible to you', 'dim')]);
  if (blocks.length > 0) lines.push(...stacked(blocks, look));
  else lines.push(...wrap(mrkdwnSpans(message.text, look), look.width));
  for (const file of message.files ?? [])
    lines.push(
      ...wrap(
        [span(`📎 ${harmless(file.name)}${file.altText ? ` [${harmless(file.altText)}]` : ''}`)],
        look.width,
      ),
    );
  return print(lines, look.color);
}

/** What can be drawn of a modal or a Home tab: a StoredView, or any view with no errors shown. */
export interface RenderedView {
  view: Record<string, unknown>;
  /** Error texts under inputs, by block id. */
  errors?: Record<string, string>;
}

/** A modal or Home tab as a person would see it: title, content with the errors under their inputs, the two buttons. */
export function renderView({ view, errors = {} }: RenderedView, options: RenderOptions): string {
  const look: Look = { width: options.width, color: options.color, names: options.names ?? {} };
  const title =
    view.title === undefined ? [] : [...wrap(textSpans(view.title, look, ['bold']), look.width), []];
  const body = fieldsIn(view.blocks).flatMap((block, index): Line[] => {
    const error = errors[String(block.block_id)];
    return [
      ...(index > 0 ? [[]] : []),
      ...blockLines(block, look),
      ...(error === undefined ? [] : wrap([span(`⚠ ${harmless(error)}`)], look.width)),
    ];
  });
  const buttons = [view.close, view.submit].filter(isFields).map((text) => ({ type: 'button', text }));
  const foot = buttons.length > 0 ? [[], ...elementLines(buttons, look.width)] : [];
  return print([...title, ...body, ...foot], look.color);
}

/** These sit close under what stands before them; all others get a line of air. */
const CLOSE = new Set<unknown>(['context', 'divider', 'context_actions']);

function stacked(blocks: Fields[], look: Look): Line[] {
  return blocks.flatMap((block, index) => {
    const lines = blockLines(block, look);
    const before = blocks[index - 1];
    const close = !before || CLOSE.has(block.type) || before.type === 'header' || before.type === 'divider';
    return close || lines.length === 0 ? lines : [[], ...lines];
  });
}

function blockLines(block: Fields, look: Look): Line[] {
  const draw = Object.hasOwn(drawn, String(block.type)) ? drawn[String(block.type)] : undefined;
  return draw ? draw(block, look) : [[span(`[${harmless(String(block.type))}]`, 'dim')]];
}

const drawn: Record<string, (block: Fields, look: Look) => Line[]> = {
  header: (block, look) => wrap(textSpans(block.text, look, ['bold']), look.width),
  divider: (_block, look) => [[span('─'.repeat(look.width), 'dim')]],
  section: sectionLines,
  context: (block, look) => wrap(contextSpans(block, look), look.width),
  actions: (block, look) => elementLines(fieldsIn(block.elements), look.width),
  context_actions: (block, look) => elementLines(fieldsIn(block.elements), look.width),
  rich_text: (block, look) => richTextLines(block, look),
  markdown: (block, look) => wrap(markdownSpans(String(block.text ?? ''), look), look.width),
  table: tableLines,
  data_table: tableLines,
  image: (block, look) =>
    wrap(
      [...textSpans(block.title, look), span(' '), elementSpan(block)].slice(block.title ? 0 : 2),
      look.width,
    ),
  input: inputLines,
  alert: (block, look) =>
    wrap([span(`${alertMark(block.level)} `), ...textSpans(block.text, look)], look.width),
  card: cardLines,
  container: containerLines,
  carousel: (block, look) => stacked(fieldsIn(block.elements), look),
  plan: (block, look) => [
    ...wrap(textSpans(block.title, look, ['bold']), look.width),
    ...fieldsIn(block.tasks).flatMap((task) => taskLines(task, look)),
  ],
  task_card: taskLines,
  video: (block, look) => wrap([span('[video: '), ...textSpans(block.title, look), span(']')], look.width),
};

function sectionLines(block: Fields, look: Look): Line[] {
  const accessory = isFields(block.accessory) ? [elementSpan(block.accessory)] : [];
  const room = accessory.length > 0 ? look.width - lineColumns(accessory) - 2 : look.width;
  // A label that leaves less than half the width goes under the text instead of beside it.
  const besideIt = accessory.length > 0 && room >= look.width / 2;
  const textWidth = besideIt ? room : look.width;
  const body = [
    ...(block.text === undefined ? [] : wrap(textSpans(block.text, look), textWidth)),
    ...fieldLines(fieldsIn(block.fields), look, textWidth),
  ];
  if (accessory.length === 0) return body;
  return besideIt ? beside([body, [accessory]], [textWidth]) : [...body, ...wrap(accessory, look.width)];
}

/** Fields two by two, as Slack sets them. */
function fieldLines(fields: Fields[], look: Look, width: number): Line[] {
  const column = Math.floor((width - 2) / 2);
  const cells = fields.map((field) => wrap(textSpans(field, look), column));
  const lines: Line[] = [];
  for (let index = 0; index < cells.length; index += 2) {
    lines.push(...beside(cells.slice(index, index + 2), [column]));
  }
  return lines;
}

function contextSpans(block: Fields, look: Look): Span[] {
  const parts = fieldsIn(block.elements).map((element) =>
    element.type === 'image' ? [elementSpan(element)] : textSpans(element, look),
  );
  return formatted(
    parts.flatMap((part, index) => (index > 0 ? [span('  '), ...part] : part)),
    'dim',
  );
}

function inputLines(block: Fields, look: Look): Line[] {
  const element = isFields(block.element) ? elementLines([block.element], look.width) : [];
  const optional = block.optional === true ? [span(' (optional)', 'dim')] : [];
  return [
    ...wrap([...textSpans(block.label, look, ['bold']), ...optional], look.width),
    ...element,
    ...(block.hint === undefined ? [] : wrap(textSpans(block.hint, look, ['dim']), look.width)),
  ];
}

function cardLines(block: Fields, look: Look): Line[] {
  const image = isFields(block.hero_image) ? [[elementSpan(block.hero_image)]] : [];
  const part = (text: unknown, lookOf: Parameters<typeof textSpans>[2]) =>
    text === undefined ? [] : wrap(textSpans(text, look, lookOf), look.width);
  return [
    ...image,
    ...part(block.title, ['bold']),
    ...part(block.subtitle, ['dim']),
    ...part(block.body, []),
    ...elementLines(fieldsIn(block.actions), look.width),
  ];
}

function containerLines(block: Fields, look: Look): Line[] {
  const inner = { ...look, width: look.width - 2 };
  const title = isFields(block.rich_text_title)
    ? richTextLines(block.rich_text_title, look)
    : wrap(textSpans(block.title, look, ['bold']), look.width);
  const subtitle =
    block.subtitle === undefined ? [] : wrap(textSpans(block.subtitle, look, ['dim']), look.width);
  const children = stacked(fieldsIn(block.child_blocks), inner);
  return [...title, ...subtitle, ...children.map((line): Line => [span('  '), ...line])];
}

function taskLines(task: Fields, look: Look): Line[] {
  const marks: Record<string, string> = { complete: '✅', in_progress: '⏳', error: '❌', pending: '⚪' };
  const mark = marks[String(task.status ?? 'pending')] ?? '⚪';
  const details = isFields(task.details) ? richTextLines(task.details, look, look.width - 3) : [];
  return [
    ...wrap([span(`${mark} ${harmless(String(task.title ?? ''))}`)], look.width),
    ...details.map((line): Line => [span('   '), ...line]),
  ];
}

function alertMark(level: unknown): string {
  const marks: Record<string, string> = { warning: '⚠️', error: '❌', success: '✅' };
  return marks[String(level)] ?? 'ℹ️';
}

function fieldsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
