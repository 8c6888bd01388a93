/** The parts of SpotDraft's answers about contracts that Envcheck uses, by the rules of schemas.ts. */
import { z } from 'zod';
import { page } from './schemas.ts';

const externalMetadataObject = z
  .object({
    id: z.union([z.string(), z.number()]).nullish(),
    integration_name: z.string().nullish(),
    record_type: z.string().nullish(),
    record_data: z.unknown().optional(),
  })
  .transform((raw) => ({
    // A blank id identifies no record.
    id: String(raw.id ?? '').trim() === '' ? null : String(raw.id),
    integration: raw.integration_name ?? null,
    recordType: raw.record_type ?? null,
    data: raw.record_data ?? null,
  }));

const id = z.union([z.string().min(1), z.number()]).transform(String);
const text = () => z.string().nullable().catch(null);

/** The fields that every look at contracts uses. */
const shownFields = {
  created: text(),
  contract_name: text(),
  contract_link: text(),
  contract_status: text(),
  counter_party_name: text(),
  reference_id: text(),
};

/**
 * One odd row must not hide the others: a field that does not fit is read as absent, and the row is judged by what it shows.
 * The id is text in the schema ("T-1234") and a number in the operation's example.
 */
export const contractPage = page(
  z
    .preprocess(
      (row) => (typeof row === 'object' && row !== null && !Array.isArray(row) ? row : {}),
      z.object({
        ...shownFields,
        id: id.nullable().catch(null),
        created_by_workspace: z.int().nullable().catch(null),
        created_by_user_email: text(),
        external_metadata: externalMetadataObject.nullable().catch(null),
      }),
    )
    .transform((raw) => ({
      id: raw.id,
      created: raw.created,
      title: raw.contract_name,
      status: raw.contract_status,
      link: raw.contract_link,
      referenceId: raw.reference_id,
      counterparty: raw.counter_party_name,
      workspaceId: raw.created_by_workspace,
      creator: raw.created_by_user_email,
      externalMetadata: raw.external_metadata,
    })),
);

const contractDetail = z
  .object({ ...shownFields, id, created_by: text(), created_by_user_name: text() })
  .transform((raw) => ({
    /** `T-1234`; the internal id as text in the answer about an external id. */
    id: raw.id,
    created: raw.created,
    name: raw.contract_name,
    link: raw.contract_link,
    status: raw.contract_status,
    counterparty: raw.counter_party_name,
    owner: raw.created_by_user_name ?? raw.created_by,
    reference: raw.reference_id,
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

export type Contract = z.infer<typeof contractPage>['results'][number];
export type ContractDetail = z.infer<typeof contractDetail>;
export type ExternalMetadata = NonNullable<z.infer<typeof externalMetadata>>;
