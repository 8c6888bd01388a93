import { type ContractIdentifier, type KnownEvent, MAX_COUNTED } from '../../store/missing-events.ts';
import { pluralize } from '../../text/counts.ts';
import { printable } from '../../text/printable.ts';
import { readIsoTime } from '../../time/since.ts';

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

export interface MissingFacts {
  /** Contracts that SpotDraft lists as executed and changed lately. */
  contracts: readonly ListedContract[];
  /** Number of such contracts in SpotDraft; more than were read when there were many. */
  total: number;
  /** Ids of those that were executed after `baseline` by their date of execution; null: not read, or not needed. */
  executedSince: ReadonlySet<string> | null;
  /** From when on an event would be in the log, epoch ms. */
  baseline: number;
  /** The events of these contracts in the log, by `kind value`. */
  known: ReadonlyMap<string, readonly KnownEvent[]>;
  /** Contracts whose CONTRACT_EXECUTED arrived in the same time. */
  announced: number;
  /** Verified deliveries of the time that could not be read. Each may be one that is missing. */
  unread: number;
}

export interface MissingJudgement {
  missing: { contract: string; ids: ContractIdentifier[] }[];
  /** Contracts that may have been executed before `baseline`. */
  undated: string[];
  /** The parts that were not compared, one sentence each. */
  notes: string[];
  /** Why nothing can be told; null when it can. */
  unknown: string | null;
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

/** So many announced contracts of which the list shows none mean that the two use different numbers. */
const TOO_STRANGE = 3;

const NUMBERS = {
  link: ({ link }: ListedContract) => /\/contracts\/(?:v\d{1,3}\/)?(\d{1,30})(?!\w)/.exec(link ?? '')?.[1],
  composite: ({ id }: ListedContract) => /^(?:[TH]-)?(\d{1,30})[A-Z]?$/i.exec(id ?? '')?.[1],
};

/** Every identifier under which the log may hold the contract's events. */
export const possibleIds = (contract: ListedContract): ContractIdentifier[] =>
  identifiersOf(contract, [NUMBERS.link(contract), NUMBERS.composite(contract)]);

const identifiersOf = (
  { referenceId }: ListedContract,
  numbers: (string | undefined)[],
): ContractIdentifier[] => [
  ...[...new Set(numbers)].flatMap((value) =>
    value === undefined ? [] : [{ kind: 'contract' as const, value }],
  ),
  ...(referenceId === null || referenceId === '' ? [] : [{ kind: 'reference' as const, value: referenceId }]),
];

/** Finds the executed contracts whose event did not come. Only what is certain is missing. */
export function judgeMissing(facts: MissingFacts): MissingJudgement {
  const { contracts, total, executedSince, baseline, known, announced, unread } = facts;
  const eventsOf = (ids: readonly ContractIdentifier[]) =>
    ids.flatMap(({ kind, value }) => known.get(`${kind} ${value}`) ?? []);
  const readIds = idReader(contracts, (ids) => eventsOf(ids).length > 0);
  const judged: MissingJudgement = { missing: [], undated: [], notes: [], unknown: null };
  const left = { status: 0, id: 0, historical: 0, unclear: 0 };
  let isAnyKnown = false;
  for (const contract of contracts) {
    const { id, status, created } = contract;
    if (status !== null && status !== 'EXECUTED') continue;
    const ids = readIds(contract);
    const events = eventsOf(ids);
    isAnyKnown ||= events.length > 0;
    if (events.some(({ activity }) => activity === EXECUTED)) continue;
    if (status === null) left.status += 1;
    else if (id === null || ids.length === 0) left.id += 1;
    else if (/^H-/i.test(id)) left.historical += 1;
    else if (events.some(({ activity }) => activity === null)) left.unclear += 1;
    else if (
      wasCreatedFrom(created, baseline) ||
      executedSince?.has(id) ||
      events.some(({ activity, at }) => activity !== null && BEFORE_EXECUTION.has(activity) && at >= baseline)
    )
      judged.missing.push({ contract: printable(id), ids });
    else judged.undated.push(id);
  }
  judged.notes.push(...notesOf(facts, left, judged.undated.length));
  const count = judged.missing.length;
  if (count > 0 && !isAnyKnown && announced >= TOO_STRANGE && total <= contracts.length)
    judged.unknown = `the log has CONTRACT_EXECUTED of ${announced >= MAX_COUNTED ? 'at least ' : ''}${announced} contracts of that time, and SpotDraft's list shows none of them under these numbers, so the two cannot be compared`;
  else if (count > 0 && unread > 0)
    judged.unknown = `${pluralize(unread, 'verified delivery', 'verified deliveries')} of that time could not be read and may be the ${EXECUTED} of ${judged.missing
      .map(({ contract }) => contract)
      .slice(0, 5)
      .join(', ')}${count > 5 ? ` and ${count - 5} more` : ''}`;
  return judged.unknown === null ? judged : { ...judged, missing: [] };
}

function wasCreatedFrom(created: string | null, baseline: number): boolean {
  const read = readIsoTime(created ?? '');
  return 'at' in read && read.at >= baseline;
}

/** Takes the numbers under which the log knows more of the contracts; those of the links when there is no difference. */
function idReader(
  contracts: readonly ListedContract[],
  isKnown: (ids: ContractIdentifier[]) => boolean,
): (contract: ListedContract) => ContractIdentifier[] {
  const matches = (read: (contract: ListedContract) => string | undefined) =>
    contracts.filter((contract) =>
      isKnown(identifiersOf({ ...contract, referenceId: null }, [read(contract)])),
    ).length;
  const [first, second] =
    matches(NUMBERS.composite) > matches(NUMBERS.link)
      ? [NUMBERS.composite, NUMBERS.link]
      : [NUMBERS.link, NUMBERS.composite];
  return (contract) => identifiersOf(contract, [first(contract) ?? second(contract)]);
}

function notesOf(
  { contracts, total }: MissingFacts,
  left: { status: number; id: number; historical: number; unclear: number },
  undated: number,
): string[] {
  const of = (count: number) => pluralize(count, 'executed contract', 'executed contracts');
  const beyond = total - contracts.length;
  return [
    ...(beyond > 0 ? [`${of(beyond)} on further pages: ${contracts.length} of ${total} were read`] : []),
    ...(undated > 0 ? [`${of(undated)} that may have been executed before the first delivery`] : []),
    ...(left.historical > 0 ? [`${of(left.historical)}, uploaded as executed (H-…)`] : []),
    ...(left.status > 0
      ? [`${pluralize(left.status, 'contract', 'contracts')} whose status the list does not show`]
      : []),
    ...(left.unclear > 0 ? [`${of(left.unclear)} with a delivery whose activity could not be read`] : []),
    ...(left.id > 0 ? [`${of(left.id)} without an id in the list`] : []),
  ];
}
