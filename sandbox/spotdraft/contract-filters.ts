import { ApiError } from './answer.ts';
import { contractNumber } from './ids.ts';
import type { SimContract } from './model.ts';

type Predicate = (contract: SimContract) => boolean;

interface Filter {
  kind: 'text' | 'number' | 'time';
  read: (contract: SimContract) => string | number;
}

/** The simulated filters: 8 of the 26 documented ones. */
const filters: Record<string, Filter> = {
  created_at: { kind: 'time', read: (contract) => Date.parse(contract.created) },
  execution_date: { kind: 'time', read: (contract) => Date.parse(contract.executed ?? '') },
  last_updated_on: { kind: 'time', read: (contract) => Date.parse(contract.lastUpdated) },
  contract_type_id: { kind: 'number', read: (contract) => contract.contractTypeId },
  contract_id: { kind: 'text', read: (contract) => contract.id },
  contract_kind: { kind: 'text', read: (contract) => contract.kind },
  contract_reference_id: { kind: 'text', read: (contract) => contract.referenceId },
  display_status: { kind: 'text', read: (contract) => contract.status },
};

type Value = string | number;
const operators: Record<string, (actual: Value, given: Value) => boolean> = {
  $eq: (actual, given) => actual === given,
  $ne: (actual, given) => actual !== given,
  $gt: (actual, given) => actual > given,
  $gte: (actual, given) => actual >= given,
  $lt: (actual, given) => actual < given,
  $lte: (actual, given) => actual <= given,
};
const orderings = ['$gt', '$gte', '$lt', '$lte'];

/** The contracts that match all `filter__…` parameters and `query`. A filter that is not simulated is refused, not ignored. */
export function filterContracts(contracts: SimContract[], query: URLSearchParams): SimContract[] {
  const predicates = [...query].flatMap(([name, value]) =>
    name.startsWith('filter__') ? [toPredicate(name, value)] : [],
  );
  const text = query.get('query')?.toLowerCase();
  if (text)
    predicates.push(({ name, counterparty }) => `${name}\n${counterparty}`.toLowerCase().includes(text));
  return contracts.filter((contract) => predicates.every((matches) => matches(contract)));
}

function toPredicate(parameter: string, text: string): Predicate {
  const parts = /^filter__(\w+?)(?:\[(\$\w+)\])?$/.exec(parameter);
  const filter = filters[parts?.[1] ?? ''];
  if (!filter) {
    const known = Object.keys(filters).join(', ');
    throw new ApiError(400, `${parameter} is not simulated. The simulated filters are ${known}.`);
  }
  const operator = parts?.[2] ?? '$eq';
  const { read } = filter;
  if (operator === '$in') {
    const given = splitList(text).map((item) => toValue(filter, parameter, item));
    return (contract) => given.some((value) => equal(filter, contract, value));
  }
  const compare = operators[operator];
  if (!compare || (filter.kind === 'text' && orderings.includes(operator)))
    throw new ApiError(400, `${parameter} has an operator that this filter does not accept.`);
  const given = toValue(filter, parameter, text);
  if (operator === '$eq') return (contract) => equal(filter, contract, given);
  if (operator === '$ne') return (contract) => !equal(filter, contract, given);
  return (contract) => compare(read(contract), given);
}

/** SpotDraft does not document which form of contract id this filter accepts: both the composite id and the number match. */
function equal(filter: Filter, contract: SimContract, given: Value): boolean {
  return (
    filter.read(contract) === given ||
    (filter === filters.contract_id && String(contractNumber(contract.id)) === given)
  );
}

function toValue({ kind }: Filter, parameter: string, text: string): Value {
  if (kind === 'text') return text;
  const value = kind === 'time' ? Date.parse(text) : Number(text);
  if (text.trim() === '' || Number.isNaN(value))
    throw new ApiError(
      400,
      `${parameter} is "${text}" and must be a ${kind === 'time' ? 'date and time' : 'number'}.`,
    );
  return value;
}

/** Splits a comma-separated list. `\,` is a comma inside an item. */
function splitList(text: string): string[] {
  return text.split(/(?<!\\),/).map((item) => item.replaceAll('\\,', ','));
}
