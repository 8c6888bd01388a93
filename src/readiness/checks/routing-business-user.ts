import type { Environment } from '../../config/config.ts';
import type { BusinessUsers, ContractUser } from '../../events/log/business-user.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { addressMark, isAddress } from '../../text/ids.ts';
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
    environment.routing && isAddress(environment.routing.businessUser)
      ? []
      : ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const { environment, log, facts } = input;
    if (environment.routing === null) return nothingRequired('no business user is configured (routing)');
    const { businessUser } = environment.routing;
    const expected = `contracts of the integration get ${nameOf(businessUser)}`;
    const users = log.known ? log.value.businessUsers : null;
    if (users && judgedContracts(users).length === 0) return nothingYet(nothingToJudge(users));
    return combine(
      judgeFact(log, expected, ({ businessUsers }) => {
        if (businessUsers === null) throw new Error('business users are needed and were not read');
        if (isAddress(businessUser)) return judgeContracts(businessUsers, [businessUser], expected, input);
        if (facts.roleMembers === null)
          throw new Error(`members of ${businessUser} are needed and were not read`);
        return judgeFact(facts.roleMembers, expected, (members) =>
          members.length > 0
            ? judgeContracts(businessUsers, members, expected, input)
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
  isAddress(businessUser) ? businessUser : `a member of ${quoted(businessUser)}`;

/**
 * The integration's contracts. All contracts count only when the integration marks none: it links none to a record and reports
 * no contract with its calls. Else an unmarked contract is somebody else's.
 */
function judgedContracts({ contracts, reportsContracts }: BusinessUsers): readonly ContractUser[] {
  const own = contracts.filter(({ isOwn }) => isOwn);
  return own.length > 0 || reportsContracts ? own : contracts;
}

const periodText = ({ limit }: BusinessUsers): string =>
  limit === null ? 'the last 30 days' : `the newest ${limit} events`;

function nothingToJudge(users: BusinessUsers): string {
  const period = periodText(users);
  return users.contracts.length === 0
    ? `no delivery of ${period} names a business user`
    : `no delivery of ${period} is about a contract that the integration created; report it by the number that webhooks carry in contract_id (docs/reporting.md)`;
}

function judgeContracts(
  users: BusinessUsers,
  intended: readonly string[],
  expected: string,
  input: CheckInput,
): Finding[] {
  const contracts = judgedContracts(users);
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
    return [pass(expected, `all ${kept.length} contracts of ${periodText(users)} do`, [])];
  const behind = knownAddresses(input.environment, input).find(({ address }) => isFor(newest, address));
  const who =
    newest.mark === null ? 'a business user without an address' : (behind?.text ?? 'another business user');
  return [
    fail(
      expected,
      `${wrong.length} of ${kept.length} contracts got another one; contract ${newest.contractId} (${newest.eventId}) got ${who}`,
      `Have the integration create contracts as the intended user (header user-email): without it SpotDraft takes the user behind the credentials as the business user${newest.isOwn ? '' : '. If people created these contracts, have it report contractId with the calls that create its own (docs/reporting.md)'}`,
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
