import { decodedText, plainForms } from '../text/decoded-text.ts';
import { ordinaryWords, wordBeginnings } from './ordinary-words.ts';

export interface MarkerMatch {
  /** The marker as configured. */
  marker: string;
  /** The word that holds it, with at most 64 characters on each side. */
  word: string;
}

/** Reach of the search around a marker, characters, so that a long text takes time in proportion to its length. */
const AROUND = 64;

/**
 * The first marker in a text, in any case, also in percent-encoding, entities and escapes. A marker counts
 *
 * 1. as a word: no letter stands directly before or after it. Digits, signs and a change of case end a word:
 *    `northwind--uat2`, `UAT_4711`, `northwindUat`.
 * 2. glued to letters on one side, in a host name, address, path or id: `northwinduat.my.salesforce.example`, `OPPUAT4711`.
 *    Not when the whole is an ordinary word (`latest`), nor before letters when it begins ordinary words (`stagecoach`), nor in
 *    running text.
 *
 * The parts of a marker of several words may be joined in any way: `test data` is found in `test_data`, `Test-Data`, `testdata`.
 * Letters on both sides never count: `graduate`, `Guatemala`.
 */
export function findMarker(text: string, markers: readonly string[]): MarkerMatch | null {
  // The text as written is searched too: an apparent escape may be a path, `C:\test`.
  const readings = new Set([decodedText(text), plainForms(text)]);
  for (const reading of readings) {
    const searched = withoutRandomIds(reading);
    const folded = foldCase(searched);
    for (const marker of markers) {
      const word = wordWith(searched, folded, patternOf(foldCase(plainForms(marker.trim()))));
      if (word !== null) return { marker, word };
    }
  }
  return null;
}

const PART_END = /(?<=[\p{L}\p{M}\p{N}])[\s_-]+(?=[\p{L}\p{N}])/u;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** null for an empty marker, which is in every text. */
const patternOf = (marker: string): RegExp | null =>
  marker === '' ? null : new RegExp(marker.split(PART_END).map(escaped).join('[\\s._-]{0,3}'), 'gu');

function wordWith(text: string, folded: string, pattern: RegExp | null): string | null {
  if (pattern === null) return null;
  for (let found = pattern.exec(folded); found !== null; found = pattern.exec(folded)) {
    const start = found.index;
    const end = start + found[0].length;
    pattern.lastIndex = start + 1;
    const [left, right] = [isFreeBefore(text, start), isFreeAfter(text, start, end)];
    const counts =
      (left || right) &&
      !isInRandomId(text, start, end) &&
      (left && right ? !isInCamelCaseName(text, start, end) : isGlued(text, start, end));
    if (counts) return run(text, start, end, /[\p{L}\p{M}\p{N}_-]/u);
  }
  return null;
}

const isLetter = (char: string): boolean => /[\p{L}\p{M}]/u.test(char);
const isDigit = (char: string): boolean => /\p{N}/u.test(char);
/** True for letters of one kind: `uat環境` are two words, since Latin letters have cases and the others none. */
const continues = (char: string, neighbour: string): boolean =>
  isLetter(char) && isLetter(neighbour) && hasCase(char) === hasCase(neighbour);
const hasCase = (char: string): boolean => /[\p{Lu}\p{Ll}\p{Lt}\p{M}]/u.test(char);
const isUpper = (char: string): boolean => /\p{Lu}/u.test(char);
const isLower = (char: string): boolean => /\p{Ll}/u.test(char);

/** True when the word with the marker begins at `start`. */
function isFreeBefore(text: string, start: number): boolean {
  const [before, first, second] = [text.charAt(start - 1), text.charAt(start), text.charAt(start + 1)];
  if (isDigit(first)) return !isLetter(before) && !isDigit(before);
  if (!continues(first, before)) return true;
  // northwindUat, and NWUat: the last capital begins a word.
  return isUpper(first) && (isLower(before) || isLower(second));
}

