import { elementLines, elementSpan, textSpans } from './elements.ts';
import { type Fields, isFields } from './fields.ts';
import { markdownSpans } from './markdown.ts';
import { mrkdwnSpans, type RenderContext } from './mrkdwn.ts';
import { richTextLines } from './rich-text.ts';
import {
  joinColumns,
  type Line,
  lineWidth,
  print,
  type Span,
  sanitize,
  span,
  withFormats,
  wrap,
} from './spans.ts';
import { tableLines } from './tables.ts';

/** A message to render: its text and blocks, and optionally who alone sees it and its files. */
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
  /** Names by id, for mentions of users, user groups and channels. An unknown id is shown as it is. */
  names?: Record<string, string>;
}

/**
 * Renders a message for a terminal as a person would see it in Slack: no line wider than `width`, no trailing newline.
 * Control characters are removed, so that text from elsewhere cannot control the terminal.
 */
export function renderMessage(message: RenderedMessage, options: RenderOptions): string {
  const context: RenderContext = { width: options.width, color: options.color, names: options.names ?? {} };
  const blocks = message.blocks.filter(isFields);
  const lines: Line[] = [];
  if (message.ephemeralFor) lines.push([span('Only visible to you', 'dim')]);
  if (blocks.length > 0) lines.push(...stacked(blocks, context));
  else lines.push(...wrap(mrkdwnSpans(message.text, context), context.width));
  for (const file of message.files ?? [])
    lines.push(
      ...wrap(
        [span(`📎 ${sanitize(file.name)}${file.altText ? ` [${sanitize(file.altText)}]` : ''}`)],
        context.width,
      ),
    );
  return print(lines, context.color);
}

/** A modal or Home tab to render. */
export interface RenderedView {
  view: Record<string, unknown>;
  /** Error texts under inputs, by block id. */
  errors?: Record<string, string>;
}

/** Renders a modal or Home tab: title, blocks with the errors under their inputs, and the two buttons. */
export function renderView({ view, errors = {} }: RenderedView, options: RenderOptions): string {
  const context: RenderContext = { width: options.width, color: options.color, names: options.names ?? {} };
  const title =
    view.title === undefined ? [] : [...wrap(textSpans(view.title, context, ['bold']), context.width), []];
  const body = fieldsIn(view.blocks).flatMap((block, index): Line[] => {
    const error = errors[String(block.block_id)];
    return [
      ...(index > 0 ? [[]] : []),
      ...blockLines(block, context),
      ...(error === undefined ? [] : wrap([span(`⚠ ${sanitize(error)}`)], context.width)),
    ];
  });
  const buttons = [view.close, view.submit].filter(isFields).map((text) => ({ type: 'button', text }));
  const foot = buttons.length > 0 ? [[], ...elementLines(buttons, context.width)] : [];
  return print([...title, ...body, ...foot], context.color);
}

/** Blocks without an empty line above them. */
const CLOSE = new Set<unknown>(['context', 'divider', 'context_actions']);

function stacked(blocks: Fields[], context: RenderContext): Line[] {
  return blocks.flatMap((block, index) => {
    const lines = blockLines(block, context);
    const before = blocks[index - 1];
    const close = !before || CLOSE.has(block.type) || before.type === 'header' || before.type === 'divider';
    return close || lines.length === 0 ? lines : [[], ...lines];
  });
}

function blockLines(block: Fields, context: RenderContext): Line[] {
  const draw = Object.hasOwn(drawn, String(block.type)) ? drawn[String(block.type)] : undefined;
  return draw ? draw(block, context) : [[span(`[${sanitize(String(block.type))}]`, 'dim')]];
}

const drawn: Record<string, (block: Fields, context: RenderContext) => Line[]> = {
  header: (block, context) => wrap(textSpans(block.text, context, ['bold']), context.width),
  divider: (_block, context) => [[span('─'.repeat(context.width), 'dim')]],
  section: sectionLines,
  context: (block, context) => wrap(contextSpans(block, context), context.width),
  actions: (block, context) => elementLines(fieldsIn(block.elements), context.width),
  context_actions: (block, context) => elementLines(fieldsIn(block.elements), context.width),
  rich_text: (block, context) => richTextLines(block, context),
  markdown: (block, context) => wrap(markdownSpans(String(block.text ?? ''), context), context.width),
  table: tableLines,
  data_table: tableLines,
  image: (block, context) =>
    wrap(
      [...textSpans(block.title, context), span(' '), elementSpan(block)].slice(block.title ? 0 : 2),
      context.width,
    ),
  input: inputLines,
  alert: (block, context) =>
    wrap([span(`${alertMark(block.level)} `), ...textSpans(block.text, context)], context.width),
  card: cardLines,
  container: containerLines,
  carousel: (block, context) => stacked(fieldsIn(block.elements), context),
  plan: (block, context) => [
    ...wrap(textSpans(block.title, context, ['bold']), context.width),
    ...fieldsIn(block.tasks).flatMap((task) => taskLines(task, context)),
  ],
  task_card: taskLines,
  video: (block, context) =>
    wrap([span('[video: '), ...textSpans(block.title, context), span(']')], context.width),
};

