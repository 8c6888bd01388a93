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

export type Contract = z.infer<typeof contractPage>['results'][number];
export type ContractDetail = z.infer<typeof contractDetail>;
export type ExternalMetadata = NonNullable<z.infer<typeof externalMetadata>>;
