import { type GivenContract, guessText, readContractId } from '../../spotdraft/contract-id.ts';
import { number } from '../../spotdraft/webhook-scan.ts';
import type { Database } from '../../store/database.ts';
import { exactMatches, type Match, prefixMatches, storedSpellings } from '../../store/matches.ts';
import { foldedId } from '../../text/folded-id.ts';
import { isShortSalesforceId, otherRecordId, sameRecordId } from '../../text/salesforce-id.ts';
import { readIsoTime } from '../../time/since.ts';
import { isMention, isOnlyNamed } from './mentions.ts';
import { bareId } from './pasted-ids.ts';

/** Shortest prefix, characters. A shorter one has too many matches. */
export const MIN_PREFIX = 6;

export interface FoundMatches {
  matches: Match[];
  /** Number of further matches. */
  more: number;
  /** The text leads to several different ids; none is followed. */
  ambiguous: boolean;
  /** Why the matches may be of another contract; null when the id itself is known. */
  guess: string | null;
}

/** Ids that many contracts share. An id of an event or a contract wins over them. */
const shared: Partial<Record<Match['kind'], string>> = {
  counterparty: 'a counterparty',
  entity: 'an entity of the workspace',
  template: 'a template',
};

const isShared = ({ kind }: Match): boolean => shared[kind] !== undefined;

/** Ids of one contract hide those of several, unless nothing but a refused delivery has them, and any id hides one that is only named. */
function ownFirst(all: Match[]): Match[] {
  const matches = isOnlyNamed(all) ? all : all.filter((match) => !isMention(match));
  return matches.every((match) => isShared(match) || match.isRefused)
    ? matches
    : matches.filter((match) => !isShared(match));
}

/** "90217 is the id of a template. "; empty for an id that leads to one contract. */
export function sharedText(matches: readonly Match[]): string {
  const [first] = matches;
  if (!first || !matches.every(isShared)) return '';
  const kinds = [...new Set(matches.map(({ kind }) => shared[kind]))];
  return `${first.value} is the id of ${kinds.join(' and ')}. `;
}

/** True when the log has exactly this id of an event, a contract or another record of one contract. */
export const isKnownId = async (db: Database, id: string): Promise<boolean> =>
  (await knownMatches(db, id, null)).some((match) => !isShared(match) && !isMention(match));

/** An environment, or null for any. */
type Scope = string | null;

/**
 * Records that a text leads to. The text itself is tried first, then without the marks around it and in other spellings, then
 * the number in a composite id or link, which is a guess, then what events only name, and last its prefix.
 */
export async function findMatches(db: Database, text: string, scope: Scope): Promise<FoundMatches> {
  const id = text.trim();
  const bare = bareId(id);
  const given = readContractId(bare);
  const contract = given !== null && given.kind !== 'internal' ? given : null;
  const exact = await knownMatches(db, id, scope);
  if (exact.length > 0 && !isOnlyNamed(exact))
    return { more: 0, ambiguous: severalIds(exact), ...(await orContract(db, exact, contract, scope)) };
  const byNumber = contract === null ? [] : await contractMatches(db, contract.guess, scope);
  if (contract !== null && byNumber.length > 0)
    return { matches: byNumber, more: 0, ambiguous: false, guess: guessText(contract) };
  if (exact.length > 0) return { matches: exact, more: 0, ambiguous: severalIds(exact), guess: null };
  const atTime = await timeMatches(db, bare, scope);
  if (atTime.length > 0) return { matches: atTime, more: 0, ambiguous: false, guess: null };
  const spelled = bare.length < MIN_PREFIX ? [] : await spellingsIn(db, bare);
  const pages = await Promise.all(spelled.map((prefix) => prefixMatches(db, prefix, scope)));
  const matches = ownFirst(pages.flatMap(({ rows }) => rows));
  return {
    matches,
    more: pages.reduce((sum, { leftOut }) => sum + leftOut, 0),
    ambiguous: severalIds(matches),
    guess: contract !== null && matches.length === 0 ? guessText(contract) : null,
  };
}

