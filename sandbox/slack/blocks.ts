import { plainText } from './block-objects.ts';
import { blockTypes } from './block-types.ts';
import {
  boolean,
  byType,
  type Fields,
  isFields,
  lengthOf,
  list,
  object,
  oneOf,
  type Problem,
  string,
} from './validation.ts';

export type { Problem } from './validation.ts';
export type Surface = 'message' | 'modal' | 'home';

const MAX_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };
/** Undocumented. Refusals were reported from about 13,200 characters (slackapi/bolt-js#2509). */
export const MAX_TEXT_OF_ALL_BLOCKS = 13_000;
const MAX_MARKDOWN = 12_000;
const MAX_TABLE_CHARACTERS = 10_000;
const MAX_VIEW_BYTES = 250_000;

/** Blocks that are not available on all three surfaces (Slack's list of blocks, https://docs.slack.dev/reference/block-kit/blocks). */
const blockSurfaces: Record<string, Surface[]> = {
  alert: ['modal'],
  carousel: ['message', 'home'],
  container: ['message'],
  context_actions: ['message'],
  data_table: ['message', 'home'],
  file: ['message'],
  markdown: ['message'],
  plan: ['message'],
  table: ['message', 'home'],
  task_card: ['message'],
};

const elementSurfaces: Record<string, Surface[]> = {
  datetimepicker: ['message', 'modal'],
  email_text_input: ['modal'],
  number_input: ['modal'],
  url_text_input: ['modal'],
  file_input: ['modal'],
  rich_text_input: ['modal', 'home'],
  workflow_button: ['message'],
};

/**
 * The problems of a message's or view's blocks, in document order; empty when Slack would accept them.
 * @param pointer JSON pointer to the blocks in the payload
 */
export function blockProblems(blocks: unknown, surface: Surface, pointer = '/blocks'): Problem[] {
  const problems: Problem[] = [];
  const min = surface === 'message' ? 0 : 1;
  list(byType(blockTypes), { min, max: MAX_BLOCKS[surface] })(blocks, pointer, problems);
  if (!Array.isArray(blocks) || problems.length > 0) return problems;
  surfaceProblems(blocks, surface, pointer, problems);
  duplicateBlockIds(blocks, pointer, problems);
  sumProblems(blocks, pointer, problems);
  return problems;
}

/** All blocks, including those inside containers, with their pointers. */
function* everyBlock(blocks: Fields[], pointer: string): Generator<[Fields, string]> {
  for (const [index, block] of blocks.entries()) {
    yield [block, `${pointer}/${index}`];
    if (Array.isArray(block.child_blocks))
      yield* everyBlock(block.child_blocks, `${pointer}/${index}/child_blocks`);
  }
}

/** The elements of a block: its list, its accessory and its input element. */
export function elementsOf(block: Fields): Fields[] {
  const listed = Array.isArray(block.elements) ? block.elements : [];
  const cardActions = Array.isArray(block.actions) ? block.actions : [];
  return [...listed, ...cardActions, block.accessory, block.element].filter(isFields);
}

function surfaceProblems(blocks: Fields[], surface: Surface, pointer: string, problems: Problem[]): void {
  for (const [block, at] of everyBlock(blocks, pointer)) {
    const type = String(block.type);
    if (blockSurfaces[type]?.includes(surface) === false) {
      problems.push({
        pointer: `${at}/type`,
        message: `unsupported type: ${type} (not available in a ${surface})`,
      });
    }
    for (const element of elementsOf(block)) {
      if (elementSurfaces[String(element.type)]?.includes(surface) === false) {
        problems.push({
          pointer: at,
          message: `unsupported type: ${element.type} (not available in a ${surface})`,
        });
      }
    }
  }
}

function duplicateBlockIds(blocks: Fields[], pointer: string, problems: Problem[]): void {
  const seen = new Set<unknown>();
  for (const [block, at] of everyBlock(blocks, pointer)) {
    // Slack ignores the block_id of markdown blocks.
    if (block.block_id === undefined || block.type === 'markdown') continue;
    if (seen.has(block.block_id)) {
      problems.push({ pointer: `${at}/block_id`, message: `block_id "${block.block_id}" already exists` });
    }
    seen.add(block.block_id);
  }
}

function sumProblems(blocks: Fields[], pointer: string, problems: Problem[]): void {
  const all = [...everyBlock(blocks, pointer)].map(([block]) => block);
  const markdown = all.filter((block) => block.type === 'markdown');
  if (textLength(markdown) > MAX_MARKDOWN) {
    problems.push({
      pointer,
      message: `must be less than ${MAX_MARKDOWN + 1} characters over all markdown blocks`,
    });
  }
  const tables = all.filter(isTable);
  if (textLength(tables.map((block) => block.rows)) > MAX_TABLE_CHARACTERS) {
    problems.push({
      pointer,
      message: `must be less than ${MAX_TABLE_CHARACTERS + 1} characters over all tables`,
    });
  }
}

function isTable(block: Fields): boolean {
  return block.type === 'table' || block.type === 'data_table';
}

/** Slack accepts one table per message. It reports `only_one_table_allowed` apart from block problems. */
export function countTables(blocks: unknown[]): number {
  return [...everyBlock(blocks.filter(isFields), '')].filter(([block]) => isTable(block)).length;
}

/** Number of characters in all text of the blocks. As far as is known, `msg_blocks_too_long` counts these. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + textLength(each), 0);
  if (!isFields(value)) return 0;
  const own = typeof value.text === 'string' ? lengthOf(value.text) : 0;
  return Object.values(value).reduce((sum: number, each) => sum + textLength(each), own);
}

const identifiers = {
  'private_metadata?': string({ min: 0, max: 3000 }),
  'callback_id?': string({ min: 0, max: 255 }),
  'external_id?': string({ min: 0, max: 255 }),
};

// blockProblems validates the blocks, because it knows the surface.
const anyBlocks = () => {};

const modalFrame = object(
  {
    type: oneOf('modal'),
    title: plainText(24),
    'submit?': plainText(24),
    'close?': plainText(24),
    blocks: anyBlocks,
    ...identifiers,
    'clear_on_close?': boolean,
    'notify_on_close?': boolean,
    'submit_disabled?': boolean,
  },
  (view, pointer, problems) => {
    const hasInput = Array.isArray(view.blocks) && view.blocks.some((block) => block?.type === 'input');
    if (hasInput && view.submit === undefined) {
      problems.push({ pointer, message: 'missing required field: submit (the view has an input block)' });
    }
  },
);

const homeFrame = object({ type: oneOf('home'), blocks: anyBlocks, ...identifiers });

/** The problems of a modal or Home view. Pointers start at `/view`. */
export function viewProblems(view: unknown): Problem[] {
  const problems: Problem[] = [];
  byType({ modal: modalFrame, home: homeFrame })(view, '/view', problems);
  if (problems.length > 0 || !isFields(view)) return problems;
  return blockProblems(view.blocks, view.type === 'home' ? 'home' : 'modal', '/view/blocks');
}

export function isViewTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > MAX_VIEW_BYTES;
}

/** A problem in Slack's format: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
export function problemLine(problem: Problem): string {
  return `${problem.message} [json-pointer:${problem.pointer}]`;
}
