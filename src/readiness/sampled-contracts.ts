import type { ExternalMetadata as Found } from '../spotdraft/contract-schemas.ts';
import type { Unknown } from '../spotdraft/fact.ts';
import type { SampledContract } from '../workspace/facts.ts';
import type { CheckInput } from './check.ts';
import {
  combine,
  type Finding,
  type Judgement,
  nothingRequired,
  nothingYet,
  unknownFinding,
} from './judgement.ts';

/** A sampled contract whose external metadata could be read; `metadata` is null when none is set. */
export interface ReadContract {
  id: string;
  metadata: Found | null;
  sources: SampledContract['externalMetadata']['sources'];
}

/**
 * Judges the sample of contracts. A contract whose metadata could not be read is unknown for its own reason. A workspace
 * without contracts, or with skipped ones only, has nothing to judge yet.
 */
export function judgeSample(
  { facts: { contracts } }: CheckInput,
  expected: string,
  judge: (read: ReadContract[], all: SampledContract[]) => Finding[],
): Judgement {
  if (contracts === null) return nothingRequired('nothing is configured about external metadata');
  if (!contracts.known) return combine([unknownFinding(expected, contracts)]);
  if (contracts.value.length === 0) return nothingYet('there is no contract yet');
  const read = contracts.value.flatMap(({ id, externalMetadata }): ReadContract[] =>
    externalMetadata.known
      ? [{ id, metadata: externalMetadata.value, sources: externalMetadata.sources }]
      : [],
  );
  const unread = contracts.value.flatMap(({ id, externalMetadata }): Finding[] => {
    if (externalMetadata.known) return [];
    const reason = externalMetadata.reason + meaning(externalMetadata);
    const fact = { ...externalMetadata, reason };
    return [unknownFinding(`contract ${id}: ${expected}`, fact, remedyFor(id, externalMetadata))];
  });
  const judgement = combine([...judge(read, contracts.value), ...unread]);
  if (judgement.status === 'skipped') return { ...judgement, pending: true };
  if (judgement.status !== 'unknown' || read.length === 0) return judgement;
  const judged = `${read.length} of ${contracts.value.length} sampled contracts were judged, and nothing was wrong with them`;
  return { ...judgement, reason: `${judgement.reason}\n${judged}` };
}

const NO_SUCH_RECORD = 'SD_INTEGRATIONS_00021';
const OTHER_RECORD_TYPE = 'SD_INTEGRATIONS_00030';

/** Meaning of a refusal as far as SpotDraft documents it. No refusal is documented as "none is set". */
function meaning({ code, spotdraftCode }: Unknown): string {
  if (spotdraftCode === NO_SUCH_RECORD)
    return ' (documented as: the entity does not exist for its object configuration; it does not prove that no external metadata is set)';
  return code === 'not_found'
    ? ' (absent or not visible; it does not prove that no external metadata is set)'
    : '';
}

/** Next step for one contract; undefined for the one of the read's own failure. */
function remedyFor(id: string, { code, spotdraftCode, sources }: Unknown): string | undefined {
  if (spotdraftCode === NO_SUCH_RECORD)
    return `Open contract ${id} in SpotDraft: link it to an external record that exists, or remove the link`;
  if (spotdraftCode === OTHER_RECORD_TYPE)
    return `Correct the record type in the external metadata of contract ${id}: it does not match its object configuration`;
  if (code === 'not_found')
    return `Check in SpotDraft that contract ${id} exists and is visible to the user behind these credentials`;
  const wasAsked = sources.some(({ path }) => path.includes('/external_metadata'));
  return code === 'not_asked' && !wasAsked
    ? `Check the external metadata of contract ${id} in SpotDraft by hand`
    : undefined;
}
