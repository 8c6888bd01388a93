import type { BusinessUsers, ContractUser } from '../events/log/business-user.ts';
import type { CheckInput } from './check.ts';
import { type ListedContracts, listedContracts } from './listed-contracts.ts';

/** The integration's contracts in both sources. */
export interface Sources {
  users: BusinessUsers;
  delivered: readonly ContractUser[];
  /** Delivered contracts that nothing shows to be the integration's, while others are. */
  foreign: readonly ContractUser[];
  listed: ListedContracts;
  /** Numbers of the composite ids under which it reported contracts that neither source shows. */
  unplaced: readonly number[];
}

/**
 * All delivered contracts count only when the integration marks none: it links none to a record and reports none as created by
 * its internal id. Else an unmarked contract is somebody else's.
 */
export function sourcesOf(users: BusinessUsers, input: CheckInput): Sources {
  const { internal, composite } = users.undelivered;
  const listed = listedContracts(input, users.contracts, composite);
  const own = users.contracts.filter(({ isOwn }) => isOwn);
  const marksThem = own.length > 0 || internal.length > 0 || listed.own.length > 0;
  return {
    users,
    delivered: marksThem ? own : users.contracts,
    foreign: marksThem ? users.contracts.filter(({ isOwn }) => !isOwn) : [],
    listed,
    unplaced: composite.filter((number) => !listed.reported.has(number)),
  };
}

export const isEmpty = ({ users, listed }: Sources): boolean =>
  users.contracts.length === 0 && listed.own.length === 0;
