/**
 * An id of a contract as people write it. Webhooks and re-triggers use the internal id, an integer. The number in a composite
 * id (`T-481516`) or in a link is not documented to be the internal id: SpotDraft's own example of a contract has the id
 * `T-1234` and a link that ends with 4322.
 */
export type GivenContract =
  | { kind: 'internal'; id: number }
  /** `guess` is the number in `text`. */
  | { kind: 'composite' | 'link'; text: string; guess: number };

/** SpotDraft's older API description writes some ids with a letter behind the number: `T-1234X`. */
const COMPOSITE = /^[TH]-(\d{1,15})[A-Z]?$/i;
/** The end of a link of the app (`/contracts/v2/4322`) or the API (`/contracts/T-1234/status`). */
const LINK_END = /\/contracts\/(?:v\d{1,3}\/)?(?:(\d{1,15})|([TH]-\d{1,15}[A-Z]?))(?![\w-])/i;
const HOST = /^[\w-]{1,63}\.[\w.:-]{1,200}\//;

/** null when the text is none of `481516`, `T-481516`, `H-481516` and a link to a contract. */
export function readContractId(given: string): GivenContract | null {
  const text = given.trim();
  if (/^\d{1,15}$/.test(text)) return Number(text) === 0 ? null : { kind: 'internal', id: Number(text) };
  const composite = COMPOSITE.exec(text);
  if (composite) return guessed('composite', text.toUpperCase(), composite[1]);
  const link = contractLinkIn(text);
  const number = link === null ? null : LINK_END.exec(link)?.[1];
  return link !== null && number ? guessed('link', link, number) : null;
}

/** The link to a contract in a word, up to the number, or the composite id in it; null for any other word. */
export function contractLinkIn(word: string): string | null {
  const end = LINK_END.exec(word);
  if (end === null) return null;
  const before = word.slice(0, end.index + 1);
  const scheme = Math.max(before.lastIndexOf('http://'), before.lastIndexOf('https://'));
  if (/\s/.test(before) || (scheme < 0 && !HOST.test(before))) return null;
  return end[2]?.toUpperCase() ?? word.slice(Math.max(scheme, 0), end.index + end[0].length);
}

/** A list that is narrowed to one contract. */
const FILTER = /[?&]filter__contract_id=(?:[TH]-)?(\d{1,15})[A-Z]?(?:&|#|$)/i;

/** The number of the contract that the path or URL of a call to the API names; null when it names none. It is a guess. */
export function contractInPath(path: string): number | null {
  const [, plain, composite] = LINK_END.exec(path) ?? [];
  const digits = plain ?? composite?.replace(/\D/g, '') ?? FILTER.exec(path)?.[1];
  return Number(digits) || null;
}

function guessed(kind: 'composite' | 'link', text: string, digits = ''): GivenContract | null {
  const guess = Number(digits);
  return guess === 0 ? null : { kind, text, guess };
}

/** Sentence that says why a number is only a guess. */
export const guessText = ({ text, guess }: Extract<GivenContract, { guess: number }>): string =>
  `SpotDraft does not document that the number in ${text} is the internal id of the contract, so ${guess} may be another contract.`;

/** Places that show the internal id of a contract. */
export const INTERNAL_ID_SOURCES =
  'contract_id of a webhook or of the answer to create-contract; find shows it for an external or reference id';
