import { locate } from '../names.ts';
import type { SnapshotContent } from '../snapshot.ts';

/**
 * Adds a new reading to what was known of an environment. Parts that the new reading could not read keep their last known
 * value, so a change shows at the first reading that sees it, however many failed in between.
 */
export function carryOver(before: SnapshotContent, now: SnapshotContent): SnapshotContent {
  const carried: SnapshotContent = {
    ...now,
    ...pick('contractTypes', before, now),
    ...pick('entities', before, now),
    ...pick('templates', before, now),
    ...pick('workflows', before, now),
    ...pick('roles', before, now),
    ...pick('featureFlags', before, now),
  };
  // When the list failed, its details are missing too, so the earlier details stay with the earlier list.
  const details = failed(now.contractTypes) ? before.contractTypeDetails : now.contractTypeDetails;
  const fields = failed(now.templates) ? before.templateFields : now.templateFields;
  const tags = failed(now.templates) ? before.templateTags : now.templateTags;
  return {
    ...carried,
    ...(details && { contractTypeDetails: carryDetails(before.contractTypeDetails ?? [], details) }),
    ...(fields && { templateFields: carryFields(before.templateFields ?? [], fields) }),
    ...(tags && { templateTags: carryEach(before.templateTags ?? [], tags, 'template', 'tags') }),
    ...(now.users && { users: carryEach(before.users ?? [], now.users, 'email', 'user') }),
  };
}

const failed = (part: unknown): boolean => typeof part === 'object' && part !== null && 'unknown' in part;

function pick<K extends keyof SnapshotContent>(
  key: K,
  before: SnapshotContent,
  now: SnapshotContent,
): Pick<SnapshotContent, K> | undefined {
  return failed(now[key]) && before[key] !== undefined
    ? ({ [key]: before[key] } as Pick<SnapshotContent, K>)
    : undefined;
}

type Details = NonNullable<SnapshotContent['contractTypeDetails']>;

const carryDetails = (before: Details, now: Details): Details =>
  (['entities', 'intakeFields', 'metadataFields'] as const).reduce(
    (list, key) => carryEach(before, list, 'contractType', key),
    now,
  );

type TemplateFields = NonNullable<SnapshotContent['templateFields']>;

/** The kind of counterparty comes with the fields. */
function carryFields(before: TemplateFields, now: TemplateFields): TemplateFields {
  return now.map((entry) => {
    if (!failed(entry.fields)) return entry;
    const located = locate(before, entry.template, ({ template }) => template);
    return located.kind === 'found' ? { ...located.match, template: entry.template } : entry;
  });
}

/** Returns the new entries; an entry whose part failed keeps the earlier part. */
function carryEach<Name extends string, Key extends string, T extends { [N in Name]: string }>(
  before: T[],
  now: T[],
  name: Name,
  key: Key & keyof T,
): T[] {
  return now.map((entry) => {
    if (!failed(entry[key])) return entry;
    const located = locate(before, entry[name], (each) => each[name]);
    const was = located.kind === 'found' ? located.match[key] : undefined;
    return was === undefined ? entry : { ...entry, [key]: was };
  });
}
