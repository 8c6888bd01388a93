import type { Environment } from '../config/config.ts';
import type { BusinessUsers, ContractUser } from '../events/log/business-user.ts';
import { pluralize } from '../text/counts.ts';
import { addressMark, isAddress } from '../text/ids.ts';
import type { Sources } from './business-user-sources.ts';
import type { CheckInput } from './check.ts';
import { type Finding, fail, pass, quoted, skip } from './judgement.ts';
import { judgeCreators } from './listed-contracts.ts';

export function intendedText({ environment: { routing } }: CheckInput): string {
  const businessUser = routing?.businessUser ?? '';
  return isAddress(businessUser) ? businessUser : `a member of ${quoted(businessUser)}`;
}

export const periodText = ({ limit }: BusinessUsers): string =>
  limit === null ? 'the last 30 days' : `the newest ${limit} events`;

const REPORT_NUMBER =
  'Have the integration report the contracts that it creates by the number that webhooks carry in contract_id (docs/reporting.md)';

export const unclear = (expected: string, reason: string, remedy: string): Finding => ({
  status: 'unknown',
  expected,
  reason,
  remedy,
  evidence: [],
});

export function judgeContracts(
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
