import { activityName } from '../config/activities.ts';
import { idForms } from '../text/decoded-text.ts';
import { foldedId } from '../text/folded-id.ts';
import { readContractId } from './contract-id.ts';
import {
  idsIn,
  idsInText,
  isIdForm,
  isIdKey,
  type MentionKind,
  mayHoldId,
  mentionKind,
  namesId,
  partsOf,
} from './webhook-mentions.ts';

/** An id under which an event is found. */
export interface WebhookIdentifier {
  kind:
    | 'event'
    | 'contract'
    | 'reference'
    | 'external'
    | 'time'
    | 'counterparty'
    | 'entity'
    | 'template'
    | MentionKind;
  value: string;
}

/** Meaning of a key, however it is spelled: `contract_id`, `contractId`, `Contract-ID`. */
export type Role =
  | 'contract_id'
  | 'contract'
  | 'reference'
  | 'external'
  | 'external_id'
  | 'activity_data'
  | 'activity'
  | 'timestamp'
  | 'counterparty'
  | 'counterparty_id'
  | 'entity'
  | 'template_id'
  | 'id'
  | 'other_id'
  /** The key is an id itself. */
  | 'id_key'
  | 'other';

const roles: Record<string, Role> = {
  contractid: 'contract_id',
  contractids: 'contract_id',
  contract: 'contract',
  contracts: 'contract',
  contractreferenceid: 'reference',
  compositeid: 'reference',
  contractcompositeid: 'reference',
  externalmetadata: 'external',
  externalid: 'external_id',
  recordid: 'external_id',
  activitydata: 'activity_data',
  activity: 'activity',
  timestamp: 'timestamp',
  counterparty: 'counterparty',
  counterparties: 'counterparty',
  counterpartyid: 'counterparty_id',
  entity: 'entity',
  entityid: 'entity',
  entityreferenceid: 'entity',
  contracttemplateid: 'template_id',
  templateid: 'template_id',
  id: 'id',
};

const remembered = new Map<string, Role>();
const MAX_REMEMBERED = 500;

export function roleOf(key: string): Role {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  const role = Object.hasOwn(roles, plain) ? roles[plain] : undefined;
  const read = role ?? (isIdKey(key) ? 'id_key' : namesId(key, plain) ? 'other_id' : 'other');
  if (read !== 'id_key' && remembered.size < MAX_REMEMBERED && key.length < 100) remembered.set(key, read);
  return read;
}

/** Ids of one event that are kept. An event with more is counted as unread. */
const MAX_IDS = 1_000;
/** Texts inside a payload that are read as JSON. */
const MAX_NESTED = 50;

export interface FoundIds {
  identifiers: WebhookIdentifier[];
  activities: Set<string>;
  /** Internal ids of contracts, as integers. */
  contractIds: Set<number>;
  hasContract: boolean;
  /** More ids than are kept. */
  tooMany: boolean;
  /** Number of keys that were read. */
  keys: number;
  /** A number is so large or so long that parsing may have rounded it. */
  mayBeRounded: boolean;
  /** Texts that hold JSON, with their meaning. */
  nested: { text: string; role: Role }[];
}

