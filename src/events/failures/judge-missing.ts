import { type ContractIdentifier, type KnownEvent, MAX_COUNTED } from '../../store/contract-events.ts';
import type { ListedIds } from '../../store/reconciliations.ts';
import { pluralize } from '../../text/counts.ts';
import { printable } from '../../text/printable.ts';
import {
  EXECUTED,
  identifiersOf,
  isShared,
  judgeNumbering,
  type KnownEvents,
  type ListedContract,
  type Numbering,
  numberOf,
  type Relation,
  readNames,
  relatedEvents,
  timeOf,
} from './contract-match.ts';

export interface MissingFacts {
  /** Contracts that SpotDraft lists as executed and changed lately: one page. */
  contracts: readonly ListedContract[];
  /** Those of the period that were executed after `baseline` by their date of execution; null: not read, or not needed. */
  executedSince: ListedIds | null;
  /** Those of the period that were not uploaded as executed; null: not read, or not needed. */
  drawnUp: ListedIds | null;
  /** Those that were; null: not read, or not needed. */
  uploaded: ListedIds | null;
  /** From when on an event would be in the log, epoch ms. */
  baseline: number;
  /** The events of these contracts in the log. */
  known: KnownEvents;
  /** The number that webhooks carry, as proven earlier. */
  numbering: Numbering | null;
  /** Contracts whose CONTRACT_EXECUTED arrived in the same time. */
  announced: number;
  /** Verified deliveries of the time that could not be read. Each may be one that is missing. */
  unread: number;
}

export interface UnclearContract {
  contract: string;
  ids: ContractIdentifier[];
  why: string;
}

/** Numbers of executed contracts that were not compared, by reason. */
export interface LeftOut {
  undated: number;
  historical: number;
  uploaded: number;
  status: number;
  unclear: number;
  id: number;
}

export interface MissingJudgement {
  missing: { contract: string; ids: ContractIdentifier[] }[];
  /** Contracts that may or may not have their event. */
  doubts: UnclearContract[];
  /** Contracts that may have been executed before `baseline`. */
  undated: string[];
  /** Contracts without their event that may have been uploaded as executed. */
  unconfirmed: string[];
  /** Contracts that were not compared. */
  left: LeftOut;
  /** The number that webhooks carry, when it is proven. */
  numbering: Numbering | null;
}

/** Activities that end with the execution: a contract with one of them was executed later. */
const BEFORE_EXECUTION = new Set([
  'CONTRACT_CREATED',
  'CONTRACT_SENT_TO_COUNTERPARTY',
  'CONTRACT_APPROVAL_REQUESTED',
  'CONTRACT_APPROVAL_COMPLETED',
  'CONTRACT_SIGNATURE_REQUESTED',
  'CONTRACT_SIGNATURE_REQUESTED_NOTIFICATION_SENT',
  'CONTRACT_SIGNED',
  'CONTRACT_MARK_FOR_EXECUTION',
]);

/** Clocks of SpotDraft and of this machine may differ by this much, ms. */
export const CLOCKS_MS = 3_600_000;

/** So many announced contracts of which the list shows none mean that the two use different numbers. */
const TOO_STRANGE = 3;

/** Finds the executed contracts whose event did not come. Only what is certain is missing. */
export function judgeMissing(facts: MissingFacts): MissingJudgement {
  const { contracts, executedSince, drawnUp, uploaded, baseline, known, announced, unread } = facts;
  const { numbering, isProven } = judgeNumbering(contracts, known, facts.numbering);
  const judged: MissingJudgement = {
    missing: [],
    doubts: [],
    undated: [],
    unconfirmed: [],
    left: { undated: 0, historical: 0, uploaded: 0, status: 0, unclear: 0, id: 0 },
    numbering: isProven ? numbering : null,
  };
  const { left } = judged;
  const claimed = numbersOf(contracts);
  let isAnyKnown = false;
  for (const contract of contracts) {
    const { id, status, created } = contract;
    if (status !== null && status !== 'EXECUTED') continue;
    const ids = identifiersOf(contract);
    const related = relatedEvents(ids, known);
    isAnyKnown ||= related.length > 0;
    const weigh = (relation: Relation) => weightOf(relation, { numbering, isProven, ids });
    const heard = related.filter(({ event }) => event.activity === EXECUTED && !isOlder(event, created));
    const certain = related.filter(({ relation }) => weigh(relation) === 'own');
    if (heard.some(({ relation }) => weigh(relation) === 'own' && !isOfAll(relation, contract, facts)))
      continue;
    const maybe = heard.find(
      ({ event, relation }) => weigh(relation) !== 'other' && !belongsToAnother(event, contract, claimed),
    );
    const tooOld = certain.some(({ event }) => event.activity === EXECUTED && isOlder(event, created));
    const own = certain.map(({ event }) => event);
    const wasDrawnUp = own.some(({ activity }) => isBefore(activity) && activity !== 'CONTRACT_CREATED');
    const isListed = (list: ListedIds | null) => id !== null && (list?.ids.includes(id) ?? false);
    const doubt = (why: string) => judged.doubts.push({ contract: printable(id ?? ''), ids, why });
    if (status === null) left.status += 1;
    else if (id === null || ids.length === 0) left.id += 1;
    else if (/^H-/i.test(id)) left.historical += 1;
    else if (own.some(({ activity }) => activity === null)) left.unclear += 1;
    else if (maybe) doubt(`the log has ${EXECUTED} ${whereText(maybe.relation, ids)}`);
    else if (tooOld) doubt(`its ${EXECUTED} in the log is older than the contract`);
    else if (isListed(uploaded) || (drawnUp?.isWhole && !isListed(drawnUp))) left.uploaded += 1;
    else if (
      (timeOf(created) ?? 0) < baseline + CLOCKS_MS &&
      !isListed(executedSince) &&
      !own.some(({ activity, occurredAt }) => isBefore(activity) && (occurredAt ?? 0) >= baseline + CLOCKS_MS)
    )
      judged.undated.push(id);
    else if (!wasDrawnUp && !isListed(executedSince) && !isListed(drawnUp) && !uploaded?.isWhole) {
      if (drawnUp === null || uploaded === null) judged.unconfirmed.push(id);
      else doubt('it may have been uploaded as executed: SpotDraft lists too many contracts to tell');
    } else if (unread > 0) doubt(unreadText(unread));
    else judged.missing.push({ contract: printable(id), ids });
  }
  left.undated = judged.undated.length;
  if (isAnyKnown || isProven || announced < TOO_STRANGE) return judged;
  const why = `the log has ${EXECUTED} of ${announced >= MAX_COUNTED ? 'at least ' : ''}${announced} contracts of that time, and SpotDraft's list shows none of them under these numbers, so the two cannot be compared`;
  return {
    ...judged,
    missing: [],
    doubts: [...judged.doubts, ...judged.missing.map((each) => ({ ...each, why }))],
  };
}

