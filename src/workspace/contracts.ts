import type { SpotDraftReader } from '../spotdraft/client.ts';
import type { Contract, ExternalMetadata } from '../spotdraft/contract-schemas.ts';
import { isCompositeId, PAGE_LIMIT } from '../spotdraft/endpoints.ts';
import { type Fact, known, mapFact, type Source, unknown } from '../spotdraft/fact.ts';
import { type ListPage, readPagedList } from '../spotdraft/paged-list.ts';
import { printable } from '../text/printable.ts';
import { DAY_MS } from '../time/units.ts';
import type { WorkspaceFacts } from './facts.ts';
import type { Needs } from './needs.ts';

/** A window that holds more than this multiple of the sample is narrowed before it is read. */
const MAX_OVERREAD = 5;
const MAX_STEPS = 14;
/** An import creates many contracts at one moment, which no date separates. Up to this many are read all the same. */
const MAX_READ = 10_000;

/** Contracts created in the last `days`; Infinity means all of them. */
interface Window {
  days: number;
  createdSince: string | null;
  /** First page of the window. */
  first: ListPage<Contract>;
}

/**
 * Reads the newest contracts. The list has no documented order, so this searches for a window of creation dates that holds
 * enough contracts but not far too many, reads it to the end and sorts it here.
 */
async function readNewestContracts(
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
  { createdSince, first }: Window,
  count: number,
  sources: Source[],
): Promise<Fact<Contract[]>> {
  // The search for the window has read the first page already.
  let readAlready: ListPage<Contract> | null = first;
  const all = await readPagedList({
    name: 'the list of contracts',
    limit: PAGE_LIMIT,
    idOf: identityOf,
    async read(page, limit) {
      const again = readAlready;
      readAlready = null;
      return again ? known(again, []) : client.read('contracts', { page, limit, createdSince });
    },
  });
  return mapFact({ ...all, sources: [...sources, ...all.sources] }, (contracts) => newest(contracts, count));
}

/** Id of a row; its creation time and title stand in for a missing one. */
const identityOf = ({ id, created, title }: Contract): string => id ?? JSON.stringify([created, title]);

/** A contract whose time of creation cannot be read may be the newest, so it belongs to the sample. */
const createdAt = (contract: Contract): number => timeOf(contract) ?? Number.POSITIVE_INFINITY;

/** Epoch ms UTC; null when the row shows no time that can be read. */
function timeOf({ created }: Contract): number | null {
  const at = Date.parse(created ?? '');
  return Number.isNaN(at) ? null : at;
}

function newest(contracts: Contract[], count: number): Contract[] {
  const dated = contracts.map((contract) => ({ contract, at: createdAt(contract) }));
  return dated
    .sort((a, b) =>
      a.at === b.at ? identityOf(a.contract).localeCompare(identityOf(b.contract)) : b.at - a.at,
    )
    .slice(0, count)
    .map(({ contract }) => contract);
}

/**
 * Reads the external metadata of one contract; known null when none is set. The row of the list is enough when it holds an id
 * and the record's data. Else it is read separately, because an absent field proves nothing.
 *
 * Only an answer 200 without content means "none is set". The documented 404 (SD_INTEGRATIONS_00021) says that the entity
 * does not exist for the object configuration, and a bare 404 may mean "not visible".
 */
async function readExternalMetadata(
  client: SpotDraftReader,
  contract: Contract,
  rowSources: Source[],
): Promise<Fact<ExternalMetadata | null>> {
  const { id, externalMetadata: inRow } = contract;
  if (inRow && inRow.id !== null && inRow.data !== null) return known(inRow, rowSources);
  if (id === null || !isCompositeId(id)) return unknown('not_asked', unaskable(id), rowSources);
  const read = await client.read('externalMetadata', { contractId: id });
  return mapFact(read, (metadata) => (metadata && hasContent(metadata) ? metadata : null));
}

const unaskable = (id: string | null): string =>
  id !== null && /^\d+$/.test(id)
    ? `the list shows the number ${id} without T- or H-, and which composite id belongs to it is not documented, so its external metadata was not read`
    : `the list shows ${id === null ? 'no id' : `the id “${printable(id.slice(0, 60))}”, which is none of the form T-123 or H-123`}, so its external metadata was not read`;

/** True even without an id: the data may belong to another environment. */
const hasContent = ({ id, integration, recordType, data }: ExternalMetadata): boolean =>
  [id, integration, recordType].some((part) => part !== null && part !== '') ||
  !['null', '""', '{}', '[]'].includes(JSON.stringify(data));

type Contracts = { sample: WorkspaceFacts['contracts']; workspaceIds: Fact<string[]> } | null;

export async function readContracts(
  { client, needs, now }: { client: SpotDraftReader; needs: Needs; now: number },
  readingWorkflows: Promise<{ workspaceIds: Fact<string[]> }> | null,
): Promise<Contracts> {
  if (needs.contractSample === 0) return needs.workspaceId ? readIdsOnly(client, readingWorkflows) : null;
  const contracts = await readNewestContracts(client, needs.contractSample, now);
  if (!contracts.known) return { sample: contracts, workspaceIds: contracts };
  const sample = contracts.value.map(async (contract) => ({
    id: contract.id ?? `without an id, created ${contract.created ?? 'at an unknown time'}`,
    title: contract.title,
    counterparty: contract.counterparty,
    createdAt: timeOf(contract),
    creator: contract.creator,
    externalMetadata: await readExternalMetadata(client, contract, contracts.sources),
  }));
  return {
    sample: known(await Promise.all(sample), contracts.sources),
    workspaceIds: known(idsOf(contracts.value), contracts.sources),
  };
}

/** Reads the workspace id from a contract row, only when the analytics tables did not show it. */
async function readIdsOnly(
  client: SpotDraftReader,
  readingWorkflows: Promise<{ workspaceIds: Fact<string[]> }> | null,
): Promise<Contracts> {
  const seen = (await readingWorkflows)?.workspaceIds;
  if (seen?.known && seen.value.length === 1) return null;
  const page = await client.read('contracts', { page: 1, limit: 10, createdSince: null });
  return { sample: null, workspaceIds: mapFact(page, ({ results }) => idsOf(results)) };
}

const idsOf = (rows: { workspaceId: number | null }[]): string[] => [
  ...new Set(rows.flatMap(({ workspaceId }) => (workspaceId === null ? [] : [String(workspaceId)]))),
];
