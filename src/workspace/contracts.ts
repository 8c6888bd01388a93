import type { SpotDraftReader } from '../spotdraft/client.ts';
import { PAGE_LIMIT } from '../spotdraft/endpoints.ts';
import { type Fact, known, type Source, unknown } from '../spotdraft/fact.ts';
import type { Contract, ExternalMetadata } from '../spotdraft/schemas.ts';

const DAY_MS = 86_400_000;
/** A window that holds more than this multiple of the sample is narrowed before it is read. */
const MAX_OVERREAD = 5;
const MAX_STEPS = 14;
/** An import creates many contracts at one moment, which no date tells apart. Up to this many are read all the same. */
const MAX_READ = 10_000;

type ContractPage = { total_results: number; limit: number; results: Contract[] };

/** Contracts created in the last `days`; Infinity means all of them. */
interface Window {
  days: number;
  createdSince: string | null;
  /** First page of the window. */
  first: ContractPage;
}

/**
 * Reads the newest contracts. The list has no documented order, so this searches for a window of creation dates that holds
 * enough contracts but not far too many, reads it to the end and sorts it here.
 */
export async function readNewestContracts(
  client: SpotDraftReader,
  count: number,
  now: number,
): Promise<Fact<Contract[]>> {
  let [tooFew, tooMany] = [0, null as Window | null];
  const sources: Source[] = [];
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const days = nextDays(tooFew, tooMany?.days ?? null);
    const createdSince = days === Infinity ? null : new Date(now - days * DAY_MS).toISOString();
    const page = await client.read('contracts', { page: 1, limit: PAGE_LIMIT, createdSince });
    if (!page.known) return { ...page, sources: [...sources, ...page.sources] };
    sources.push(...page.sources);
    const window: Window = { days, createdSince, first: page.value };
    const total = page.value.total_results;
    if (total < count && days !== Infinity) tooFew = days;
    else if (total > count * MAX_OVERREAD) tooMany = window;
    else return newestOf(client, window, count, sources);
  }
  if (tooMany && tooMany.first.total_results <= MAX_READ) return newestOf(client, tooMany, count, sources);
  const many = tooMany?.first.total_results ?? 0;
  const reason = `${many} contracts were created within so short a time that the newest ${count} cannot be found among them`;
  return unknown('incomplete', reason, sources);
}

/** Starts with a month, then grows or shrinks in large steps until the width lies between two that were tried. */
function nextDays(tooFew: number, tooMany: number | null): number {
  if (tooMany === null) return tooFew === 0 ? 30 : tooFew > 400 ? Infinity : tooFew * 4;
  if (tooMany === Infinity) return tooFew * 2;
  return tooFew === 0 ? tooMany / 4 : (tooFew + tooMany) / 2;
}

async function newestOf(
  client: SpotDraftReader,
  window: Window,
  count: number,
  sources: Source[],
): Promise<Fact<Contract[]>> {
  const all = await readToEnd(client, window);
  if (!all.known) return { ...all, sources: [...sources, ...all.sources] };
  return known(newest(all.value, count), [...sources, ...all.sources]);
}

/** Counts the rows received instead of trusting the limit: a server may return fewer rows per page than asked for. */
async function readToEnd(
  client: SpotDraftReader,
  { createdSince, first }: Window,
): Promise<Fact<Contract[]>> {
  const rows = [...first.results];
  const sources: Source[] = [];
  let total = first.total_results;
  let received = first.results.length;
  for (let page = 2; received > 0 && rows.length < total; page += 1) {
    const fact = await client.read('contracts', { page, limit: first.limit, createdSince });
    if (!fact.known) return { ...fact, sources: [...sources, ...fact.sources] };
    sources.push(...fact.sources);
    rows.push(...fact.value.results);
    total = fact.value.total_results;
    received = fact.value.results.length;
  }
  if (rows.length >= total) return known(rows, sources);
  return unknown(
    'incomplete',
    `the list of contracts counts ${total} and ends after ${rows.length}`,
    sources,
  );
}

function newest(contracts: Contract[], count: number): Contract[] {
  // Pages shift while they are read, so a contract may appear twice.
  const byId = new Map(contracts.map((contract) => [contract.id, contract]));
  return [...byId.values()]
    .sort((a, b) => b.created.localeCompare(a.created) || a.id.localeCompare(b.id))
    .slice(0, count);
}

/** SpotDraft's code for a contract that exists and has no external metadata. A bare 404 may also mean "not visible". */
const NONE_SET = 'SD_INTEGRATIONS_00021';

/**
 * Reads the external metadata of one contract; known null when none is set. The row of the list carries it when it is set.
 * When the row has none, it is read separately, because an absent field does not prove that none is set.
 */
export async function readExternalMetadata(
  client: SpotDraftReader,
  contract: Contract,
  rowSources: Source[],
): Promise<Fact<ExternalMetadata | null>> {
  if (contract.externalMetadata?.id) return known(contract.externalMetadata, rowSources);
  let last: Fact<ExternalMetadata | null> | null = null;
  for (const contractId of compositeIds(contract.id)) {
    last = nullWhenNone(await client.read('externalMetadata', { contractId }));
    if (last.known || last.code !== 'not_found') return last;
  }
  return last ?? unknown('not_asked', `contract ${contract.id} has an id of an unknown form`, rowSources);
}

function nullWhenNone(fact: Fact<ExternalMetadata | null>): Fact<ExternalMetadata | null> {
  if (fact.known) return fact.value && hasContent(fact.value) ? fact : known(null, fact.sources);
  return fact.spotdraftCode === NONE_SET ? known(null, fact.sources) : fact;
}

/** True even without an id: the data may belong to another environment. */
const hasContent = ({ id, integration, recordType, data }: ExternalMetadata): boolean =>
  [id, integration, recordType].some((part) => part !== null && part !== '') ||
  !['null', '""', '{}', '[]'].includes(JSON.stringify(data));

/** The list's schema says "T-1234", its example 1234. The prefix of a bare number is not documented. */
const compositeIds = (id: string): string[] => (/^\d+$/.test(id) ? [`T-${id}`, `H-${id}`] : [id]);
