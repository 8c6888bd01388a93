import { describe, expect, it } from 'vitest';
import { blockProblems } from '../../../sandbox/slack/blocks.ts';
import { renderMessage } from '../../../src/cli/preview/render.ts';
import { type MadeDigest, makeDigest } from '../../../src/digests/digest/digest.ts';
import type { DigestFacts } from '../../../src/digests/digest/digest-content.ts';
import { digestMessage } from '../../../src/slack/blocks/digest.ts';
import { digestDetails } from '../../../src/slack/blocks/digest-thread.ts';
import type { StoredDigest } from '../../../src/store/digests.ts';
import {
  aCheck,
  aDifference,
  anEnvironment,
  aReport,
  DAY_MS,
  gathered,
  HOUR_MS,
  NOW,
  scheduled,
  withDifferences,
} from './digests.ts';

const YESTERDAY = NOW - DAY_MS;

const made = (
  now: DigestFacts,
  before: StoredDigest | null,
  report = scheduled(),
  late = false,
): MadeDigest => makeDigest({ report, firedFor: now.at - (late ? 2 * HOUR_MS : 0), late }, now, before);

/** The digest as the store returns it. */
const stored = (now: DigestFacts, report = scheduled()): StoredDigest => ({
  firedFor: now.at,
  madeAt: now.at,
  day: new Date(now.at).toISOString().slice(0, 10),
  message: 'obx_1',
  state: made(now, null, report).state,
});

const shown = ({ digest }: MadeDigest): string =>
  renderMessage(digestMessage(digest), { width: 400, color: false });

const prodWith = (...checks: ReturnType<typeof aCheck>[]) =>
  anEnvironment('prod', { report: { known: aReport('prod', checks) } });

describe('the first digest', () => {
  it('says that it is a baseline, and shows its differences as open instead of new', () => {
    const first = made(withDifferences([aDifference('roles/Legal Team')]), null);
    expect(first.because).toBe('baseline');
    expect(shown(first)).toContain('Baseline: the first digest of this report');
    expect(shown(first)).toContain('Differences still open (uat → prod (production)): 1');
    expect(digestMessage(first.digest).text).toMatch(
      /^morning \(baseline\): prod \(production\) ready, uat ready\./,
    );
  });

  it('announces an environment added later, and does not call its failures new', () => {
    const before = stored(gathered({ environments: [anEnvironment('uat')] }));
    const now = gathered({
      environments: [prodWith(aCheck('config.templates', 'fail')), anEnvironment('uat')],
    });
    const next = made(now, before);
    expect(next.because).toBe('moved');
    expect(shown(next)).toContain('first time in this digest');
    expect(shown(next)).toContain('Failing checks: 1\n');
  });
});

