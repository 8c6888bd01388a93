import { createHash } from 'node:crypto';
import type { CheckResult } from '../../readiness/report.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import type { Difference } from '../../workspace/diff/difference.ts';

/** Equal as long as the difference is of the same kind with the same values. */
export const fingerprintOfDifference = ({ kind, left, right }: Difference): string =>
  hash({ kind, left, right });

/** Equal as long as a check finds the same things wrong; that the clock went on does not make them others. */
export const fingerprintOfCheck = ({ status, expected, actual }: CheckResult): string =>
  // One that is accepted finds the same things wrong as the one that failed.
  hash({
    status: status === 'waived' ? 'fail' : status,
    expected: withoutMoment(expected),
    actual: withoutMoment(actual),
  });

const hash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Times, ages, ids of single rows, and how many of them there were. */
const withoutMoment = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\b\d+ (?:ms|s|min|h|d)\b/g, '<span>')
    .replaceAll(/\b(?:call|dlv|evt|req|rpt)_[0-9a-z]{26}\b/g, '<id>')
    .replaceAll(/\b\d+ kept\b/g, '<count> kept');
