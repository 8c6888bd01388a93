import type { ExternalMetadataRule } from '../../config/config.ts';
import { sameName } from '../../workspace/names.ts';
import type { Check } from '../check.ts';
import { fail, nothingRequired, pass, quoted } from '../judgement.ts';
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
      const shared = [...byRecord(contracts, rules)].filter(([, sharing]) => sharing.length > 1);
      if (shared.length > 0)
        return shared.map(([record, sharing]) =>
          fail(
            `one contract for ${record}`,
            `shared by ${sharing.map(({ id }) => id).join(', ')}`,
            `Decide which of ${sharing.map(({ id }) => id).join(', ')} belongs to ${record}`,
            sharing.flatMap(({ sources }) => sources),
          ),
        );
      if (contracts.length === 0) return [];
      const evidence = input.facts.contracts?.sources ?? [];
      return [pass('no external record is shared', `none among ${contracts.length} contracts`, evidence)];
    });
  },
};

function byRecord(contracts: ReadContract[], rules: ExternalMetadataRule[]): Map<string, ReadContract[]> {
  const records = new Map<string, ReadContract[]>();
  for (const contract of contracts) {
    const { integration, recordType, id } = contract.metadata ?? {};
    if (!id || !integration || !recordType) continue;
    const rule = rules.find(
      (each) => sameName(each.integration, integration) && sameName(each.recordType, recordType),
    );
    if (!rule) continue;
    const record = `${rule.integration} ${rule.recordType} ${quoted(id)}`;
    records.set(record, [...(records.get(record) ?? []), contract]);
  }
  return records;
}
