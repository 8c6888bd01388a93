import { isAddress } from '../text/ids.ts';
import { isPlaceholder } from '../text/placeholder.ts';
import { isShortSalesforceId, shortSalesforceId } from '../text/salesforce-id.ts';

/** Ids that a payload names without being their own: of a type, a workflow, a parent contract, an envelope around it. */
export type MentionKind = `named ${string}`;

/** The kind of an id in the field `key`. Keys are the sender's, so that one of another form is not repeated. */
export const mentionKind = (key: string): MentionKind =>
  `named ${/^[\w.-]{1,40}$/.test(key) && !isIdKey(key) ? key : 'key'}`;

/** The last word of a key whose value is an id, in small letters without signs. */
const NAMES_ID = /(?:ids?|uuid|guid|urn|ref|refs|references?|numbers?)$/;
const NAMES_NUMBER = /(?:[_-]n[or]|[a-z]N[or])$/;
/** Fields of envelopes (CloudEvents). */
const ENVELOPE = new Set(['subject', 'source']);
/** Numbers of a person. */
const PERSONAL = /phone|mobile|cell|fax|tel(?:no|nr|number)|passport|ssn|social|iban|card|bank|licen[cs]e/;

/** True for a key whose value is an id: `workflow_id`, `relatedContractIds`, `MessageId`, `invoice_number`. */
export function namesId(key: string, plain: string): boolean {
  return (NAMES_ID.test(plain) || NAMES_NUMBER.test(key) || ENVELOPE.has(plain)) && !PERSONAL.test(plain);
}

/** Longest id, characters. */
const MAX_LENGTH = 200;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
/** A name and a number: `deal-122`, `INV_2026-001`. */
const NAMED_NUMBER = /^[A-Za-z]{1,12}[-_#](?=[\w-]*\d{3})[\w-]{3,60}$/;
const COMPOSITE = /(?<![\w-])[TH]-\d{3,15}[A-Z]?(?![\w-])/gi;
/** Longest text that is searched for ids by their form, characters. */
const MAX_TEXT = 100_000;
const SIGN = /[^\w.-]/;
const URL_START = /https?:\/\//i;

const hasDigit = (text: string): boolean => /\d/.test(text);

/** True for a text that is an id by its form alone. */
export const isIdForm = (text: string): boolean =>
  text.length <= 64 &&
  hasDigit(text) &&
  (UUID.test(text) ||
    NAMED_NUMBER.test(text) ||
    shortSalesforceId(text) !== null ||
    // Fifteen letters and digits may be a word: those of Salesforce begin with three digits or capitals of a kind of record.
    (isShortSalesforceId(text) && /^[0-9a-zA-Z]{3}[0-9A-Za-z]*\d/.test(text) && /\d.*\d.*\d/.test(text)));

/** True for a key that is an id itself, as in `{"4711": {…}}`. */
export const isIdKey = (key: string): boolean => /^\d{3,19}$/.test(key) || isIdForm(key);

/** False for a text without an id that is one by its form alone: a link, a composite id or a UUID. Costs less than to look for one. */
export const mayHoldId = (text: string): boolean =>
  text.includes('\\') || text.includes('://') || MAY_HOLD.test(text);
const MAY_HOLD = /-(?:(?<=[TH]-)\d{3}|[\da-f]{4}-)/i;

/** The ids in the value of a field whose key names an id: the value, and its parts between signs. */
export function idsIn(value: string): string[] {
  const isLong = value.length > MAX_LENGTH && !LIST.test(value);
  if (isLong || isAddress(value) || isPlaceholder(value)) return idsInText(value);
  return [...(/\s/.test(value) ? [] : [value]), ...partsOf(value), ...idsInText(value)];
}

/** Words between signs that are certainly those of a list. */
const LIST = /^[\p{L}\p{N}\p{M}_.-]+(?:\s*[,;|]\s*[\p{L}\p{N}\p{M}_.-]+)+$/u;
const BETWEEN = /[-_.]*[^\p{L}\p{N}\p{M}_.-]+[-_.]*/u;

/** The parts of an id that have a digit: `95130` in `PO 95130 / A`, `95132` in `sf/006/95132`. Those of a list may be short. */
export function partsOf(value: string): string[] {
  if (!SIGN.test(value) || URL_START.test(value)) return [];
  const shortest = LIST.test(value) ? 1 : 4;
  return value.split(BETWEEN).filter((part) => part.length >= shortest && hasDigit(part) && part !== value);
}

const JOINED = /^(?:[TH]-)?\d{3,15}[A-Z]?(?:[-_.]+(?:[TH]-)?\d{3,15}[A-Z]?)+$/i;

/** The numbers of a text that joins several: `7136-7137`. It may be a range or one id. */
export const joinedIn = (text: string): string[] =>
  JOINED.test(text) ? (text.match(/(?:[TH]-)?\d{3,15}[A-Z]?/gi) ?? []) : [];

/**
 * The ids of contracts and other words with a digit in a text in place of an id: `7136,7137`, `T-7134 / T-7135`, `contract
 * 7136`. Empty when the text is one id. Among words of letters, a number of fewer than three digits is none.
 */
export function wordsWithDigits(text: string): string[] {
  const words = text
    .split(/[\s,;|]+/)
    .flatMap((word) => (URL_START.test(word) ? [word] : word.split(BETWEEN)));
  const filled = words.map((word) => word.replace(/[-_.]+$/, '')).filter((word) => word !== '');
  const shortest = filled.every(hasDigit) ? 1 : 3;
  const found = filled.filter((word) => hasDigit(word) && word.length >= shortest);
  return found.length === 1 && found[0] === text ? [] : found;
}

/** The words of a text without a named meaning that are ids by their form: `JIRA-1234` among tags. */
export const idFormsIn = (text: string, key: string): string[] =>
  hasDigit(text) && !PERSONAL.test(key.toLowerCase())
    ? text
        .slice(0, MAX_TEXT)
        .split(/[\s,;|]+/)
        .filter(isIdForm)
    : [];

/** The ids in any text that are ids without a doubt: composite ids of contracts, a UUID, and those in the path of a link. */
export function idsInText(text: string): string[] {
  const found = (text.match(COMPOSITE) ?? []).map((id) => id.toUpperCase());
  if (UUID.test(text)) found.push(text);
  if (URL_START.test(text)) found.push(...idsInLinks(text));
  return found;
}

/** The parts of links that are certainly ids. Others are not kept: they may open the link to anybody. */
function idsInLinks(text: string): string[] {
  const links = text.match(/https?:\/\/[^\s"'<>]{1,2000}/gi) ?? [];
  return links.flatMap((link) =>
    link
      .replace(/^https?:\/\/[^/?#]*/i, '')
      .split(/[/?#&=:]/)
      .filter((part) => /^\d{3,19}$/.test(part) || isIdForm(part)),
  );
}
