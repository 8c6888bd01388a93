import type { Requirements } from '../../config/requirements.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { isAddress } from '../../text/ids.ts';
import { sameName } from '../../workspace/names.ts';
import { isEmpty, type Sources, sourcesOf } from '../business-user-sources.ts';
import type { Check, CheckInput } from '../check.ts';
import { intendedText, judgeContracts, periodText, unclear } from '../judge-business-user.ts';
import {
  combine,
  type Finding,
  fail,
  type Judgement,
  judgeFact,
  listed,
  nothingRequired,
  nothingYet,
  quoted,
  unknownFinding,
} from '../judgement.ts';

/** Deliveries name the business user. The list of contracts shows who created one, which is the second source. */
export const check: Check = {
  id: 'routing.business-user',
  item: 'configuration',
  title: 'Contracts of the integration get the intended business user',
  severity: 'blocking',
  // Only the members of a role are needed from the workspace, and the list of contracts when no delivery shows anything.
  restsOn: (input) => {
    const { routing } = input.environment;
    const isRole = routing !== null && !isAddress(routing.businessUser);
    const bases = ['credentials.accepted', 'credentials.workspace', 'credentials.user'];
    if (isRole) return [...bases, ...roleBases(routing.businessUser, input.requires)];
    return showsDeliveries(input) ? [] : bases;
  },
  judge(input) {
    const { environment, log } = input;
    if (environment.routing === null) return nothingRequired('no business user is configured (routing)');
    const { businessUser } = environment.routing;
    const expected = `contracts of the integration get ${intendedText(input)}`;
    const sources = log.known && log.value.businessUsers ? sourcesOf(log.value.businessUsers, input) : null;
    if (sources && isEmpty(sources)) return nothingToJudge(sources, expected, input);
    return combine(
      judgeFact(log, expected, ({ businessUsers }) => {
        if (businessUsers === null) throw new Error('business users are needed and were not read');
        if (sources === null) return [];
        if (isAddress(businessUser)) return judgeContracts(sources, [businessUser], expected, input);
        const { roleMembers } = input.facts;
        if (roleMembers === null) throw new Error(`members of ${businessUser} are needed and were not read`);
        const inactive = roleMembers.known ? roleMembers.value.inactive : [];
        const label = environmentLabel(environment);
        const judgeFor = (members: string[]): Finding[] =>
          members.length > 0
            ? judgeContracts(sources, members, expected, input)
            : [
                fail(
                  expected,
                  `no active member has the role ${quoted(businessUser)}${inactive.length === 0 ? '' : `; not active: ${listed(inactive)}`}`,
                  inactive.length === 0
                    ? `Add the intended business users to ${quoted(businessUser)} in ${label}`
                    : `Activate ${listed(inactive)} in ${label}, or add an active member to ${quoted(businessUser)}`,
                  roleMembers.sources,
                ),
              ];
        return judgeFact(roleMembers, expected, ({ certain, unclear }) => {
          const judged = judgeFor(certain);
          if (!hasFailure(judged) || hasFailure(judgeFor([...certain, ...unclear]))) return judged;
          const reason = `the list of members shows no roles of ${unclear.length} active ones, and the business user may be one of them`;
          const remedy = `Check in ${environmentLabel(environment)} who has the role ${quoted(businessUser)}`;
          return [{ status: 'unknown', expected, reason, remedy, evidence: roleMembers.sources }];
        });
      }),
    );
  },
};

/** Checks that report a missing role, or a required user outside it, more precisely. */
const roleBases = (role: string, requires: Requirements): string[] => [
  'routing.roles',
  ...(requires.users.some(({ roles }) => roles.some((name) => sameName(name, role)))
    ? ['routing.users']
    : []),
];

const hasFailure = (findings: Finding[]): boolean => findings.some(({ status }) => status === 'fail');

const showsDeliveries = ({ log }: CheckInput): boolean =>
  log.known && log.value.businessUsers !== null && log.value.businessUsers.contracts.length > 0;

function nothingToJudge(
  { users }: Sources,
  expected: string,
  { facts: { contracts } }: CheckInput,
): Judgement {
  const reason = `no delivery of ${periodText(users)} names a business user`;
  const { internal, composite } = users.undelivered;
  const created = internal.length + composite.length;
  if (created > 0) {
    const remedy = 'Check that the webhook of this workspace delivers what happens to these contracts';
    return combine([
      unclear(expected, `the integration created ${pluralize(created, 'contract')}, and ${reason}`, remedy),
    ]);
  }
  if (contracts === null) return nothingYet(reason);
  if (!contracts.known)
    return combine([
      unknownFinding(expected, {
        ...contracts,
        reason: `${reason}, and the list of contracts could not be read: ${contracts.reason}`,
      }),
    ]);
  return nothingYet(
    `${reason}; no contract of the last 30 days in the list of contracts links an external record`,
  );
}
