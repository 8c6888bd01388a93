import { createHash } from 'node:crypto';
import { ApiError, json, parseObject } from '../answer.ts';
import { filterContracts } from '../contract-filters.ts';
import { type Call, type Handler, parameter } from '../handler.ts';
import type { SimContract, SimExternalMetadata, Workspace } from '../model.ts';
import { paginate } from '../query.ts';

/** The documented limit; there is no second page. */
const MAX_BY_EXTERNAL_ID = 50;

export const contracts: Handler = ({ workspace, query }) => {
  const found = filterContracts(workspace.contracts, query).sort(byIdHash);
  return paginate(query, found, (contract) => ({
    id: contract.id,
    ...contractRow(workspace, contract),
    created_by_user_name: contract.createdBy.name,
    created_by_user_email: contract.createdBy.email,
  }));
};

/**
 * SpotDraft does not document the answer for a contract without external metadata. Here it is an empty object: the documented
 * 404 says that a record does not exist for its object configuration, which is something else.
 */
export const externalMetadata: Handler = (call) => {
  const contract = findContract(call, 'contract_id');
  const { externalMetadata: metadata } = contract;
  return json(200, { external_metadata: metadata ? externalMetadataRow(metadata) : {} });
};

export const byExternalMetadata: Handler = (call) => {
  const id = parameter(call, 'external_metadata_id');
  const rows = call.workspace.contracts
    .filter((contract) => contract.externalMetadata?.id === id)
    .sort(byIdHash)
    .slice(0, MAX_BY_EXTERNAL_ID)
    // SpotDraft documents an integer id here and a composite id in the list.
    .map((contract) => ({ id: contract.internalId, ...contractRow(call.workspace, contract) }));
  return json(200, rows);
};

export const contractStatus: Handler = (call) => {
  const { status, name } = findContract(call, 'composite_id');
  return json(200, { contract_status: status, contract_name: name });
};

export const reTrigger: Handler = ({ workspace, body, retrigger }) => {
  const ids = contractIds(body);
  const existing = new Set(workspace.contracts.map(({ internalId }) => internalId));
  // Partial success is undocumented, so one unknown id refuses the whole request.
  if (!ids.every((id) => existing.has(id))) return json(404, { detail: 'Not Found' });
  retrigger(ids);
  return json(200, { message: 'Success' });
};

function contractIds(body: string): number[] {
  const value: unknown = parseObject(body).contract_ids;
  if (!Array.isArray(value) || value.length === 0 || !value.every((id) => Number.isSafeInteger(id)))
    throw new ApiError(400, 'contract_ids must be a list of at least one whole number.');
  return value;
}

function findContract(call: Call, name: string): SimContract {
  const id = parameter(call, name);
  const found = call.workspace.contracts.find((contract) => contract.id === id);
  if (!found) throw new ApiError(404, `Contract ${id} was not found.`);
  return found;
}

/**
 * Sorts by a hash of the id: stable, but meaningless. SpotDraft documents no order for lists of contracts, so nothing
 * may depend on one.
 */
function byIdHash(left: SimContract, right: SimContract): number {
  return position(left.id) - position(right.id) || left.id.localeCompare(right.id);
}

const positions = new Map<string, number>();
function position(id: string): number {
  const known = positions.get(id);
  if (known !== undefined) return known;
  const computed = createHash('sha256').update(id).digest().readUInt32BE();
  positions.set(id, computed);
  return computed;
}

function contractRow(workspace: Workspace, contract: SimContract) {
  const type = workspace.contractTypes.find((each) => each.id === contract.contractTypeId);
  return {
    created: contract.created,
    created_by: contract.createdBy.name,
    created_by_workspace: workspace.workspaceId,
    contract_link: `https://app.spotdraft.com/contracts/v2/${contract.internalId}`,
    contract_status: contract.status,
    contract_name: contract.name,
    counter_party_name: contract.counterparty,
    contract_type_name: type?.name ?? '',
    contract_type_id: contract.contractTypeId,
    reference_id: contract.referenceId,
    external_metadata: contract.externalMetadata ? externalMetadataRow(contract.externalMetadata) : undefined,
  };
}

function externalMetadataRow(metadata: SimExternalMetadata) {
  return {
    id: metadata.id,
    integration_name: metadata.integrationName,
    record_type: metadata.recordType,
    record_data: metadata.recordData,
    object_configuration_id: metadata.objectConfigurationId,
  };
}
