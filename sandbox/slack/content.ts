import {
  blockProblems,
  countTables,
  elementsOf,
  MAX_TEXT_OF_ALL_BLOCKS,
  problemLine,
  textLength,
} from './blocks.ts';
import { type Fields, isFields, lengthOf } from './validation.ts';

/** A refusal in Slack's format: `{ok: false, error, ...data}`. Method handlers throw it. */
export class Refusal extends Error {
  readonly code: string;
  readonly data: object;

  /** @param code Slack's error code @param data fields beside `ok` and `error` */
  constructor(code: string, data: object = {}) {
    super(code);
    this.code = code;
    this.data = data;
  }
}

/** The content of a message: validated, with ids filled in. */
export interface Content {
  text: string;
  blocks: Fields[];
}

/** The text limit of a method. Longer text is truncated or refused. */
export interface TextLimit {
  max: number;
  onOverflow: 'truncate' | 'refuse';
}

// chat.postMessage: "we truncate messages containing more than 40,000 characters" (Slack, 2018).
export const POSTED: TextLimit = { max: 40_000, onOverflow: 'truncate' };
export const EPHEMERAL: TextLimit = { max: 40_000, onOverflow: 'refuse' };
export const UPDATED: TextLimit = { max: 4_000, onOverflow: 'refuse' };

const MAX_MARKDOWN_TEXT = 12_000;
const MAX_ATTACHMENTS = 100;

/**
 * Reads text, blocks and markdown_text as Slack does for messages and response URLs.
 * @throws Refusal no_text, msg_too_long, invalid_blocks_format, invalid_blocks, msg_blocks_too_long,
 *   invalid_attachments, too_many_attachments, markdown_text_conflict
 */
export function readContent(args: Fields, limit: TextLimit): Content {
  const blocks = readBlocks(args.blocks);
  if (args.markdown_text !== undefined) return markdownContent(args, blocks);
  const attachments = readAttachments(args.attachments);
  const text = args.text === undefined || args.text === null ? '' : String(args.text);
  if (text.trim() === '' && blocks.length === 0 && attachments === 0) throw new Refusal('no_text');
  return { text: fitText(text, limit), blocks };
}

function fitText(text: string, limit: TextLimit): string {
  if (lengthOf(text) <= limit.max) return text;
  if (limit.onOverflow === 'refuse') throw new Refusal('msg_too_long');
  return [...text].slice(0, limit.max).join('');
}

function markdownContent(args: Fields, blocks: Fields[]): Content {
  if (args.text !== undefined || blocks.length > 0) throw new Refusal('markdown_text_conflict');
  const text = String(args.markdown_text);
  if (text.trim() === '') throw new Refusal('no_text');
  if (lengthOf(text) > MAX_MARKDOWN_TEXT) throw new Refusal('msg_too_long');
  return { text, blocks: withIds([{ type: 'markdown', text }]) };
}

function readAttachments(attachments: unknown): number {
  if (attachments === undefined || attachments === null) return 0;
  if (!Array.isArray(attachments)) throw new Refusal('invalid_attachments');
  if (attachments.length > MAX_ATTACHMENTS) throw new Refusal('too_many_attachments');
  return attachments.length;
}

function readBlocks(blocks: unknown): Fields[] {
  if (blocks === undefined || blocks === null) return [];
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  const problems = blockProblems(blocks, 'message').map(problemLine);
  if (problems.length > 0) {
    throw new Refusal('invalid_blocks', {
      errors: problems,
      response_metadata: { messages: problems.map((line) => `[ERROR] ${line}`) },
    });
  }
  if (countTables(blocks) > 1) {
    throw new Refusal('invalid_attachments', {
      response_metadata: { messages: ['[ERROR] only_one_table_allowed'] },
    });
  }
  if (textLength(blocks) > MAX_TEXT_OF_ALL_BLOCKS) throw new Refusal('msg_blocks_too_long');
  return withIds(blocks);
}

let generated = 0;

/** A copy with the ids that Slack fills in: a block_id for every block, an action_id for every interactive element. */
export function withIds(blocks: unknown[]): Fields[] {
  const copy = structuredClone(blocks).filter(isFields);
  for (const block of copy) {
    if (block.block_id === undefined) block.block_id = generatedId();
    for (const element of elementsOf(block)) {
      if (isInteractive(element) && element.action_id === undefined) element.action_id = generatedId();
    }
    if (Array.isArray(block.child_blocks)) block.child_blocks = withIds(block.child_blocks);
  }
  return copy;
}

/** True for elements that a person can use, unlike text, images and parts of rich text. */
function isInteractive(element: Fields): boolean {
  const type = String(element.type);
  return /button|select|picker|input|^overflow$|^checkboxes$/.test(type);
}

function generatedId(): string {
  generated += 1;
  return `sim${generated.toString(36).padStart(3, '0')}`;
}
