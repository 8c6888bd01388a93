import { describe, expect, it, test } from 'vitest';
import { countedReasons, nextStep } from '../../../src/events/failures/failure-text.ts';
import {
  type FailureGroup,
  findPauses,
  groupId,
  groupOccurrences,
  groupStatus,
  type Occurrences,
  type Pause,
  QUIET_MS,
} from '../../../src/events/failures/group.ts';
import type { Acknowledgement } from '../../../src/store/acknowledgements.ts';
import fc from '../../fast-check.ts';

const HOUR = 3_600_000;
const NOW = 90 * 24 * HOUR;

const occurrence = fc
  .record({
    kind: fc.constantFrom('badly_signed' as const, 'refused' as const, 'failed' as const),
    activity: fc.constantFrom(null, '', 'CONTRACT_EXECUTED', 'CONTRACT_CREATED'),
    reason: fc.constantFrom('bad_signature', 'CRM_TIMEOUT', 'no code'),
    count: fc.integer({ min: 1, max: 9 }),
    first: fc.integer({ min: 0, max: NOW - HOUR }),
    length: fc.integer({ min: 0, max: HOUR - 1 }),
  })
  .map(({ length, ...each }): Occurrences => ({ ...each, last: each.first + length }));
const occurrences = fc.array(occurrence, { maxLength: 40 });

const one = (all: Occurrences[]): FailureGroup => {
  const [group, ...others] = groupOccurrences('prod', all);
  if (!group || others.length > 0) throw new Error('not one group');
  return group;
};
const failed = (first: number, reason = 'CRM_TIMEOUT', count = 1): Occurrences => ({
  kind: 'failed',
  activity: 'CONTRACT_EXECUTED',
  reason,
  count,
  first,
  last: first,
});
const acknowledged = (at: number, covers = ['CRM_TIMEOUT']): Acknowledgement => ({
  id: 'ack_1',
  environment: 'prod',
  kind: 'failed',
  activity: 'CONTRACT_EXECUTED',
  at,
  actor: 'slack:U0ALICE',
  reason: 'known',
  covers,
  count: 1,
  first_seen: 0,
  last_seen: at,
});

test('every failure is in exactly one group, by kind and activity, and the counts are exact', () => {
  fc.assert(
    fc.property(occurrences, (all) => {
      const groups = groupOccurrences('prod', all);
      expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
      for (const each of all) {
        const holding = groups.filter((group) => group.occurrences.includes(each));
        expect(holding.map(({ kind, activity }) => [kind, activity])).toEqual([
          // No activity and an empty activity are the same.
          [each.kind, holding[0]?.activity ?? null],
        ]);
        expect(groupId({ environment: 'prod', ...each })).toBe(holding[0]?.id);
      }
      const total = (counts: { count: number }[]) => counts.reduce((sum, { count }) => sum + count, 0);
      expect(total(groups)).toBe(total(all));
      for (const group of groups) expect(group.count).toBe(total(group.occurrences));
    }),
  );
});

test('the order of failures does not change their groups', () => {
  fc.assert(
    fc.property(occurrences, (all) => {
      const sorted = (groups: FailureGroup[]) =>
        groups
          .map(({ id, count, occurrences: own }) => ({ id, count, first: own[0]?.first, pauses: own.length }))
          .sort((left, right) => (left.id < right.id ? -1 : 1));
      expect(sorted(groupOccurrences('prod', all.toReversed()))).toEqual(
        sorted(groupOccurrences('prod', all)),
      );
    }),
  );
});

test('a pause contains no failure, and every gap of 24 hours is a pause', () => {
  fc.assert(
    fc.property(fc.array(occurrence, { minLength: 1, maxLength: 40 }), (all) => {
      const same = all.map((each) => ({ ...each, kind: 'failed' as const, activity: 'A' }));
      const group = one(same);
      const pauses = findPauses(group, NOW);
      for (const { from, to } of pauses)
        for (const { first, last } of same) expect(last <= from || first >= (to ?? NOW + 1)).toBe(true);
      const times = same.flatMap(({ first, last }) => [first, last]).toSorted((a, b) => a - b);
      let last = Number.NEGATIVE_INFINITY;
      let gaps = 0;
      for (const each of group.occurrences) {
        if (Number.isFinite(last) && each.first - last >= QUIET_MS) gaps += 1;
        last = Math.max(last, each.last);
      }
      expect(pauses.filter(({ to }) => to !== null)).toHaveLength(gaps);
      expect(pauses.some(({ to }) => to === null)).toBe(NOW - (times.at(-1) ?? 0) >= QUIET_MS);
    }),
  );
});

