import type * as z from 'zod';

type Issue = z.core.$ZodRawIssue;

/**
 * What is wrong with a value, for zod's error texts: what was found and what it has to be. The value stays out of it: it
 * may be a person's name, or a token in the wrong place.
 */
export const invalidValue =
  (allowed: string) =>
  ({ input }: Issue): string =>
    `${found(input)}; it has to be ${allowed}`;

/** The same for fields whose values are numbers and words of a few letters: such a one is shown. */
export const invalidShortValue =
  (allowed: string) =>
  ({ input }: Issue): string =>
    `${isShowable(input) ? `is ${shown(input)}` : found(input)}; it has to be ${allowed}`;

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
