import { describe, expect, it } from 'vitest';
import { blockProblems, textLength } from '../../sandbox/slack/blocks.ts';
import { renderMessage } from '../../src/cli/preview/render.ts';
import type { History } from '../../src/inspect/read-history.ts';
import { acceptForm } from '../../src/slack/blocks/accept-form.ts';
import { type DiffView, diffMessage } from '../../src/slack/blocks/diff.ts';
import {
  compareAgainValue,
  readCompareAgainValue,
  readStoredDiffValue,
  storedDiffValue,
} from '../../src/slack/blocks/diff-values.ts';
import { historyMessage } from '../../src/slack/blocks/history.ts';
import { planMessage } from '../../src/slack/blocks/plan.ts';
import { type WaiversView, waiversMessage } from '../../src/slack/blocks/waivers.ts';
import type { Message } from '../../src/text/message.ts';
import type { Difference, Weight } from '../../src/workspace/diff/difference.ts';
import { planOf } from '../../src/workspace/diff/plan.ts';
import fc, { runs } from '../fast-check.ts';
import { hostileTexts } from './reports.ts';

const snapshot = { hash: 'a'.repeat(64), takenAt: 1_790_000_000_000, items: 65 };
const words = { missing: 'only in uat', extra: 'only in prod (production)' };

const view = (
  differences: DiffView['comparison']['differences'],
  more: Partial<DiffView> = {},
  unknown: DiffView['comparison']['unknown'] = [],
): DiffView => ({
  title: 'uat → prod (production)',
  sideText: words,
  comparison: { differences, unknown },
  snapshots: [
    { label: 'uat', snapshot },
    { label: 'prod (production)', snapshot: { ...snapshot, hash: 'b'.repeat(64) } },
  ],
  next: { command: '/envcheck plan uat prod', does: 'lists what to create or change in prod (production)' },
  nextIfUnknown: '/envcheck prod shows why prod (production) could not be read',
  complete: 'npm run -s envcheck -- diff uat prod',
  value: {
    again: compareAgainValue({ left: 'uat', right: 'prod', since: null }, 'showing_1'),
    same: storedDiffValue({
      request: { left: 'uat', right: 'prod', since: null },
      left: snapshot,
      right: snapshot,
    }),
  },
  acceptable: true,
  detail: 'short',
  isPrivate: false,
  ...more,
});

const difference = (
  path: string,
  weight: Weight = 'breaking',
  more: Partial<Difference> = {},
): DiffView['comparison']['differences'][number] => ({
  id: `dif_${path.length}${weight}`.slice(0, 30),
  path,
  kind: 'missing',
  weight,
  left: path,
  right: null,
  accepted: null,
  ...more,
});

const weights: Weight[] = ['breaking', 'risky', 'cosmetic'];
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...difference(
      `templates/Template ${index}/fields/variable_${index}/type`,
      weights[index % 3] ?? 'risky',
      {
        kind: 'changed',
        left: `text ${'x'.repeat(index % 90)}`,
        right: 'date',
      },
    ),
    id: `dif_${index}`,
  }));

const text = (message: Message): string =>
  renderMessage({ ...message }, { width: 200, color: false }).replaceAll(/\n +/g, ' ');

function fits(message: Message): void {
  expect(blockProblems(message.blocks, 'message')).toEqual([]);
  expect(message.blocks.length).toBeLessThanOrEqual(48);
  expect(textLength(message.blocks)).toBeLessThanOrEqual(12_000);
}