describe('a digest compared with the previous one', () => {
  const before = stored(
    withDifferences([aDifference('a'), aDifference('b'), aDifference('c'), aDifference('d')], {
      at: YESTERDAY,
      environments: [
        prodWith(
          aCheck('config.templates', 'fail'),
          aCheck('config.workflows', 'fail'),
          aCheck('routing.roles', 'pass'),
        ),
        anEnvironment('uat'),
      ],
    }),
  );

  it('shows each difference as new, changed, still open with its day, accepted or resolved', () => {
    const accepted = {
      kind: 'waiver',
      id: 'wvr_1',
      by: 'cli:ada',
      reason: 'agreed',
      at: NOW,
      until: NOW + DAY_MS,
    } as const;
    const now = withDifferences([
      aDifference('a'),
      aDifference('b', { fingerprint: 'b 2', right: 'int' }),
      aDifference('d', { accepted }),
      aDifference('e', { firstSeen: NOW }),
    ]);
    const text = shown(made(now, before));
    expect(text).toContain('Differences (uat → prod (production)): 1 new, 1 changed');
    expect(text).toContain('`e` date → string (breaking, new)');
    expect(text).toContain('`b` date → int; was date → string (breaking, changed)');
    expect(text).toContain('`a` date → string (breaking, still open, day 12)');
    expect(text).toContain('uat → prod (production): `c` was date → string');
    expect(text).toContain('Accepted: 1 difference');
  });

  it('shows each failing check as new or still failing with its day, and a passing one as resolved', () => {
    const now = withDifferences([aDifference('a'), aDifference('b'), aDifference('c'), aDifference('d')], {
      environments: [
        prodWith(
          aCheck('config.templates', 'fail'),
          aCheck('config.workflows', 'pass'),
          aCheck('routing.roles', 'fail'),
        ),
        anEnvironment('uat'),
      ],
    });
    const text = shown(made(now, before));
    expect(text).toContain('Failing checks: 2, 1 new');
    expect(text).toMatch(/config\.templates asks for is there \(still failing, day 2\)/);
    expect(text).toMatch(/routing\.roles asks for is there \(failed, new\)/);
    expect(text).toMatch(/Resolved: 1\n.*config\.workflows` failed before/);
  });

  it('keeps the day of a failing check that waits for another one meanwhile, and resolves it only when it passes', () => {
    const digestOn = (before: StoredDigest | null, day: number, ...checks: ReturnType<typeof aCheck>[]) => {
      const facts = withDifferences([], { at: NOW + day * DAY_MS, environments: [prodWith(...checks)] });
      const digest = made(facts, before);
      return { text: shown(digest), digest: { ...stored(facts), state: digest.state } };
    };
    const waits = aCheck('config.templates', 'skipped', { waitsFor: 'credentials.accepted' });
    const first = digestOn(null, 0, aCheck('config.templates', 'fail'));
    const second = digestOn(
      first.digest,
      1,
      waits,
      aCheck('credentials.accepted', 'fail', { item: 'credentials' }),
    );
    expect(second.text).not.toMatch(/Resolved: \d+\n.*config\.templates/);
    const third = digestOn(second.digest, 2, aCheck('config.templates', 'fail'));
    expect(third.text).toMatch(/config\.templates asks for is there \(still failing, day 3\)/);
  });

  it('repeats every day what could not be read, and resolves none of it', () => {
    const open = ['a', 'b', 'c', 'd'].map((path) => aDifference(path, { uncheckedSince: NOW }));
    const lost = {
      environments: [
        anEnvironment('prod', {
          report: {
            known: aReport(
              'prod',
              [aCheck('config.templates', 'unknown'), aCheck('config.workflows', 'unknown')],
              { snapshot: null },
            ),
          },
          deliveries: { unknown: 'the event log could not be read from the database' },
        }),
        anEnvironment('uat'),
      ],
    };
    const now = gathered(lost);
    now.pairs = now.pairs.map((pair) => ({
      ...pair,
      drift: {
        known: { open, notCompared: [{ path: '*', reason: 'prod (production) could not be read: 401' }] },
      },
    }));
    const next = made(now, before);
    const text = shown(next);
    expect(text).toContain('prod (production): its configuration could not be read: the answer was 503');
    expect(text).toContain('4 earlier differences could not be compared again and stay open');
    expect(text).toContain('deliveries unknown');
    expect(text).not.toContain('✅ Resolved');
    expect(next.digest.environments[0]?.readiness).toMatchObject({ known: { resolved: [] } });
    expect(digestMessage(next.digest).text).toContain('0 failing checks (2 unknown)');

    const unread = { ...before, firedFor: NOW, madeAt: NOW, day: '2026-11-24', state: next.state };
    expect(made({ ...now, at: NOW + DAY_MS }, unread).because).toBe('not read');

    // After the next reading, checks that failed before still fail and are not new.
    const back = withDifferences([aDifference('a'), aDifference('b'), aDifference('c')], {
      at: NOW + 2 * DAY_MS,
      environments: [
        prodWith(
          aCheck('config.templates', 'fail'),
          aCheck('config.workflows', 'pass'),
          aCheck('routing.roles', 'pass'),
        ),
        anEnvironment('uat'),
      ],
    });
    const after = shown(made(back, unread));
    expect(after).toContain('Failing checks: 1\n');
    expect(after).toMatch(/config\.templates asks for is there \(still failing, day 4\)/);
    expect(after).toContain('✅ Resolved: 2');
  });

  it('does not call an accepted failing check resolved', () => {
    const now = gathered({
      environments: [prodWith(aCheck('config.templates', 'waived')), anEnvironment('uat')],
    });
    const next = made(
      now,
      stored(
        gathered({
          at: YESTERDAY,
          environments: [prodWith(aCheck('config.templates', 'fail')), anEnvironment('uat')],
        }),
      ),
    );
    expect(next.because).toBe('moved');
    expect(shown(next)).toContain('Accepted: 1 check');
    expect(shown(next)).not.toContain('✅ Resolved');
  });

  it('shows the difference of an expired waiver as new, with the reason', () => {
    const accepted = { kind: 'ignored', path: 'a', reason: 'agreed', until: NOW } as const;
    const was = stored(withDifferences([aDifference('a', { accepted })], { at: YESTERDAY }));
    expect(shown(made(withDifferences([aDifference('a')]), was))).toContain('new, no longer accepted');
  });
});

describe('a report that posts when something changed', () => {
  const before = stored(withDifferences([aDifference('a')], { at: YESTERDAY }));

  it.each([
    ['more deliveries', {}, null],
    ['a refused delivery', { refused: 1 }, 'moved'],
    ['a failed outcome', { failedOutcomes: 1 }, 'moved'],
    [
      'silence that is allowed',
      { silences: [{ activity: 'A', windowMs: DAY_MS, lastAt: null, tooLong: false }] },
      null,
    ],
    [
      'silence that is too long',
      { silences: [{ activity: 'A', windowMs: DAY_MS, lastAt: null, tooLong: true }] },
      'moved',
    ],
    [
      'an executed contract without its event',
      { missing: { activity: 'CONTRACT_EXECUTED', contracts: ['T-1'] } },
      'moved',
    ],
  ])('after %s: %s → %s', (_what, counts, because) => {
    const deliveries = {
      known: {
        verified: 999,
        duplicates: 9,
        refused: 0,
        failedOutcomes: 0,
        signers: [],
        silences: [],
        keepMs: DAY_MS,
        ...counts,
      },
    };
    const now = withDifferences([aDifference('a')], {
      environments: [anEnvironment('prod', { deliveries }), anEnvironment('uat')],
    });
    expect(made(now, before).because).toBe(because);
  });

  it('names executed contracts without their event, and how many more there are', () => {
    const contracts = Array.from({ length: 30 }, (_, index) => `T-${index + 1}`);
    const { deliveries } = anEnvironment('prod');
    if (!deliveries || !('known' in deliveries)) throw new Error('no deliveries');
    const missing = { activity: 'CONTRACT_EXECUTED', contracts };
    const now = withDifferences([], {
      environments: [anEnvironment('prod', { deliveries: { known: { ...deliveries.known, missing } } })],
    });
    expect(shown(made(now, before))).toMatch(
      /30 contracts were executed and CONTRACT_EXECUTED did not arrive: T-1, T-2,[^…]* and 22 more/,
    );
  });

  it('is silent for six days and posts a heartbeat on the seventh, also across a clock change', () => {
    const start = Date.parse('2027-03-11T14:00:00Z');
    const was = stored(withDifferences([aDifference('a')], { at: start }));
    const because = (days: number): string | null => {
      // 9:00 in New York is an hour earlier in UTC from 14 March on.
      const at = start + days * DAY_MS - (days >= 3 ? HOUR_MS : 0);
      return made(withDifferences([aDifference('a')], { at }), was).because;
    };
    expect([1, 2, 3, 4, 5, 6, 7].map(because)).toEqual([null, null, null, null, null, null, 'heartbeat']);
  });

  it('says that nothing changed when the report is set to always', () => {
    const always = made(withDifferences([aDifference('a')]), before, scheduled({ when: 'always' }));
    expect(always.because).toBe('always');
    expect(shown(always)).toContain('Nothing that could be read changed since the last digest');
  });
});

it('a late digest shows its planned time', () => {
  const late = made(gathered(), stored(gathered({ at: YESTERDAY })), scheduled({ when: 'always' }), true);
  expect(shown(late)).toContain(
    'Late: planned for 24 Nov, 07:00 America/New_York, made at 24 Nov, 09:00 America/New_York',
  );
  expect(digestMessage(late.digest).text).toContain('Late.');
});

it('a digest lists current and past maintenance', () => {
  const window = { reason: 'deployment' };
  const maintenance = [
    { ...window, from: NOW - 5 * HOUR_MS, until: NOW - 4 * HOUR_MS },
    { ...window, from: NOW - HOUR_MS, until: NOW + HOUR_MS },
  ];
  const text = shown(made(gathered({ environments: [anEnvironment('prod', { maintenance })] }), null));
  expect(text).toContain('prod (production): was in maintenance, announcements were off');
  expect(text).toContain('prod (production): in maintenance, announcements are off');
});

describe('Slack’s limits', () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => (index === 0 ? 'prod' : `uat-${index}`));

  it.each([1, 2, 20])(
    'hold, with exact counts, for %i environments, 300 differences and 40 failing checks',
    (count) => {
      const failing = Array.from({ length: 40 }, (_, index) =>
        aCheck(`config.check-${index}`, 'fail', {
          title: 'T'.repeat(150),
          remedy: '<&>'.repeat(200),
          actual: 'x'.repeat(900),
        }),
      );
      const environments = names(count).map((name, index) =>
        index === 0 ? prodWith(...failing) : anEnvironment(name),
      );
      const report = scheduled({ environments: names(count), name: 'n'.repeat(80) });
      const before = stored(
        withDifferences([], { at: YESTERDAY, environments: names(count).map((name) => anEnvironment(name)) }),
        report,
      );
      const open = Array.from({ length: 300 }, (_, index) =>
        aDifference(`templates/${'<Template> & '.repeat(6)}${index}/fields/variable_${index}/type`, {
          left: 'l'.repeat(500),
          right: 'r'.repeat(500),
        }),
      );
      const { digest } = made(withDifferences(open, { environments }), before, report);
      const message = digestMessage(digest);
      const details = digestDetails(digest).map((detail) => detail.message);
      for (const each of [message, ...details]) {
        expect(blockProblems(each.blocks, 'message')).toEqual([]);
        expect(each.blocks.length).toBeLessThanOrEqual(50);
        expect(each.text.length).toBeLessThanOrEqual(3_000);
      }
      expect(message.text).toContain('40 failing checks, 300 new or changed, 0 still open');
      const text = renderMessage(message, { width: 400, color: false });
      expect(text).toContain('Failing checks: 40, 40 new');
      expect(text).toContain('300 new, 0 changed');
      expect(text).toContain('…and 292 more in the thread');
      const differences = renderMessage(details.at(-1) as typeof message, { width: 400, color: false });
      const cut = Number(/(\d+) more do not fit/.exec(differences)?.[1]);
      expect(cut + (differences.match(/\(breaking, new\)/g)?.length ?? 0)).toBe(300);
      if (count === 20) expect(text).toContain('✅ 19 ready: uat-1, uat-2');
    },
  );
});
