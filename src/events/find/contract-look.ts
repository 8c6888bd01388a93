import type { Config, Environment } from '../../config/config.ts';
import type { SpotDraftReader } from '../../spotdraft/client.ts';
import type { ContractDetail } from '../../spotdraft/contract-schemas.ts';
import { isSendableExternalId } from '../../spotdraft/endpoints.ts';
import type { Fact, ReadResult } from '../../spotdraft/fact.ts';
import { baseUrlProblems } from '../../spotdraft/regions.ts';
import type { About } from './about-text.ts';
import { type Target, targetsOf } from './contract-target.ts';
import type { FindResult } from './result.ts';
import type { Story } from './story.ts';

export interface LookTools {
  config: Pick<Config, 'environments' | 'trustedHosts' | 'externalMetadata'>;
  clientOf(environment: string): SpotDraftReader;
  /** The oldest time from which on the log of an environment has every event, epoch ms. */
  completeSince(environment: string): Promise<number>;
  /** Number of all events of a contract in the log. */
  countEvents(environment: string, contract: number): Promise<number>;
}

/** Contracts that are read at most: each costs one or two reads of its environment's pace. */
const MAX_READ = 5;
const NOT_READ = `not asked, because ${MAX_READ} contracts are read at once; search for this one alone, in one environment`;

/** A contract as SpotDraft shows it, with its story in the log. */
export interface Looked {
  about: About;
  /** null when nothing in the log is about it. */
  story: Story | null;
  /** From this time on the log has every event, epoch ms. */
  since: number;
}

/** Reads the contracts of a result from SpotDraft. Never throws for SpotDraft's sake. */
export async function lookAtContract(
  tools: LookTools,
  result: FindResult,
  environment: string | null,
): Promise<Looked[]> {
  return Promise.all(
    targetsOf(result, environment, tools.config).map(async (target, index) => {
      const since = await tools.completeSince(target.environment.name);
      const read: Read =
        index < MAX_READ
          ? await readContract(tools, target)
          : { contract: { unknown: NOT_READ }, isGuess: false };
      return { about: await aboutOf(tools, target, read, since), story: target.story, since };
    }),
  );
}

interface Read {
  contract: ReadResult<ContractDetail>;
  isGuess: boolean;
}

interface Attempt {
  read(): Promise<Fact<ContractDetail[]>>;
  pick(rows: ContractDetail[]): ContractDetail | undefined;
}

async function readContract(tools: LookTools, target: Target): Promise<Read> {
  const { environment } = target;
  const { host, path } = baseUrlProblems(environment.baseUrl, environment.region, tools.config.trustedHosts);
  const problem = host ?? path;
  const unknown = (why: string): Read => ({ contract: { unknown: why }, isGuess: false });
  if (problem) return unknown(`nothing was sent: ${problem}`);
  for (const { read, pick } of attemptsOf(tools, target).slice(0, 2)) {
    const fact = await read();
    if (!fact.known) return unknown(fact.reason);
    const row = pick(fact.value);
    if (row) return { contract: { known: row }, isGuess: !isSame(row, target) };
  }
  return unknown('SpotDraft’s list shows no contract with this id: absent, or not visible');
}

/** Ways to find the contract, the surest first. Only the answer about an external record has the internal id. */
function attemptsOf(
  { clientOf }: LookTools,
  { environment, internal, composite, external, reference, events }: Target,
): Attempt[] {
  const client = clientOf(environment.name);
  const isInternal = (row: ContractDetail) => row.id === String(internal);
  const isOwn = (row: ContractDetail) =>
    internal === null || (linkNumber(row) ?? internal) === internal || isInternal(row);
  const attempts: Attempt[] = [];
  const listed = (by: 'contract_id' | 'contract_reference_id', value: string, pick: Attempt['pick']) =>
    attempts.push({ read: () => client.read('contract', { by, value }), pick });
  if (composite !== null)
    listed('contract_id', composite, (rows) =>
      rows.find((row) => row.id.toUpperCase() === composite.toUpperCase()),
    );
  if (external !== null && isSendableExternalId(external))
    attempts.push({
      read: () => client.read('contractsOfRecord', { id: external }),
      pick: (rows) => (internal === null ? only(rows) : (rows.find(isInternal) ?? only(rows.filter(isOwn)))),
    });
  if (reference !== null)
    listed('contract_reference_id', reference, (rows) =>
      only(rows.filter((row) => row.reference === reference && isOwn(row))),
    );
  if (internal !== null && composite === null)
    listed(
      'contract_id',
      String(internal),
      (rows) =>
        rows.find((row) => linkNumber(row) === internal) ??
        (events.length === 0 ? only(rows.filter((row) => row.id.slice(2) === String(internal))) : undefined),
    );
  return attempts;
}

