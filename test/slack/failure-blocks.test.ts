import { describe, expect, it } from 'vitest';
import { blockProblems, textLength } from '../../sandbox/slack/blocks.ts';
import { renderMessage } from '../../src/cli/preview/render.ts';
import type { FailureOverview, GroupView } from '../../src/events/failures/read-failures.ts';
import { acknowledgementForm } from '../../src/slack/blocks/failure-form.ts';
import { failuresMessage } from '../../src/slack/blocks/failures.ts';
import fc from '../fast-check.ts';
import { hostileTexts } from './reports.ts';

const AT = 1_790_000_000_000;

const group = (more: Partial<GroupView> = {}): GroupView => ({
  id: `grp_${'0'.repeat(26)}`,
  environment: 'prod',
  kind: 'failed',
  activity: 'CONTRACT_EXECUTED',
  state: 'open',
  count: 1_204,
  kept: 1_204,
  isExact: true,
  firstSeen: AT - 3_600_000,
  lastSeen: AT,
  isBeyondKeep: false,
  since: AT - 3_600_000,
  reasons: ['CRM_TIMEOUT'],
  sample: `out_${'0'.repeat(26)}`,
  acknowledgement: null,
  reopened: null,
  ...more,
});

const overview = (groups: GroupView[], more: Partial<FailureOverview> = {}): FailureOverview => ({
  environment: 'prod',
  at: AT,
  keepMs: 90 * 86_400_000,
  groups,
  unknown: [],
  notWatched: [],
  ...more,
});

const message = (of: FailureOverview, more: object = {}) =>
  failuresMessage({
    environment: { name: 'prod', production: true },
    overview: of,
    all: true,
    isPrivate: true,
    ...more,
  });

const text = fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom(...hostileTexts));
const anyGroup = fc
  .record({
    kind: fc.constantFrom('badly_signed' as const, 'refused' as const, 'failed' as const, 'silence' as const),
    activity: fc.option(text),
    state: fc.constantFrom('open' as const, 'acknowledged' as const, 'resolved' as const),
    count: fc.nat(),
    kept: fc.nat(),
    isExact: fc.boolean(),
    reasons: fc.array(text, { maxLength: 30 }),
    sample: fc.option(fc.constant(`dlv_${'0'.repeat(26)}`)),
    isBeyondKeep: fc.boolean(),
    reason: text,
    reopened: fc.option(
      fc.oneof(
        fc.constant({ by: 'again' as const }),
        fc.array(text, { maxLength: 30 }).map((reasons) => ({ by: 'new_reason' as const, reasons })),
      ),
    ),
  })
  .map(({ reason, ...more }) =>
    group({
      ...more,
      acknowledgement: {
        id: 'ack_1',
        environment: 'prod',
        kind: more.kind,
        activity: more.activity,
        at: AT,
        actor: 'slack:U0ALICE',
        reason,
        covers: [],
        count: 1,
        first_seen: AT,
        last_seen: AT,
      },
    }),
  );

describe('a list of failure groups', () => {
  it('is accepted by Slack with any groups and any names', () => {
    fc.assert(
      fc.property(
        fc.array(anyGroup, { maxLength: 40 }),
        fc.array(fc.record({ what: text, why: text }), { maxLength: 4 }),
        (groups, unknown) => {
          const { text: fallback, blocks } = message(overview(groups, { unknown, notWatched: ['silence'] }));
          expect(blockProblems(blocks, 'message')).toEqual([]);
          expect(blocks.length).toBeLessThanOrEqual(48);
          expect(textLength(blocks)).toBeLessThanOrEqual(12_000);
          const open = groups.filter(({ state }) => state === 'open').length;
          expect(fallback).toContain(`prod (production), failure groups: ${open} open`);
        },
      ),
    );
  });

  it('never lets text of others mention anybody', () => {
    const hostile = group({ activity: '<!channel>', reasons: ['<@U0EVERY>'] });
    const { text: fallback, blocks } = message(overview([hostile]));
    expect(fallback).not.toContain('<');
    const mrkdwn = JSON.stringify(blocks).match(/"type":"mrkdwn"/g);
    expect(mrkdwn).toBeNull();
  });

  it('states how many parts do not fit and keeps its counts', () => {
    const many = Array.from({ length: 60 }, (_, index) => group({ activity: `ACTIVITY_${index}` }));
    const shown = message(overview(many));
    expect(shown.text).toContain('60 open, 0 acknowledged, 0 resolved');
    const rendered = renderMessage(shown, { width: 100, color: false });
    const listed = rendered.match(/Open: failed outcomes/g)?.length ?? 0;
    expect(listed).toBeGreaterThan(5);
    expect(rendered).toContain(`${60 - listed} parts do not fit in this message`);
  });

  it('marks sampled counts, starts beyond the log, kinds that could not be checked and kinds not watched', () => {
    const rendered = renderMessage(
      message(
        overview(
          [group({ kind: 'badly_signed', activity: null, kept: 12, isBeyondKeep: true, sample: null })],
          {
            unknown: [{ what: 'failed outcomes', why: 'the log cannot be read: disk I/O error' }],
            notWatched: ['silence: nothing is expected'],
          },
        ),
      ),
      { width: 100, color: false },
    ).replace(/\s+/g, ' ');
    for (const words of [
      '1,204 deliveries, 12 of them kept',
      'Refused deliveries are sampled: one per sender, signer, reason and minute is kept',
      'first seen before the oldest log entry',
      'no sample is kept',
      'Could not check failed outcomes: the log cannot be read: disk I/O error',
      'Not watched: silence: nothing is expected.',
    ])
      expect(rendered).toContain(words);
  });

  it('has an acknowledgement form that is valid for Slack with any codes', () => {
    fc.assert(
      fc.property(anyGroup, (each) => {
        const { blocks } = acknowledgementForm(each, 'prod (production)', '{}');
        expect(blockProblems(blocks as never, 'modal')).toEqual([]);
      }),
    );
  });
});
