import { readContractId } from '../../spotdraft/contract-id.ts';
import type { ContractIdentifier, KnownEvent } from '../../store/contract-events.ts';
import { readIsoTime } from '../../time/since.ts';
import { MINUTE_MS } from '../../time/units.ts';

/** The activity that announces an execution. */
export const EXECUTED = 'CONTRACT_EXECUTED';

/** A contract as SpotDraft lists it. null: not shown. */
export interface ListedContract {
  /** `T-1234`; SpotDraft does not document that its number is the one in webhooks. */
  id: string | null;
  /** Ends with a number that is not documented to be that one either. */
  link: string | null;
  referenceId: string | null;
  status: string | null;
  created: string | null;
}

/** The events of the log by `kind value`. */
export type KnownEvents = ReadonlyMap<string, readonly KnownEvent[]>;

/** The number of a contract that its webhooks carry; `reference`: neither, only its reference id. */
export type Numbering = 'link' | 'composite' | 'reference';

/** Every identifier under which the log may hold the contract's events, read as the log reads them. */
export function identifiersOf({ id, link, referenceId }: ListedContract): ContractIdentifier[] {
  const own = readContractId(id ?? '');
  const linked = readContractId(link ?? '') ?? readContractId(`https://spotdraft.invalid${link ?? ''}`);
  const reference = referenceId?.trim() ?? '';
  return [
    ...(id === null || own?.kind === 'internal'
      ? []
      : [{ kind: 'reference' as const, value: own?.text ?? id.trim(), way: 'exact' as const }]),
    ...(linked?.kind === 'link' ? [numbered(linked.guess, 'link')] : []),
    ...(own ? [numbered(own.kind === 'internal' ? own.id : own.guess, 'composite')] : []),
    ...(reference === ''
      ? []
      : [{ kind: 'reference' as const, value: reference, way: 'reference' as const }]),
  ];
}

const numbered = (number: number, way: 'link' | 'composite'): ContractIdentifier => ({
  kind: 'contract',
  value: String(number),
  way,
});

/** Rows of earlier versions do not say where a number comes from: it was that of the link, or the only one. */
const wayOf = ({ kind, way }: ContractIdentifier) => way ?? (kind === 'contract' ? 'link' : 'reference');

export const numberOf = (ids: readonly ContractIdentifier[], way: 'link' | 'composite'): string | undefined =>
  ids.find((id) => id.kind === 'contract' && wayOf(id) === way)?.value;

/**
 * Why an event may be the contract's. `exact`: it names the composite id, or both numbers are the same. `reference`: it has the
 * reference id and names no contract. `elsewhere`: it has the reference id and names another contract.
 */
export type Relation = 'exact' | 'link' | 'composite' | 'reference' | 'elsewhere';

/** The events that may be the contract's, each with the reason; one that is found in two ways counts once in each. */
export const relatedEvents = (
  ids: readonly ContractIdentifier[],
  known: KnownEvents,
): { event: KnownEvent; relation: Relation }[] =>
  ids.flatMap((id) =>
    (known.get(`${id.kind} ${id.value}`) ?? []).flatMap((event) => {
      const relation = relationOf(ids, event, id);
      return relation ? [{ event, relation }] : [];
    }),
  );

function relationOf(
  ids: readonly ContractIdentifier[],
  { names }: KnownEvent,
  by: ContractIdentifier,
): Relation | null {
  const { numbers, texts, linked } = readNames(names);
  const exact = ids.some((id) => wayOf(id) === 'exact' && texts.has(id.value));
  const link = numberOf(ids, 'link');
  const composite = numberOf(ids, 'composite');
  const isLink = link !== undefined && (numbers.has(link) || linked.has(link));
  const isComposite = composite !== undefined && numbers.has(composite);
  if (exact || (isLink && isComposite)) return 'exact';
  if (isLink) return 'link';
  if (isComposite) return 'composite';
  if (by.kind === 'contract') return null;
  return names.length === 0 ? 'reference' : 'elsewhere';
}

