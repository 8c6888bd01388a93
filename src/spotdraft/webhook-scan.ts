import { type IdCollector, type Role, roleOf, within } from './webhook-ids.ts';

/** A string, a bracket or other mark, or any other word. A string without an end reaches to the end of the text. */
const token = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)(?:"|\\?$)|([{}[\],:])|[^\s{}[\],:"]+/g;

const isNothing = /^(?:null|true|false|undefined|NaN)$/i;

/**
 * Reads ids from text that is not JSON, or that parsed JSON does not show completely: a repeated key, a number beyond what
 * JavaScript holds, half a payload. Takes linear time.
 */
export function scanIds(text: string, { take }: IdCollector): void {
  const outside: { role: Role; inside: Role }[] = [];
  let here: { role: Role; inside: Role } = { role: 'other', inside: 'other' };
  let word: string | null = null;
  const settle = (): void => {
    if (word !== null) take(word, here.role, here.inside);
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
      here = { ...here, role: roleOf(word) };
      word = null;
      continue;
    }
    settle();
    if (mark === '{' || mark === '[') {
      const inside = within(here.role, here.inside);
      outside.push(here);
      here = { role: mark === '[' ? inside : 'other', inside };
    } else if (mark === '}' || mark === ']') here = outside.pop() ?? { role: 'other', inside: 'other' };
  }
  // A last word without anything after it may be cut, and the beginning of an id is another id.
}

/** `1.0` and `1e3` are integers, read as JSON reads them. Everything that would be rounded stays as it was sent. */
export function number(word: string): string {
  const value = Number(word);
  if (/^-?\d{1,15}(?:\.0*)?(?:[eE][+-]?\d{1,2})?$/.test(word) && Number.isSafeInteger(value))
    return String(value);
  return /^-?\d+\.0+$/.test(word) ? word.slice(0, word.indexOf('.')) : word;
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.parse(`"${quoted}"`);
  } catch {
    return quoted;
  }
}
