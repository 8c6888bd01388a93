import { type GivenContract, readContractId } from '../../spotdraft/contract-id.ts';
import type { Database } from '../../store/database.ts';
import { pluralize } from '../../text/counts.ts';
import { meansTime } from '../../time/since.ts';
import { findMatches, isKnownId, knownMatches } from './matches.ts';
import {
  bareId,
  type Conventions,
  certainId,
  contractForm,
  contractNumbers,
  hasDigit,
  type PastedWord,
  pastedWords,
} from './pasted-ids.ts';
import type { FindQuery, FindResult } from './result.ts';
import { MAX_EVENTS, mayBeTitle, searchTitles, type TitleSearch } from './title-search.ts';

/** Ids that are answered at once. Each costs a few queries. */
const MAX_ANSWERS = 20;
/** Words of a text that are looked up, and parts of one word. */
const MAX_WORDS = 200;
const MAX_PARTS = 20;

export interface Question {
  /** Anything that was pasted: ids with marks around them, links, a sentence with an id in it, a title. */
  text: string;
  /** Only rows of this environment; null for any. */
  environment: string | null;
}

export interface Answered {
  result: FindResult;
  /** The environment that was searched; null for any. */
  environment: string | null;
}

export interface Answers {
  /** One for each id in the text, in order; at least one. */
  answered: Answered[];
  /** Ids that were not looked up. */
  leftOut: number;
  /** The result of the search by title and counterparty; null when there was none. */
  note: string | null;
}

interface Tools {
  conventions: Conventions;
  /** Names of all configured environments. */
  environments: readonly string[];
  payloads: 'none' | 'redacted' | 'full';
  find: (query: FindQuery) => Promise<FindResult>;
}

/** Answers what was pasted: each id in it, or the contracts with that title or counterparty. */
export async function ask(db: Database, question: Question, tools: Tools): Promise<Answers> {
  const { environment } = question;
  const text = question.text.trim();
  const { ids, leftOut, isProse } = await readText(db, text, tools.conventions);
  const answers = await answersFor(
    ids.map((id) => ({ id, environment })),
    tools.find,
  );
  const isKnown = answers.answered.some(({ result }) => result.found || result.timeline.length > 0);
  const isTitle = !isKnown && mayBeTitle(text) && (isProse || tools.payloads === 'full');
  const search = isTitle
    ? await searchTitles(db, text, environment === null ? tools.environments : [environment])
    : null;
  if (search !== null && search.contracts.length > 0) {
    const contracts = search.contracts.map(({ contractId, environment: own }) => ({
      id: contractId,
      environment: own,
    }));
    const found = await answersFor(contracts, tools.find);
    return { ...found, leftOut: found.leftOut + leftOut, note: titleNote(text, search, tools) };
  }
  return {
    answered: answers.answered,
    leftOut: answers.leftOut + leftOut,
    note: search !== null && isProse ? titleNote(text, search, tools) : null,
  };
}

/** Answers the first ids, and counts the others. */
export async function answersFor(queries: FindQuery[], find: Tools['find']): Promise<Omit<Answers, 'note'>> {
  const answered = await Promise.all(
    queries
      .slice(0, MAX_ANSWERS)
      .map(async (query) => ({ result: await find(query), environment: query.environment })),
  );
  return { answered, leftOut: queries.length - answered.length };
}

interface ReadText {
  ids: string[];
  /** Words that may be ids and were not looked up. */
  leftOut: number;
  /** True when the text has words that are no ids. */
  isProse: boolean;
}

/** The ids that a text asks for: those in a sentence that are ids without a doubt or known, and otherwise all words. */
async function readText(db: Database, text: string, conventions: Conventions): Promise<ReadText> {
  const all = pastedWords(text);
  const words = all.slice(0, MAX_WORDS);
  const notRead = [
    ...all.slice(MAX_WORDS).map((word) => word.text),
    ...words.flatMap(({ parts, link }) => (link === null ? parts.slice(0, -MAX_PARTS) : [])),
  ];
  const leftOut = notRead.filter(hasDigit).length;
  const isProse = words.some((word) => word.link === null && !hasDigit(word.text) && !LABEL.test(word.text));
  const bare = bareId(text);
  const isExact = bare !== text && (await knownMatches(db, text, null)).some(({ value }) => value === text);
  const whole = { ids: [isExact ? text : bare], leftOut, isProse };
  const isOneWord = (words.length <= 1 && (words[0]?.parts.length ?? 0) === 0) || meansTime(bare);
  // An id may contain blanks and signs, and a few characters of it are enough.
  if (isOneWord || (await findMatches(db, text, null)).matches.length > 0) return whole;
  const numbers = new Set(contractNumbers(words));
  const read = (await Promise.all(words.map((word) => readWord(db, word, conventions)))).flat();
  const isSure = (each: ReadWord) => each.isSure || numbers.has(each.id);
  const isCandidate = ({ id }: ReadWord) => hasDigit(id) && !(isProse && SMALL_NUMBER.test(id));
  const candidates = read.filter((each) => isSure(each) || each.isKnown || isCandidate(each));
  const certain = candidates.filter((each) => isSure(each) || each.isKnown);
  const asked = isProse && certain.length > 0 ? certain : candidates;
  const ids = withoutRepeatedLinks([...new Set(asked.map(({ id }) => id))]);
  return ids.length > 0 ? { ids, leftOut, isProse } : whole;
}

