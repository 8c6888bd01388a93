import { z } from 'zod';
import * as contracts from './contract-schemas.ts';
import * as schemas from './schemas.ts';

/**
 * One read of SpotDraft's public API. Every entry below is a GET or one of the two POSTs documented as queries. Writes have
 * their own table; the client can send nothing outside the two.
 */
export interface Endpoint<Parameters, Value> {
  method: 'GET' | 'POST';
  /** Below the base URL, with exactly the trailing slash (or none) that is documented for this operation. */
  path: (parameters: Parameters) => string;
  query?: (parameters: Parameters) => Record<string, string>;
  body?: (parameters: Parameters) => unknown;
  schema: z.ZodType<Value>;
  /** Time limit of an attempt, ms. */
  timeoutMs: number;
  /** `workspace` calls leave `user-email` out, so that a wrong user and wrong credentials can be distinguished. */
  actAs: 'user' | 'workspace';
}

const TIMEOUT_MS = 15_000;
/** The analytics job may run for 60 s. */
const ANALYTICS_TIMEOUT_MS = 75_000;
/** Time in which a look at one contract has to answer, ms. Without an answer, the log alone is shown. */
const LOOK_TIMEOUT_MS = 1_500;
/** The largest page that SpotDraft's own client requests. The documented default is 10; no maximum is given. */
export const PAGE_LIMIT = 100;

const get = <P, V>(
  schema: z.ZodType<V>,
  path: (parameters: P) => string,
  query?: (parameters: P) => Record<string, string>,
): Endpoint<P, V> => ({
  method: 'GET',
  path,
  ...(query ? { query } : {}),
  schema,
  timeoutMs: TIMEOUT_MS,
  actAs: 'user',
});

/** Builds one of the two queries that SpotDraft accepts by POST. They change nothing. */
const post = <P, V>(
  schema: z.ZodType<V>,
  path: () => string,
  body: (parameters: P) => unknown,
  timeoutMs: number,
): Endpoint<P, V> => ({ method: 'POST', path, body, schema, timeoutMs, actAs: 'user' });

/** Ids come from SpotDraft's answers and must not change the path that contains them. */
export const checkedId = (id: number): number => z.int().nonnegative().parse(id);
export const integerId = (id: schemas.Id): string =>
  String(z.union([z.int(), z.string().regex(/^-?\d+$/)]).parse(id));
/** An older document of SpotDraft shows a letter behind the number: `T-1234X`. */
const compositeForm = /^[TH]-\d{1,30}[A-Za-z]?$/;
export const isCompositeId = (id: string): boolean => compositeForm.test(id);
const compositeId = (id: string): string => z.string().regex(compositeForm).parse(id);

const externalForm = /^(?!\.+$)[\w.:@-]{1,200}$/;
/** Ids of external records are free text; only those that cannot change the path are sent. */
export const isSendableExternalId = (id: string): boolean => externalForm.test(id);
const externalId = (id: string): string => encodeURIComponent(z.string().regex(externalForm).parse(id));

type Nothing = undefined;

