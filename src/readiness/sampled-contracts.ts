import type { ExternalMetadata as Found } from '../spotdraft/schemas.ts';
import type { SampledContract } from '../workspace/facts.ts';
import type { CheckInput } from './check.ts';
import { combine, type Finding, type Judgement, nothingRequired, unknownFinding } from './judgement.ts';

/** A sampled contract whose external metadata could be read; `metadata` is null when none is set. */
export interface ReadContract {
  id: string;
  metadata: Found | null;
  sources: SampledContract['externalMetadata']['sources'];
}

/**
 * Judges the sample of contracts. A contract whose metadata could not be read is unknown for its own reason. A workspace
 * without contracts has nothing to judge yet.
 */
export function judgeSample(
  { facts: { contracts } }: CheckInput,
  expected: string,
  judge: (contracts: ReadContract[]) => Finding[],
): Judgement {
  if (contracts === null) return nothingRequired('nothing is configured about external metadata');
  if (!contracts.known) return combine([unknownFinding(expected, contracts)]);
  if (contracts.value.length === 0) return nothingRequired('there is no contract yet');
  const read = contracts.value.flatMap(({ id, externalMetadata }): ReadContract[] =>
    externalMetadata.known
      ? [{ id, metadata: externalMetadata.value, sources: externalMetadata.sources }]
      : [],
  );
  const unread = contracts.value.flatMap(({ id, externalMetadata }): Finding[] =>
    externalMetadata.known ? [] : [unknownFinding(`contract ${id}: ${expected}`, externalMetadata)],
  );
  return combine([...judge(read), ...unread]);
}
