import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nextMorning } from '../../../sandbox/browser/adjustable-clock.ts';
import { renderBlocks } from '../../../sandbox/browser/blocks/blocks.ts';
import { dateText } from '../../../sandbox/browser/blocks/date.ts';
import { mrkdwn } from '../../../sandbox/browser/blocks/mrkdwn.ts';
import type { RenderContext } from '../../../sandbox/browser/blocks/render-context.ts';
import { renderText } from '../../../sandbox/browser/blocks/text.ts';
import { blockTypes } from '../../../sandbox/slack/block-types.ts';

const NOW = Date.parse('2026-11-24T20:00:00Z');
const renderContext: RenderContext = {
  names: new Map([['U1', 'ana']]),
  people: [],
  channels: [],
  timeZone: 'America/New_York',
  now: NOW,
  target: { user: 'U1' },
  prefix: 'm',
  errors: {},
};
const shown = (text: string) => mrkdwn(text, renderContext).markup;

test('mrkdwn becomes markup, and all other text is escaped', () => {
  expect(shown('*bold* _slanted_ ~gone~ `a &lt;b&gt;` a*b*c')).toBe(
    '<strong>bold</strong> <em>slanted</em> <s>gone</s> <code>a &lt;b&gt;</code> a*b*c',
  );
  expect(shown('<@U1> <!here> <https://x.example/?a=1&amp;b=2|there>')).toBe(
    '<span class="mention">@ana</span> <span class="mention">@here</span> <a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noreferrer">there</a>',
  );
  expect(shown('<javascript:alert(1)|there>')).toBe('there');
  expect(shown('" onload="x &amp;lt;')).toBe('&quot; onload=&quot;x &amp;lt;');
});

test('plain text keeps its line breaks and ignores marks', () => {
  const markup = renderText({ type: 'plain_text', text: '*a* <b>\nc', emoji: false }, renderContext).markup;
  expect(markup).toBe('*a* &lt;b&gt;<br>c');
});

test('dates are shown in the reader’s time zone', () => {
  const at = NOW / 1_000;
  expect(dateText(at, '{date_short_pretty} {time}', '', renderContext)).toBe('Today 3:00 PM');
  expect(dateText(at - 86_400, '{date_pretty}', '', { ...renderContext, timeZone: 'Asia/Tokyo' })).toBe(
    'Yesterday',
  );
  expect(dateText(at, '{date_long} {nonsense}', '', renderContext)).toBe(
    'Tuesday, November 24, 2026 {nonsense}',
  );
  expect(dateText(at - 7_200, '{ago}', '', renderContext)).toBe('2 hours ago');
  expect(dateText(Number.NaN, '{time}', 'some day', renderContext)).toBe('some day');
});

test('the next morning is on a weekday, also across a change of summer time', () => {
  const morning = (now: string) => new Date(nextMorning(Date.parse(now), 'America/New_York')).toISOString();
  expect(morning('2026-11-24T20:00:00Z')).toBe('2026-11-25T14:00:00.000Z');
  expect(morning('2026-11-25T14:00:00Z')).toBe('2026-11-26T14:00:00.000Z');
  // A Friday. The clocks go back on the following Sunday.
  expect(morning('2026-10-30T15:00:00Z')).toBe('2026-11-02T14:00:00.000Z');
});

const samples = join(import.meta.dirname, '../../../../shared/slack/java-sdk-samples');

test('every block type is rendered or shown by name', (context) => {
  for (const type of Object.keys(blockTypes))
    expect(renderBlocks([{ type }], renderContext).markup).toContain(`block-${type}`);
  let files: string[];
  try {
    files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
  } catch {
    return context.skip('../shared is missing');
  }
  const blocks = files.flatMap((name) => blocksIn(JSON.parse(readFileSync(join(samples, name), 'utf8'))));
  expect(blocks.length).toBeGreaterThan(10);
  for (const block of blocks) expect(() => renderBlocks([block], renderContext)).not.toThrow();
});

/** All blocks anywhere in a payload. */
function blocksIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(blocksIn);
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(blocksIn);
  return 'type' in value && String(value.type) in blockTypes ? [value, ...inside] : inside;
}