/** True when the word with the marker ends at `end`. */
function isFreeAfter(text: string, start: number, end: number): boolean {
  const [last, after, next] = [text.charAt(end - 1), text.charAt(end), text.charAt(end + 1)];
  if (isDigit(last)) return !isLetter(after) && !isDigit(after);
  if (!continues(last, after)) return true;
  if (isLower(last)) return isUpper(after);
  // UATInstance and UATs, but not GRADUATE.
  const isAcronym = text.slice(start, end) === text.slice(start, end).toUpperCase();
  return isAcronym && (isUpper(after) ? isLower(next) : true);
}

const SIGN_OF_AN_ID = /[\p{L}\p{N}]\.\p{L}|@|_|--|:\/\//u;

/** True for a marker with letters on one side, where names are put together without blanks. */
function isGlued(text: string, start: number, end: number): boolean {
  const splitsNumber =
    (isDigit(text.charAt(start)) && isDigit(text.charAt(start - 1))) ||
    (isDigit(text.charAt(end - 1)) && isDigit(text.charAt(end)));
  if (splitsNumber) return false;
  // The word at the glued end: of `latest_data`, `latest` for the marker “test data”.
  const [from, to] = isFreeBefore(text, start) ? [end - 1, end] : [start, start + 1];
  const letters = run(text, from, to, /[\p{L}\p{M}]/u);
  if (ordinaryWords.has(letters.toLowerCase())) return false;
  if (!isFreeAfter(text, start, end) && wordBeginnings.has(foldCase(text.slice(start, end)))) return false;
  if (isDigit(text.charAt(end)) || isDigit(text.charAt(start - 1))) return true;
  const token = run(text, start, end, /[^\s"'<>(),;|{}[\]]/u);
  return SIGN_OF_AN_ID.test(token) || (token === text.trim() && /^[a-z0-9-]+$/.test(token));
}

/** Words that names of test records have after a marker: `TestCompany`. */
const TEST_RECORD =
  /^(?:account|client|company|contract|corp|customer|data|deal|env|environment|instance|org|order|record|user|workspace)/i;

/** A change of case does not make a word: `BackStage` is an ordinary word, and `StageCoach` and `DevOps` are names. */
function isInCamelCaseName(text: string, start: number, end: number): boolean {
  if (ordinaryWords.has(foldCase(run(text, start, end, /[\p{L}\p{M}]/u)))) return true;
  return (
    /^\p{Lu}\p{Ll}+\p{Lu}/u.test(text.slice(start, end + 1)) &&
    wordBeginnings.has(foldCase(text.slice(start, end))) &&
    !TEST_RECORD.test(text.slice(end, end + AROUND))
  );
}

/** Id of a Salesforce record: 15 characters, or 18 with the check sum. */
const SALESFORCE_ID = /^(?:\d[0-9A-Za-z]|[a-z]\d)[0-9A-Za-z]{13}(?:[0-9A-Z]{3})?$/;

/** Generated ids hold every short marker sooner or later. Their letters and digits make no words. */
function isInRandomId(text: string, start: number, end: number): boolean {
  const id = run(text, start, end, /[A-Za-z0-9]/);
  if (SALESFORCE_ID.test(id) && id.replace(/\D/g, '').length >= 5) return true;
  const words = id.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? [];
  const isMixed = /\d/.test(id) && /[A-Z]/.test(id) && /[a-z]/.test(id);
  return isMixed && id.length >= 10 && id.length / words.length < 2.3;
}

/** UUIDs and hexadecimal digests blanked out. */
const withoutRandomIds = (text: string): string =>
  text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{20,}/gi, (id) => ' '.repeat(id.length));

/** The text around a marker as far as its characters match. */
function run(text: string, start: number, end: number, characters: RegExp): string {
  let [from, to] = [start, end];
  while (from > 0 && start - from < AROUND && characters.test(text.charAt(from - 1))) from -= 1;
  while (to < text.length && to - end < AROUND && characters.test(text.charAt(to))) to += 1;
  return text.slice(from, to);
}

/** Lower case of the same length, so that places stay the same. */
const foldCase = (text: string): string =>
  text.replace(/\p{Lu}/gu, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char));
