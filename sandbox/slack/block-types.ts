import {
  accessories,
  actionElements,
  button,
  feedbackButtons,
  iconButton,
  imageElement,
  inputElements,
} from './block-elements.ts';
import { anyText, blockId, plainText, slackFile, uniqueActionIds } from './block-objects.ts';
import { richTextBlock, richTextElements } from './block-rich-text.ts';
import {
  atLeastOne,
  boolean,
  byType,
  either,
  exactlyOne,
  integer,
  list,
  number,
  type ObjectRule,
  object,
  oneOf,
  type Rule,
  string,
  url,
} from './validation.ts';

/** Every block of @slack/types 3.2 (https://docs.slack.dev/reference/block-kit/blocks, read 2026-09). */

function block(type: string, properties: Record<string, Rule>, ...also: ObjectRule[]): Rule {
  return object({ type: oneOf(type), 'block_id?': blockId, ...properties }, (value, pointer, problems) => {
    for (const rule of also) rule(value, pointer, problems);
  });
}

const actions = block('actions', { elements: list(byType(actionElements), { max: 25 }) }, uniqueActionIds);

const context = block('context', {
  elements: list(byType({ image: imageElement, plain_text: plainText(), mrkdwn: anyText() }), { max: 10 }),
});

const contextActions = block(
  'context_actions',
  { elements: list(byType({ feedback_buttons: feedbackButtons, icon_button: iconButton }), { max: 5 }) },
  uniqueActionIds,
);

const section = block(
  'section',
  {
    'text?': anyText(3000),
    'fields?': list(anyText(2000), { max: 10 }),
    'accessory?': byType(accessories),
    'expand?': boolean,
  },
  atLeastOne('text', 'fields'),
);

const header = block('header', { text: plainText(150), 'level?': integer(1, 4) });
const divider = block('divider', {});
const file = block('file', { external_id: string(), source: oneOf('remote') });

const image = block(
  'image',
  {
    alt_text: string({ max: 2000 }),
    'image_url?': url(3000),
    'slack_file?': slackFile,
    'title?': plainText(2000),
  },
  exactlyOne('image_url', 'slack_file'),
);

const input = block(
  'input',
  {
    label: plainText(2000),
    element: byType(inputElements),
    'dispatch_action?': boolean,
    'hint?': plainText(2000),
    'optional?': boolean,
  },
  (value, pointer, problems) => {
    const element = value.element as { type?: unknown } | undefined;
    if (element?.type === 'file_input' && value.dispatch_action === true) {
      problems.push({ pointer: `${pointer}/dispatch_action`, message: 'not allowed with file_input' });
    }
  },
);

const richCell = object({ type: oneOf('rich_text'), elements: richTextElements });
const align = object({ 'align?': oneOf('left', 'center', 'right'), 'is_wrapped?': boolean });

const table = block('table', {
  rows: list(
    list(
      byType({
        raw_text: object({ type: oneOf('raw_text'), text: string({ min: 0 }) }),
        rich_text: richCell,
      }),
      { max: 20 },
    ),
    { max: 100 },
  ),
  'column_settings?': list(either(oneOf(null), align), { min: 0, max: 20 }),
});

const dataCell = byType({
  raw_text: object({ type: oneOf('raw_text'), text: string() }),
  raw_number: object({ type: oneOf('raw_number'), value: number, 'text?': string() }),
  rich_text: richCell,
});

const dataTable = block(
  'data_table',
  {
    caption: string(),
    'page_size?': integer(1, 100),
    'row_header_column_index?': integer(0, 19),
    // Newer pages allow 200 rows below the header. 100 satisfies all of them.
    rows: list(list(dataCell, { max: 20 }), { min: 2, max: 101 }),
  },
  (value, pointer, problems) => {
    const rows = (Array.isArray(value.rows) ? value.rows : []).filter(Array.isArray) as unknown[][];
    if (rows.some((row) => row.length !== rows[0]?.length)) {
      problems.push({ pointer: `${pointer}/rows`, message: 'rows must have the same length' });
    }
    if (rows[0]?.some((cell) => (cell as { type?: unknown } | null)?.type === 'rich_text')) {
      problems.push({ pointer: `${pointer}/rows/0`, message: 'rich_text not allowed in the header row' });
    }
  },
);

const card = block(
  'card',
  {
    'hero_image?': imageElement,
    'icon?': imageElement,
    'title?': anyText(150),
    'subtitle?': anyText(150),
    'body?': anyText(200),
    'actions?': list(button, { max: 2 }),
  },
  atLeastOne('hero_image', 'title', 'actions', 'body'),
);

const video = block('video', {
  alt_text: string(),
  title: plainText(199),
  thumbnail_url: url(3000),
  video_url: url(3000),
  'author_name?': string({ min: 0, max: 49 }),
  'description?': plainText(199),
  'provider_icon_url?': url(3000),
  'provider_name?': string(),
  'title_url?': url(3000),
});

const taskFields = {
  task_id: string(),
  title: string(),
  'details?': richTextBlock,
  'output?': richTextBlock,
  'sources?': list(object({ type: oneOf('url'), url: url(3000), text: string() }), { min: 0 }),
  'status?': oneOf('pending', 'in_progress', 'complete', 'error'),
  'block_id?': blockId,
};

const plan = block('plan', {
  title: either(string(), plainText()),
  'tasks?': list(object({ 'type?': oneOf('task_card'), ...taskFields }), { min: 0, max: 50 }),
});

const inContainer = {
  actions,
  context,
  divider,
  file,
  header,
  image,
  input,
  rich_text: richTextBlock,
  section,
};

const container = block(
  'container',
  {
    'title?': plainText(150),
    'rich_text_title?': richTextBlock,
    'subtitle?': anyText(150),
    'icon?': imageElement,
    'width?': oneOf('narrow', 'standard', 'wide', 'full'),
    'is_collapsible?': boolean,
    'default_collapsed?': boolean,
    'has_header_divider?': boolean,
    child_blocks: list(byType({ ...inContainer, table, video }), { max: 10 }),
  },
  atLeastOne('title', 'rich_text_title'),
  (value, pointer, problems) => {
    if (value.default_collapsed === true && value.is_collapsible !== true) {
      problems.push({ pointer: `${pointer}/default_collapsed`, message: 'requires is_collapsible' });
    }
  },
);

/** The rule of each block type. Limits of a whole message or view are checked elsewhere. */
export const blockTypes: Record<string, Rule> = {
  ...inContainer,
  table,
  video,
  container,
  card,
  plan,
  data_table: dataTable,
  context_actions: contextActions,
  alert: block('alert', {
    text: anyText(200),
    'level?': oneOf('default', 'info', 'warning', 'error', 'success'),
  }),
  carousel: block('carousel', { elements: list(byType({ card }), { max: 10 }) }),
  markdown: block('markdown', { text: string({ max: 12_000 }) }),
  task_card: object({ type: oneOf('task_card'), ...taskFields }),
};