test('an acknowledgement covers the causes known at that time, and another cause reopens the group', () => {
  const known = one([failed(NOW - HOUR), failed(NOW - 2 * HOUR)]);
  expect(groupStatus(known, [], []).state).toBe('open');
  expect(groupStatus(known, [], [acknowledged(NOW - HOUR / 2)]).state).toBe('acknowledged');
  const more = one([...known.occurrences, failed(NOW - 1)]);
  expect(groupStatus(more, [], [acknowledged(NOW - HOUR / 2)]).state).toBe('acknowledged');
  const other = one([...known.occurrences, failed(NOW - 1, 'CRM_REFUSED')]);
  expect(groupStatus(other, [], [acknowledged(NOW - HOUR / 2)])).toMatchObject({
    state: 'open',
    reopened: { by: 'new_reason', reasons: ['CRM_REFUSED'] },
  });
  const again = acknowledged(NOW, ['CRM_REFUSED', 'CRM_TIMEOUT']);
  expect(groupStatus(other, [], [acknowledged(NOW - HOUR / 2), again])).toMatchObject({
    state: 'acknowledged',
    reopened: null,
  });
});

test('a pause with a success resolves a group, and the next failure reopens it', () => {
  const once = one([failed(NOW - 100 * HOUR)]);
  const [pause] = findPauses(once, NOW);
  expect(pause).toEqual({ from: NOW - 100 * HOUR, to: null });
  expect(groupStatus(once, [], []).state).toBe('open');
  expect(groupStatus(once, [pause as Pause], []).state).toBe('resolved');
  const twice = one([failed(NOW - 100 * HOUR), failed(NOW - HOUR)]);
  const healed = findPauses(twice, NOW);
  expect(healed).toEqual([{ from: NOW - 100 * HOUR, to: NOW - HOUR }]);
  const before = [acknowledged(NOW - 99 * HOUR)];
  expect(groupStatus(twice, healed, before)).toMatchObject({ state: 'open', reopened: { by: 'again' } });
  // Nothing succeeded in the pause: the group was never resolved and stays acknowledged.
  expect(groupStatus(twice, [], before).state).toBe('acknowledged');
});

describe('the reasons of a group', () => {
  const grouped = (kind: Occurrences['kind'], counts: Record<string, number>) => {
    const [group] = groupOccurrences(
      'prod',
      Object.entries(counts).map(([reason, count], index) => ({
        kind,
        reason,
        activity: null,
        count,
        kept: 1,
        first: index,
        last: index,
      })),
    );
    if (!group) throw new Error('no group');
    return { ...group, ...groupStatus(group, [], []), sample: null } as never;
  };

  it('have their numbers, and a step is told for as many as have the reason', () => {
    const flood = grouped('badly_signed', { bad_signature: 7_400, 'uat current': 300 });
    expect(countedReasons(flood)).toEqual(['bad signature: 7,400', "signed with uat's key: 300"]);
    expect(nextStep(flood)).toMatch(
      /^7,400 of 7,700 \(bad signature\): Check this environment.*\. 300 of 7,700 \(signed with uat's key\): In the workspace of uat/,
    );
  });

  it('have no number where there is one, and one step where it is for all', () => {
    const one = grouped('badly_signed', { 'uat current': 300 });
    expect(countedReasons(one)).toEqual(["signed with uat's key"]);
    expect(nextStep(one)).toMatch(/^In the workspace of uat/);
    expect(nextStep(grouped('badly_signed', { bad_signature: 2, malformed: 1 }))).toMatch(/^Check this/);
  });

  it('have them for refusals too, and a missing signature beside others keeps its step', () => {
    const mixed = grouped('refused', { missing_signature: 1_500, too_large: 3, wrong_type: 2 });
    expect(nextStep(mixed)).toMatch(
      /^1,500 of 1,505 \(missing signature\): Find the sample.*\. 3 of 1,505 \(body over 1 MiB\): .*\. 2 of 1,505 \(content type/,
    );
    expect(countedReasons(grouped('failed', { CRM_TIMEOUT: 5, CRM_DOWN: 1 }))).toEqual([
      'CRM_DOWN: 1',
      'CRM_TIMEOUT: 5',
    ]);
  });
});