export const endpoints = {
  contractTypes: get<Nothing, schemas.ContractType[]>(schemas.contractTypes, () => '/contract_types/'),
  contractTypeEntities: get(
    schemas.contractTypeEntities,
    ({ contractTypeId }: { contractTypeId: schemas.Id }) =>
      `/contract_types/${integerId(contractTypeId)}/entities`,
  ),
  intakeForm: get(
    schemas.intakeForm,
    ({ contractTypeId }: { contractTypeId: schemas.Id }) =>
      `/contract_types/${integerId(contractTypeId)}/intake_form/questionnaire/`,
  ),
  metadataFields: get(
    schemas.metadataFields,
    () => '/key_pointers/',
    ({ contractTypeId }: { contractTypeId: schemas.Id }) => ({ contract_type_id: integerId(contractTypeId) }),
  ),
  templates: get<Nothing, schemas.Template[]>(schemas.templates, () => '/templates/'),
  /** Published templates and archived ones; a row does not say which it is. */
  templatesWithArchived: get<Nothing, schemas.Template[]>(
    schemas.templates,
    () => '/templates/',
    () => ({ include_archived: 'true' }),
  ),
  template: get(
    schemas.template,
    ({ templateId }: { templateId: schemas.Id }) => `/templates/${integerId(templateId)}/`,
  ),
  templateFields: get(
    schemas.templateFields,
    ({ templateId }: { templateId: schemas.Id }) => `/templates/${integerId(templateId)}/metadata`,
  ),
  entities: get<Nothing, schemas.Entity[]>(schemas.entities, () => '/organizations/entities/'),
  roles: get<Nothing, schemas.Role[]>(schemas.roles, () => '/auth/roles/'),
  users: {
    ...get(
      schemas.userPage,
      () => '/auth/users/',
      ({ email, page, limit }: { email: string | null; page: number; limit: number }) => ({
        ...(email === null ? {} : { user_email: email }),
        page: String(page),
        limit: String(limit),
      }),
    ),
    actAs: 'workspace' as const,
  },
  featureFlags: post(
    schemas.featureFlags,
    () => '/workspace/feature-flags/',
    ({ flags }: { flags: string[] }) => ({ flags }),
    TIMEOUT_MS,
  ),
  analytics: post(
    schemas.analytics,
    () => '/analytics/query/',
    ({ query }: { query: string }) => ({ query }),
    ANALYTICS_TIMEOUT_MS,
  ),
  hmacKey: {
    ...get<Nothing, z.infer<typeof schemas.hmacKey>>(schemas.hmacKey, () => '/webhooks/hmac_key/'),
    actAs: 'workspace' as const,
  },
  contracts: get(
    contracts.contractPage,
    () => '/contracts/',
    ({ page, limit, createdSince, executed }: ContractsQuery) => ({
      page: String(page),
      limit: String(limit),
      ...(createdSince ? { 'filter__created_at[$gte]': createdSince } : {}),
      ...(executed ? executedFilters(executed) : {}),
    }),
  ),
  externalMetadata: get(
    contracts.externalMetadata,
    ({ contractId }: { contractId: string }) => `/contracts/${compositeId(contractId)}/external_metadata`,
  ),
} satisfies Record<string, Endpoint<never, unknown>>;

/** Parameters of the list of contracts. Times are ISO 8601; the list can be filtered by times that it does not show. */
interface ContractsQuery {
  page: number;
  limit: number;
  createdSince: string | null;
  executed?: ExecutedContracts;
}

/** Only contracts with the status EXECUTED, by the times of their last change, creation and execution (null: any). */
export interface ExecutedContracts {
  updatedFrom: string;
  updatedBefore: string;
  createdBefore: string | null;
  executedFrom: string | null;
  /** True for those that were uploaded as executed, which their composite ids do not show; null: any. */
  isUploaded: boolean | null;
}

const executedFilters = (filters: ExecutedContracts): Record<string, string> => ({
  filter__display_status: 'EXECUTED',
  'filter__last_updated_on[$gte]': filters.updatedFrom,
  'filter__last_updated_on[$lt]': filters.updatedBefore,
  ...(filters.createdBefore ? { 'filter__created_at[$lt]': filters.createdBefore } : {}),
  ...(filters.executedFrom ? { 'filter__execution_date[$gte]': filters.executedFrom } : {}),
  ...(filters.isUploaded === null ? {} : kindFilter(filters.isUploaded)),
});

/** Only contracts that were uploaded as executed, or only the others. */
const kindFilter = (isUploaded: boolean): Record<string, string> => ({
  [isUploaded ? 'filter__contract_kind' : 'filter__contract_kind[$ne]']: 'EXECUTED_CONTRACT',
});

/** The contract with an id. */
interface ContractLook {
  by: 'contract_id' | 'contract_reference_id';
  value: string;
  /** Only if it was not uploaded as executed. */
  isDrawnUp?: boolean;
}

export type EndpointId = keyof typeof endpoints;

/** Reads of one contract for a person who waits: sent once and before other reads. `timeoutMs` includes the wait. */
export const looks = {
  /** The form of id that the filter by contract takes is undocumented. */
  contract: {
    ...get(
      contracts.contractDetails,
      () => '/contracts/',
      ({ by, value, isDrawnUp }: ContractLook) => ({
        page: '1',
        limit: '10',
        [`filter__${by}`]: value,
        ...(isDrawnUp ? kindFilter(false) : {}),
      }),
    ),
    timeoutMs: LOOK_TIMEOUT_MS,
  },
  contractsOfRecord: {
    ...get(
      contracts.contractsOfRecord,
      ({ id }: { id: string }) => `/contracts/by_external_metadata/${externalId(id)}`,
    ),
    timeoutMs: LOOK_TIMEOUT_MS,
  },
} satisfies Record<string, Endpoint<never, unknown>>;

export type LookId = keyof typeof looks;