describe('a comparison', () => {
  it('groups differences by kind, breaking first, with the path, the field and both values', () => {
    const message = diffMessage(
      view([
        difference('workflows/Order Form/unpublishedChanges', 'risky', {
          kind: 'changed',
          left: false,
          right: true,
        }),
        difference('templates/NDA', 'cosmetic', { kind: 'extra' }),
        difference('templates/A~1B/fields/date/type', 'breaking', {
          kind: 'changed',
          left: 'text',
          right: 'date',
        }),
        difference('featureFlags/X', 'breaking', { kind: 'changed', left: true, right: false }),
      ]),
    );
    const shown = text(message);
    expect(message.text).toMatch(
      /^❌ uat → prod \(production\): different\. 4 differences: 2 breaking, 1 risky, 1 cosmetic\. Next: /,
    );
    expect(shown).toContain('✗ breaking `templates/A~1B/fields/date` type: text → date');
    expect(shown).toContain('~ cosmetic `templates/NDA` only in prod (production)');
    expect(shown).toContain('! risky `workflows/Order Form` unpublishedChanges: false → true');
    expect(shown).toContain('✗ breaking `featureFlags/X` true → false');
    expect(shown).toContain('Templates: 1 breaking, 1 cosmetic');
    const order = ['Templates:', '✗ breaking `templates', '~ cosmetic', 'Workflows:'].map((each) =>
      shown.indexOf(each),
    );
    expect(order).toEqual(order.toSorted((left, right) => left - right));
    fits(message);
  });

  it.each(['short', 'full'] as const)(
    'stays in the budget with 300 differences and states an exact cut, %s',
    (detail) => {
      const message = diffMessage(view(many(300), { detail }));
      fits(message);
      expect(message.text).toContain('300 differences: 100 breaking, 100 risky, 100 cosmetic');
      const shown = text(message);
      const lines = shown.match(/(?:✗ breaking|! risky|~ cosmetic) `/g)?.length ?? 0;
      const cut = Number(/(\d+) more differences are not shown/.exec(shown)?.[1]);
      expect(lines + cut).toBe(300);
      expect(shown).toContain('Full list: `npm run -s envcheck -- diff uat prod`');
      expect(lines).toBeGreaterThanOrEqual(detail === 'short' ? 20 : 40);
    },
  );

  it('lists what could not be compared separately and never calls it the same', () => {
    const unknown = Array.from({ length: 40 }, (_, index) => ({
      path: `roles/${index}`,
      reason: 'forbidden',
    }));
    const crowded = diffMessage(view(many(300), {}, unknown));
    fits(crowded);
    expect(text(crowded)).toContain('? Could not compare: 40 places');
    expect(text(crowded)).toContain('…and 35 more');
    const alone = diffMessage(
      view([], {}, [{ path: '*', reason: 'prod (production) could not be read: 401' }]),
    );
    expect(alone.text).toMatch(
      /^❔ uat → prod \(production\): could not tell\. no differences; 1 place could not be compared/,
    );
    expect(text(alone)).not.toMatch(/identical|same but/);
    expect(text(alone)).toContain('Next: /envcheck prod shows why');
  });

  it('states how much it compared when nothing differs', () => {
    expect(text(diffMessage(view([])))).toContain(
      '✅ uat → prod (production): identical\nno differences, 65 items compared',
    );
    const accepted = { kind: 'ignored' as const, path: 'templates/*', reason: 'stay', until: null };
    const message = diffMessage(view([{ ...difference('templates/T'), accepted }]));
    expect(message.text).toContain('the same except for what is accepted. no differences; 1 accepted');
    expect(text(message)).toContain('~ Accepted: 1');
    expect(JSON.stringify(message.blocks)).not.toContain('diff_accept');
    const full = text(diffMessage(view([{ ...difference('templates/T'), accepted }], { detail: 'full' })));
    expect(full).toContain('`templates/T` only in uat; accepted by a rule of the config: stay');
  });

  it('offers to accept the differences it shows, and none when it compares with an earlier state', () => {
    const menu = (message: Message) =>
      JSON.stringify(message.blocks).match(/"value":"dif_\d+"/g)?.length ?? 0;
    expect(menu(diffMessage(view(many(300))))).toBe(20);
    expect(menu(diffMessage(view(many(3), { acceptable: false })))).toBe(0);
    expect(menu(diffMessage(view(many(3), { value: { again: 'x', same: null } })))).toBe(0);
  });

  it('fits in the budget and mentions nobody, whatever the names are', () => {
    const name = fc.oneof(
      fc.constantFrom(...hostileTexts),
      fc.string({ unit: 'binary', maxLength: 3_000, size: 'max' }),
    );
    const one = fc.record({
      path: name.map((each) => `templates/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`),
      weight: fc.constantFrom(...weights),
      kind: fc.constantFrom('missing', 'extra', 'changed'),
      left: name,
      right: name,
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.constantFrom('short', 'full'), (list, detail) => {
        const differences = list.map((each, index) => ({ ...each, id: `dif_${index}`, accepted: null }));
        const unknown = list.slice(0, 9).map(({ path, left }) => ({ path, reason: left }));
        for (const message of [
          diffMessage(view(differences as never, { detail: detail as 'short' }, unknown)),
          planMessage({
            model: 'uat',
            target: 'prod (production)',
            steps: planOf({ differences: differences as never, unknown }, 'uat', null),
            accepted: 0,
            unknown,
            complete: 'x',
            compare: 'y',
          }),
        ]) {
          fits(message);
          expect(message.text).not.toMatch(/<[!@#]|<https?:/);
        }
      }),
      { numRuns: runs(60) },
    );
  });
});

it('button values are read back as they were written and fit a block id', () => {
  const longest = 'e'.repeat(31);
  const kept = {
    request: { left: longest, right: longest, since: null },
    left: { hash: 'a'.repeat(64), takenAt: 1_890_000_000_000 },
    right: { hash: 'b'.repeat(64), takenAt: 1_890_000_000_001 },
  };
  expect(readStoredDiffValue(storedDiffValue(kept))).toEqual(kept);
  expect(storedDiffValue(kept).length).toBeLessThanOrEqual(255);
  const inTime = { left: 'prod', right: null, since: '2026-11-01' };
  expect(readCompareAgainValue(compareAgainValue(inTime, 'showing_x'))).toEqual(inTime);
  expect(readStoredDiffValue(storedDiffValue({ ...kept, request: inTime })).request).toEqual(inTime);
});

it('a plan of 300 steps stays in the budget and states an exact cut', () => {
  const differences = many(300);
  const steps = planOf({ differences, unknown: [] }, 'uat', null);
  const message = planMessage({
    model: 'uat',
    target: 'prod (production)',
    steps,
    unknown: [],
    accepted: 0,
    complete: 'all',
    compare: 'again',
  });
  fits(message);
  const shown = text(message);
  const cut = Number(/(\d+) more steps are not shown/.exec(shown)?.[1]);
  expect((shown.match(/☐/g)?.length ?? 0) + cut).toBe(300);
  expect(message.text).toContain('300 steps, 100 of them for what is breaking');
});

it('a history shows the newest changes first and counts the older ones it leaves out', () => {
  const changes = Array.from({ length: 40 }, (_, index) => ({
    at: 1_790_000_000_000 - index * 1_000,
    notBefore: 1_789_000_000_000,
    from: 'a'.repeat(64),
    to: 'b'.repeat(64),
    differences: many(50),
  }));
  const history: History = { readings: 90, firstAt: 1_780_000_000_000, lastAt: 1_790_000_000_000, changes };
  const message = historyMessage({
    label: 'prod (production)',
    history,
    complete: 'all',
    since: 'since',
    picture: null,
  });
  fits(message);
  const shown = text(message);
  expect(message.text).toMatch(/^History of prod \(production\): 40 changes in 90 readings/);
  const listed = shown.match(/unchanged until at least/g)?.length ?? 0;
  const left = [...shown.matchAll(/(\d+) (?:older|more, newer)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  expect(listed + left).toBe(40);
  expect(shown).toContain('…and 44 more');
});

it('active waivers are listed with person, reason and last day; ended ones are counted', () => {
  const waiver = {
    id: 'wvr_1',
    subject: { kind: 'check' as const, environment: 'prod', check: 'config.templates' },
    shown: 'not found among 2',
    reason: 'comes *next* week <!channel>',
    by: 'slack:U0ALICE',
    at: 1_790_000_000_000,
    until: 1_795_564_800_000,
    state: 'active' as const,
    endedAt: null,
    endedBy: null,
    endedReason: null,
  };
  const rules = [
    { path: 'templates/Trial *', reason: 'trial', until: null, isOver: false, matches: 2 },
    { path: 'roles/X', reason: 'gone', until: null, isOver: false, matches: 0 },
  ];
  const listed = (waivers: WaiversView['waivers']) =>
    waiversMessage({
      environments: [{ name: 'prod', production: true }],
      environment: null,
      waivers,
      rules,
      result: null,
      showing: 's',
    });
  const shown = text(listed([waiver, { ...waiver, id: 'wvr_2', state: 'revoked', endedAt: 1 }]));
  expect(shown).toContain('1 accepted, 1 ended');
  expect(shown).toContain('`config.templates` in prod (production): not found among 2');
  expect(shown).toContain('comes *next* week <!channel>');
  expect(shown).toContain('Ended: 1 revoked');
  expect(shown.indexOf('matches no difference: is it still needed?')).toBeLessThan(
    shown.indexOf('matches 2 differences'),
  );
  const hundred = listed(Array.from({ length: 100 }, (_, index) => ({ ...waiver, id: `wvr_${index}` })));
  fits(hundred);
  expect(text(hundred)).toMatch(/\d+ more do not fit in this message/);
  expect(text(listed([]))).toContain(
    'To accept a failing check or a difference between two environments, use “Accept…”',
  );
});

it('the accept form is valid for Slack with any subject and finding', () => {
  for (const long of ['x'.repeat(5_000), ...hostileTexts]) {
    const form = acceptForm({
      kind: 'check',
      where: 'prod (production)',
      subject: long,
      shown: long,
      suggestedDay: '2026-12-24',
      lastDay: '2027-11-24',
      metadata: '{}',
    });
    expect(blockProblems(form.blocks, 'modal')).toEqual([]);
  }
});
