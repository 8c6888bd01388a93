import { expect, it } from 'vitest';
import { retryAfterMs } from '../../src/time/retry-after.ts';

const now = Date.parse('2026-05-04T10:00:00Z');

it.each([
  ['2', 2_000],
  [' 2.5 ', 2_500],
  ['0', 0],
  ['3600', 300_000],
  ['1000000000', 300_000],
  ['9'.repeat(400), 300_000],
  ['Mon, 04 May 2026 10:00:07 GMT', 7_000],
  ['Mon, 04 May 2026 09:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
  ['-1', null],
  ['-0.5', null],
  ['1e99', null],
  ['Infinity', null],
  ['2026', 300_000],
  ['soon', null],
  ['Mon, 99 May 2026 10:00:07 GMT', null],
  ['', null],
  [null, null],
])('Retry-After %j asks for a wait of %s ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