/** A count, a day or a year in a sentence. */
const SMALL_NUMBER = /^(?:\d{1,3}|(?:19|20)\d{2})$/;

/** Words around ids that say nothing else. */
const LABEL =
  /^(?:contracts?|events?|requests?|deliver(?:y|ies)|calls?|outcomes?|reports?|records?|external|reference|ids?|find|and|or|the|no|nr|numbers?|is|was)(?:[_-]?ids?)?$/i;

interface ReadWord {
  id: string;
  /** It has the form of an id. */
  isSure: boolean;
  /** The log has it. */
  isKnown: boolean;
}

/** The ids in a word: the word itself, or those of its parts that are one, as in `id=deal-122`, `90001/90002` or a link to a record. */
async function readWord(db: Database, word: PastedWord, conventions: Conventions): Promise<ReadWord[]> {
  if (word.link !== null) return [{ id: word.link, isSure: true, isKnown: false }];
  const parts = word.parts.slice(-MAX_PARTS);
  const read = await Promise.all(
    [word.text, ...parts].map(async (form): Promise<ReadWord> => {
      const id = certainId(form, conventions);
      const isKnown = id === null && hasDigit(form) && (await isKnownId(db, form));
      return { id: id ?? form, isSure: id !== null, isKnown };
    }),
  );
  const [whole, ...ofParts] = read;
  if (whole && (whole.isSure || whole.isKnown)) return [whole];
  const isId = (each: ReadWord) => each.isSure || each.isKnown;
  const shapes = new Set(ofParts.flatMap((each, index) => (isId(each) ? [shapeOf(parts[index] ?? '')] : [])));
  // An unknown id between known ones of its form is asked for too.
  const found = ofParts.filter((each, index) => isId(each) || shapes.has(shapeOf(parts[index] ?? '')));
  if (found.length > 0) return found;
  const number = contractForm(word.text);
  if (number !== null) return [{ id: number, isSure: true, isKnown: false }];
  const [label = '', value] = word.parts;
  const isLabelled = word.parts.length === 2 && value !== undefined && hasDigit(value) && LABEL.test(label);
  return [{ id: isLabelled ? value : word.text, isSure: false, isKnown: false }];
}

/** The form of an id: its digits and letters replaced. Numbers of one length have one form. */
const shapeOf = (text: string): string => text.replace(/\d/g, '0').replace(/\p{L}/gu, 'a');

/** A link is left out when its number is there as an id: Slack and mail programs write both. */
function withoutRepeatedLinks(ids: string[]): string[] {
  const given = ids.map(readContractId);
  const numberOf = (contract: GivenContract | null): number | null =>
    contract === null ? null : contract.kind === 'internal' ? contract.id : contract.guess;
  return ids.filter((_, at) => {
    const own = given[at] ?? null;
    const isRepeated = (other: GivenContract | null, index: number) =>
      numberOf(other) === numberOf(own) && (other?.kind === 'link' ? index < at : true);
    return own?.kind !== 'link' || !given.some((other, index) => index !== at && isRepeated(other, index));
  });
}

function titleNote(
  text: string,
  { contracts, reach, events, kept, cut }: TitleSearch,
  { payloads }: Tools,
): string {
  const number = (count: number) => count.toLocaleString('en');
  const searched = [
    ...(cut.length > 0
      ? [` Only the newest ${number(MAX_EVENTS)} events of ${cut.join(' and ')} were searched.`]
      : []),
    ...(kept < events
      ? [` ${number(events - kept)} of the ${number(events)} searched events keep no title.`]
      : []),
  ].join('');
  if (reach === 'nothing kept' && payloads !== 'full')
    return `Titles and counterparties cannot be searched: \`log.payloads: ${payloads}\` does not keep them. Search by an id, or list the events of that time.`;
  const quoted = `“${text.slice(0, 100)}”`;
  return contracts.length === 0
    ? `No contract has ${quoted} in its title or counterparty.${searched}`
    : `${pluralize(contracts.length, 'contract has', 'contracts have')} ${quoted} in the title or counterparty.${searched}`;
}
