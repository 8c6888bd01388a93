import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderMessage, renderView } from '../../../src/cli/preview/render.ts';
import { textWidth } from '../../../src/cli/preview/spans.ts';
import fc, { runs } from '../../fast-check.ts';

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string, more: object = {}) => ({ type: 'section', text: mrkdwn(text), ...more });
const button = (text: string, more: object = {}) => ({
  type: 'button',
  text: plain(text),
  action_id: text,
  ...more,
});
const names = { U0ALICE: 'alice', C0GENERAL: 'general', S0OPS: 'ops' };

function drawn(blocks: unknown[], width = 60, color = false): string {
  return renderMessage({ text: '', blocks }, { width, color, names });
}
function said(text: string, width = 60, color = false): string {
  return renderMessage({ text, blocks: [] }, { width, color, names });
}

const report = [
  { type: 'header', text: plain('prod is not ready') },
  {
    type: 'context',
    elements: [
      mrkdwn('<!date^1790000000^{date_short}|Sep 21, 2026> · asked by <@U0ALICE>'),
      mrkdwn('14 calls'),
    ],
  },
  { type: 'divider' },
  section(':x: *Template fields* `config.template-fields` found _text_ &amp; expected a date'),
  {
    type: 'section',
    fields: [
      mrkdwn('*Region*\nus'),
      mrkdwn('*Base URL*\nhttps://api.us.spotdraft.com/api/v2.1/public'),
      mrkdwn('*Pace*\n5/s'),
    ],
  },
  { type: 'actions', elements: [button('Re-check', { style: 'primary' }), button('Show all')] },
];

describe('a rendered message', () => {
  it('reads as it does in Slack', () => {
    expect(drawn(report)).toMatchInlineSnapshot(`
      "prod is not ready
      Sep 21, 2026 · asked by @alice  14 calls
      ────────────────────────────────────────────────────────────
      ❌ Template fields \`config.template-fields\` found text &
         expected a date

      Region                         Base URL
      us                             https://api.us.spotdraft.com/
                                     api/v2.1/public
      Pace
      5/s

      [ Re-check ]  [ Show all ]"
    `);
  });

  it('uses bold, dim and colour where Slack distinguishes text', () => {
    const shown = drawn(report, 60, true).replaceAll('\u001b', '␛');
    expect(shown).toMatchInlineSnapshot(`
      "␛[1mprod is not ready␛[22m
      ␛[2mSep 21, 2026 · asked by ␛[22m␛[2m␛[33m@alice␛[39m␛[22m␛[2m  14 calls␛[22m
      ␛[2m────────────────────────────────────────────────────────────␛[22m
      ❌ ␛[1mTemplate fields␛[22m ␛[36mconfig.template-fields␛[39m found ␛[3mtext␛[23m &
         expected a date

      ␛[1mRegion␛[22m                         ␛[1mBase URL␛[22m
      us                             https://api.us.spotdraft.com/
                                     api/v2.1/public
      ␛[1mPace␛[22m
      5/s

      ␛[1m␛[32m[ Re-check ]␛[39m␛[22m  ␛[1m[ Show all ]␛[22m"
    `);
  });

  it('shows rich text with its lists, code and quotes', () => {
    const texts = (...elements: object[]) => ({ type: 'rich_text_section', elements });
    const blocks = [
      {
        type: 'rich_text',
        elements: [
          texts(
            { type: 'text', text: 'Ask ' },
            { type: 'user', user_id: 'U0ALICE' },
            { type: 'text', text: ' ' },
            { type: 'emoji', name: 'eyes' },
          ),
          {
            type: 'rich_text_list',
            style: 'ordered',
            elements: [
              texts({ type: 'text', text: 'templates/Order Form/fields/effective_date changed its type' }),
              texts({ type: 'link', url: 'https://a.example', text: 'a link' }),
            ],
          },
          {
            type: 'rich_text_list',
            style: 'bullet',
            indent: 1,
            elements: [texts({ type: 'text', text: 'nested', style: { code: true } })],
          },
          {
            type: 'rich_text_list',
            style: 'ordered',
            elements: [texts({ type: 'text', text: 'goes on counting' })],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: '{\n  "a": 1\n}' }] },
          {
            type: 'rich_text_quote',
            elements: [{ type: 'date', timestamp: 1_790_000_000, format: '{date}' }],
          },
        ],
      },
    ];
    expect(drawn(blocks, 40)).toMatchInlineSnapshot(`
      "Ask @alice 👀
      1. templates/Order
         Form/fields/effective_date changed
         its type
      2. a link
        ◦ \`nested\`
      3. goes on counting
        {
          "a": 1
        }
      ▎ 2026-09-21 14:13 UTC"
    `);
  });

  it('fits a table into columns and puts a button beside its text', () => {
    const row = (...cells: string[]) => cells.map((text) => ({ type: 'raw_text', text }));
    const blocks = [
      {
        type: 'table',
        rows: [
          row('Check', 'uat', 'prod'),
          row('webhooks.delivering', 'pass', 'unknown: could not be reached in time'),
        ],
      },
      section('effective_date changed from date to text', { accessory: button('Accept') }),
    ];
    expect(drawn(blocks, 44)).toMatchInlineSnapshot(`
      "Check                uat   prod
      ────────────────────────────────────────────
      webhooks.delivering  pass  unknown: could
                                 not be reached in
                                 time

      effective_date changed from date  [ Accept ]
      to text"
    `);
  });

  it('shows the text of a message without blocks, and marks an ephemeral message', () => {
    const message = {
      text: 'a *bold* word',
      blocks: [],
      ephemeralFor: 'U0ALICE',
      files: [{ name: 'report.json' }],
    };
    expect(renderMessage(message, { width: 40, color: false })).toBe(
      'Only visible to you\na bold word\n📎 report.json',
    );
  });

  it.each([
    [
      'mentions by name',
      '<@U0ALICE> <@U0NEW> <#C0GENERAL> <#C1|ops> <!subteam^S0OPS> <!here>',
      '@alice @U0NEW #general #ops @ops @here',
    ],
    [
      'links by their label or address',
      '<https://a.example/?a=1&amp;b=2> <https://a.example|docs> <mailto:a@b.example>',
      'https://a.example/?a=1&b=2 docs a@b.example',
    ],
    [
      'dates by their fallback, else in UTC',
      '<!date^1790000000^{date}|yesterday> <!date^1790000000^{date}>',
      'yesterday 2026-09-21 14:13 UTC',
    ],
    ['entities once', '&lt;b&gt; &amp;lt; R&amp;D', '<b> &lt; R&D'],
    [
      'snake_case_names and 2*3*4 as they are',
      'effective_date_type 2*3*4 a_b',
      'effective_date_type 2*3*4 a_b',
    ],
    ['markup inside code as it is', '`*not bold* <@U0ALICE>`', '`*not bold* <@U0ALICE>`'],
    ['emoji by name where known', ':white_check_mark: :made_up:', '✅ :made_up:'],
    ['names that JavaScript objects inherit as text', ':constructor: <@toString>', ':constructor: @toString'],
  ])('shows %s', (_, source, shown) => {
    expect(said(source)).toBe(shown);
  });

  it('shows bold, italic, struck-through and code with terminal formats', () => {
    expect(said('*b* _i_ ~s~ `c`', 60, true).replaceAll('\u001b', '␛')).toBe(
      '␛[1mb␛[22m ␛[3mi␛[23m ␛[9ms␛[29m ␛[36mc␛[39m',
    );
  });
});

