import { type CheckResult, items, type Report, type Status } from '../../src/readiness/report.ts';
import type { Source } from '../../src/spotdraft/fact.ts';
import fc from '../fast-check.ts';

/** Names that try to act on the reader, such as a mention of the channel. `zqx` marks where they end up. */
export const hostileTexts = [
  '<!channel> zqx',
  '<@U123> zqx',
  '<!subteam^S123> zqx',
  '<#C123|zqx>',
  '<https://evil.example|zqx>',
  'https://evil.example/zqx',
  '*zqx* _zqx_ ~zqx~',
  '`zqx` ```zqx```',
  '&lt;!channel&gt; &amp; zqx',
  'zqx \u202egnp.exe\u202c \u2066zqx\u2069',
  'zqx\r\n\nzqx\u2028zqx',
  '\u001b[31mzqx\u001b]0;title\u0007\u009b2J',
  'zqx\u0000\b\u007f',
  ':tada: zqx',
];

const hostile = fc.constantFrom(...hostileTexts);
// Without `size`, fast-check generates about ten elements.
const unicode = (maxLength: number) => fc.string({ unit: 'binary', maxLength, size: 'max' });

/** Any name that SpotDraft may hold, sometimes a very long one. */
const foreign = fc.oneof(
  { weight: 4, arbitrary: unicode(60) },
  { weight: 3, arbitrary: hostile },
  { weight: 1, arbitrary: unicode(5_000) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '&'.repeat(5_000), '😀'.repeat(2_500), '<'.repeat(5_000)),
  },
);
const lines = fc.oneof(
  { weight: 6, arbitrary: foreign },
  {
    weight: 1,
    arbitrary: fc.array(unicode(30), { maxLength: 300, size: 'max' }).map((all) => all.join('\n')),
  },
  { weight: 1, arbitrary: fc.array(hostile, { maxLength: 60, size: 'max' }).map((all) => all.join('\n')) },
);

const statuses: Status[] = ['pass', 'fail', 'warn', 'unknown', 'waived', 'skipped'];
const idText = fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{26}$/);
const statusCode = fc.constantFrom(null, 200, 401, 503);

const source: fc.Arbitrary<Source> = fc.record({
  callId: idText.map((id) => `call_${id}`),
  method: fc.constantFrom('GET', 'POST'),
  path: foreign.map((text) => `/api/v2.1/public/${text}`),
  status: statusCode,
  attempts: fc.integer({ min: 1, max: 4 }),
  ms: fc.nat(30_000),
  at: fc.constant(1_790_000_000_000),
});

const check: fc.Arbitrary<CheckResult> = fc.record({
  id: fc.stringMatching(/^[a-z]{3,12}\.[a-z-]{3,20}$/),
  item: fc.constantFrom(...items.map(({ id }) => id)),
  status: fc.constantFrom(...statuses),
  severity: fc.constantFrom('blocking', 'advisory'),
  title: fc.stringMatching(/^[A-Z][a-z ]{5,60}$/),
  expected: lines,
  actual: lines,
  reason: fc.option(lines),
  remedy: fc.option(foreign),
  evidence: fc.array(source, { maxLength: 4 }),
});

/** A report whose fields hold uncleaned foreign text, as no check writes them. */
export const reports: fc.Arbitrary<Report> = fc
  .record({
    id: idText.map((id) => `rpt_${id}`),
    environment: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
    production: fc.boolean(),
    verdict: fc.constantFrom('ready', 'not_ready', 'unknown'),
    checkedAt: fc.constant(1_790_000_000_000),
    durationMs: fc.nat(600_000),
    apiCalls: fc.nat(500),
    snapshot: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
    checks: fc.oneof(fc.array(check, { maxLength: 8 }), fc.array(check, { maxLength: 60, size: 'max' })),
  })
  .map(({ checks, ...rest }): Report => {
    const distinct = [...new Map(checks.map((each) => [each.id, each])).values()];
    const ofItem = items.map(({ id, title }) => {
      const own = distinct.filter((each) => each.item === id);
      return { id, title, status: own[0]?.status ?? 'skipped', checks: own };
    });
    return {
      ...rest,
      verdict: rest.verdict as Report['verdict'],
      items: ofItem.filter(({ checks }) => checks.length > 0),
    };
  });
