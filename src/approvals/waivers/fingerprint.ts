import { createHash } from 'node:crypto';
import type { CheckResult } from '../../readiness/report.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import type { Difference } from '../../workspace/diff/difference.ts';

/** Equal for differences of one kind with the same values. */
export const fingerprintOfDifference = ({ kind, left, right }: Difference): string =>
  hash({ kind, left, right });

/** Equal while a check has the same findings; times and ages in them do not count. */
export const fingerprintOfCheck = ({ status, expected, actual }: CheckResult): string =>
  // A waived check has the findings of the failed one.
  hash({
    status: status === 'waived' ? 'fail' : status,
    expected: withoutMoment(expected),
    actual: withoutMoment(actual),
  });

const hash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Replaces times, ages, ids of rows and their number, but for those in quoted names, which people chose. */
const withoutMoment = (text: string): string =>
  text
    .split(/(“[^”]*”)/)
    .map((part) => (part.startsWith('“') ? part : withoutNumbers(part)))
    .join('');

const withoutNumbers = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\b\d+ (?:ms|s|min|h|d)\b/g, '<span>')
    .replaceAll(/\b(?:call|dlv|evt|req|rpt)_[0-9a-z]{26}\b/g, '<id>')
    .replaceAll(/\bcontract \d+ \(<id>\)/g, 'contract <id>')
    .replaceAll(/\bcontract \S+ (?=was created by)/g, 'contract <id> ')
    .replaceAll(/\b(?:\d+ of )?\d+ (?=(?:kept|contracts|reported calls)\b)/g, '<count> ');