/** Records whose whole id the text is: as given, without the marks around it, or in another spelling. */
export async function knownMatches(db: Database, text: string, scope: Scope): Promise<Match[]> {
  const bare = bareId(text);
  const named: Match[] = [];
  // A number as JSON may write it: 700002.0, 7.00002e5.
  for (const id of new Set([text, bare, bare.includes('.') ? number(bare) : bare])) {
    const matches = await matchesOf(db, id, scope);
    if (matches.length > 0 && !isOnlyNamed(matches)) return matches;
    named.push(...matches);
  }
  if (named.length > 0) return named;
  const spelled = await spellingsIn(db, bare);
  const matches = ownFirst((await Promise.all(spelled.map((id) => matchesOf(db, id, scope)))).flat());
  if (matches.length > 0 || !LEADING_ZEROS.test(bare)) return matches;
  return knownMatches(db, bare.replace(LEADING_ZEROS, '$1'), scope);
}

/** Systems that write numbers with a fixed length put them before the number of a contract. */
const LEADING_ZEROS = /^([TH]-)?0+(?=\d{1,15}$)/i;

/** Spellings of this id or prefix in the log. Two Salesforce records may differ in case alone, so theirs is never changed. */
async function spellingsIn(db: Database, id: string): Promise<string[]> {
  const isOneCase = id === id.toLowerCase() || id === id.toUpperCase();
  if (isShortSalesforceId(id) && !isOneCase) return [id];
  const folded = foldedId(id);
  // The search for a spelling finds those in other letter case too.
  const forms = new Set([id, folded === id.toLowerCase() ? id : folded, otherUuidForm(id) ?? id]);
  const spelled = await Promise.all([...forms].map((form) => storedSpellings(db, form)));
  return [...new Set(spelled.flat())];
}

/** Records with this id. A Salesforce record has two, and the log may hold either. */
async function matchesOf(db: Database, id: string, scope: Scope): Promise<Match[]> {
  const otherForm = otherRecordId(id);
  const exact = await exactMatches(db, id, scope);
  return ownFirst(otherForm === null ? exact : [...exact, ...(await exactMatches(db, otherForm, scope))]);
}

const UUID = /^([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})$/i;

/** A UUID with hyphens for one without, and the other way round; null for any other id. */
function otherUuidForm(id: string): string | null {
  const parts = UUID.exec(id)?.slice(1);
  return parts === undefined ? null : parts.join(id.includes('-') ? '' : '-');
}

/** The one activity time in the log that this text means: in another zone, with fewer digits, or in ms since 1970. */
async function timeMatches(db: Database, text: string, scope: Scope): Promise<Match[]> {
  const read = /^\d{13}$/.test(text) ? { at: Number(text) } : readIsoTime(text);
  if (!('at' in read) || !/[T ]\d{2}|^\d{13}$|^\d{8}T/i.test(text)) return [];
  const prefix = new Date(read.at).toISOString().replace(/(?:\.000)?Z$/, '');
  const { rows } = await prefixMatches(db, prefix, scope);
  const times = rows.filter(({ kind }) => kind === 'time');
  return times.length === 1 ? times : [];
}

/** Contracts with this number. Other records may have it too, such as a call that the integration numbers. */
const contractMatches = async (db: Database, number: number, scope: Scope): Promise<Match[]> =>
  (await exactMatches(db, String(number), scope)).filter(({ kind }) => kind === 'contract');

/** Several ids are different records, unless only their Unicode form differs: the log keeps several forms of one id. */
function severalIds(matches: readonly Match[]): boolean {
  const isPlain = matches.every(({ value }) => /^[ -~]*$/.test(value));
  return new Set(matches.map(({ value }) => (isPlain ? sameRecordId(value) : foldedId(value)))).size > 1;
}

/**
 * An id of the integration may look like a contract's: a ticket `T-991`. It stays in front, and the contract with that number
 * is shown with it. A reference id of SpotDraft leaves no doubt.
 */
async function orContract(
  db: Database,
  matches: Match[],
  contract: Extract<GivenContract, { guess: number }> | null,
  scope: Scope,
): Promise<Pick<FoundMatches, 'matches' | 'guess'>> {
  const bySpotDraft = matches.some(({ kind }) => kind === 'reference' || kind === 'contract');
  if (contract === null || bySpotDraft) return { matches, guess: null };
  const byNumber = await contractMatches(db, contract.guess, scope);
  if (byNumber.length === 0) return { matches, guess: null };
  const kinds = [...new Set(matches.map(({ kind }) => kind))].join(' and ');
  return {
    matches: [...matches, ...byNumber],
    guess: `${contract.text} is the id of ${kinds} in the log. Contract ${contract.guess} is shown too: ${guessText(contract)}`,
  };
}