/** False when the link of a contract ends with another number than its internal id, or only the composite id shows it. */
function isSame(row: ContractDetail, { internal, composite, external, reference }: Target): boolean {
  const number = linkNumber(row);
  if (internal === null || number === internal || row.id === String(internal)) return true;
  return number === null && (composite ?? external ?? reference) !== null;
}

const only = <Row>(rows: Row[]): Row | undefined => (rows.length === 1 ? rows[0] : undefined);

/** The number at the end of a contract's link. */
export function linkNumber({ link }: ContractDetail): number | null {
  const digits = /\/(\d{1,15})\/?$/.exec(link ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

async function aboutOf(
  tools: LookTools,
  target: Target,
  { contract, isGuess }: Read,
  since: number,
): Promise<About> {
  const { environment, events, isComplete, internal } = target;
  const newest = events.toSorted((left, right) => right.received_at - left.received_at)[0];
  const arrived = new Set(events.map(({ activity }) => activity));
  const judged = isGuess
    ? { expected: [], notJudged: 'only the number in its id fits' }
    : expectedOf(environment, contract, since);
  const missing = isComplete ? judged.expected.filter((activity) => !arrived.has(activity)) : [];
  const doubt =
    missing.length === 0 || !('known' in contract)
      ? null
      : arrived.has(null)
        ? 'an event does not say its activity'
        : await uploadDoubt(tools.clientOf(environment.name), contract.known);
  const isAll = isComplete || internal === null;
  return {
    environment: environment.name,
    contract,
    isGuess,
    missing: doubt === null ? missing : [],
    notJudged: isComplete ? (doubt ?? judged.notJudged) : 'not all of its events are read',
    lastChange: newest ? { at: newest.occurred_at ?? newest.received_at, activity: newest.activity } : null,
    receivers: [
      {
        name: 'Envcheck',
        got: isAll ? events.length : await tools.countEvents(environment.name, internal),
      },
      ...environment.receivers.map(({ name }) => ({ name, got: null })),
    ],
  };
}

const UPLOADED = 'uploaded as executed, and SpotDraft does not document which webhooks follow that';

/** Why no webhook can be expected of an executed contract; null when it was drawn up in SpotDraft, or is not executed. */
async function uploadDoubt(client: SpotDraftReader, contract: ContractDetail): Promise<string | null> {
  const { id, status, reference } = contract;
  if (status !== 'EXECUTED') return null;
  if (/^H-/i.test(id)) return `it was ${UPLOADED}`;
  const isNumber = /^\d+$/.test(id);
  const fact = await client.read('contract', {
    ...(isNumber && reference
      ? { by: 'contract_reference_id', value: reference }
      : { by: 'contract_id', value: id }),
    isDrawnUp: true,
  });
  if (!fact.known) return `it may have been uploaded as executed: ${fact.reason}`;
  const number = linkNumber(contract) ?? (isNumber ? Number(id) : null);
  const isDrawnUp = fact.value.some(
    (row) => row.id === id || (number !== null && linkNumber(row) === number),
  );
  return isDrawnUp ? null : `it ${isNumber ? 'may have been' : 'was'} ${UPLOADED}`;
}

/** Activities that the status of a contract proves. Other statuses are reached on several ways. */
const proven: Record<string, string> = { EXECUTED: 'CONTRACT_EXECUTED', VOIDED: 'CONTRACT_VOIDED' };

/** Configured activities that must have come since the log is complete. */
export function expectedOf(
  { webhooks }: Pick<Environment, 'webhooks'>,
  contract: ReadResult<ContractDetail>,
  since: number,
): { expected: string[]; notJudged: string | null } {
  if (!('known' in contract)) return { expected: [], notJudged: 'its status is unknown' };
  if (webhooks === null) return { expected: [], notJudged: 'the config names no webhooks' };
  const created = Date.parse(contract.known.created ?? '');
  if (Number.isNaN(created)) return { expected: [], notJudged: 'SpotDraft shows no time of its creation' };
  if (created < since) return { expected: [], notJudged: 'it is older than the log' };
  const wanted = ['CONTRACT_CREATED', proven[contract.known.status ?? '']];
  return {
    expected: wanted.filter(
      (activity) => activity !== undefined && webhooks.activities.includes(activity),
    ) as string[],
    notJudged: null,
  };
}
