import { createHash } from 'node:crypto';
import { type Fact, type ReadResult, withoutSources } from '../spotdraft/fact.ts';
import type { Field, Id } from '../spotdraft/schemas.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import type { Workflow, WorkspaceFacts } from './facts.ts';
import { featureFlagsIn } from './feature-flags.ts';

export interface SnapshotField {
  variable: string;
  type: string;
  label: string | null;
  required: boolean;
  /** The two that older snapshots lack. null: the answer had none. */
  parentRequired?: boolean | null;
  defaultValue?: unknown;
  options: { value: unknown; label: string | null }[];
}

/** null: the table had no value. Older snapshots lack the optional values, and have an empty name instead of null. */
export interface SnapshotWorkflow {
  title: string | null;
  status: string | null;
  unpublishedChanges: boolean | null;
  signatories: {
    party: string | null;
    name: string | null;
    order: number | null;
    conditional?: boolean | null;
    conditionalRouting?: boolean | null;
  }[];
  /** `role` is null, too, when the id of the role could not be mapped to a name: ids are never compared. */
  approvals: {
    name: string | null;
    order: number | null;
    conditional?: boolean | null;
    role?: string | null;
    /** Set when the row names a role by an id that is not among the active roles. */
    roleUnlisted?: true;
  }[];
  /** Parts whose rows cannot be assigned to a workflow with certainty; absent when there are none. */
  unclear?: ('workflow' | 'signatories' | 'approvals')[];
}

/**
 * A workspace's configuration by names, without ids, hosts, times or order, so that two of them can be compared. A part that
 * nothing needed is left out: two snapshots are compared only where both read it.
 */
export interface SnapshotContent {
  version: 1;
  /** `complete` when everything was read that can be compared; absent when only the requirements were read. */
  scope?: 'complete';
  /** Activities that the config expects of the environment's webhook; SpotDraft cannot list webhooks. */
  webhooks?: string[];
  webhookKey?: ReadResult<string>;
  contractTypes?: ReadResult<string[]>;
  contractTypeDetails?: {
    contractType: string;
    /** Names alone in older snapshots, and where the answer does not say which one is the primary entity. */
    entities?: ReadResult<(string | { name: string; isPrimary: boolean })[]>;
    intakeFields?: ReadResult<SnapshotField[]>;
    metadataFields?: ReadResult<SnapshotField[]>;
  }[];
  /** `contractType` is absent when the contract types were not read, null when the id is none of them. */
  templates?: ReadResult<{ name: string; contractType?: string | null }[]>;
  /** All entities of the workspace, not only those of a contract type. */
  entities?: ReadResult<{ name: string; referenceId: string | null; isPrimary: boolean | null }[]>;
  /** `counterPartyKind` is absent in older snapshots, and when the answer has none. */
  templateFields?: {
    template: string;
    fields: ReadResult<SnapshotField[]>;
    counterPartyKind?: string;
  }[];
  templateTags?: { template: string; tags: ReadResult<string[]> }[];
  workflows?: ReadResult<SnapshotWorkflow[]>;
  roles?: ReadResult<string[]>;
  users?: { email: string; user: ReadResult<{ active: boolean; roles: string[] | null } | null> }[];
  /** null when the flag was asked for and the answer lacks it. */
  featureFlags?: ReadResult<Record<string, boolean | null>>;
}

export interface Snapshot {
  /** SHA-256 of the content's canonical JSON, hex. Equal configurations have equal hashes. */
  hash: string;
  content: SnapshotContent;
}

export function takeSnapshot(facts: WorkspaceFacts): Snapshot {
  return snapshotOf(normalise(facts));
}

/**
 * Snapshot of a complete reading. Feature flags that were asked for and not answered are null in it. The webhook activities
 * are those of the config, since SpotDraft has no endpoint that shows how a webhook is registered.
 */
export function takeCompleteSnapshot(
  facts: WorkspaceFacts,
  asked: { featureFlags: string[]; activities: string[] },
): Snapshot {
  const content = normalise(facts);
  return snapshotOf({
    ...content,
    scope: 'complete',
    webhooks: asked.activities.toSorted(),
    ...(content.featureFlags && 'known' in content.featureFlags
      ? { featureFlags: { known: withAbsent(content.featureFlags.known, asked.featureFlags) } }
      : {}),
  });
}