/** Collects the ids of a payload, from parsed JSON and from text. Each id is kept once, however often it occurs. */
export function createIdCollector(payload: string) {
  const mayHoldMore = mayHoldId(payload);
  const seen = new Set<string>();
  const found: FoundIds = {
    identifiers: [],
    activities: new Set(),
    contractIds: new Set(),
    hasContract: false,
    tooMany: false,
    keys: 0,
    mayBeRounded: false,
    nested: [],
  };
  /** Ids that the payload names, with the key of each. */
  const mentions = new Map<string, string>();

  const add = (kind: WebhookIdentifier['kind'], value: string): void => {
    const once = `${kind} ${value}`;
    if (seen.has(once)) return;
    seen.add(once);
    if (found.identifiers.length >= MAX_IDS) found.tooMany = true;
    else found.identifiers.push({ kind, value });
  };
  const addText = (kind: WebhookIdentifier['kind'], value: string): void => {
    add(kind, value);
    if (IS_PLAIN.test(value)) return;
    const composed = value.normalize('NFC');
    if (composed !== value) add(kind, composed);
    const folded = foldedId(value);
    // Searches find other letter case without this.
    if (folded !== composed.toLowerCase() && !seen.has(`contract ${folded}`)) add(kind, folded);
  };
  const mention = (values: readonly string[], key: string): void => {
    for (const value of values)
      if (mentions.size <= MAX_IDS && !mentions.has(value)) mentions.set(value, key);
  };
  const addContract = (value: string): void => {
    found.hasContract = true;
    const plain = IS_PLAIN.test(value) ? value : idForms(value);
    const contract = readContractId(plain);
    const digits = contract?.kind === 'internal' || /^\d+$/.test(value) ? Number(plain) : null;
    if (digits !== null && Number.isSafeInteger(digits)) {
      found.contractIds.add(digits);
      add('contract', String(digits));
      if (String(digits) === value) return;
    } else if (contract && contract.kind !== 'internal') {
      add('contract', String(contract.guess));
      add('reference', contract.text);
    }
    // Longer numbers stay text: as numbers they would be rounded.
    addText('reference', value);
  };
  const take = (scalar: string, role: Role, inside: Role, key: string): void => {
    const isUnnamed = role === 'other' || role === 'id_key';
    if (isUnnamed && !isIdLike(inside)) {
      if (mayHoldMore) mention(idsInText(scalar.trim()), key);
      else if (inside === 'external' && isIdForm(scalar)) mention([scalar], key);
      if (!mayHoldJson.test(scalar)) return;
    }
    const value = withoutBlanks(scalar);
    if (value === '') return;
    const isExternal =
      role === 'external' || role === 'external_id' || (role === 'id' && inside === 'external');
    if (isExternal) mention([...partsOf(value), ...idsInText(value)], key);
    if (/^[[{"]/.test(value) && found.nested.length < MAX_NESTED) {
      const own = within(role, inside);
      found.nested.push({ text: value, role: own });
      if (own !== 'other') return;
    }
    if (role === 'contract_id' || inside === 'contract_id' || (role === 'id' && inside === 'contract'))
      addContract(value);
    else if (role === 'contract' && readContractId(value)) addContract(value);
    else if (role === 'reference' || inside === 'reference') addText('reference', value);
    else if (isExternal) addText('external', value);
    else if (role === 'counterparty_id' || (role === 'id' && inside === 'counterparty'))
      addText('counterparty', value);
    else if (role === 'entity' || ((role === 'id' || role === 'other_id') && inside === 'entity'))
      addText('entity', value);
    else if (role === 'template_id') addText('template', value);
    else if (role === 'activity') found.activities.add(activityName(scalar));
    else if (role === 'timestamp' && inside === 'activity_data') add('time', value);
    else if (role === 'id' || role === 'other_id') mention(idsIn(value), key);
  };

  const takeKey = (key: string, inside: Role): void => {
    if (inside === 'contract' && readContractId(key)) addContract(key);
    else mention([key], key);
  };

  return {
    found,
    take,
    takeKey,
    /** Reads all of a JSON value, at any depth. `role`: its meaning when it comes from a text inside a payload. */
    walk(json: unknown, role: Role = 'other'): void {
      const open: [value: object, inside: Role, key: string][] = [];
      const visit = (value: unknown, role: Role, inside: Role, key: string): void => {
        if (typeof value === 'string') take(value, role, inside, key);
        else if (typeof value === 'number') {
          if (!Number.isSafeInteger(value) && !isShort(value)) found.mayBeRounded = true;
          take(String(value), role, inside, key);
        } else if (typeof value === 'object' && value !== null) open.push([value, within(role, inside), key]);
      };
      visit(json, role, role, '');
      for (let next = open.pop(); next; next = open.pop()) {
        const [value, inside, outer] = next;
        if (Array.isArray(value)) for (const entry of value) visit(entry, inside, inside, outer);
        else {
          const keys = Object.keys(value);
          found.keys += keys.length;
          for (const key of keys) {
            const role = roleOf(key);
            if (role === 'id_key') takeKey(key, inside);
            visit((value as Record<string, unknown>)[key], role, inside, key);
          }
        }
      }
    },
    /** Keeps the ids that are only named, after all others: they go first when there are too many. */
    keepMentions: () => {
      const own = new Set(found.identifiers.map(({ value }) => value));
      for (const [value, key] of mentions) if (!own.has(value)) addText(mentionKind(key), value);
    },
  };
}

/** A fraction of few digits, which JavaScript holds as it was sent. */
const isShort = (value: number): boolean => Math.abs(value) < 1e15 && String(value).length < 16;

/** Everything inside such a value is an id. */
const isIdLike = (inside: Role): boolean => inside === 'contract_id' || inside === 'reference';

/** ASCII without control characters, as nearly all ids are. */
const IS_PLAIN = /^[ -~]*$/;

const mayHoldJson = /^[^!-~]*[[{"]/;

export type IdCollector = ReturnType<typeof createIdCollector>;

/** The meaning of what is inside a value. Everything inside an id or inside external metadata belongs to it. */
export const within = (role: Role, inside: Role): Role =>
  isIdLike(inside) || inside === 'external' || role === 'id_key' ? inside : role;

/** Without blanks and characters of no width at both ends. */
const withoutBlanks = (text: string): string =>
  /^[!-~](?:[ -~]*[!-~])?$/.test(text)
    ? text
    : text.replace(/^[\s\p{Cf}]+/u, '').replace(/[\s\p{Cf}]+$/u, '');
