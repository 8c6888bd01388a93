import { describe, expect, it } from 'vitest';
import { blockProblems, type Surface, viewProblems } from '../../../sandbox/slack/blocks.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const x = (count: number) => 'x'.repeat(count);
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
const option = (more: object = {}) => ({ text: plain('A'), value: 'a', ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const section = (more: object = {}) => ({ type: 'section', text: mrkdwn('a'), ...more });
const select = (more: object) => ({ type: 'static_select', ...more });
const confirm = (more: object = {}) => ({
  title: plain('T'),
  text: mrkdwn('t'),
  confirm: plain('Y'),
  deny: plain('N'),
  ...more,
});
const richText = (...elements: object[]) => ({ type: 'rich_text', elements });
const richSection = (...elements: object[]) => richText({ type: 'rich_text_section', elements });

function problems(blocks: unknown, surface: Surface = 'message'): string[] {
  return blockProblems(blocks, surface).map(({ message, pointer }) => `${message} @ ${pointer}`);
}

/** Each limit with a block at the limit, one beyond it, and the pointer that Slack reports. */
const limits: [name: string, fits: object, breaks: object, pointer: string][] = [
  [
    'section text 3,000',
    section({ text: mrkdwn(x(3000)) }),
    section({ text: mrkdwn(x(3001)) }),
    '/0/text/text',
  ],
  [
    'section fields 10',
    section({ fields: times(10, () => mrkdwn('a')) }),
    section({ fields: times(11, () => mrkdwn('a')) }),
    '/0/fields',
  ],
  [
    'field text 2,000',
    section({ fields: [mrkdwn(x(2000))] }),
    section({ fields: [mrkdwn(x(2001))] }),
    '/0/fields/0/text',
  ],
  [
    'header 150',
    { type: 'header', text: plain(x(150)) },
    { type: 'header', text: plain(x(151)) },
    '/0/text/text',
  ],
  [
    'context elements 10',
    { type: 'context', elements: times(10, () => mrkdwn('a')) },
    { type: 'context', elements: times(11, () => mrkdwn('a')) },
    '/0/elements',
  ],
  [
    'actions elements 25',
    actions(...times(25, () => button())),
    actions(...times(26, () => button())),
    '/0/elements',
  ],
  [
    'button text 75',
    actions(button({ text: plain(x(75)) })),
    actions(button({ text: plain(x(76)) })),
    '/0/elements/0/text/text',
  ],
  [
    'button value 2,000',
    actions(button({ value: x(2000) })),
    actions(button({ value: x(2001) })),
    '/0/elements/0/value',
  ],
  [
    'button url 3,000',
    actions(button({ url: `https://${x(2990)}.a` })),
    actions(button({ url: `https://${x(2991)}.a` })),
    '/0/elements/0/url',
  ],
  [
    'button accessibility label 75',
    actions(button({ accessibility_label: x(75) })),
    actions(button({ accessibility_label: x(76) })),
    '/0/elements/0/accessibility_label',
  ],
  [
    'action id 255',
    actions(button({ action_id: x(255) })),
    actions(button({ action_id: x(256) })),
    '/0/elements/0/action_id',
  ],
  ['block id 255', section({ block_id: x(255) }), section({ block_id: x(256) }), '/0/block_id'],
  [
    'options 100',
    actions(select({ options: times(100, () => option()) })),
    actions(select({ options: times(101, () => option()) })),
    '/0/elements/0/options',
  ],
  [
    'option text 75',
    actions(select({ options: [option({ text: plain(x(75)) })] })),
    actions(select({ options: [option({ text: plain(x(76)) })] })),
    '/0/elements/0/options/0/text/text',
  ],
  [
    'option value 75',
    actions(select({ options: [option({ value: x(75) })] })),
    actions(select({ options: [option({ value: x(76) })] })),
    '/0/elements/0/options/0/value',
  ],
  [
    'option description 75',
    actions(select({ options: [option({ description: plain(x(75)) })] })),
    actions(select({ options: [option({ description: plain(x(76)) })] })),
    '/0/elements/0/options/0/description/text',
  ],
  [
    'option group label 75',
    actions(select({ option_groups: [{ label: plain(x(75)), options: [option()] }] })),
    actions(select({ option_groups: [{ label: plain(x(76)), options: [option()] }] })),
    '/0/elements/0/option_groups/0/label/text',
  ],
  [
    'placeholder 150',
    actions(select({ options: [option()], placeholder: plain(x(150)) })),
    actions(select({ options: [option()], placeholder: plain(x(151)) })),
    '/0/elements/0/placeholder/text',
  ],
  [
    'overflow options 5',
    section({ accessory: { type: 'overflow', options: times(5, () => option()) } }),
    section({ accessory: { type: 'overflow', options: times(6, () => option()) } }),
    '/0/accessory/options',
  ],
  [
    'checkboxes 10',
    actions({ type: 'checkboxes', options: times(10, () => option()) }),
    actions({ type: 'checkboxes', options: times(11, () => option()) }),
    '/0/elements/0/options',
  ],
  [
    'radio buttons 10',
    actions({ type: 'radio_buttons', options: times(10, () => option()) }),
    actions({ type: 'radio_buttons', options: times(11, () => option()) }),
    '/0/elements/0/options',
  ],
  [
    'confirm title 100',
    actions(button({ confirm: confirm({ title: plain(x(100)) }) })),
    actions(button({ confirm: confirm({ title: plain(x(101)) }) })),
    '/0/elements/0/confirm/title/text',
  ],
  [
    'confirm text 300',
    actions(button({ confirm: confirm({ text: mrkdwn(x(300)) }) })),
    actions(button({ confirm: confirm({ text: mrkdwn(x(301)) }) })),
    '/0/elements/0/confirm/text/text',
  ],
  [
    'confirm buttons 30',
    actions(button({ confirm: confirm({ confirm: plain(x(30)), deny: plain(x(30)) }) })),
    actions(button({ confirm: confirm({ deny: plain(x(31)) }) })),
    '/0/elements/0/confirm/deny/text',
  ],
  [
    'image alt text 2,000',
    { type: 'image', image_url: 'https://a.example/a.png', alt_text: x(2000) },
    { type: 'image', image_url: 'https://a.example/a.png', alt_text: x(2001) },
    '/0/alt_text',
  ],
  [
    'image title 2,000',
    { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a', title: plain(x(2000)) },
    { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a', title: plain(x(2001)) },
    '/0/title/text',
  ],
  [
    'markdown 12,000',
    { type: 'markdown', text: x(12_000) },
    { type: 'markdown', text: x(12_001) },
    '/0/text',
  ],
  [
    'table rows 100',
    { type: 'table', rows: times(100, () => [{ type: 'raw_text', text: '' }]) },
    { type: 'table', rows: times(101, () => [{ type: 'raw_text', text: '' }]) },
    '/0/rows',
  ],
  [
    'table cells 20',
    { type: 'table', rows: [times(20, () => ({ type: 'raw_text', text: '' }))] },
    { type: 'table', rows: [times(21, () => ({ type: 'raw_text', text: '' }))] },
    '/0/rows/0',
  ],
  [
    'card body 200',
    { type: 'card', body: mrkdwn(x(200)) },
    { type: 'card', body: mrkdwn(x(201)) },
    '/0/body/text',
  ],
  [
    'card actions 2',
    { type: 'card', actions: times(2, () => button()) },
    { type: 'card', actions: times(3, () => button()) },
    '/0/actions',
  ],
  [
    'carousel cards 10',
    { type: 'carousel', elements: times(10, () => ({ type: 'card', title: plain('a') })) },
    { type: 'carousel', elements: times(11, () => ({ type: 'card', title: plain('a') })) },
    '/0/elements',
  ],
  [
    'container children 10',
    { type: 'container', title: plain('a'), child_blocks: times(10, () => ({ type: 'divider' })) },
    { type: 'container', title: plain('a'), child_blocks: times(11, () => ({ type: 'divider' })) },
    '/0/child_blocks',
  ],
  [
    'plan tasks 50',
    { type: 'plan', title: 'a', tasks: times(50, () => ({ task_id: 'a', title: 'a' })) },
    { type: 'plan', title: 'a', tasks: times(51, () => ({ task_id: 'a', title: 'a' })) },
    '/0/tasks',
  ],
];

describe('a limit', () => {
  it.each(limits)('allows exactly %s', (_, fits, breaks, pointer) => {
    expect(problems([fits])).toEqual([]);
    expect(problems([breaks])).toEqual([expect.stringMatching(new RegExp(`@ /blocks${pointer}$`))]);
  });

  it('allows 50 blocks in a message, 100 in a modal and on the Home tab', () => {
    const dividers = (count: number) => times(count, () => ({ type: 'divider' }));
    expect(problems(dividers(50))).toEqual([]);
    expect(problems(dividers(51))).toEqual(['no more than 50 items allowed @ /blocks']);
    for (const surface of ['modal', 'home'] as const) {
      expect(problems(dividers(100), surface)).toEqual([]);
      expect(problems(dividers(101), surface)).toEqual(['no more than 100 items allowed @ /blocks']);
    }
  });

  it('counts characters as code points: 3,000 emoji fit where 3,001 letters do not', () => {
    expect(problems([section({ text: mrkdwn('🟢'.repeat(3000)) })])).toEqual([]);
  });

  it('also counts markdown and tables over the whole message', () => {
    const markdown = (count: number) => ({ type: 'markdown', text: x(count) });
    expect(problems([markdown(6000), markdown(6000)])).toEqual([]);
    expect(problems([markdown(6000), markdown(6001)])).toEqual([
      expect.stringContaining('12001 characters over all markdown'),
    ]);
    const table = (count: number) => ({ type: 'table', rows: [[{ type: 'raw_text', text: x(count) }]] });
    expect(problems([table(5000), table(5000)])).toEqual([]);
    expect(problems([table(5000), table(5001)])).toEqual([
      expect.stringContaining('10001 characters over all tables'),
    ]);
  });
});

describe('the validator', () => {
  const alert = { type: 'alert', text: plain('a') };
  it.each<[string, object[], string]>([
    ['an unknown block type', [{ type: 'sektion' }], 'unsupported type: sektion @ /blocks/0/type'],
    ['a block without a type', [{ text: mrkdwn('a') }], 'missing required field: type @ /blocks/0'],
    ['an unknown property', [section({ colour: 'red' })], 'invalid additional property: colour @ /blocks/0'],
    [
      'an inherited property name as a type',
      [{ type: 'constructor' }],
      'unsupported type: constructor @ /blocks/0/type',
    ],
    ['an unknown element', [actions({ type: 'knob' })], 'unsupported type: knob @ /blocks/0/elements/0/type'],
    [
      'a section without text and fields',
      [{ type: 'section' }],
      'must have at least one of: text, fields @ /blocks/0',
    ],
    ['empty text', [section({ text: mrkdwn('') })], 'must be more than 0 characters @ /blocks/0/text/text'],
    [
      'empty rich text',
      [richSection({ type: 'text', text: '' })],
      'must be more than 0 characters @ /blocks/0/elements/0/elements/0/text',
    ],
    [
      'an empty button value',
      [actions(button({ value: '' }))],
      'must be more than 0 characters @ /blocks/0/elements/0/value',
    ],
    ['no fields', [section({ fields: [] })], 'no less than 1 items required @ /blocks/0/fields'],
    [
      'mrkdwn in a header',
      [{ type: 'header', text: mrkdwn('a') }],
      'must be one of: plain_text @ /blocks/0/text/type',
    ],
    [
      'mrkdwn on a button',
      [actions(button({ text: mrkdwn('a') }))],
      'must be one of: plain_text @ /blocks/0/elements/0/text/type',
    ],
    [
      'emoji in mrkdwn',
      [section({ text: { ...mrkdwn('a'), emoji: true } })],
      'invalid additional property: emoji @ /blocks/0/text',
    ],
    [
      'an unknown button style',
      [actions(button({ style: 'loud' }))],
      'must be one of: primary, danger @ /blocks/0/elements/0/style',
    ],
    [
      'an invalid URL',
      [actions(button({ url: 'envcheck' }))],
      'must be a valid URL @ /blocks/0/elements/0/url',
    ],
    [
      'a duplicate block id',
      [section({ block_id: 'a' }), { type: 'divider', block_id: 'a' }],
      'block_id "a" already exists @ /blocks/1/block_id',
    ],
    [
      'a duplicate action id in a block',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'action_id "a" already exists in this block @ /blocks/0/elements/1/action_id',
    ],
    [
      'a select with neither options nor groups',
      [actions(select({}))],
      'must have exactly one of: options, option_groups @ /blocks/0/elements/0',
    ],
    [
      'an image without a source',
      [{ type: 'image', alt_text: 'a' }],
      'must have exactly one of: image_url, slack_file @ /blocks/0',
    ],
    [
      'an empty card',
      [{ type: 'card', subtitle: plain('a') }],
      'must have at least one of: hero_image, title, actions, body @ /blocks/0',
    ],
    [
      'an alert in a message',
      [alert],
      'unsupported type: alert (not available in a message) @ /blocks/0/type',
    ],
    [
      'a number as text',
      [section({ text: { type: 'mrkdwn', text: 1 } })],
      'must be a string @ /blocks/0/text/text',
    ],
    [
      'an empty rich text style',
      [richSection({ type: 'text', text: 'a', style: {} })],
      'must have at least one property @ /blocks/0/elements/0/elements/0/style',
    ],
    [
      'data rows of different lengths',
      [
        {
          type: 'data_table',
          caption: 'a',
          rows: [[{ type: 'raw_text', text: 'a' }], times(2, () => ({ type: 'raw_number', value: 1 }))],
        },
      ],
      'rows must have the same length @ /blocks/0/rows',
    ],
  ])('refuses %s', (_, blocks, problem) => {
    expect(problems(blocks)).toEqual([problem]);
  });

  it('reports several problems in document order', () => {
    expect(problems([section({ text: mrkdwn('') }), { type: 'header', text: plain(x(151)) }])).toEqual([
      'must be more than 0 characters @ /blocks/0/text/text',
      'must be less than 151 characters @ /blocks/1/text/text',
    ]);
  });

  it('accepts the same action id in two blocks', () => {
    expect(problems([actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))])).toEqual([]);
  });

  it('refuses blocks that the surface does not support', () => {
    expect(problems([alert], 'modal')).toEqual([]);
    expect(problems([{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }], 'modal')).toHaveLength(1);
    const email = [{ type: 'input', label: plain('a'), element: { type: 'email_text_input' } }];
    expect(problems(email, 'modal')).toEqual([]);
    expect(problems(email)).toHaveLength(1);
  });
});

describe('a view', () => {
  const modal = (more: object = {}) => ({ type: 'modal', title: plain('T'), blocks: [section()], ...more });
  const lines = (view: unknown) =>
    viewProblems(view).map(({ message, pointer }) => `${message} @ ${pointer}`);

  it.each<[string, object, string]>([
    ['title of 25', modal({ title: plain(x(25)) }), 'must be less than 25 characters @ /view/title/text'],
    ['submit of 25', modal({ submit: plain(x(25)) }), 'must be less than 25 characters @ /view/submit/text'],
    ['close of 25', modal({ close: plain(x(25)) }), 'must be less than 25 characters @ /view/close/text'],
    [
      'callback id of 256',
      modal({ callback_id: x(256) }),
      'must be less than 256 characters @ /view/callback_id',
    ],
    [
      'private metadata of 3,001',
      modal({ private_metadata: x(3001) }),
      'must be less than 3001 characters @ /view/private_metadata',
    ],
    ['no blocks', modal({ blocks: [] }), 'no less than 1 items required @ /view/blocks'],
    ['an unknown type', { type: 'sheet', blocks: [] }, 'unsupported type: sheet @ /view/type'],
    [
      'a title on the Home tab',
      { type: 'home', title: plain('T'), blocks: [section()] },
      'invalid additional property: title @ /view',
    ],
    [
      'a block problem',
      modal({ blocks: [section({ text: mrkdwn('') })] }),
      'must be more than 0 characters @ /view/blocks/0/text/text',
    ],
  ])('is refused for %s', (_, view, problem) => {
    expect(lines(view)).toEqual([problem]);
  });

  it('is accepted at each of these limits', () => {
    const edge = {
      title: plain(x(24)),
      submit: plain(x(24)),
      close: plain(x(24)),
      callback_id: x(255),
      private_metadata: x(3000),
    };
    expect(lines(modal(edge))).toEqual([]);
    expect(lines({ type: 'home', blocks: [section()] })).toEqual([]);
  });
});
