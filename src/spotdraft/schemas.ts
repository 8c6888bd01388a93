/**
 * The parts of SpotDraft's answers that Envcheck uses. Each schema names only the used fields and tolerates the rest.
 * Every field that the API's schema does not require may be absent or null (the document does not say nullable, but nulls
 * are sent). Where the document contradicts itself, both forms are accepted, and the comment names them.
 */
import { z } from 'zod';
import { canonicalJson } from '../text/canonical-json.ts';

/**
 * An id as one value, whether it was sent as a number or as text: a number, or its digits where a number cannot hold them. The
 * API's schema allows every integer, also negative ones.
 */
export type Id = number | string;
const id = z
  .union([z.int(), z.string().regex(/^-?\d{1,40}$/)])
  .transform((raw): Id => (Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw)));

/**
 * A list that may repeat a row: equal rows of one id are one. Rows of one id and name that differ contradict each other, so
 * the list is unknown then. Rows without an id stay as they are.
 */
const distinctRows = <Row extends { id?: unknown }>(row: z.ZodType<Row>, nameOf: (row: Row) => string) =>
  z.array(row).transform((rows, context) => {
    const keyOf = (each: Row, content: unknown) => canonicalJson([String(each.id), content]);
    const distinct = new Map(
      rows.map((each, at) => [each.id == null ? at : keyOf(each, { ...each, id: null }), each]),
    );
    const kept = [...distinct.values()];
    const keys = kept.flatMap((each) => (each.id == null ? [] : [keyOf(each, nameOf(each))]));
    if (new Set(keys).size < keys.length)
      context.issues.push({
        code: 'custom',
        message: 'one id is listed twice with different contents',
        input: rows,
      });
    return kept;
  });

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

export const contractTypes = distinctRows(z.object({ id, name: z.string() }), ({ name }) => name);

export const contractTypeEntities = distinctRows(
  z
    .object({ entity_id: z.unknown().optional(), entity_name: z.string(), is_primary: z.boolean().nullish() })
    .transform(({ entity_id, ...row }) => ({ ...row, id: entity_id })),
  ({ entity_name }) => entity_name,
).transform((rows) => rows.map((row) => ({ name: row.entity_name, isPrimary: row.is_primary ?? null })));

/** All entities of the workspace. Templates refer to an entity by its reference id, which its creator chose. */
export const entities = distinctRows(
  z.object({
    id: z.unknown().optional(),
    name: z.string(),
    reference_id: z.string().nullish(),
    is_primary: z.boolean().nullish(),
  }),
  ({ name }) => name,
).transform((rows) =>
  rows.map((row) => ({
    name: row.name,
    referenceId: row.reference_id || null,
    isPrimary: row.is_primary ?? null,
  })),
);

/** The schema says an array; the documented example is one object. */
export const intakeForm = z.union([attributes, rawAttribute.transform((row) => [toField(row)])]);

export const templates = z
  .object({
    items: distinctRows(z.object({ id, name: z.string(), contract_type_id: id }), ({ name }) => name),
  })
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

export const metadataFields = distinctRows(
  z.object({ id: z.unknown().optional(), descriptors: attributes }),
  ({ descriptors }) => descriptors.map(({ variable }) => variable).join(' '),
).transform((rows) => rows.flatMap((row) => row.descriptors));

export const roles = z
  .object({
    active_roles: distinctRows(
      z.object({ id: z.union([z.string(), z.int()]).nullish(), name: z.string() }),
      ({ name }) => name,
    ),
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

/** One page of a list. */
export const page = <T extends z.ZodType>(row: T) =>
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
export type AnalyticsRow = z.infer<typeof analytics>['rows'][number];