export function snapshotOf(content: SnapshotContent): Snapshot {
  return { hash: createHash('sha256').update(canonicalJson(content)).digest('hex'), content };
}

function normalise(facts: WorkspaceFacts): SnapshotContent {
  const types = facts.contractTypes;
  const typeOf = (id: Id): { contractType?: string | null } => {
    if (!types?.known) return {};
    const [name = null, ...others] = new Set(
      types.value.filter((type) => type.id === id).map((type) => type.name),
    );
    // Several names under one id leave open which one is meant.
    return others.length > 0 ? {} : { contractType: name };
  };
  return dropAbsent({
    version: 1 as const,
    webhookKey: withoutSources(facts.webhookKey, (fingerprint) => fingerprint),
    contractTypes: part(types, (list) => sorted(list.map(({ name }) => name))),
    contractTypeDetails: nonEmpty(
      facts.contractTypeDetails
        .filter(({ entities, intakeFields, metadataFields }) => entities || intakeFields || metadataFields)
        .map((details) =>
          dropAbsent({
            contractType: details.contractType.name,
            entities: part(details.entities, (list) =>
              sorted(list.map(({ name, isPrimary }) => (isPrimary === null ? name : { name, isPrimary }))),
            ),
            intakeFields: part(details.intakeFields, fieldList),
            metadataFields: part(details.metadataFields, fieldList),
          }),
        ),
    ),
    entities: part(facts.entities, sorted),
    templates: part(facts.templates, (list) =>
      sorted(list.map(({ name, contractTypeId }) => ({ name, ...typeOf(contractTypeId) }))),
    ),
    templateFields: nonEmpty(
      facts.templateFields.map(({ template, fields, counterPartyKind: kind }) => ({
        template: template.name,
        fields: withoutSources(fields, fieldList),
        ...(kind.known && kind.value !== null && { counterPartyKind: kind.value }),
      })),
    ),
    templateTags: nonEmpty(
      facts.templateTags.map(({ template, tags }) => ({
        template: template.name,
        tags: withoutSources(tags, sorted),
      })),
    ),
    workflows: part(facts.workflows, (list) => sorted(list.map(snapshotWorkflow))),
    roles: part(facts.roles, sorted),
    users: nonEmpty(
      facts.users.map(({ email, user }) => ({
        email,
        user: withoutSources(
          user,
          (found) => found && { active: found.active, roles: found.roles && sorted(found.roles) },
        ),
      })),
    ),
    featureFlags: part(facts.featureFlags, featureFlagsIn),
  }) as SnapshotContent;
}

function snapshotWorkflow({ doubt, unplaced, ...workflow }: Workflow): SnapshotWorkflow {
  const unclear: NonNullable<SnapshotWorkflow['unclear']> = [
    ...(doubt === null ? [] : (['workflow'] as const)),
    ...(['signatories', 'approvals'] as const).filter((list) => unplaced[list].length > 0),
  ];
  return {
    ...workflow,
    signatories: sorted(workflow.signatories),
    approvals: sorted(
      workflow.approvals.map(({ role, ...step }) => ({
        ...step,
        role: role?.name ?? null,
        ...(role?.name === null && { roleUnlisted: true as const }),
      })),
    ),
    ...(unclear.length > 0 && { unclear }),
  };
}

const fieldList = (fields: Field[]): SnapshotField[] =>
  sorted(
    fields.map(({ options, ...field }) => ({
      ...field,
      options: sorted(options.map((option) => ({ value: option.value, label: option.label }))),
    })),
  );

const part = <A, B>(fact: Fact<A> | null, change: (value: A) => B): ReadResult<B> | undefined =>
  fact === null ? undefined : withoutSources(fact, change);

/** Sorts by canonical JSON, so that the order does not depend on the order of the answer. */
const sorted = <T>(list: T[]): T[] =>
  list
    .map((entry) => ({ entry, key: canonicalJson(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ entry }) => entry);

const nonEmpty = <T>(list: T[]): T[] | undefined => (list.length > 0 ? sorted(list) : undefined);

const dropAbsent = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

function withAbsent(
  answered: Record<string, boolean | null>,
  asked: string[],
): Record<string, boolean | null> {
  const absent = asked.filter((name) => !Object.hasOwn(answered, name));
  return Object.fromEntries([...Object.entries(answered), ...absent.map((name) => [name, null] as const)]);
}
