import type { ExternalMetadataRule } from '../../config/requirements.ts';
import { pluralize } from '../../text/counts.ts';
import { sameRecordId } from '../../text/salesforce-id.ts';
import { sameName } from '../../workspace/names.ts';
import type { Check } from '../check.ts';
import { fail, nothingRequired, pass, quoted, skip } from '../judgement.ts';
import { judgeSample, type ReadContract } from '../sampled-contracts.ts';

export const check: Check = {
  id: 'external-metadata.unique',
  item: 'external-metadata',
  title: 'No two contracts share an external record',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const rules = (input.externalMetadata?.rules ?? []).filter(({ unique }) => unique);
    if (rules.length === 0) return nothingRequired('no rule says that external records are unique');
    return judgeSample(input, 'a unique external record', (contracts) => {
      const linked = linkedTo(rules, contracts);
      const shared = [...byRecord(linked).values()].filter((sharing) => sharing.length > 1);
      if (shared.length > 0)
        return shared.map((sharing) => {
          const record = recordName(sharing);
          const ids = sharing.map(({ contract }) => contract.id).join(', ');
          return fail(
            `one contract for ${record}`,
            `shared by ${ids}`,
            `Decide which of ${ids} belongs to ${record}`,
            sharing.flatMap(({ contract }) => contract.sources),
          );
        });
      if (linked.length === 0)
        return [skip('a unique external record', 'no sampled contract has a record of a unique rule')];
      const evidence = input.facts.contracts?.sources ?? [];
      return [
        pass('no external record is shared', `none among ${pluralize(linked.length, 'contract')}`, evidence),
      ];
    });
  },
};

interface Linked {
  contract: ReadContract;
  rule: ExternalMetadataRule;
  recordId: string;
}

/** The contracts that have a record of one of the rules. */
const linkedTo = (rules: ExternalMetadataRule[], contracts: ReadContract[]): Linked[] =>
  contracts.flatMap((contract): Linked[] => {
    const { integration, recordType, id: recordId } = contract.metadata ?? {};
    if (!recordId || !integration || !recordType) return [];
    const rule = rules.find(
      (each) =>
        sameName(each.integration, integration) &&
        sameName(each.recordType, recordType) &&
        (each.id === null || each.id.test(recordId)),
    );
    return rule ? [{ contract, rule, recordId }] : [];
  });

/** Contracts by record. The two forms of a Salesforce id are one record. */
const byRecord = (linked: Linked[]): Map<string, Linked[]> =>
  Map.groupBy(linked, ({ rule, recordId }) =>
    JSON.stringify([rule.integration, rule.recordType, sameRecordId(recordId)]),
  );

/** The record in each of its spellings. */
function recordName(sharing: Linked[]): string {
  const [first] = sharing;
  const spellings = [...new Set(sharing.map(({ recordId }) => quoted(recordId)))];
  return `${first?.rule.integration} ${first?.rule.recordType} ${spellings.join(' = ')}`;
}
