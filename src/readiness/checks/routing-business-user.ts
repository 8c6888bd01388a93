import type { Environment, Requirements } from '../../config/config.ts';
import type { BusinessUsers, ContractUser } from '../../events/log/business-user.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { addressMark, isAddress } from '../../text/ids.ts';
import { sameName } from '../../workspace/names.ts';
import { isEmpty, type Sources, sourcesOf } from '../business-user-sources.ts';
import type { Check, CheckInput } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  type Judgement,
  judgeFact,
  listed,
  nothingRequired,
  nothingYet,
  pass,
  quoted,
  skip,
  unknownFinding,
} from '../judgement.ts';
import { judgeCreators } from '../listed-contracts.ts';

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

function intendedText({ environment: { routing } }: CheckInput): string {
  const businessUser = routing?.businessUser ?? '';
  return isAddress(businessUser) ? businessUser : `a member of ${quoted(businessUser)}`;
}

const showsDeliveries = ({ log }: CheckInput): boolean =>
  log.known && log.value.businessUsers !== null && log.value.businessUsers.contracts.length > 0;

const periodText = ({ limit }: BusinessUsers): string =>
  limit === null ? 'the last 30 days' : `the newest ${limit} events`;

const REPORT_NUMBER =
  'Have the integration report the contracts that it creates by the number that webhooks carry in contract_id (docs/reporting.md)';

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

const unclear = (expected: string, reason: string, remedy: string): Finding => ({
  status: 'unknown',
  expected,
  reason,
  remedy,
  evidence: [],
});

function judgeContracts(
  sources: Sources,
  intended: readonly string[],
  expected: string,
  input: CheckInput,
): Finding[] {
  const { users, delivered, listed } = sources;
  const kept = delivered.filter(({ mark }) => mark !== 'not_kept');
  const known = knownAddresses(input.environment, input);
  const fromList = judgeCreators(listed, {
    expected: `contracts of the integration are created as ${intendedText(input)}`,
    intended,
    remedy: REMEDY,
    nameOf: (creator) =>
      known.find(({ address }) => address.toLowerCase() === creator.trim().toLowerCase())?.text ?? null,
    hasDeliveries: kept.length > 0,
  });
  const rest = [...judgeRest(sources, intended, expected), ...unreadList(input, expected)];
  const reason = 'log.payloads: none keeps no business user of the deliveries';
  const lost = delivered.filter(({ mark }) => mark === 'not_kept').map(() => skip(expected, reason));
  if (kept.length > 0)
    return [...judgeDelivered(kept, { users, intended, expected, known }), ...fromList, ...lost, ...rest];
  if (lost.length === 0 || fromList.length > 0) return [...fromList, ...lost, ...rest];
  const remedy = 'Set log.payloads to redacted: it keeps a mark of the address and no address';
  return [unclear(expected, reason, remedy)];
}

const unreadList = ({ facts: { contracts } }: CheckInput, expected: string): Finding[] =>
  contracts === null || contracts.known
    ? []
    : [skip(expected, `the list of contracts could not be read: ${contracts.reason}`)];

/** Contracts that the integration reported as created and that neither source shows. */
function judgeRest(
  { users, delivered, foreign, listed, unplaced }: Sources,
  intended: readonly string[],
  expected: string,
): Finding[] {
  const others = foreign.filter((contract) => !intended.some((address) => isFor(contract, address)));
  const elsewhere = others.length === 1 ? '1 contract was' : `${others.length} contracts were`;
  const isUnproven = delivered.length === 0 && listed.own.length === 0;
  if (isUnproven)
    return [
      unclear(
        expected,
        `${elsewhere} routed to others, and none of the ${pluralize(foreign.length, 'contract')} delivered can be matched to what the integration reported`,
        REPORT_NUMBER,
      ),
    ];
  const [number] = unplaced;
  const asComposite = `reported as T- or H-${number} only, the number of no contract that a delivery or the list shows as the integration's`;
  if (number !== undefined && others.length > 0)
    return [
      unclear(
        expected,
        `${pluralize(unplaced.length, 'contract')} of the integration: ${asComposite}; ${elsewhere} routed to others and may be among them`,
        REPORT_NUMBER,
      ),
    ];
  return [
    ...unplaced.map(() => skip(expected, asComposite)),
    ...users.undelivered.internal.map((id) =>
      skip(
        expected,
        `no delivery of ${periodText(users)} is about contract ${id}, which it reported as created`,
      ),
    ),
  ];
}

const REMEDY =
  'Have the integration create contracts as the intended user (header user-email): without it SpotDraft takes the user behind the credentials as the business user';

const isFor = ({ eventId, mark }: ContractUser, address: string): boolean =>
  mark === addressMark(eventId, address);

interface Routing {
  users: BusinessUsers;
  intended: readonly string[];
  expected: string;
  known: readonly KnownAddress[];
}

function judgeDelivered(
  kept: readonly ContractUser[],
  { users, intended, expected, known }: Routing,
): Finding[] {
  const shown = kept.filter(({ mark }) => mark !== null);
  const [unshown] = kept.filter(({ mark }) => mark === null);
  const wrong = shown.filter((contract) => !intended.some((address) => isFor(contract, address)));
  const [newest] = wrong;
  const findings: Finding[] = [];
  if (newest) {
    const behind = known.find(({ address }) => isFor(newest, address));
    findings.push(
      fail(
        expected,
        `${wrong.length} of ${kept.length} contracts got another one; contract ${newest.contractId} (${newest.eventId}) got ${behind?.text ?? 'another business user'}`,
        newest.isOwn
          ? REMEDY
          : `${REMEDY}. If people created these contracts, have it report contractId with the calls that create its own (docs/reporting.md)`,
        [],
      ),
    );
  } else if (shown.length > 0)
    findings.push(pass(expected, `all ${shown.length} contracts of ${periodText(users)} do`, []));
  if (unshown)
    findings.push(
      unclear(
        expected,
        `${kept.length - shown.length} of ${kept.length} contracts show no address of a business user; contract ${unshown.contractId} (${unshown.eventId}) is one`,
        `Check in SpotDraft who the business user of contract ${unshown.contractId} is`,
      ),
    );
  return findings;
}

interface KnownAddress {
  address: string;
  text: string;
}

/** Addresses from the config that a wrong business user is compared with. */
const knownAddresses = ({ userEmail }: Environment, { requires }: CheckInput): KnownAddress[] => [
  ...(userEmail === null ? [] : [{ address: userEmail, text: `${userEmail}, the configured userEmail` }]),
  ...requires.users.map(({ email }) => ({ address: email, text: email })),
];
