import type { ContractUser } from '../events/log/business-user.ts';
import type { SampledContract } from '../workspace/facts.ts';
import type { CheckInput } from './check.ts';
import { type Finding, fail, pass, skip, unknownFinding } from './judgement.ts';

const MONTH_MS = 30 * 86_400_000;

/** Contracts of the last 30 days in the list of contracts. */
export interface ListedContracts {
  /** They link an external record, or the integration reported their composite ids, so they are the integration's. */
  own: SampledContract[];
  /** Numbers of the reported composite ids that the list shows. */
  reported: ReadonlySet<number>;
  /** Their external metadata could not be read, so they may be the integration's. */
  unclear: SampledContract[];
}

/**
 * A contract whose record a delivery names is left out: deliveries name the business user itself. `created`: numbers of the
 * composite ids under which the integration reported contracts as created.
 */
export function listedContracts(
  { facts: { contracts }, now }: CheckInput,
  delivered: readonly ContractUser[],
  created: readonly number[],
): ListedContracts {
  const recent = contracts?.known
    ? contracts.value.filter(({ createdAt }) => createdAt === null || createdAt > now - MONTH_MS)
    : [];
  const named = new Set(delivered.map(({ externalId }) => externalId));
  const recordOf = ({ externalMetadata }: SampledContract): string | null =>
    (externalMetadata.known ? externalMetadata.value?.id?.trim() : null) || null;
  const wanted = new Set(created);
  // T-502 and H-502 are two contracts, and a report keeps the number alone.
  const reported = [...Map.groupBy(recent, ({ id }) => numberIn(id))].flatMap(([number, same]) =>
    number !== null && wanted.has(number) && same.length === 1 ? same : [],
  );
  return {
    own: recent.filter((contract) => {
      const record = recordOf(contract);
      return record === null ? reported.includes(contract) : !named.has(record);
    }),
    reported: new Set(reported.flatMap(({ id }) => numberIn(id) ?? [])),
    unclear: recent.filter((contract) => !contract.externalMetadata.known && !reported.includes(contract)),
  };
}

/** The number of a composite id, `T-502`; null for any other id. */
function numberIn(id: string): number | null {
  const digits = /^[TH]-(\d{1,15})[A-Z]?$/i.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

interface Routing {
  expected: string;
  /** Addresses of the intended business users. */
  intended: readonly string[];
  remedy: string;
  /** Names an address of the config; null for any other one, which is not shown. */
  nameOf(address: string): string | null;
  /** True when deliveries were judged too. */
  hasDeliveries: boolean;
}

const WHICH = 'contracts of the integration in the list of contracts';

/** Judges who created the contracts: SpotDraft makes the user that a call acts as the business user of the new contract. */
export function judgeCreators({ own, unclear }: ListedContracts, routing: Routing): Finding[] {
  const { expected, intended, remedy } = routing;
  const isIntended = ({ creator }: SampledContract) =>
    creator !== null && intended.some((address) => isSameAddress(address, creator));
  const shown = own.filter(({ creator }) => creator !== null);
  const wrong = shown.filter((contract) => !isIntended(contract));
  const [newest] = wrong;
  const sources = own.slice(0, 1).flatMap(({ externalMetadata }) => externalMetadata.sources);
  const findings: Finding[] = unclear
    .filter((contract) => !isIntended(contract))
    .flatMap(({ id, externalMetadata }) =>
      externalMetadata.known
        ? []
        : [
            unknownFinding(expected, {
              ...externalMetadata,
              reason: `contract ${id} may be the integration's, and the intended user did not create it: ${externalMetadata.reason}`,
            }),
          ],
    );
  if (newest) {
    const who = routing.nameOf(newest.creator ?? '') ?? 'another user';
    const actual = `${wrong.length} of ${shown.length} ${WHICH} have another creator (created_by_user_email); contract ${newest.id} was created by ${who}`;
    findings.push(fail(expected, actual, remedy, sources));
  } else if (shown.length > 0) {
    const actual = `all ${shown.length} ${WHICH} were created by the intended user (created_by_user_email)`;
    findings.push(pass(expected, actual, sources));
  }
  if (shown.length === own.length) return findings;
  const reason = `${own.length - shown.length} of ${own.length} ${WHICH} show no creator (created_by_user_email)`;
  const next = 'Let a webhook deliver the next contract of the integration: it names the business user';
  return [
    ...findings,
    routing.hasDeliveries
      ? skip(expected, reason)
      : { status: 'unknown', expected, reason, remedy: next, evidence: sources },
  ];
}

const isSameAddress = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();
