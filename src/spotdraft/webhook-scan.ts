import type { IdCollector } from './webhook-ids.ts';
import { inList, type Role, roleOf, within } from './webhook-roles.ts';

/** A string, a bracket or other mark, or any other word. A string without an end reaches to the end of the text. */
const token = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)(?:"|\\?$)|([{}[\],:])|[^\s{}[\],:"]+/g;

const isNothing = /^(?:null|true|false|undefined|NaN)$/i;

interface Place {
  role: Role;
  inside: Role;
  key: string;
}
const start: Place = { role: 'other', inside: 'other', key: '' };

/**
 * Reads ids from text that is not JSON, or that parsed JSON does not show completely: a repeated key, a number beyond what
 * JavaScript holds, half a payload. Takes linear time.
 */
export function scanIds(text: string, { take, takeKey }: IdCollector): void {
  const outside: Place[] = [];
  let here = start;
  let word: string | null = null;
  const settle = (): void => {
    if (word !== null) take(word, here.role, here.inside, here.key);
    word = null;
  };
  for (const [whole, quoted, mark] of text.matchAll(token)) {
    if (mark === undefined) {
      settle();
      if (quoted !== undefined) word = unescaped(quoted);
      else word = isNothing.test(whole) ? null : number(whole);
      continue;
    }
    if (mark === ':' && word !== null) {
      here = { ...here, role: roleOf(word), key: word };
      if (here.role === 'id_key') takeKey(word, here.inside);
      word = null;
      continue;
    }
    settle();
    if (mark === '{' || mark === '[') {
      const inside = within(here.role, here.inside);
      outside.push(here);
      here = { role: mark === '[' ? inList(inside) : 'other', inside, key: here.key };
    } else if (mark === '}' || mark === ']') here = outside.pop() ?? start;
  }
  // A last word without anything after it may be cut, and the beginning of an id is another id.
}

/** Longest number that is written out, digits. */
const MAX_DIGITS = 40;

/** `1.0`, `1e3` and `7.00002e5` are integers, written in the digits that they mean. Everything else stays as it was sent. */
export function number(word: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(word);
  if (!parts) return word;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (Math.max(point, digits.length) > MAX_DIGITS) return word;
  if (/[1-9]/.test(digits.slice(Math.max(0, point)))) return word;
  const integer =
    digits
      .slice(0, Math.max(0, point))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '') || '0';
  return integer === '0' ? integer : sign + integer;
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.parse(`"${quoted}"`);
  } catch {
    return quoted;
  }
}
