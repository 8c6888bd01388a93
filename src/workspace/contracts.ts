import type { SpotDraftReader } from '../spotdraft/client.ts';
import { PAGE_LIMIT } from '../spotdraft/endpoints.ts';
import { type Fact, known, type Source, unknown } from '../spotdraft/fact.ts';
import type { Contract, ExternalMetadata } from '../spotdraft/schemas.ts';

const DAY_MS = 86_400_000;
/** A window that holds more than this many times the sample is narrowed before it is read. */
const MAX_OVERREAD = 5;
const MAX_STEPS = 8;

/**
 * The newest contracts. The list has no documented order, so a window of creation dates is widened or narrowed until it
 * holds enough and not far too many, then read to its end and sorted here.
 */
export async function readNewestContracts(
  client: SpotDraftReader,
  count: number,
  now: number,
): Promise<Fact<Contract[]>> {
  let days: number | null = 30;
  let direction: 'wider' | 'narrower' | null = null;
  const sources: Source[] = [];
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const createdSince = days === null ? null : new Date(now - days * DAY_MS).toISOString();
    const first = await client.read('contracts', { page: 1, limit: PAGE_LIMIT, createdSince });
    if (!first.known) return { ...first, sources: [...sources, ...first.sources] };
    sources.push(...first.sources);
    const total = first.value.total_results;
    if (total > 0 && first.value.results.length === 0)
      return unknown('incomplete', `the list of contracts counts ${total} and shows none`, sources);
    if (total < count && days !== null && direction !== 'narrower') {
      direction = 'wider';
      days = days > 400 ? null : days * 4;
    } else if (total > count * MAX_OVERREAD && days !== null && direction !== 'wider') {
      direction = 'narrower';
      days /= 4;
    } else {
      const rest = await readFurtherPages(client, first.value, createdSince, count * MAX_OVERREAD);
      if (!rest.known) return { ...rest, sources: [...sources, ...rest.sources] };
      return known(newest([...first.value.results, ...rest.value], count), [...sources, ...rest.sources]);
    }
  }
  return unknown('incomplete', 'no window of creation dates held a usable number of contracts', sources);
}

async function readFurtherPages(
  client: SpotDraftReader,
  first: { limit: number; total_results: number },
  createdSince: string | null,
  most: number,
): Promise<Fact<Contract[]>> {
  const rows: Contract[] = [];
  const sources: Source[] = [];
  // The server may have clamped the limit: what it echoed is what it pages by.
  const pages = Math.ceil(Math.min(first.total_results, most) / first.limit);
  for (let page = 2; page <= pages; page += 1) {
    const fact = await client.read('contracts', { page, limit: first.limit, createdSince });
    if (!fact.known) return { ...fact, sources: [...sources, ...fact.sources] };
    sources.push(...fact.sources);
    rows.push(...fact.value.results);
  }
  return known(rows, sources);
}

function newest(contracts: Contract[], count: number): Contract[] {
  // Pages shift while they are read: a contract may come twice.
  const byId = new Map(contracts.map((contract) => [contract.id, contract]));
  return [...byId.values()]
    .sort((a, b) => b.created.localeCompare(a.created) || a.id.localeCompare(b.id))
    .slice(0, count);
}

/** SpotDraft's code for a contract that exists and has no external metadata. A bare 404 may also mean "not visible". */
const NONE_SET = 'SD_INTEGRATIONS_00021';

/**
 * The external metadata of one contract. The row of the list carries it when it is set; an absent one is asked for by
 * itself, because absent is not the same as none.
 */
export async function readExternalMetadata(
  client: SpotDraftReader,
  contract: Contract,
  rowSources: Source[],
): Promise<Fact<ExternalMetadata | null>> {
  if (contract.externalMetadata?.id) return known(contract.externalMetadata, rowSources);
  let last: Fact<ExternalMetadata | null> | null = null;
  for (const contractId of compositeIds(contract.id)) {
    last = noneIfSaid(await client.read('externalMetadata', { contractId }));
    if (last.known || last.code !== 'not_found') return last;
  }
  return last ?? unknown('not_asked', `contract ${contract.id} has an id of an unknown form`, rowSources);
}

function noneIfSaid(fact: Fact<ExternalMetadata | null>): Fact<ExternalMetadata | null> {
  if (fact.known) return fact.value?.id ? fact : known(null, fact.sources);
  return fact.spotdraftCode === NONE_SET ? known(null, fact.sources) : fact;
}

/** The list's schema says "T-1234", its example 1234; which prefix belongs to a bare number is not documented. */
const compositeIds = (id: string): string[] => (/^\d+$/.test(id) ? [`T-${id}`, `H-${id}`] : [id]);
