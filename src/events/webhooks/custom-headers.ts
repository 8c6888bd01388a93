import type { Secret } from '../../config/secret.ts';

export interface CustomHeader {
  name: string;
  value: Secret;
}

/** Prefixes that SpotDraft documents as refused. Compared without case. */
const reservedPrefixes = [
  'X-Google-',
  'X-Goog-',
  'X-GFE-',
  'X-Amz-',
  'X-MS-',
  'X-DD-',
  'X-Datadog-',
  'X-B3-',
  'X-SD-',
  'X-SPOTDRAFT-',
];

/** The rule by which SpotDraft would refuse a header, found before a secret is sent; null when there is none. */
export function customHeadersProblem(headers: readonly CustomHeader[]): string | null {
  const names = headers.map(({ name }) => name.toLowerCase());
  for (const [index, { name, value }] of headers.entries()) {
    const problem = nameProblem(name) ?? valueProblem(value);
    if (problem) return `header “${name}”: ${problem}`;
    if (names.indexOf(name.toLowerCase()) !== index) return `header “${name}”: it is given twice`;
  }
  return null;
}

/** The name as SpotDraft reads it. */
export const trimmedName = (name: string): string => name.trim();

function nameProblem(name: string): string | null {
  if (!/^x-/i.test(name))
    return 'SpotDraft accepts no standard HTTP headers; a custom name must start with X-';
  if (!/^x-[\w!#$%&'*+.^`|~-]+$/i.test(name)) return 'after X- only letters, digits and dashes are allowed';
  const reserved = reservedPrefixes.find((prefix) => name.toLowerCase().startsWith(prefix.toLowerCase()));
  return reserved ? `SpotDraft reserves names that start with ${reserved}` : null;
}

/** Refuses line breaks, which would begin another header. The value is not shown. */
function valueProblem(value: Secret): string | null {
  const text = value.reveal();
  if (text.trim() === '') return 'its value is empty';
  return /\p{Cc}/u.test(text) ? 'its value has a line break or another control character' : null;
}
