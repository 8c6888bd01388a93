import { withHiddenNamed } from '../../text/hidden-differences.ts';
import type { Difference } from './difference.ts';
import { changedTexts, valueText } from './difference-text.ts';
import { splitPath } from './path.ts';

const nouns: Record<string, string> = {
  contractTypes: 'contract type',
  entities: 'entity',
  intakeFields: 'intake field',
  metadataFields: 'metadata field',
  templates: 'template',
  fields: 'field',
  tags: 'tag',
  options: 'option',
  workflows: 'workflow',
  signatories: 'signatory',
  approvals: 'approval',
  roles: 'role',
  users: 'member',
  featureFlags: 'feature flag',
  webhooks: 'webhook activity',
};

const valueNames: Record<string, string> = {
  contractType: 'contract type',
  unpublishedChanges: 'unpublished changes',
  counterPartyKind: 'kind of counterparty',
  parentRequired: 'obligation of the compound field',
  defaultValue: 'default value',
  referenceId: 'reference id',
  isPrimary: 'mark “primary”',
  conditional: 'condition',
  conditionalRouting: 'conditional routing',
};

const renames = ['name', 'title', 'variable'];
/** Kinds that are added instead of created. */
const added = ['users', 'featureFlags', 'webhooks'];

/**
 * Instruction to a person for one difference. `model` is the label of the left environment. `others` are names on the other
 * side that may be this item.
 */
export function stepTitle(
  { path, kind, left, right }: Difference,
  model: string,
  others: readonly string[],
): string {
  const parts = splitPath(path);
  const items = pairs(parts);
  const subject = phrase(items);
  if (kind !== 'changed') {
    const [inner, outer] = [phrase(items.slice(-1)), phrase(items.slice(0, -1))];
    if (kind === 'extra') {
      const unless = others.length > 0 ? ', unless you renamed it' : '';
      return `Remove ${inner}${outer && ` from ${outer}`}, or add it to ${model}${unless}`;
    }
    const other = orRename(items.at(-1)?.name ?? '', others);
    if (outer) return `Add ${inner} to ${outer}${other}`;
    return `${added.includes(parts[0] ?? '') ? 'Add' : 'Create'} ${inner}${other}`;
  }
  const value = parts.length % 2 === 1 ? (parts.at(-1) ?? '') : '';
  if (value === '') return `Change ${subject} from ${valueText(right)} to ${valueText(left)}`;
  if (renames.includes(value)) {
    const [now, was] = [String(left), String(right)];
    const current = items.map((item, index) =>
      index === items.length - 1 ? { ...item, name: withHiddenNamed(was, now) } : item,
    );
    return `Rename ${phrase(current)} to “${withHiddenNamed(now, was)}”`;
  }
  if (value === 'unpublishedChanges' && right === true) return `Publish or discard the changes of ${subject}`;
  if (value === 'status' && right === 'ARCHIVED') return `Restore ${subject}, and make it ${valueText(left)}`;
  const [to, from] = changedTexts(left, right);
  return `Change the ${valueNames[value] ?? value} of ${subject} from ${from} to ${to}`;
}

/** ", or rename “Order Forms” if it is the same thing": nothing proves that the other one is this item. */
export function orRename(name: string, others: readonly string[]): string {
  if (others.length === 0) return '';
  const shown = others.map((other) => `“${withHiddenNamed(other, name)}”`);
  return shown.length === 1
    ? `, or rename ${shown[0]} if it is the same thing`
    : `, or rename ${shown.join(' or ')} if one of them is the same thing`;
}

interface Named {
  list: string;
  name: string;
}

function pairs(parts: string[]): Named[] {
  const items: Named[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2)
    items.push({ list: parts[index] ?? '', name: parts[index + 1] ?? '' });
  return items;
}

/** "the option “Net 60” of the field “payment_terms” of the template “Order Form”": the innermost first. */
const phrase = (items: Named[]): string =>
  items
    .toReversed()
    .map(({ list, name }) => `the ${nouns[list] ?? list} “${name}”`)
    .join(' of ');

/** Content of an item to create, one line each. */
export function stepDetails(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return [];
  return Object.entries(item).flatMap(([key, value]) => {
    if (!Array.isArray(value))
      return key === 'name' || value === null ? [] : [`${nameOf(key)}: ${valueText(value)}`];
    return value.map((inner) => `${nouns[key] ?? key}: ${contentText(inner)}`);
  });
}

function contentText(item: unknown): string {
  if (typeof item !== 'object' || item === null) return valueText(item);
  return Object.entries(item)
    .filter(([, value]) => value !== null)
    .flatMap(([key, value]) => {
      if (!Array.isArray(value)) return [`${nameOf(key)} ${valueText(value)}`];
      return value.length > 0 ? [`${key} ${value.map(optionText).join(', ')}`] : [];
    })
    .join(', ');
}

const optionText = (option: unknown): string => {
  if (typeof option !== 'object' || option === null || !('value' in option)) return valueText(option);
  const label = 'label' in option ? option.label : null;
  return label === null || label === option.value
    ? valueText(option.value)
    : `${valueText(option.value)} (${valueText(label)})`;
};

const nameOf = (key: string): string => valueNames[key] ?? key;
