/**
 * What Envcheck uses of SpotDraft's answers. Each schema names only the fields that are used and tolerates the rest;
 * every field that is not required in the API's own schema may be absent or null (the API document does not say nullable,
 * but nulls are sent). Where the document contradicts itself, both forms are taken, and the comment says which two.
 */
import { z } from 'zod';

const option = z.object({ label: z.string().nullish(), value: z.unknown().optional() });

/** A field of an intake form, a template or a metadata definition. */
export interface Field {
  variable: string;
  /** Open: documented as ten values, kept as sent. */
  type: string;
  label: string | null;
  required: boolean;
  options: { label: string | null; value: unknown }[];
}

const rawAttribute = z.object({
  variable: z.string(),
  type: z.string(),
  display_label: z.string().nullish(),
  // Documented default: true.
  required: z.boolean().nullish(),
  options: z.array(option).nullish(),
});

const toField = (raw: z.infer<typeof rawAttribute>): Field => ({
  variable: raw.variable,
  type: raw.type,
  label: raw.display_label ?? null,
  required: raw.required ?? true,
  options: (raw.options ?? []).map((entry) => ({ label: entry.label ?? null, value: entry.value ?? null })),
});

const nestedName = (parent: string, column: string): string =>
  column.startsWith(`${parent}.`) ? column : `${parent}.${column}`;

/** A repeating field carries its columns in `attributes`; they are listed after it, as `parent.column`. */
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

/** Of a webhook that was just made. The answer also carries its custom headers with their values: they are not read. */
export const createdWebhook = z.object({ id: z.int().nonnegative(), status: z.string().nullish() });

/** Documented: `{"message":"Success"}`. */
export const retriggered = z.object({ message: z.string().nullish() });

export const hmacKey = z.object({ hmac_key: z.string().min(1) });

export const contractTypes = z.array(z.object({ id: z.int(), name: z.string() }));

export const contractTypeEntities = z
  .array(z.object({ entity_name: z.string() }))
  .transform((rows) => rows.map((row) => row.entity_name));

/** Schema: an array; documented example: one object. */
export const intakeForm = z.union([attributes, rawAttribute.transform((row) => [toField(row)])]);

export const templates = z
  .object({ items: z.array(z.object({ id: z.int(), name: z.string(), contract_type_id: z.int() })) })
  .transform(({ items }) =>
    items.map((item) => ({ id: item.id, name: item.name, contractTypeId: item.contract_type_id })),
  );

/** Tags stand only here, not in the list. */
export const template = z
  .object({ tags: z.array(z.string()).nullish() })
  .transform(({ tags }) => ({ tags: tags ?? [] }));

export const templateFields = z.object({ attributes }).transform((raw) => raw.attributes);

export const metadataFields = z
  .array(z.object({ descriptors: attributes }))
  .transform((rows) => rows.flatMap((row) => row.descriptors));

export const roles = z
  .object({ active_roles: z.array(z.object({ name: z.string() })) })
  .transform((raw) => raw.active_roles.map((role) => role.name));

const user = z
  .object({
    email: z.string(),
    is_active: z.boolean(),
    roles: z.array(z.object({ name: z.string() })).nullish(),
  })
  .transform((raw) => ({
    email: raw.email,
    active: raw.is_active,
    // Absent roles are not the same as none: the check says so.
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

/** The response shape is undocumented: whatever JSON object or list comes is kept for the check to read. */
export const featureFlags = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);

export const analytics = z.object({
  rows: z.array(z.record(z.string(), z.unknown())),
  truncated: z.boolean(),
});

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

export const contractPage = page(
  z
    .object({
      // String in the schema ("T-1234"), integer in the operation's example.
      id: z.union([z.string().regex(/^(?:[TH]-)?\d+$/), z.int().nonnegative()]),
      created: z.string(),
      created_by_workspace: z.int().nullish(),
      external_metadata: externalMetadataObject.nullish(),
    })
    .transform((raw) => ({
      id: String(raw.id),
      created: raw.created,
      workspaceId: raw.created_by_workspace ?? null,
      externalMetadata: raw.external_metadata ?? null,
    })),
);

/** How "none is set" looks is not documented: null and an empty object are taken for it, any other object is not. */
export const externalMetadata = z.union([
  z
    .object({ external_metadata: externalMetadataObject.nullable() })
    .transform((raw) => raw.external_metadata),
  z.strictObject({}).transform(() => null),
]);

/** `{detail, status_code, code, message}` where documented; any of it may be missing. */
export const errorBody = z.object({
  code: z.string().nullish(),
  detail: z.string().nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
});

export type ContractType = z.infer<typeof contractTypes>[number];
export type Template = z.infer<typeof templates>[number];
export type User = z.infer<typeof user>;
export type Contract = z.infer<typeof contractPage>['results'][number];
export type ExternalMetadata = NonNullable<z.infer<typeof externalMetadata>>;
export type AnalyticsRow = z.infer<typeof analytics>['rows'][number];
