/**
 * An id of a contract as people write it. Webhooks and re-triggers use the internal id, an integer. The number in a composite
 * id (`T-481516`) or in a link is not documented to be the internal id: SpotDraft's own example of a contract has the id
 * `T-1234` and a link that ends with 4322.
 */
export type GivenContract =
  | { kind: 'internal'; id: number }
  /** `guess` is the number in `text`. */
  | { kind: 'composite' | 'link'; text: string; guess: number };

const COMPOSITE = /^[TH]-(\d{1,15})$/i;
const LINK = /^<?(https?:\/\/[^\s/]+\/contracts\/v\d+\/(\d{1,15}))(?:[/?#][^\s>|]*)?(?:\|[^>]*)?>?$/i;

/** null when the text is none of `481516`, `T-481516`, `H-481516` and a link to a contract. */
export function readContractId(given: string): GivenContract | null {
  const text = given.trim();
  if (/^\d{1,15}$/.test(text)) return Number(text) === 0 ? null : { kind: 'internal', id: Number(text) };
  const composite = COMPOSITE.exec(text);
  if (composite) return guessed('composite', text.toUpperCase(), composite[1]);
  const link = LINK.exec(text);
  return link ? guessed('link', link[1] ?? text, link[2]) : null;
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
