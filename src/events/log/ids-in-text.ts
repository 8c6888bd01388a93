import { readContractId } from '../../spotdraft/contract-id.ts';
import { type PastedWord, pastedWords } from './pasted-words.ts';

/** Forms that identify an id without a doubt, besides those of contracts. */
const certainForms: RegExp[] = [
  /^(?:evt|dlv|call|out|rpt|req|aud)_[0-9a-z]{26}$/i,
  // UUID, trace id, hash of a snapshot.
  /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
  /^[\da-f]{32}$/i,
  /^[\da-f]{64}$/i,
  // Activity time in SpotDraft's form.
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/,
];

/** "Contract", "contract_id", "Contract No". The number that follows is a contract's. */
const NAMES_CONTRACT = /^contracts?(?:[_-]?(?:id|ids|no|nr|number))?$/i;
const BETWEEN = /^(?:ids?|no|nr|num|numbers?|is|was|and|or|the)$/i;
const NUMBER = /^\d{1,15}$/;
const GLUED = /^contract[_-](\d{1,15})$/i;

/** Forms of external ids from the config. */
export type Conventions = readonly Pick<RegExp, 'test'>[];

export interface IdsInText {
  /** Texts in the form of a known id. */
  certain: string[];
  /** Other candidates. They are ids if the log knows them. */
  possible: string[];
}

/** The ids in a text, each once, in order; numbers that only the word “contract” makes ids come last. */
export function idsInText(text: string, conventions: Conventions): IdsInText {
  const words = pastedWords(text);
  const forms = words.flatMap(({ text: word, parts, link }) =>
    link !== null ? [link] : certainId(word, conventions) === null ? [word, ...parts] : [word],
  );
  const sure = new Set(forms.flatMap((form) => certainId(form, conventions) ?? []));
  for (const number of contractNumbers(words)) sure.add(number);
  const possible = new Set(forms.filter((form) => form.length >= 6 && hasDigit(form) && !sure.has(form)));
  return { certain: [...sure], possible: [...possible] };
}

/** The id that a word certainly is, in its usual spelling; null for other words. */
export function certainId(word: string, conventions: Conventions): string | null {
  const contract = readContractId(word);
  if (contract !== null && contract.kind !== 'internal') return contract.text;
  return [...certainForms, ...conventions].some((form) => form.test(word)) ? word : null;
}

export const hasDigit = (word: string): boolean => /\d/.test(word);

/** Numbers after the word “contract”: the first one, or all after “contracts”. */
export function contractNumbers(words: readonly PastedWord[]): string[] {
  const numbers: string[] = [];
  let expected = 'none' as 'none' | 'one' | 'all';
  for (const word of words)
    for (const form of numberForms(word, expected === 'all')) {
      const glued = GLUED.exec(form)?.[1];
      if (glued) numbers.push(glued);
      if (NAMES_CONTRACT.test(form)) expected = /^contracts|ids$/i.test(form) ? 'all' : 'one';
      else if (expected !== 'none' && NUMBER.test(form)) {
        numbers.push(form);
        if (expected === 'one') expected = 'none';
      } else if (!BETWEEN.test(form)) expected = 'none';
    }
  return numbers;
}

/** The parts of a word. Groups of digits are one number, except groups of three where several numbers are expected. */
function numberForms({ text, parts, link }: PastedWord, areSeveral: boolean): readonly string[] {
  if (link !== null || parts.length === 0) return [text];
  const isOne = NUMBER.test(text) && !(areSeveral && parts.every((part) => part.length === 3));
  return isOne ? [text] : parts;
}