const isBefore = (activity: string | null): boolean => activity !== null && BEFORE_EXECUTION.has(activity);

/** An event from before the contract existed is that of another one. */
const isOlder = ({ occurredAt }: KnownEvent, created: string | null): boolean =>
  occurredAt !== null && occurredAt < (timeOf(created) ?? 0) - 24 * CLOCKS_MS;

/** How sure it is that an event is the contract's. */
function weightOf(
  relation: Relation,
  {
    numbering,
    isProven,
    ids,
  }: { numbering: Numbering | null; isProven: boolean; ids: readonly ContractIdentifier[] },
): 'own' | 'unclear' | 'other' {
  if (relation === 'exact' || relation === 'reference') return 'own';
  if (relation === 'elsewhere') {
    if (numbering === 'reference') return 'own';
    return isProven ? 'other' : 'unclear';
  }
  if (relation === numbering) return 'own';
  // Without the number that webhooks carry, the other one is all there is.
  const isComparable = numbering === 'reference' || (numbering !== null && numberOf(ids, numbering));
  return isProven && isComparable ? 'other' : 'unclear';
}

/** A reference id that several contracts share proves nothing about one of them. */
const isOfAll = (relation: Relation, contract: ListedContract, { contracts, known }: MissingFacts): boolean =>
  (relation === 'reference' || relation === 'elsewhere') &&
  (isShared(contract, known) ||
    contracts.filter((each) => each.referenceId === contract.referenceId).length > 1);

type Claims = Map<string, Set<ListedContract>>;

/** The contracts of the list by each of their numbers. */
function numbersOf(contracts: readonly ListedContract[]): Claims {
  const claims: Claims = new Map();
  for (const contract of contracts)
    for (const { kind, value } of identifiersOf(contract))
      if (kind === 'contract') claims.set(value, (claims.get(value) ?? new Set()).add(contract));
  return claims;
}

/** True when an event with the reference id of a contract names another contract of the list. */
const belongsToAnother = ({ names }: KnownEvent, contract: ListedContract, claims: Claims): boolean => {
  const { numbers } = readNames(names);
  const owners = [...numbers].map((number) => claims.get(number));
  return owners.length > 0 && owners.every((own) => own !== undefined && !own.has(contract));
};

const whereText = (relation: Relation, ids: readonly ContractIdentifier[]): string => {
  const undocumented = 'and SpotDraft does not document whether that is this contract';
  if (relation === 'link' || relation === 'composite')
    return `under the number ${numberOf(ids, relation)}, ${undocumented}`;
  const reference = ids.find(({ way }) => way === 'reference')?.value;
  return `under the reference id ${printable(reference ?? '')}, which may be another contract's too`;
};

const unreadText = (unread: number): string =>
  `${pluralize(unread, 'verified delivery', 'verified deliveries')} of that time could not be read and may be its ${EXECUTED}`;

/** The contracts that were not compared, one sentence for each reason. */
export function leftOutNotes(left: LeftOut): string[] {
  const of = (count: number) => pluralize(count, 'executed contract');
  return [
    ...(left.undated > 0
      ? [`${of(left.undated)} that may have been executed before Envcheck received ${EXECUTED}`]
      : []),
    ...(left.historical > 0 ? [`${of(left.historical)}, uploaded as executed (H-…)`] : []),
    ...(left.uploaded > 0
      ? [
          `${of(left.uploaded)}, uploaded as executed: SpotDraft does not document whether it sends ${EXECUTED} for these`,
        ]
      : []),
    ...(left.status > 0 ? [`${pluralize(left.status, 'contract')} whose status the list does not show`] : []),
    ...(left.unclear > 0 ? [`${of(left.unclear)} with a delivery whose activity could not be read`] : []),
    ...(left.id > 0 ? [`${of(left.id)} without an id in the list`] : []),
  ];
}