function sectionLines(block: Fields, context: RenderContext): Line[] {
  const accessory = isFields(block.accessory) ? [elementSpan(block.accessory)] : [];
  const room = accessory.length > 0 ? context.width - lineWidth(accessory) - 2 : context.width;
  // A label that leaves less than half the width goes below the text instead of beside it.
  const besideIt = accessory.length > 0 && room >= context.width / 2;
  const textWidth = besideIt ? room : context.width;
  const body = [
    ...(block.text === undefined ? [] : wrap(textSpans(block.text, context), textWidth)),
    ...fieldLines(fieldsIn(block.fields), context, textWidth),
  ];
  if (accessory.length === 0) return body;
  return besideIt
    ? joinColumns([body, [accessory]], [textWidth])
    : [...body, ...wrap(accessory, context.width)];
}

/** Renders fields in two columns, as Slack does. */
function fieldLines(fields: Fields[], context: RenderContext, width: number): Line[] {
  const column = Math.floor((width - 2) / 2);
  const cells = fields.map((field) => wrap(textSpans(field, context), column));
  const lines: Line[] = [];
  for (let index = 0; index < cells.length; index += 2) {
    lines.push(...joinColumns(cells.slice(index, index + 2), [column]));
  }
  return lines;
}

function contextSpans(block: Fields, context: RenderContext): Span[] {
  const parts = fieldsIn(block.elements).map((element) =>
    element.type === 'image' ? [elementSpan(element)] : textSpans(element, context),
  );
  return withFormats(
    parts.flatMap((part, index) => (index > 0 ? [span('  '), ...part] : part)),
    'dim',
  );
}

function inputLines(block: Fields, context: RenderContext): Line[] {
  const element = isFields(block.element) ? elementLines([block.element], context.width) : [];
  const optional = block.optional === true ? [span(' (optional)', 'dim')] : [];
  return [
    ...wrap([...textSpans(block.label, context, ['bold']), ...optional], context.width),
    ...element,
    ...(block.hint === undefined ? [] : wrap(textSpans(block.hint, context, ['dim']), context.width)),
  ];
}

function cardLines(block: Fields, context: RenderContext): Line[] {
  const image = isFields(block.hero_image) ? [[elementSpan(block.hero_image)]] : [];
  const part = (text: unknown, lookOf: Parameters<typeof textSpans>[2]) =>
    text === undefined ? [] : wrap(textSpans(text, context, lookOf), context.width);
  return [
    ...image,
    ...part(block.title, ['bold']),
    ...part(block.subtitle, ['dim']),
    ...part(block.body, []),
    ...elementLines(fieldsIn(block.actions), context.width),
  ];
}

function containerLines(block: Fields, context: RenderContext): Line[] {
  const inner = { ...context, width: context.width - 2 };
  const title = isFields(block.rich_text_title)
    ? richTextLines(block.rich_text_title, context)
    : wrap(textSpans(block.title, context, ['bold']), context.width);
  const subtitle =
    block.subtitle === undefined ? [] : wrap(textSpans(block.subtitle, context, ['dim']), context.width);
  const children = stacked(fieldsIn(block.child_blocks), inner);
  return [...title, ...subtitle, ...children.map((line): Line => [span('  '), ...line])];
}

function taskLines(task: Fields, context: RenderContext): Line[] {
  const marks: Record<string, string> = { complete: '✅', in_progress: '⏳', error: '❌', pending: '⚪' };
  const mark = marks[String(task.status ?? 'pending')] ?? '⚪';
  const details = isFields(task.details) ? richTextLines(task.details, context, context.width - 3) : [];
  return [
    ...wrap([span(`${mark} ${sanitize(String(task.title ?? ''))}`)], context.width),
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
