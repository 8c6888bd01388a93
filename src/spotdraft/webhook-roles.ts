import { isIdKey, namesId } from './webhook-mentions.ts';

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
  /** Tags, and a scalar in a list without a meaning: ids by their form alone. */
  | 'tags'
  | 'listed'
  /** Halves of a pair such as `{name: 'Deal number', value: 'D-99812'}`. */
  | 'label'
  | 'value'
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
  tag: 'tags',
  tags: 'tags',
  labels: 'tags',
  keywords: 'tags',
  key: 'label',
  name: 'label',
  label: 'label',
  title: 'label',
  field: 'label',
  fieldname: 'label',
  fieldlabel: 'label',
  displayname: 'label',
  attribute: 'label',
  property: 'label',
  question: 'label',
  value: 'value',
  values: 'value',
  val: 'value',
  fieldvalue: 'value',
  stringvalue: 'value',
  answer: 'value',
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

/** Everything inside such a value is an id. */
export const isIdLike = (inside: Role): boolean => inside === 'contract_id' || inside === 'reference';

/** The meaning of what is inside a value. Everything inside an id or inside external metadata belongs to it. */
export const within = (role: Role, inside: Role): Role =>
  isIdLike(inside) || inside === 'external' || role === 'id_key'
    ? inside
    : role === 'listed' || role === 'label' || role === 'value'
      ? 'other'
      : role;

/** Roles without a meaning of their own. */
export const isUnnamed = (role: Role): boolean => role === 'other' || UNNAMED.has(role);
const UNNAMED: ReadonlySet<Role> = new Set<Role>(['id_key', 'tags', 'listed', 'label', 'value']);

/** The meaning of a scalar in a list. */
export const inList = (inside: Role): Role => (inside === 'other' ? 'listed' : inside);

/** Longest label of a pair, characters. */
const MAX_LABEL = 100;

/** The label of a pair; null for any other object. */
export function pairLabel(value: object, keys: readonly string[], roles: readonly Role[]): string | null {
  if (!roles.includes('value')) return null;
  const labels = keys
    .filter((_key, index) => roles[index] === 'label')
    .map((key) => (value as Record<string, unknown>)[key])
    .filter((label) => typeof label === 'string' && label.length <= MAX_LABEL);
  return (labels.find((label) => namesAnId(label)) ?? labels[0] ?? null) as string | null;
}

const ID_ROLES: ReadonlySet<Role> = new Set<Role>([
  'contract_id',
  'contract',
  'reference',
  'external_id',
  'counterparty_id',
  'template_id',
  'id',
  'other_id',
]);
const namesAnId = (label: unknown): boolean => ID_ROLES.has(roleOf(String(label)));

/** The meaning of the value of a pair. An id there is only named, for a field of the sender may be about anything. */
export const pairRole = (label: string): Role => (namesAnId(label) ? 'other_id' : 'listed');
