import type * as z from 'zod';

type Issue = z.core.$ZodRawIssue;

/**
 * A zod error text: the found type and the allowed values. The value itself is left out: it may be a person's name or a
 * misplaced token.
 */
export const invalidValue =
  (allowed: string) =>
  ({ input }: { input?: unknown }): string =>
    `${found(input)}; it must be ${allowed}`;

/** The same for fields with numbers and short keywords, which are shown. */
export const invalidShortValue =
  (allowed: string) =>
  ({ input }: Issue): string =>
    `${isShowable(input) ? `is ${shown(input)}` : found(input)}; it must be ${allowed}`;

const isShowable = (value: unknown): boolean =>
  (typeof value === 'number' && Math.abs(value) < 1e6) ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && /^[a-z_]{1,16}$/i.test(value));

const shown = (value: unknown): string => (typeof value === 'string' ? `“${value}”` : String(value));

function found(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is an object';
  if (typeof value !== 'string') return `is a ${typeof value}`;
  return value === '' ? 'is empty' : `is text of ${value.length} characters`;
}
