import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { blockProblems, type Surface } from '../../../sandbox/slack/blocks.ts';
import fc, { runs } from '../../fast-check.ts';

/**
 * Compares our validator with an independent one: a third party's JSON schema of Block Kit. Both must agree on generated
 * valid and broken blocks, except for rules that only ours has (see `stricter`).
 */
const SCHEMA = join(import.meta.dirname, '../../../../shared/slack/slack-block-kit.schema.json');
const missing = existsSync(SCHEMA) ? null : `the schema to compare with is missing: ${SCHEMA}`;

function schemaAccepts(): (blocks: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  // ajv-formats is CommonJS: its function is `default` for TypeScript and the module itself at run time.
  const add = (addFormats as unknown as { default?: typeof addFormats.default }).default ?? addFormats;
  (add as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));
  return (blocks) => validate(blocks);
}

const text = (max: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.string({ minLength: 1, maxLength: Math.min(max, 40) }) },
    { weight: 1, arbitrary: fc.constantFrom('', 'x'.repeat(max), 'x'.repeat(max + 1), '🟢'.repeat(max)) },
  );
const plain = (max: number) =>
  fc.record(
    { type: fc.constant('plain_text'), text: text(max), emoji: fc.boolean() },
    { requiredKeys: ['type', 'text'] },
  );
const mrkdwn = (max: number) =>
  fc.record(
    { type: fc.constant('mrkdwn'), text: text(max), verbatim: fc.boolean() },
    { requiredKeys: ['type', 'text'] },
  );
const any = (max: number) => fc.oneof(plain(max), mrkdwn(max));
const items = <T>(item: fc.Arbitrary<T>, max: number) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(0, max, max + 1)
        .chain((length) => fc.array(item, { minLength: length, maxLength: length })),
    },
  );
const id = () => text(255);
const address = () => fc.constantFrom('https://a.example/x?y=1', 'mailto:a@b.example', 'not a url', '');
const confirm = fc.record({ title: plain(100), text: any(300), confirm: plain(30), deny: plain(30) });
const button = fc.record(
  {
    type: fc.constant('button'),
    text: plain(75),
    action_id: id(),
    value: text(2000),
    url: address(),
    style: fc.constantFrom('primary', 'danger', 'loud'),
    confirm,
  },
  { requiredKeys: ['type', 'text'] },
);
const optionOf = (label: (max: number) => fc.Arbitrary<object>) =>
  fc.record(
    { text: label(75), value: fc.constantFrom('a', 'b', '', 'x'.repeat(75)), description: label(75) },
    { requiredKeys: ['text', 'value'] },
  );
const choice = fc.oneof(
  fc.record(
    {
      type: fc.constant('static_select'),
      options: items(optionOf(plain), 100),
      placeholder: plain(150),
      action_id: id(),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constantFrom('checkboxes', 'radio_buttons'),
      options: items(optionOf(any), 10),
      action_id: id(),
    },
    { requiredKeys: ['type', 'options'] },
  ),
  fc.record(
    { type: fc.constant('datepicker'), initial_date: fc.constantFrom('2026-10-01', '2026-13-01', 'x') },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { type: fc.constant('users_select'), initial_user: fc.constantFrom('U0ALICE', 'alice') },
    { requiredKeys: ['type'] },
  ),
);
const overflow = fc.record({ type: fc.constant('overflow'), options: items(optionOf(plain), 5) });
const image = fc.record(
  {
    type: fc.constant('image'),
    alt_text: fc.constantFrom('a', 'picture', ''),
    image_url: fc.constantFrom('https://a.example/a.png', 'nowhere'),
  },
  { requiredKeys: ['type', 'alt_text'] },
);
const style = fc.record(
  { bold: fc.boolean(), italic: fc.boolean(), code: fc.boolean(), shout: fc.boolean() },
  { requiredKeys: [] },
);
const leaf = fc.oneof(
  fc.record(
    { type: fc.constant('text'), text: fc.string({ minLength: 1, maxLength: 20 }), style },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    { type: fc.constant('link'), url: address(), text: fc.string() },
    { requiredKeys: ['type', 'url'] },
  ),
  fc.record({ type: fc.constantFrom('user', 'person'), user_id: fc.constantFrom('U0BOB', 'bob') }),
  fc.record({ type: fc.constant('emoji'), name: fc.constantFrom('x', '') }),
  fc.record(
    {
      type: fc.constant('date'),
      timestamp: fc.constantFrom(1, -1, 1.5),
      format: fc.constantFrom('{date}', ''),
      fallback: fc.string(),
    },
    { requiredKeys: ['type', 'timestamp'] },
  ),
);
const richPart = (type: string) =>
  fc.record(
    { type: fc.constant(type), elements: fc.array(leaf, { maxLength: 3 }), border: fc.constantFrom(0, 1, 2) },
    { requiredKeys: ['type', 'elements'] },
  );
