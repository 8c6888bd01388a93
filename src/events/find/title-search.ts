import { setImmediate as nextTurn } from 'node:timers/promises';
import { webhookJson } from '../../spotdraft/webhook-text.ts';
import type { Database } from '../../store/database.ts';
import { storedPayload } from '../../store/event-payload.ts';
import { type Cursor, listEvents } from '../../store/events.ts';
import type { FoundEvent } from '../../store/find.ts';
import { plainForms } from '../../text/decoded-text.ts';

/** Events searched in one turn of the event loop. */
const PAGE = 250;
/** Newest events of an environment that are searched. All of a large log would take minutes. */
export const MAX_EVENTS = 20_000;
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
  /** Number of searched events, and of those whose title is kept. */
  events: number;
  kept: number;
  /** Environments of which only the newest events were searched. */
  cut: string[];
}

/** True for a text that a title or a name may contain. */
export const mayBeTitle = (text: string): boolean => text.length >= MIN_TEXT && /\p{L}{2}/u.test(text);

/**
 * Searches the complete payloads of the newest events of each environment (`log.payloads: full`) for contracts whose title or
 * counterparty contains a text. Case, width, accents, punctuation and repeated blanks make no difference.
 */
export async function searchTitles(
  db: Database,
  text: string,
  environments: readonly string[],
): Promise<TitleSearch> {
  const wanted = folded(text.replace(MAIL_PREFIX, ''));
  const contracts = new Map<string, ContractByTitle>();
  const searched = { events: 0, kept: 0, cut: [] as string[] };
  for (const environment of environments) {
    let [read, after]: [number, Cursor | null] = [0, null];
    for (;;) {
      const filter = {
        environment,
        since: null,
        until: null,
        activity: null,
        limit: PAGE,
        after,
        now: Infinity,
      };
      const page: FoundEvent[] = read < MAX_EVENTS ? await listEvents(db, filter) : [];
      const last = page.at(-1);
      if (last === undefined) break;
      read += page.length;
      after = { at: last.received_at, key: last.key };
      for (const { contract_id: contractId, ...row } of page) {
        const payload = storedPayload(row);
        if (payload.kind !== 'raw') continue;
        searched.kept += 1;
        if (
          contractId === null ||
          !namesIn(webhookJson(payload.bytes)).some((name) => folded(name).includes(wanted))
        )
          continue;
        contracts.set(`${environment} ${contractId}`, { environment, contractId: String(contractId) });
      }
      await nextTurn();
    }
    searched.events += read;
    if (read >= MAX_EVENTS) searched.cut.push(environment);
  }
  const { events, kept, cut } = searched;
  return {
    contracts: [...contracts.values()],
    reach: kept === 0 ? 'nothing kept' : cut.length > 0 ? 'newest' : 'all',
    events,
    kept,
    cut,
  };
}

/** Replies, forwards and labels before the subject of a mail, in English, German, French and Scandinavian programs. */
const MAIL_PREFIX = /^(?:\s*(?:(?:re|fwd?|aw|wg|tr|rép|sv|vs)\s*:|\[[^\]]*\]))+/i;

/** Letters without accents and digits, with one blank for whatever is between them. */
const folded = (text: string): string =>
  plainForms(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ');

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
