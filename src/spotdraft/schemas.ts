/**
 * The parts of SpotDraft's answers that Envcheck uses. Each schema names only the used fields and tolerates the rest.
 * Every field that the API's schema does not require may be absent or null (the document does not say nullable, but nulls
 * are sent). Where the document contradicts itself, both forms are accepted, and the comment names them.
 */
import { z } from 'zod';

/**
 * An id as one value, whether it was sent as a number or as text: a number, or its digits where a number cannot hold them. The
 * API's schema allows every integer, also negative ones.
 */
export type Id = number | string;
const id = z
  .union([z.int(), z.string().regex(/^-?\d{1,40}$/)])
  .transform((raw): Id => (Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw)));

const option = z.object({ label: z.string().nullish(), value: z.unknown().optional() });

/** A field of an intake form, a template or a metadata definition. */
export interface Field {
  variable: string;
  /** Kept as sent; ten values are documented. */
  type: string;
  label: string | null;
  required: boolean;
  /** Obligation of the compound field that it is a part of; null when the answer has none. */
  parentRequired: boolean | null;
  /** null when it has none. */
  defaultValue: unknown;
  options: { label: string | null; value: unknown }[];
}

const rawAttribute = z.object({
  variable: z.string(),
  type: z.string(),
  display_label: z.string().nullish(),
  // The documented default is true.
  required: z.boolean().nullish(),
  parent_required: z.boolean().nullish(),
  default_value: z.unknown().optional(),
  options: z.array(option).nullish(),
});

const toField = (raw: z.infer<typeof rawAttribute>): Field => ({
  variable: raw.variable,
  type: raw.type,
  label: raw.display_label ?? null,
  required: raw.required ?? true,
  parentRequired: raw.parent_required ?? null,
  defaultValue: raw.default_value ?? null,
  options: (raw.options ?? []).map((entry) => ({ label: entry.label ?? null, value: entry.value ?? null })),
});

const nestedName = (parent: string, column: string): string =>
  column.startsWith(`${parent}.`) ? column : `${parent}.${column}`;

/** A repeating field has its columns in `attributes`. They are listed after it, as `parent.column`. */
const attributes = z
  .array(rawAttribute.extend({ attributes: z.array(rawAttribute).nullish() }))
  .transform((rows) =>
    rows.flatMap((row) => [
      toField(row),
      ...(row.attributes ?? []).map((column) =>
        toField({ ...column, variable: nestedName(row.variable, column.variable) }),
      ),
    ]),
  );

/** Answer to the creation of a webhook. It also carries custom headers with their values, which are not read. */
export const createdWebhook = z.object({ id: z.int(), status: z.string().nullish() });

/** Documented answer: `{"message":"Success"}`. */
export const retriggered = z.object({ message: z.string().nullish() });

export const hmacKey = z.object({ hmac_key: z.string().min(1) });

export const contractTypes = z.array(z.object({ id, name: z.string() }));

export const contractTypeEntities = z
  .array(z.object({ entity_name: z.string(), is_primary: z.boolean().nullish() }))
  .transform((rows) => rows.map((row) => ({ name: row.entity_name, isPrimary: row.is_primary ?? null })));

/** All entities of the workspace. Templates refer to an entity by its reference id, which its creator chose. */
export const entities = z
  .array(
    z.object({ name: z.string(), reference_id: z.string().nullish(), is_primary: z.boolean().nullish() }),
  )
  .transform((rows) =>
    rows.map((row) => ({
      name: row.name,
      referenceId: row.reference_id || null,
      isPrimary: row.is_primary ?? null,
    })),
  );

/** The schema says an array; the documented example is one object. */
export const intakeForm = z.union([attributes, rawAttribute.transform((row) => [toField(row)])]);

export const templates = z
  .object({ items: z.array(z.object({ id, name: z.string(), contract_type_id: id })) })
  .transform(({ items }) =>
    items.map((item) => ({ id: item.id, name: item.name, contractTypeId: item.contract_type_id })),
  );

/** Tags appear only here, not in the list of templates. */
export const template = z
  .object({ tags: z.array(z.string()).nullish() })
  .transform(({ tags }) => ({ tags: tags ?? [] }));

export const templateFields = z
  .object({ attributes, counter_party_kind: z.string().nullish() })
  .transform((raw) => ({ fields: raw.attributes, counterPartyKind: raw.counter_party_kind || null }));

export const metadataFields = z
  .array(z.object({ descriptors: attributes }))
  .transform((rows) => rows.flatMap((row) => row.descriptors));

export const roles = z
  .object({
    active_roles: z.array(z.object({ id: z.union([z.string(), z.int()]).nullish(), name: z.string() })),
  })
  .transform(({ active_roles }) =>
    active_roles.map(({ id, name }) => ({ id: id === null || id === undefined ? null : String(id), name })),
  );

const user = z
  .object({
    id: z.union([z.string(), z.number()]).nullish(),
    email: z.string(),
    is_active: z.boolean(),
    roles: z.array(z.object({ name: z.string() })).nullish(),
  })
  .transform((raw) => ({
    id: raw.id === null || raw.id === undefined ? null : String(raw.id),
    email: raw.email,
    active: raw.is_active,
    // Absent roles differ from an empty list: the check reports them as unknown.
    roles: raw.roles ? raw.roles.map((role) => role.name) : null,
  }));