/** Internal ids, composite ids and the numbers of links that an event names as contracts. */
export function readNames(names: readonly string[]): {
  numbers: Set<string>;
  texts: Set<string>;
  linked: Set<string>;
} {
  const numbers = new Set(
    names.flatMap((name) => (name.startsWith('contract ') ? [name.slice('contract '.length)] : [])),
  );
  const texts = new Set<string>();
  const linked = new Set<string>();
  const guesses = new Set<string>();
  for (const name of names) {
    const read = name.startsWith('reference ') ? readContractId(name.slice('reference '.length)) : null;
    if (!read || read.kind === 'internal') continue;
    // The log keeps a composite id or a link with its number; without the number, the text is a reference id.
    const number = String(read.guess);
    if (!numbers.has(number)) continue;
    guesses.add(number);
    if (read.kind === 'composite') texts.add(read.text);
    else linked.add(number);
  }
  for (const guess of guesses) numbers.delete(guess);
  return { numbers, texts, linked };
}

/** The log may show what number webhooks carry. `isProven`: it can be relied on later too. */
export interface NumberingJudgement {
  numbering: Numbering | null;
  isProven: boolean;
}

/** Contracts that the log knows under one number only, and never under the other, prove which it is. */
const ENOUGH_NUMBERS = 5;
const ENOUGH_REFERENCES = 3;

/** Finds out which number of a contract its webhooks carry. `before`: what was proven earlier. */
export function judgeNumbering(
  contracts: readonly ListedContract[],
  known: KnownEvents,
  before: Numbering | null,
): NumberingJudgement {
  const seen = { link: 0, composite: 0, reference: 0 };
  const proven = { link: 0, composite: 0 };
  const references = Map.groupBy(contracts, ({ referenceId }) => referenceId);
  for (const contract of contracts) {
    const related = relatedEvents(identifiersOf(contract), known);
    const has = (relation: Relation) => related.some((each) => each.relation === relation);
    const isSole = references.get(contract.referenceId)?.length === 1 && !isShared(contract, known);
    for (const way of ['link', 'composite'] as const) {
      if (has(way) && !has(way === 'link' ? 'composite' : 'link')) seen[way] += 1;
      const confirms = ({ event, relation }: (typeof related)[number]) =>
        relation === way &&
        (isCreationOf(contract, event) || (isSole && hasReference(contract, event, known)));
      if (related.some(confirms)) proven[way] += 1;
    }
    if (isSole && has('elsewhere') && !has('link') && !has('composite')) seen.reference += 1;
  }
  const sure = (numbering: Numbering): NumberingJudgement => ({ numbering, isProven: true });
  if (proven.link > 0 && proven.composite === 0) return sure('link');
  if (proven.composite > 0 && proven.link === 0) return sure('composite');
  if (before !== null) return sure(before);
  if (seen.composite >= ENOUGH_NUMBERS && seen.link === 0) return sure('composite');
  if (seen.link >= ENOUGH_NUMBERS && seen.composite === 0) return sure('link');
  if (seen.reference >= ENOUGH_REFERENCES && seen.link + seen.composite === 0) return sure('reference');
  return { numbering: seen.link > 0 && seen.composite === 0 ? 'link' : null, isProven: false };
}

/** An event of the creation that happened when the contract was created. */
const isCreationOf = ({ created }: ListedContract, { activity, occurredAt }: KnownEvent): boolean => {
  const at = timeOf(created);
  return (
    activity === 'CONTRACT_CREATED' &&
    occurredAt !== null &&
    at !== null &&
    Math.abs(occurredAt - at) <= 2 * MINUTE_MS
  );
};

/** The same event is found under the contract's reference id too. */
const hasReference = ({ referenceId }: ListedContract, event: KnownEvent, known: KnownEvents): boolean =>
  (known.get(`reference ${referenceId?.trim()}`) ?? []).some(
    ({ activity, names }) => activity === event.activity && namesKey(names) === namesKey(event.names),
  );

/** True when the log has events of several contracts under the contract's reference id. */
export const isShared = ({ referenceId }: ListedContract, known: KnownEvents): boolean =>
  new Set(
    (known.get(`reference ${referenceId?.trim()}`) ?? []).flatMap(({ names }) =>
      names.length > 0 ? [namesKey(names)] : [],
    ),
  ).size > 1;

const namesKey = (names: readonly string[]): string => names.toSorted().join();

/** Epoch ms; null for a text that is no time, and for none. */
export function timeOf(text: string | null): number | null {
  const read = readIsoTime(text ?? '');
  return 'at' in read ? read.at : null;
}
