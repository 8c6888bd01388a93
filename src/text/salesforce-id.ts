/**
 * Salesforce shows one record under two ids: 15 characters, of which upper and lower case differ, and the same 15 with a
 * checksum of three. Each character of the checksum says which of five characters are capitals, the first one lowest.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const SHORT = /^[A-Za-z0-9]{15}$/;
const LONG = /^[A-Za-z0-9]{15}[A-Za-z0-5]{3}$/;

/** True for the form of 15 characters, in which case matters. */
export const isShortSalesforceId = (id: string): boolean => SHORT.test(id);

/** The 18-character form; null when `id` is not of the 15-character form. */
export const longSalesforceId = (id: string): string | null => (SHORT.test(id) ? id + checksum(id) : null);

/** The 15-character form of an id with a valid checksum; null for any other text. */
export function shortSalesforceId(id: string): string | null {
  if (!LONG.test(id)) return null;
  const [short, sum] = [id.slice(0, 15), id.slice(15).toUpperCase()];
  if (checksum(short) === sum) return short;
  // A system that changes case keeps what the checksum needs to restore it.
  const isOneCase = id === id.toUpperCase() || id === id.toLowerCase();
  const restored = isOneCase ? withCapitals(short, sum) : null;
  return restored !== null && checksum(restored) === sum ? restored : null;
}

/** The other id of the same record; null when the text has the form of neither. */
export const otherRecordId = (id: string): string | null => longSalesforceId(id) ?? shortSalesforceId(id);

/** One spelling for all forms of an external id, for comparisons. */
export const sameRecordId = (id: string): string => shortSalesforceId(id.trim()) ?? id.trim();

const checksum = (short: string): string =>
  [0, 5, 10]
    .map((from) => {
      const bits = [...short.slice(from, from + 5)].map((each, index) =>
        /[A-Z]/.test(each) ? 1 << index : 0,
      );
      return ALPHABET.charAt(bits.reduce((sum, bit) => sum + bit, 0));
    })
    .join('');

const withCapitals = (short: string, sum: string): string =>
  [...short]
    .map((each, index) => {
      const isCapital = (ALPHABET.indexOf(sum.charAt(Math.floor(index / 5))) >> (index % 5)) & 1;
      return isCapital ? each.toUpperCase() : each.toLowerCase();
    })
    .join('');
