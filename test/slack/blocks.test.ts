import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { blockProblems, textLength } from '../../sandbox/slack/blocks.ts';
import { renderMessage } from '../../src/cli/preview/render.ts';
import { renderReport } from '../../src/cli/render-report.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { countStatuses, type Report } from '../../src/readiness/report.ts';
import { statusLabels, statusOrder } from '../../src/readiness/status-text.ts';
import { checklistMessage } from '../../src/slack/blocks/checklist.ts';
import { helpMessage } from '../../src/slack/blocks/help.ts';
import { type OverviewRow, overviewMessage } from '../../src/slack/blocks/overview.ts';
import { interruptedMessage, progressMessage } from '../../src/slack/blocks/progress.ts';
import { type ReportView, reportMessage } from '../../src/slack/blocks/report.ts';
import { quotedMessage } from '../../src/slack/blocks/text.ts';
import { environmentLabel } from '../../src/text/environment-label.ts';
import type { Message } from '../../src/text/message.ts';
import fc, { runs } from '../fast-check.ts';
import { hostileTexts, reports } from './reports.ts';

// Shrinking a report of megabytes takes longer than reading the one that failed.

const views: fc.Arbitrary<ReportView> = fc.record({
  detail: fc.constantFrom('short', 'full'),
  isPrivate: fc.boolean(),
  changes: fc.constant(null),
});

const changed = (report: Report, view: ReportView): ReportView => {
  const checks = report.items.flatMap((item) => item.checks);
  return report.apiCalls % 2
    ? view
    : { ...view, changes: { resolved: checks, readable: checks, broken: checks } };
};

const rows: fc.Arbitrary<OverviewRow[]> = fc.array(
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
    production: fc.boolean(),
    state: fc.oneof(
      reports.map((report): OverviewRow['state'] => ({ kind: 'report', report })),
      fc.constantFrom<OverviewRow['state'][]>(
        { kind: 'running', progress: { done: 3, planned: 61 } },
        { kind: 'running', progress: { done: 0, planned: 0 } },
        { kind: 'failed', token: 'err_0123456789' },
        { kind: 'interrupted' },
      ),
    ),
  }),
  { minLength: 1, maxLength: 40 },
);

const progress = fc
  .tuple(fc.nat(300), fc.nat(300), fc.boolean(), fc.nat(900_000))
  .map(([done, more, production, elapsed]) =>
    progressMessage({ name: 'prod', production }, { done, planned: done + more }, elapsed),
  );

describe('any message', () => {
  const messages: fc.Arbitrary<Message> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(reports, views)
        .map(([report, view]) => reportMessage(report, changed(report, view))),
    },
    { weight: 2, arbitrary: rows.map(overviewMessage) },
    { weight: 2, arbitrary: reports.map(checklistMessage) },
    { weight: 1, arbitrary: progress },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: 'binary', maxLength: 5_000, size: 'max' })
        .map((typed) => quotedMessage(`I don’t know “${typed}”`)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...hostileTexts, '&'.repeat(4_000)).map(quotedMessage) },
  );

  // Drawn once for all four, because drawing takes most of the time.
  const drawn = fc.sample(messages, runs(180));

  it('is accepted by Slack and stays in the budget', () => {
    for (const message of drawn) expectPostable(message);
  });

  it('is valid by an independent schema of Block Kit', (ctx) => {
    const file = join(import.meta.dirname, '../../../shared/slack/slack-block-kit.schema.json');
    if (!existsSync(file)) ctx.skip(`no schema at ${file}`);
    const ajv = new Ajv2020({ strict: false });
    // ajv-formats is CommonJS: its function sits under `default` for TypeScript, and is the module itself at run time.
    const add = (addFormats as unknown as { default?: typeof addFormats.default }).default ?? addFormats;
    (add as (ajv: Ajv2020) => void)(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
    expect(validate([{ type: 'section' }])).toBe(false);
    for (const { blocks } of drawn)
      expect(validate(blocks), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it('never mentions anybody, links anywhere or shows an emoji that others chose', () => {
    for (const message of drawn) expectHarmless(message);
  });

  it('never controls the terminal that shows it', () => {
    for (const message of drawn)
      for (const color of [true, false])
        expect(withoutStyles(renderMessage(message, { width: 80, color }))).not.toMatch(UNPRINTABLE);
  });
});

it('any text that a person types is quoted within Slack’s limits', () => {
  for (const text of [...hostileTexts, 'x'.repeat(9_000), '&'.repeat(9_000), '😀'.repeat(3_000)])
    expectPostable(quotedMessage(text));
});

it('help and the notice of a stopped bot fit with 30 environments', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    name: `${'e'.repeat(25)}-${index}`,
    production: true,
  }));
  expectPostable(helpMessage(many));
  expectPostable(interruptedMessage('e'.repeat(31)));
});

