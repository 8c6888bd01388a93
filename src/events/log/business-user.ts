import { businessUserIn, externalIdIn } from '../../spotdraft/webhook-payload.ts';
import { webhookJson } from '../../spotdraft/webhook-text.ts';
import { createdAmong, createdContracts } from '../../store/api-calls.ts';
import type { Database } from '../../store/database.ts';
import { storedPayload } from '../../store/event-payload.ts';
import { listEvents } from '../../store/events.ts';
import { addressMark } from '../../text/ids.ts';

/** The business user of a contract, from the newest delivery that concerns it. */
export interface ContractUser {
  /** `evt_…` */
  eventId: string;
  contractId: number;
  /** True for a contract of the integration: it reported the call that created it, or the delivery names an external record. */
  isOwn: boolean;
  /** Id of the external record that the delivery names; null when it names none. */
  externalId: string | null;
  /** A mark of the address; null when no delivery shows one. `not_kept`: the payload is not stored. */
  mark: string | null | 'not_kept';
}

/** The business users that the log names. */
export interface BusinessUsers {
  /** Newest first, one per contract. */
  contracts: ContractUser[];
  /** The number of newest events that were read; null when they are all of the period. */
  limit: number | null;
  /** Contracts that the integration reported as created and that none of these deliveries is about. */
  undelivered: {
    /** Internal ids. With one, an unreported contract is somebody else's. */
    internal: number[];
    /** Numbers of composite ids, which may be other contracts' internal ids. */
    composite: number[];
  };
}

/** Events that are read. More would take longer than the rest of a check. */
const MAX_EVENTS = 500;

/** Business users of the contracts of the newest 500 events, and contracts reported as created, of a period in epoch ms UTC. */
export async function readBusinessUsers(
  db: Database,
  environment: string,
  period: { since: number; until: number },
): Promise<BusinessUsers> {
  const filter = {
    environment,
    since: period.since,
    until: null,
    activity: null,
    limit: MAX_EVENTS + 1,
    after: null,
    now: period.until,
  };
  const events = await listEvents(db, filter);
  const users = new Map<number, ContractUser>();
  const silent = new Map<number, ContractUser>();
  for (const { id, contract_id: contractId, ...row } of events.slice(0, MAX_EVENTS)) {
    if (contractId === null || users.has(contractId)) continue;
    const payload = storedPayload(row);
    const json =
      payload.kind === 'raw' ? webhookJson(payload.bytes) : payload.kind === 'redacted' ? payload.json : null;
    const mark = payload.kind === 'none' ? 'not_kept' : markIn(json, id);
    const externalId = externalIdIn(json);
    const user = { eventId: id, contractId, isOwn: externalId !== null, externalId, mark: mark ?? null };
    if (mark !== undefined) users.set(contractId, user);
    else if (!silent.has(contractId)) silent.set(contractId, user);
  }
  // An older delivery of the contract may name the business user.
  for (const [contractId, user] of silent) if (!users.has(contractId)) users.set(contractId, user);
  const reported = new Set(await createdAmong(db, environment, [...users.keys()]));
  const contracts = [...users.values()].map((user) => ({
    ...user,
    isOwn: user.isOwn || reported.has(user.contractId),
  }));
  const own = contracts.filter(({ isOwn }) => isOwn);
  const ids = new Set(own.map(({ contractId }) => contractId));
  const records = new Set(own.map(({ externalId }) => externalId));
  const undelivered = (await createdContracts(db, environment, period)).filter(
    ({ id, externalId }) => !ids.has(id) && (externalId === null || !records.has(externalId)),
  );
  return {
    contracts,
    limit: events.length > MAX_EVENTS ? MAX_EVENTS : null,
    undelivered: {
      internal: undelivered.filter(({ isExact }) => isExact).map(({ id }) => id),
      composite: undelivered.filter(({ isExact }) => !isExact).map(({ id }) => id),
    },
  };
}

/** undefined when the payload names no business user, as payloads that were stored before marks existed. */
function markIn(json: unknown, eventId: string): string | null | undefined {
  const user = businessUserIn(json);
  if (user === null) return undefined;
  return user.address === null ? user.mark : addressMark(eventId, user.address);
}