const richSection = fc.record({
  type: fc.constant('rich_text_section'),
  elements: fc.array(leaf, { maxLength: 3 }),
});
const richElements = fc.array(
  fc.oneof(
    richSection,
    richPart('rich_text_preformatted'),
    richPart('rich_text_quote'),
    fc.record(
      {
        type: fc.constant('rich_text_list'),
        style: fc.constantFrom('bullet', 'ordered', 'fancy'),
        elements: fc.array(richSection, { maxLength: 2 }),
        indent: fc.constantFrom(0, 3, -1),
      },
      { requiredKeys: ['type', 'style', 'elements'] },
    ),
  ),
  { maxLength: 3 },
);
const richText = fc.record({ type: fc.constant('rich_text'), elements: richElements });
const cell = fc.oneof(
  fc.record({ type: fc.constantFrom('raw_text', 'raw'), text: fc.string({ maxLength: 5 }) }),
  richText,
);

const block = fc.oneof(
  fc.record(
    {
      type: fc.constant('section'),
      text: any(3000),
      fields: items(any(2000), 10),
      accessory: fc.oneof(button, choice, overflow, image),
      block_id: id(),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('header'),
      text: fc.oneof({ weight: 5, arbitrary: plain(150) }, mrkdwn(150)),
      level: fc.constantFrom(1, 4, 5),
    },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record({ type: fc.constant('context'), elements: items(fc.oneof(any(3000), image), 10) }),
  fc.record(
    { type: fc.constant('actions'), elements: items(fc.oneof(button, choice, overflow), 25), block_id: id() },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constantFrom('divider', 'divide'), block_id: id() }, { requiredKeys: ['type'] }),
  fc.record(
    {
      type: fc.constant('image'),
      alt_text: text(2000),
      image_url: fc.constantFrom('https://a.example/a.png', 'nowhere'),
      title: plain(2000),
    },
    { requiredKeys: ['type', 'alt_text'] },
  ),
  richText,
  fc.record({ type: fc.constant('markdown'), text: text(12_000) }),
  fc.record(
    {
      type: fc.constant('table'),
      rows: items(items(cell, 20), 100),
      column_settings: fc.array(fc.constantFrom(null, { align: 'left' }, { align: 'up' }), { maxLength: 3 }),
    },
    { requiredKeys: ['type', 'rows'] },
  ),
  fc.record(
    { type: fc.constant('card'), title: any(150), body: any(200), actions: items(button, 2) },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('input'),
      label: plain(2000),
      element: fc.oneof(
        choice,
        fc.record({ type: fc.constant('plain_text_input'), max_length: fc.constantFrom(1, 3000, 3001) }),
      ),
      hint: plain(2000),
      optional: fc.boolean(),
    },
    { requiredKeys: ['type', 'label'] },
  ),
  fc.record({
    type: fc.constant('context_actions'),
    elements: items(
      fc.record({
        type: fc.constant('icon_button'),
        icon: fc.constantFrom('trash', 'star'),
        text: plain(75),
      }),
      5,
    ),
  }),
);

/** True for problems that the schema cannot express. */
function stricter(problem: { message: string }): boolean {
  return /already exists|over all (markdown|tables)/.test(problem.message);
}

function weAccept(blocks: unknown, surface: Surface): boolean {
  return blockProblems(blocks, surface).every(stricter);
}