describe('a report', () => {
  it('carries exact counts and names its environment, with production marked', () => {
    fc.assert(
      fc.property(reports, views, (report, view) => {
        const message = reportMessage(report, changed(report, view));
        const label = environmentLabel({ name: report.environment, production: report.production });
        const counts = countStatuses(report);
        const words = statusOrder
          .filter((status) => counts[status] > 0)
          .map((status) => `${counts[status]} ${statusLabels[status].word}`)
          .join(', ');
        expect(message.text).toContain(`${label}: `);
        expect(message.text).toContain(`. ${words}.`);
        const [headline, summary] = message.blocks.map((block) => JSON.stringify(block));
        expect(headline).toContain(label);
        if (words) expect(summary).toContain(`"text":"${words}"`);
      }),
      { numRuns: runs(60), endOnFailure: true },
    );
  });

  it('shown in full names every check, or states how many parts are left out and where the full report is', () => {
    let whole = 0;
    let cut = 0;
    fc.assert(
      fc.property(reports, (report) => {
        const { blocks } = reportMessage(report, { detail: 'full', changes: null, isPrivate: true });
        const shown = JSON.stringify(blocks);
        const named = report.items
          .flatMap(({ checks }) => checks)
          .every(({ id, title }) => shown.includes(id) || shown.includes(title));
        const stated = /(\d+) more parts? (?:does|do) not fit in this message/.exec(shown);
        expect(named || stated !== null).toBe(true);
        if (stated) {
          expect(Number(stated[1])).toBeGreaterThan(0);
          expect(shown).toContain(`envcheck -- check ${report.environment} --json`);
        }
        if (stated) cut += 1;
        else whole += 1;
      }),
      { numRuns: runs(60), endOnFailure: true },
    );
    expect(whole).toBeGreaterThan(0);
    expect(cut).toBeGreaterThan(0);
  });

  it('shown in short names every failed and warned check, or states the cut', () => {
    fc.assert(
      fc.property(reports, (report) => {
        const shown = JSON.stringify(
          reportMessage(report, { detail: 'short', changes: null, isPrivate: false }).blocks,
        );
        const open = report.items
          .flatMap(({ checks }) => checks)
          .filter(({ status }) => status === 'fail' || status === 'warn');
        const named = open.every(({ id }) => shown.includes(id));
        expect(named || shown.includes('not fit in this message')).toBe(true);
      }),
      { numRuns: runs(60), endOnFailure: true },
    );
  });

  it('contains nothing but text on a terminal', () => {
    fc.assert(
      fc.property(reports, (report) => {
        expect(renderReport(report, plainTerminal)).not.toMatch(UNPRINTABLE);
        expect(withoutStyles(renderReport(report, colourTerminal))).not.toMatch(UNPRINTABLE);
      }),
      { numRuns: runs(50), endOnFailure: true },
    );
  });
});

it('an overview that does not fit states how many environments it leaves out', () => {
  const many = Array.from(
    { length: 40 },
    (_, index): OverviewRow => ({ name: `env-${index}`, production: false, state: { kind: 'interrupted' } }),
  );
  expectPostable(overviewMessage(many));
  const shown = JSON.stringify(overviewMessage(many).blocks);
  const left = Number(/(\d+) more do not fit here/.exec(shown)?.[1]);
  expect(left).toBeGreaterThan(0);
  expect(shown.match(/env-\d+: /g)).toHaveLength(40 - left);
});

/** Control characters except the newline, and marks that change the reading direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Removes the styles that our own renderer writes; any other escape sequence stays. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const withoutStyles = (text: string): string => text.replace(/\u001b\[\d{1,2}m/g, '');

const terminal = { out: () => {}, err: () => {}, drained: async () => true, width: 100, status: null };
const plainTerminal: Terminal = { ...terminal, style: (_style, text) => text };
const colourTerminal: Terminal = {
  ...terminal,
  style: (style, text) => styleText(style, text, { validateStream: false }),
};

function expectPostable({ text, blocks }: Message): void {
  expect(blockProblems(blocks, 'message')).toEqual([]);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(textLength(blocks)).toBeLessThanOrEqual(12_000);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(3_000);
  for (const { text: own } of objectsIn(blocks))
    if (typeof own === 'string') expect(own.length).toBeLessThanOrEqual(3_000);
}

/** Rich text elements that do more than show text. */
const ACTING = ['user', 'usergroup', 'channel', 'broadcast', 'link', 'emoji', 'team', 'date', 'color'];

function expectHarmless({ text, blocks }: Message): void {
  expect(text).not.toMatch(/[<>]/);
  expect(text.replace(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
  expect(text).not.toMatch(UNPRINTABLE);
  for (const object of objectsIn(blocks)) {
    expect(ACTING).not.toContain(object.type);
    if (object.type !== 'mrkdwn') continue;
    const own = String(object.text).replace(/<!date\^\d+\^[^<>|]*\|[^<>|]*>/, '');
    expect(own).not.toMatch(/[<>]/);
    expect(own.replace(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
  }
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const nested = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? nested : [value as Record<string, unknown>, ...nested];
}
