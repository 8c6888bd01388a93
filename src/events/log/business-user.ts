import type { Database } from '../../store/database.ts';
import { storedPayload } from '../../store/event-payload.ts';
import { listEvents } from '../../store/events.ts';
import { addressMark } from '../../text/ids.ts';

/** The business user of a contract, from the newest delivery that concerns it. */
export interface ContractUser {
  /** `evt_…` */
  eventId: string;
  contractId: number;
  /** When the event arrived, epoch ms UTC. */
  at: number;
  /** True when the delivery shows external metadata: the contract is linked to a record of the integration. */
  isLinked: boolean;
  /** A mark of the address; null when the delivery shows none. `not_kept`: the payload is not stored. */
  mark: string | null | 'not_kept';
}

/** The stored form of a mark. */
const MARK = /^usr_[0-9a-z]{26}$/;

/** The business user of a payload; null when the payload has none. */
export function businessUserIn(payload: unknown): { address: string | null; mark: string | null } | null {
  const { email, mark, ...more } = fieldsOf(fieldsOf(payload).business_user);
  if (email === undefined && mark === undefined && Object.keys(more).length === 0) return null;
  return {
    address: typeof email === 'string' && email.includes('@') ? email : null,
    mark: typeof mark === 'string' && MARK.test(mark) ? mark : null,
  };
}

/** Events that are read. More would take longer than the rest of a check. */
const MAX_EVENTS = 500;

/** Business users of the contracts of the newest 500 events since `since` (epoch ms UTC), newest first, one per contract. */
export async function readBusinessUsers(
  db: Database,
  environment: string,
  since: number,
): Promise<ContractUser[]> {
  const filter = { environment, since, activity: null, limit: MAX_EVENTS, after: null };
  const users = new Map<number, ContractUser>();
  for (const { id, contract_id: contractId, received_at: at, ...row } of await listEvents(db, filter)) {
    if (contractId === null || users.has(contractId)) continue;
    const payload = storedPayload(row);
    const json =
      payload.kind === 'raw' ? parsed(payload.bytes) : payload.kind === 'redacted' ? payload.json : null;
    const isLinked = Object.keys(fieldsOf(fieldsOf(json).external_metadata)).length > 0;
    const mark = payload.kind === 'none' ? 'not_kept' : markIn(json, id);
    if (mark !== undefined) users.set(contractId, { eventId: id, contractId, at, isLinked, mark });
  }
  return [...users.values()];
}

/** undefined when the payload names no business user, as payloads that were stored before marks existed. */
function markIn(json: unknown, eventId: string): string | null | undefined {
  const user = businessUserIn(json);
  if (user === null) return undefined;
  return user.address === null ? user.mark : addressMark(eventId, user.address);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
