import type { Environment } from '../../config/config.ts';
import type { ContractUser } from '../../events/log/business-user.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { addressMark } from '../../text/ids.ts';
import type { Check, CheckInput } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  nothingYet,
  pass,
  quoted,
} from '../judgement.ts';

/** Deliveries are the only source that names the business user: the list of contracts shows who created one. */
export const check: Check = {
  id: 'routing.business-user',
  item: 'configuration',
  title: 'Contracts of the integration get the intended business user',
  severity: 'blocking',
  // Only the members of a role are read from the workspace.
  restsOn: ({ environment }) =>
    environment.routing?.businessUser.includes('@')
      ? []
      : ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const { environment, log, facts } = input;
    if (environment.routing === null) return nothingRequired('no business user is configured (routing)');
    const { businessUser } = environment.routing;
    const expected = `contracts of the integration get ${nameOf(businessUser)}`;
    if (log.known && contractsIn(log.value.businessUsers ?? [], input).length === 0)
      return nothingYet('no delivery of the last 30 days names a business user');
    return combine(
      judgeFact(log, expected, ({ businessUsers }) => {
        const contracts = contractsIn(businessUsers ?? [], input);
        if (businessUser.includes('@')) return judgeContracts(contracts, [businessUser], expected, input);
        if (facts.roleMembers === null)
          throw new Error(`members of ${businessUser} are needed and were not read`);
        return judgeFact(facts.roleMembers, expected, (members) =>
          members.length > 0
            ? judgeContracts(contracts, members, expected, input)
            : [
                fail(
                  expected,
                  `no active member has the role ${quoted(businessUser)}`,
                  `Add the intended business users to ${quoted(businessUser)} in ${environmentLabel(environment)}`,
                  facts.roleMembers?.sources ?? [],
                ),
              ],
        );
      }),
    );
  },
};

const nameOf = (businessUser: string): string =>
  businessUser.includes('@') ? businessUser : `a member of ${quoted(businessUser)}`;

/** The integration's contracts: those it reported or linked to a record; all of them when it marks none. */
function contractsIn(all: readonly ContractUser[], { log }: CheckInput): readonly ContractUser[] {
  const reported = new Set(log.known ? log.value.reported.map(({ contract_id }) => contract_id) : []);
  const own = all.filter(({ contractId, isLinked }) => isLinked || reported.has(contractId));
  return own.length > 0 ? own : all;
}

function judgeContracts(
  contracts: readonly ContractUser[],
  intended: readonly string[],
  expected: string,
  input: CheckInput,
): Finding[] {
  const kept = contracts.filter(({ mark }) => mark !== 'not_kept');
  if (kept.length === 0)
    return [
      {
        status: 'unknown',
        expected,
        reason: 'log.payloads: none keeps no business user of the deliveries',
        remedy: 'Set log.payloads to redacted: it keeps a mark of the address and no address',
        evidence: [],
      },
    ];
  const isFor = ({ eventId, mark }: ContractUser, address: string) => mark === addressMark(eventId, address);
  const wrong = kept.filter((contract) => !intended.some((address) => isFor(contract, address)));
  const [newest] = wrong;
  if (newest === undefined)
    return [pass(expected, `all ${kept.length} contracts of the last 30 days do`, [])];
  const behind = knownAddresses(input.environment, input).find(({ address }) => isFor(newest, address));
  const who =
    newest.mark === null ? 'a business user without an address' : (behind?.text ?? 'another business user');
  return [
    fail(
      expected,
      `${wrong.length} of ${kept.length} contracts got another one; contract ${newest.contractId} (${newest.eventId}) got ${who}`,
      `Have the integration create contracts as the intended user (header user-email): without it SpotDraft takes the user behind the credentials as the business user`,
      [],
    ),
  ];
}

/** Addresses from the config that a wrong business user is compared with. */
const knownAddresses = (
  { userEmail }: Environment,
  { requires }: CheckInput,
): { address: string; text: string }[] => [
  ...(userEmail === null ? [] : [{ address: userEmail, text: `${userEmail}, the configured userEmail` }]),
  ...requires.users.map(({ email }) => ({ address: email, text: email })),
];
