import type { Difference } from './difference.ts';
import { valueText } from './difference-text.ts';
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

const valueWords: Record<string, string> = {
  contractType: 'contract type',
  unpublishedChanges: 'unpublished changes',
};

const renames = ['name', 'title', 'variable'];
/** They are not made but added to what is there. */
const added = ['users', 'featureFlags', 'webhooks'];

/** What a person does about one difference, as an instruction. `model`: what the left environment is called. */
export function stepTitle({ path, kind, left, right }: Difference, model: string): string {
  const parts = splitPath(path);
  const things = pairs(parts);
  const subject = phrase(things);
  if (kind !== 'changed') {
    const [inner, outer] = [phrase(things.slice(-1)), phrase(things.slice(0, -1))];
    if (kind === 'extra') return `Remove ${inner}${outer && ` from ${outer}`}, or add it to ${model}`;
    if (outer) return `Add ${inner} to ${outer}`;
    return `${added.includes(parts[0] ?? '') ? 'Add' : 'Create'} ${inner}`;
  }
  const value = parts.length % 2 === 1 ? (parts.at(-1) ?? '') : '';
  if (value === '') return `Change ${subject} from ${valueText(right)} to ${valueText(left)}`;
  if (renames.includes(value)) {
    const there = things.map((thing, index) =>
      index === things.length - 1 ? { ...thing, name: String(right) } : thing,
    );
    return `Rename ${phrase(there)} to “${String(left)}”`;
  }
  if (value === 'unpublishedChanges' && right === true) return `Publish or discard the changes of ${subject}`;
  return `Change the ${valueWords[value] ?? value} of ${subject} from ${valueText(right)} to ${valueText(left)}`;
}

interface Named {
  list: string;
  name: string;
}

function pairs(parts: string[]): Named[] {
  const things: Named[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2)
    things.push({ list: parts[index] ?? '', name: parts[index + 1] ?? '' });
  return things;
}

/** The innermost first: the option “Net 60” of the field “payment_terms” of the template “Order Form”. */
const phrase = (things: Named[]): string =>
  things
    .toReversed()
    .map(({ list, name }) => `the ${nouns[list] ?? list} “${name}”`)
    .join(' of ');

/** What a thing that is to be made has to hold. */
export function stepDetails(thing: unknown): string[] {
  if (typeof thing !== 'object' || thing === null) return [];
  return Object.entries(thing).flatMap(([key, value]) => {
    if (!Array.isArray(value))
      return key === 'name' || value === null ? [] : [`${words(key)}: ${valueText(value)}`];
    return value.map((item) => `${nouns[key] ?? key}: ${itemWords(item)}`);
  });
}

function itemWords(item: unknown): string {
  if (typeof item !== 'object' || item === null) return valueText(item);
  return Object.entries(item)
    .filter(([, value]) => value !== null)
    .flatMap(([key, value]) => {
      if (!Array.isArray(value)) return [`${words(key)} ${valueText(value)}`];
      return value.length > 0 ? [`${key} ${value.map(optionWords).join(', ')}`] : [];
    })
    .join(', ');
}

const optionWords = (option: unknown): string => {
  if (typeof option !== 'object' || option === null || !('value' in option)) return valueText(option);
  const label = 'label' in option ? option.label : null;
  return label === null || label === option.value
    ? valueText(option.value)
    : `${valueText(option.value)} (${valueText(label)})`;
};

const words = (key: string): string => valueWords[key] ?? key;