describe('a message with any content', () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b1mc1\u202egnp.exe\u0000\r\b';
  const places: [string, unknown[]][] = [
    ['header', [{ type: 'header', text: plain(hostile) }]],
    [
      'section',
      [section(`\`${hostile}\` <https://a.example|${hostile}> <@${hostile}> \`\`\`${hostile}\`\`\``)],
    ],
    [
      'context',
      [
        {
          type: 'context',
          elements: [plain(hostile), { type: 'image', alt_text: hostile, image_url: 'https://a.example' }],
        },
      ],
    ],
    [
      'actions',
      [
        {
          type: 'actions',
          elements: [button(hostile), { type: 'static_select', placeholder: plain(hostile), options: [] }],
        },
      ],
    ],
    [
      'rich_text',
      [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_preformatted',
              elements: [
                { type: 'text', text: hostile },
                { type: 'link', url: hostile },
              ],
            },
          ],
        },
      ],
    ],
    ['table', [{ type: 'table', rows: [[{ type: 'raw_text', text: hostile }]] }]],
    ['markdown', [{ type: 'markdown', text: `# ${hostile}` }]],
    ['unknown type', [{ type: hostile }]],
    ['task', [{ type: 'task_card', task_id: '1', title: hostile }]],
  ];

  it.each(places)('sends no control character of a %s to the terminal', (_, blocks) => {
    const shown = drawn(blocks);
    expect(shown).toContain('red');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must not contain them
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('has no line wider than the terminal and loses no word', () => {
    const words = fc.array(
      fc.constantFrom(
        'effective_date',
        'a',
        '•',
        '✅',
        'x'.repeat(70),
        '*bold*',
        '日本語',
        '> q',
        '\n',
        '`code `',
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (parts, width) => {
        const source = parts.join(' ');
        const shown = stripVTControlCharacters(drawn([section(source)], width, true));
        for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
        const letters = (text: string) => text.replace(/[^\p{L}✅]/gu, '');
        expect(letters(shown)).toBe(letters(source));
      }),
      { numRuns: runs(500) },
    );
  });
});

it('a modal shows its title, the errors under its inputs, and its buttons', () => {
  const view = {
    type: 'modal',
    title: plain('Sign off'),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: [
      section('*prod (production)*'),
      {
        type: 'input',
        block_id: 'why',
        label: plain('Reason'),
        element: { type: 'plain_text_input', action_id: 'reason' },
      },
    ],
  };
  const lines = renderView({ view, errors: { why: 'Say why' } }, { width: 40, color: false, names }).split(
    '\n',
  );
  expect(lines[0]).toBe('Sign off');
  expect(lines).toContain('prod (production)');
  expect(lines.indexOf('⚠ Say why')).toBeGreaterThan(lines.indexOf('Reason'));
  expect(lines.at(-1)).toMatch(/Cancel.*Save/);
});