const page = <T extends z.ZodType>(row: T) =>
  z.object({
    page: z.int(),
    limit: z.int().positive(),
    total_results: z.int().nonnegative(),
    results: z.array(row),
  });

export const userPage = page(user);

/** The answer is undocumented. Any JSON object or list is kept for the check to read. */
export const featureFlags = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);

export const analytics = z
  .object({
    rows: z.array(z.record(z.string(), z.unknown())),
    row_count: z.number().nullish(),
    truncated: z.boolean(),
  })
  // Rows that are counted and not sent were cut, whatever the flag says.
  .transform(({ rows, row_count, truncated }) => ({
    rows,
    truncated: truncated || (row_count ?? 0) > rows.length,
  }));

const externalMetadataObject = z
  .object({
    id: z.union([z.string(), z.number()]).nullish(),
    integration_name: z.string().nullish(),
    record_type: z.string().nullish(),
    record_data: z.unknown().optional(),
  })
  .transform((raw) => ({
    id: raw.id === null || raw.id === undefined || raw.id === '' ? null : String(raw.id),
    integration: raw.integration_name ?? null,
    recordType: raw.record_type ?? null,
    data: raw.record_data ?? null,
  }));

/**
 * One odd row must not hide the others: a field that does not fit is read as absent, and the row is judged by what it shows.
 * The id is text in the schema ("T-1234") and a number in the operation's example.
 */
export const contractPage = page(
  z
    .preprocess(
      (row) => (typeof row === 'object' && row !== null && !Array.isArray(row) ? row : {}),
      z.object({
        id: z
          .union([z.string().min(1), z.number()])
          .nullish()
          .catch(null),
        created: z.string().nullish().catch(null),
        contract_name: z.string().nullish().catch(null),
        contract_status: z.string().nullish().catch(null),
        contract_link: z.string().nullish().catch(null),
        reference_id: z.string().nullish().catch(null),
        counter_party_name: z.string().nullish().catch(null),
        created_by_workspace: z.int().nullish().catch(null),
        created_by_user_email: z.string().nullish().catch(null),
        external_metadata: externalMetadataObject.nullish().catch(null),
      }),
    )
    .transform((raw) => ({
      id: raw.id === null || raw.id === undefined ? null : String(raw.id),
      created: raw.created ?? null,
      title: raw.contract_name ?? null,
      status: raw.contract_status ?? null,
      link: raw.contract_link ?? null,
      referenceId: raw.reference_id ?? null,
      counterparty: raw.counter_party_name ?? null,
      workspaceId: raw.created_by_workspace ?? null,
      creator: raw.created_by_user_email ?? null,
      externalMetadata: raw.external_metadata ?? null,
    })),
);

const contractDetail = z
  .object({
    id: z.union([z.string().min(1), z.number()]),
    created: z.string().nullish().catch(null),
    contract_name: z.string().nullish().catch(null),
    contract_link: z.string().nullish().catch(null),
    contract_status: z.string().nullish().catch(null),
    counter_party_name: z.string().nullish().catch(null),
    created_by: z.string().nullish().catch(null),
    created_by_user_name: z.string().nullish().catch(null),
    reference_id: z.string().nullish().catch(null),
  })
  .transform((raw) => ({
    /** `T-1234`; the internal id as text in the answer about an external id. */
    id: String(raw.id),
    created: raw.created ?? null,
    name: raw.contract_name ?? null,
    link: raw.contract_link ?? null,
    status: raw.contract_status ?? null,
    counterparty: raw.counter_party_name ?? null,
    owner: raw.created_by_user_name ?? raw.created_by ?? null,
    reference: raw.reference_id ?? null,
  }));

/** The list of contracts, for a look at one of them. */
export const contractDetails = page(contractDetail).transform(({ results }) => results);

/** Contracts of an external record. The operation's example has a list in a list. */
export const contractsOfRecord = z
  .array(z.union([contractDetail, z.array(contractDetail)]))
  .transform((rows) => rows.flat());

/** The form of "none is set" is undocumented. null and an empty object mean it; any other object does not. */
export const externalMetadata = z.union([
  z
    .object({ external_metadata: externalMetadataObject.nullable() })
    .transform((raw) => raw.external_metadata),
  z.strictObject({}).transform(() => null),
]);

/** Documented as `{detail, status_code, code, message}`; any field may be missing. */
export const errorBody = z.object({
  code: z.string().nullish(),
  detail: z.string().nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
});

export type ContractType = z.infer<typeof contractTypes>[number];
export type ContractTypeEntity = z.infer<typeof contractTypeEntities>[number];
export type Entity = z.infer<typeof entities>[number];
export type Role = z.infer<typeof roles>[number];
export type Template = z.infer<typeof templates>[number];
/** `id` tells rows of the list apart and is no part of a configuration. */
export type User = Omit<z.infer<typeof user>, 'id'>;
export type Contract = z.infer<typeof contractPage>['results'][number];
export type ContractDetail = z.infer<typeof contractDetail>;
export type ExternalMetadata = NonNullable<z.infer<typeof externalMetadata>>;
export type AnalyticsRow = z.infer<typeof analytics>['rows'][number];
