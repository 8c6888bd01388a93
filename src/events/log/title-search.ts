import { setImmediate as nextTurn } from 'node:timers/promises';
import { webhookText } from '../../spotdraft/webhook-text.ts';
import type { Database } from '../../store/database.ts';
import { keptPayloads, newestEventKey } from '../../store/event-payload.ts';
import { plainForms } from '../../text/decoded-text.ts';

/** Events searched in one turn of the event loop. */
const PAGE = 250;
/** Newest events that are searched. All of a large log would take minutes. */
const MAX_EVENTS = 20_000;
/** Shortest text that is searched for, characters. A shorter one is in every other title. */
const MIN_TEXT = 3;

export interface ContractByTitle {
  environment: string;
  contractId: string;
}

export interface TitleSearch {
  /** Contracts whose title or counterparty contains the text, newest first. */
  contracts: ContractByTitle[];
  /** `nothing kept`: no searched event has a complete payload, so titles cannot be searched. */
  reach: 'all' | 'newest' | 'nothing kept';
  /** Number of searched events. */
  events: number;
}

/** True for a text that a title or a name may contain. */
export const mayBeTitle = (text: string): boolean => text.length >= MIN_TEXT && /\p{L}{2}/u.test(text);

/**
 * Searches the complete payloads of the newest events (`log.payloads: full`) for contracts whose title or counterparty
 * contains a text. Case, width and repeated blanks make no difference.
 */
export async function searchTitles(
  db: Database,
  text: string,
  environment: string | null,
): Promise<TitleSearch> {
  const wanted = folded(text);
  const contracts = new Map<string, ContractByTitle>();
  const newest = await newestEventKey(db);
  const oldest = Math.max(0, newest - MAX_EVENTS);
  let events = 0;
  for (let to = newest; to > oldest; to -= PAGE) {
    for (const event of await keptPayloads(db, Math.max(oldest, to - PAGE), to)) {
      events += 1;
      if (environment !== null && event.environment !== environment) continue;
      const payload = parsed(event.bytes);
      if (event.contractId === null || !namesIn(payload).some((name) => folded(name).includes(wanted)))
        continue;
      const contract = { environment: event.environment, contractId: String(event.contractId) };
      contracts.set(`${contract.environment} ${contract.contractId}`, contract);
    }
    await nextTurn();
  }
  const reach = events === 0 ? 'nothing kept' : oldest > 0 ? 'newest' : 'all';
  return { contracts: [...contracts.values()], reach, events };
}

const folded = (text: string): string => plainForms(text).toLowerCase().split(/\s/).filter(Boolean).join(' ');

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(webhookText(bytes).text);
  } catch {
    // An unreadable payload has no title.
    return null;
  }
}

/** The title of the contract and the names of its counterparties. */
function namesIn(payload: unknown): string[] {
  const { contract_title: title, counterparties } = fieldsOf(payload);
  const parties = Array.isArray(counterparties) ? counterparties.map(fieldsOf) : [];
  return [title, ...parties.flatMap((party) => [party.organization_name, party.poc_name])].filter(
    (name) => typeof name === 'string',
  );
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
