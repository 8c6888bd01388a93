import type { Environment } from '../../config/config.ts';
import type { SpotDraftReader } from '../../spotdraft/client.ts';
import type { ExecutedContracts } from '../../spotdraft/endpoints.ts';
import { PAGE_LIMIT } from '../../spotdraft/endpoints.ts';
import type { Unknown } from '../../spotdraft/fact.ts';
import { countContractsOf, eventsOfContracts } from '../../store/contract-events.ts';
import type { Database } from '../../store/database.ts';
import { unreadSince } from '../../store/event-notes.ts';
import type { ListedIds, Look } from '../../store/reconciliations.ts';
import { addCounts } from '../../text/counts.ts';
import { EXECUTED, identifiersOf, type Numbering } from './contract-match.ts';
import { judgeMissing, type MissingFacts, type MissingJudgement } from './judge-missing.ts';

/** Reads of one comparison: the integration shares the pace of the workspace. */
const MAX_READS = 2;
/** A date of execution may have no time of day, and may be that of any time zone, ms. */
const DATE_MS = 2 * 86_400_000;

/** Stored in place of a reason while a look goes on; its progress says the rest. */
export const CONTINUED = 'continued';

export interface LookStep extends Pick<MissingJudgement, 'missing' | 'doubts' | 'numbering'> {
  /** null when all contracts of the period were compared. */
  look: Look | null;
  /** Contracts of the period that were seen. */
  contracts: number;
  /** Those that were not compared, by reason. */
  left: Partial<Record<string, number>>;
  /** Why SpotDraft could not be read; null when it could. */
  unread: string | null;
}

/** Goes on with a look as far as two reads reach. What one of them leaves open is read the next time. */
export async function continueLook(
  { db, clientOf }: { db: Database; clientOf: (environment: string) => SpotDraftReader },
  { name }: Pick<Environment, 'name'>,
  begun: Look,
  { baseline, numbering }: { baseline: number; numbering: Numbering | null },
): Promise<LookStep> {
  const iso = (at: number) => new Date(at).toISOString();
  const period = { updatedFrom: iso(begun.from), updatedBefore: iso(begun.until) };
  let reads = 0;
  const list = async (page: number, more: Partial<ExecutedContracts> = {}) => {
    reads += 1;
    const executed = { ...period, createdBefore: null, executedFrom: null, isUploaded: null, ...more };
    return clientOf(name).read('contracts', { page, limit: PAGE_LIMIT, createdSince: null, executed });
  };
  const step: LookStep = {
    missing: [],
    doubts: [],
    numbering,
    left: begun.left,
    look: begun,
    contracts: begun.seen.length,
    unread: null,
  };
  const stop = (what: string, { reason }: Unknown): LookStep => ({ ...step, unread: `${what}: ${reason}` });
  while (step.look !== null && reads < MAX_READS) {
    const { look } = step;
    const listed = await list(look.page);
    if (!listed.known) return stop("SpotDraft's list of contracts could not be read", listed);
    const { results, total_results: total, limit } = listed.value;
    const rows = results.map((row, index) => ({ row, id: row.id ?? `page ${look.page}, row ${index}` }));
    const seen = new Set(look.seen);
    const contracts = rows.flatMap(({ row, id }) => (seen.has(id) ? [] : [row]));
    const facts: MissingFacts = {
      contracts,
      executedSince: look.dated,
      ...kindsOf(look),
      baseline,
      known: await eventsOfContracts(db, name, contracts.flatMap(identifiersOf)),
      numbering: step.numbering,
      announced: await countContractsOf(db, name, EXECUTED, look.from),
      unread: (await unreadSince(db, name, look.from)).count,
    };
    let judged = judgeMissing(facts);
    // Those of one kind may be too many for a page and those of the other few.
    for (const kind of ['drawnUp', 'uploaded'] as const) {
      if (judged.unconfirmed.length === 0 || look[kind] !== null || reads >= MAX_READS) continue;
      const ofKind = await list(1, { isUploaded: kind === 'uploaded' });
      if (ofKind.known) look[kind] = idsOf(ofKind.value);
      else if (isRefused(ofKind)) look[kind] = { ids: [], isWhole: false };
      else return stop('the kinds of contracts could not be read', ofKind);
      judged = judgeMissing({ ...facts, ...kindsOf(look) });
    }
    const since = baseline + DATE_MS;
    if (judged.undated.length > 0 && look.dated === null && since >= look.until)
      look.dated = { ids: [], isWhole: true };
    if (judged.undated.length > 0 && look.dated === null && reads < MAX_READS) {
      const dated = await list(1, {
        createdBefore: iso(since),
        executedFrom: iso(since),
        isUploaded: false,
      });
      if (dated.known) look.dated = idsOf(dated.value);
      else if (isRefused(dated)) look.dated = { ids: [], isWhole: false };
      else return stop('dates of execution could not be read', dated);
      judged = judgeMissing({ ...facts, ...kindsOf(look), executedSince: look.dated });
    }
    step.missing = [...step.missing, ...judged.missing];
    step.doubts = [...step.doubts, ...judged.doubts];
    step.numbering = judged.numbering ?? step.numbering;
    const isOpen = judged.unconfirmed.length > 0 || (judged.undated.length > 0 && look.dated === null);
    if (isOpen) return step;
    step.left = addCounts(step.left, { ...judged.left });
    const ids = rows.map(({ id }) => id);
    step.contracts = new Set([...seen, ...ids]).size;
    const next = afterPage(look, { total, limit, ids });
    step.look = next && { ...next, left: step.left };
  }
  return step;
}

const kindsOf = ({ drawnUp, uploaded }: Look): Pick<Look, 'drawnUp' | 'uploaded'> => ({ drawnUp, uploaded });

/** SpotDraft does not accept the filter: asking again would not help. */
const isRefused = ({ code }: Unknown): boolean => code === 'refused' || code === 'not_found';

const idsOf = ({
  results,
  total_results: total,
}: {
  results: { id: string | null }[];
  total_results: number;
}): ListedIds => ({
  ids: results.flatMap(({ id }) => (id === null ? [] : [id])),
  isWhole: results.length >= total,
});

/** Begins to read the contracts that changed in a period, epoch ms. */
export const beginLook = (from: number, until: number): Look => ({
  from,
  until,
  page: 1,
  total: null,
  seen: [],
  drawnUp: null,
  uploaded: null,
  dated: null,
  left: {},
});

/** One page of the list as SpotDraft answered it. */
export interface ReadPage {
  /** Contracts in the whole list now. */
  total: number;
  /** Contracts on a page; SpotDraft may show fewer than were asked for. */
  limit: number;
  ids: readonly string[];
}

/**
 * The look after one more page; null when all contracts were seen. A contract that changes meanwhile leaves the list, and those
 * behind it move forward: so pages are read from the last to the first, and a list that grew is begun again.
 */
export function afterPage(look: Look, { total, limit, ids }: ReadPage): Look | null {
  const seen = [...new Set([...look.seen, ...ids])];
  const last = Math.max(1, Math.ceil(total / limit));
  if (look.total === null) return seen.length >= total ? null : { ...look, seen, total, page: last };
  if (total > look.total) return { ...look, seen, total, page: last };
  const isSame = total === look.total;
  if (seen.length >= total && (isSame || look.page === 1)) return null;
  if (look.page > 1) return { ...look, seen, page: Math.min(look.page - 1, last) };
  return { ...look, total, page: last, seen: isSame ? seen : [] };
}
