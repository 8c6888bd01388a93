import { activityName } from '../config/activities.ts';
import { readIsoTime } from '../time/since.ts';
import { createIdCollector, type FoundIds, type IdCollector, type WebhookIdentifier } from './webhook-ids.ts';
import { number, scanIds } from './webhook-scan.ts';
import { webhookText } from './webhook-text.ts';

/**
 * Why a verified payload could not be read completely: no bytes, bytes in no known encoding, too large when expanded, no
 * JSON, no id of a contract, more ids than are kept.
 */
export const unreadReasons = [
  'empty',
  'not_text',
  'too_large',
  'not_json',
  'no_contract',
  'too_many_ids',
] as const;
export type UnreadReason = (typeof unreadReasons)[number];

/** The parts of a payload that the log reads. Every part may be missing: a verified delivery of an unknown shape is stored too. */
export interface WebhookFacts {
  activity: string | null;
  /** Internal id, an integer; null when the payload names none or several. */
  contractId: number | null;
  /** When it happened, epoch ms UTC. Not `created_at`, which is the creation of the contract. */
  occurredAt: number | null;
  /** Everything by which the event is found. */
  identifiers: WebhookIdentifier[];
  /** null when the payload was read. Ids that were found anyway are among the identifiers. */
  unread: UnreadReason | null;
  /** The parsed payload, with numbers that JavaScript would round as text; null when it is not JSON. */
  json: unknown;
}

/**
 * Reads the bytes of a payload in whatever encoding and shape they come. By hand: zod takes 130 ms to load in the thread that
 * writes the log.
 */
export function readWebhookPayload(body: Uint8Array): WebhookFacts {
  const { text, problem } = webhookText(body);
  let json = parse(text);
  let ids = createIdCollector(text);
  if (json === undefined) scanIds(text, ids);
  else {
    ids.walk(json);
    if (ids.found.mayBeRounded) {
      json = parseExactly(text);
      ids = createIdCollector(text);
      ids.walk(json);
    }
    // A repeated key is in the text more often than in the value.
    if (countKeys(text) !== ids.found.keys) scanIds(text, ids);
  }
  searchFurther(ids);
  return {
    ...factsOf(json, ids.found),
    unread: problem ?? unreadReason(text, json, ids.found),
    json: json ?? null,
  };
}

/** Payloads wrapped as text in another one. */
const MAX_WRAPPINGS = 3;

/** Reads texts that hold JSON: those in place of an id always, others only while nothing names a contract. */
function searchFurther(ids: IdCollector): void {
  const { found } = ids;
  for (let depth = 0; depth < MAX_WRAPPINGS && found.nested.length > 0; depth += 1)
    for (const { text, role } of found.nested.splice(0)) {
      if (role === 'other' && found.hasContract) continue;
      const json = parseExactly(text);
      if (json === undefined) ids.take(text.replace(/^[[{"\s]+/, ''), role, role, '');
      else ids.walk(json, role);
    }
  ids.keepMentions();
}

function factsOf(
  json: unknown,
  { identifiers, activities, contractIds }: FoundIds,
): Pick<WebhookFacts, 'activity' | 'contractId' | 'occurredAt' | 'identifiers'> {
  const root = fieldsOf(json);
  const [activity = null] = activities.size === 1 ? activities : [];
  const contracts = identifiers.filter(({ kind }) => kind === 'contract');
  const [contractId = null] = contracts.length === 1 ? contractIds : [];
  const times = identifiers.filter(({ kind }) => kind === 'time');
  const timestamp = fieldsOf(root.activity_data).timestamp ?? times[0]?.value;
  const occurredAt = typeof timestamp === 'string' ? timeOf(timestamp.trim()) : Number.NaN;
  return {
    activity: nameOf(text(root.activity)) ?? activity,
    contractId: integer(root.contract_id) ?? contractId,
    occurredAt: Number.isNaN(occurredAt) ? null : occurredAt,
    identifiers,
  };
}

const nameOf = (activity: string | null): string | null => activity && activityName(activity);

/** SpotDraft's times are UTC: one without a zone is not that of the machine. NaN for a text that is no time. */
function timeOf(text: string): number {
  const read = readIsoTime(text);
  if ('at' in read) return read.at;
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Number.NaN : Date.parse(text);
}

function unreadReason(text: string, json: unknown, found: FoundIds): UnreadReason | null {
  if (text === '') return 'empty';
  if (json === undefined) return 'not_json';
  if (found.tooMany) return 'too_many_ids';
  if (found.hasContract) return null;
  // Activities of counterparties need not name a contract.
  const [activity = ''] = found.activities;
  return activity.startsWith('COUNTER_PARTY_') ? null : 'no_contract';
}

const stringOrNumber = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** undefined when the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same, with numbers that JavaScript would round as text. */
const parseExactly = (text: string): unknown =>
  parse(text) === undefined
    ? undefined
    : parse(text.replaceAll(stringOrNumber, (each) => (each.startsWith('"') ? each : exact(each))));

/** The number unchanged, or as text when JavaScript would round it. */
function exact(word: string): string {
  const read = number(word);
  return String(Number(read)) === read ? read : JSON.stringify(read);
}

/** Keys as JSON is usually written. A blank before the colon, or such a text in a value, only costs a scan. */
function countKeys(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) keys += 1;
  return keys;
}

/** The id of the external record that a payload names; null when it names none. */
export const externalIdIn = (payload: unknown): string | null =>
  textOrNumber(fieldsOf(fieldsOf(payload).external_metadata).id);

/** The stored form of a mark. */
const MARK = /^usr_[0-9a-z]{26}$/;

/** The business user of a payload; null when the payload has none. */
export function businessUserIn(payload: unknown): { address: string | null; mark: string | null } | null {
  const { email, mark, ...more } = fieldsOf(fieldsOf(payload).business_user);
  if (email === undefined && mark === undefined && Object.keys(more).length === 0) return null;
  return {
    address: typeof email === 'string' && email.includes('@') ? email : null,
    mark: typeof mark === 'string' && MARK.test(mark) ? mark : null,
  };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** A non-empty text without blanks around it, or a finite number as text; null for anything else. */
export const textOrNumber = (value: unknown): string | null =>
  typeof value === 'number' && Number.isFinite(value)
    ? String(value)
    : text(typeof value === 'string' ? value.trim() : value);

function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : null;
}
