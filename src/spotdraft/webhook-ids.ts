import { activityName } from '../config/activities.ts';
import { idForms } from '../text/decoded-text.ts';
import { foldedId } from '../text/folded-id.ts';
import type { IdentifierKind } from '../text/ids.ts';
import { readContractId } from './contract-id.ts';
import {
  idFormsIn,
  idsIn,
  idsInText,
  joinedIn,
  mayHoldId,
  mentionKind,
  partsOf,
  wordsWithDigits,
} from './webhook-mentions.ts';
import {
  inList,
  isIdLike,
  isUnnamed,
  pairLabel,
  pairRole,
  type Role,
  roleOf,
  within,
} from './webhook-roles.ts';

/** An id under which an event is found. */
export interface WebhookIdentifier {
  kind: IdentifierKind;
  value: string;
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
  /** Adds the contracts of a text that holds several ids, or one among words. */
  const addContracts = (value: string, key: string): void => {
    const words = /^\d+$/.test(value) ? [] : wordsWithDigits(IS_PLAIN.test(value) ? value : idForms(value));
    if (words.length === 0) {
      addContract(value);
      mention(joinedIn(value), key);
      return;
    }
    found.hasContract = true;
    for (const word of words) {
      if (isContract(word)) addContract(word);
      else mention([word], key);
    }
    if (value.length <= MAX_TEXT) addText('reference', value);
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
  const addReference = (value: string, key: string): void => {
    addText('reference', value);
    for (const part of partsOf(value)) {
      if (readContractId(part)?.kind === 'composite') addText('reference', part.toUpperCase());
      else mention([part], key);
    }
  };
  const take = (scalar: string, role: Role, inside: Role, key: string): void => {
    if (isUnnamed(role) && !isIdLike(inside)) {
      if (mayHoldMore) mention(idsInText(scalar.trim()), key);
      if (role === 'listed' || role === 'tags' || inside === 'tags' || inside === 'external')
        mention(idFormsIn(scalar, key), key);
      if (!mayHoldJson.test(scalar)) return;
    }
    const value = withoutBlanks(scalar);
    if (value === '') return;
    const isExternal =
      role === 'external' || role === 'external_id' || (role === 'id' && inside === 'external');
    if (isExternal || NAMED_IN_PARTS.has(role)) mention([...partsOf(value), ...idsInText(value)], key);
    if (/^[[{"]/.test(value) && found.nested.length < MAX_NESTED) {
      const own = within(role, inside);
      found.nested.push({ text: value, role: own });
      if (own !== 'other') return;
    }
    if (role === 'contract_id' || inside === 'contract_id' || (role === 'id' && inside === 'contract'))
      addContracts(value, key);
    else if (role === 'contract' && isContractList(value)) addContracts(value, key);
    else if (role === 'reference' || inside === 'reference') addReference(value, key);
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
        if (Array.isArray(value)) for (const entry of value) visit(entry, inList(inside), inside, outer);
        else {
          const keys = Object.keys(value);
          found.keys += keys.length;
          const roles = keys.map(roleOf);
          const label = pairLabel(value, keys, roles);
          for (const [index, key] of keys.entries()) {
            const role = roles[index] ?? 'other';
            if (label !== null && role === 'value') {
              visit(
                (value as Record<string, unknown>)[key],
                pairRole(label),
                inside,
                label.trim().replace(/\s+/g, '_'),
              );
              continue;
            }
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

/** Longest text in place of an id that is kept beside the ids in it, characters. */
const MAX_TEXT = 200;

const isContract = (word: string): boolean => readContractId(word) !== null || /^\d+$/.test(word);

/** True for ids of contracts alone: a `contract` of other words is a title. */
const isContractList = (value: string): boolean =>
  readContractId(value) !== null || value.split(/[\s,;|/&+]+/).every(isContract);

/** Roles whose value is an id, or several in one text. */
const NAMED_IN_PARTS: ReadonlySet<Role> = new Set<Role>(['counterparty_id', 'template_id', 'entity']);

/** ASCII without control characters, as nearly all ids are. */
const IS_PLAIN = /^[ -~]*$/;

const mayHoldJson = /^[^!-~]*[[{"]/;

export type IdCollector = ReturnType<typeof createIdCollector>;

/** Without blanks and characters of no width at both ends. */
const withoutBlanks = (text: string): string =>
  /^[!-~](?:[ -~]*[!-~])?$/.test(text)
    ? text
    : text.replace(/^[\s\p{Cf}]+/u, '').replace(/[\s\p{Cf}]+$/u, '');