describe('the validator and an independent schema', () => {
  it('agree on generated valid and broken blocks', (ctx) => {
    if (missing) return ctx.skip(missing);
    const accepts = schemaAccepts();
    let valid = 0;
    let compared = 0;
    fc.assert(
      fc.property(block, (each) => {
        const theirs = accepts([each]);
        // A duplicate action id is reported in addition to other problems.
        expect({ block: each, accepted: weAccept([each], 'message') }).toEqual({
          block: each,
          accepted: theirs,
        });
        compared += 1;
        valid += theirs ? 1 : 0;
      }),
      { numRuns: runs(600) },
    );
    // The comparison proves something only if both kinds are frequent.
    expect(valid / compared).toBeGreaterThan(0.15);
    expect(valid / compared).toBeLessThan(0.85);
  });

  it('agree on the bot’s own blocks with a property missing or added', (ctx) => {
    if (missing) return ctx.skip(missing);
    const accepts = schemaAccepts();
    for (const [surface, blocks] of samples) {
      expect({ blocks, accepted: weAccept(blocks, surface) }).toEqual({ blocks, accepted: accepts(blocks) });
      expect(accepts(blocks)).toBe(true);
      for (const broken of mutants(blocks)) {
        expect({ broken, accepted: weAccept(broken, surface) }).toEqual({
          broken,
          accepted: accepts(broken),
        });
      }
    }
  });
});

const p = (value: string) => ({ type: 'plain_text', text: value });
const option = { text: p('UAT'), value: 'uat' };
const source = { type: 'url', url: 'https://a.example', text: 'a' };
const go = { type: 'button', text: p('Go'), action_id: 'go', value: '1' };
const samples: [Surface, object[]][] = [
  [
    'message',
    [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'a', verbatim: true },
        accessory: { ...go, style: 'danger', url: 'https://a.example' },
      },
    ],
  ],
  [
    'message',
    [
      {
        type: 'actions',
        elements: [
          go,
          { type: 'static_select', option_groups: [{ label: p('a'), options: [option] }] },
          { type: 'overflow', options: [option] },
        ],
      },
    ],
  ],
  [
    'message',
    [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [
              {
                type: 'rich_text_section',
                elements: [{ type: 'link', url: 'https://a.example', text: 'a', style: { bold: true } }],
              },
            ],
          },
        ],
      },
    ],
  ],
  ['modal', [{ type: 'alert', text: p('careful'), level: 'warning' }]],
  [
    'modal',
    [
      {
        type: 'input',
        label: p('Why'),
        element: { type: 'plain_text_input', action_id: 'why', multiline: true, placeholder: p('…') },
        hint: p('a'),
        optional: true,
      },
    ],
  ],
  [
    'modal',
    [
      { type: 'input', label: p('Mail'), element: { type: 'email_text_input', initial_value: 'a' } },
      {
        type: 'input',
        label: p('N'),
        element: { type: 'number_input', is_decimal_allowed: false, min_value: '1' },
      },
    ],
  ],
  [
    'message',
    [
      {
        type: 'container',
        title: p('a'),
        child_blocks: [{ type: 'divider' }, { type: 'section', text: p('a') }],
        is_collapsible: true,
        default_collapsed: true,
      },
    ],
  ],
  [
    'message',
    [
      {
        type: 'plan',
        title: 'a',
        tasks: [{ task_id: '1', title: 'a', status: 'complete', sources: [source] }],
      },
      { type: 'task_card', task_id: '1', title: 'a' },
    ],
  ],
  [
    'message',
    [
      {
        type: 'data_table',
        caption: 'a',
        rows: [[{ type: 'raw_text', text: 'a' }], [{ type: 'raw_number', value: 1 }]],
        page_size: 5,
      },
    ],
  ],
  ['message', [{ type: 'carousel', elements: [{ type: 'card', title: p('a'), actions: [go] }] }]],
  [
    'message',
    [
      {
        type: 'context_actions',
        elements: [
          {
            type: 'feedback_buttons',
            positive_button: { text: p('+'), value: '1' },
            negative_button: { text: p('-'), value: '0' },
          },
        ],
      },
    ],
  ],
  [
    'message',
    [
      {
        type: 'video',
        alt_text: 'a',
        title: p('a'),
        thumbnail_url: 'https://a.example/t',
        video_url: 'https://a.example/v',
      },
    ],
  ],
];

/** All variants with one property missing, or with an unknown property added. */
function* mutants(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const mutant of mutants(item)) yield value.with(index, mutant);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheard_of: 1 };
    for (const [key, inner] of Object.entries(value)) {
      const { [key as never]: _left, ...rest } = value;
      yield rest;
      for (const mutant of mutants(inner)) yield { ...value, [key]: mutant };
    }
  }
}
