import type { ExternalMetadataRule } from '../../config/requirements.ts';
import type { ExternalMetadata } from '../../spotdraft/contract-schemas.ts';
import { sameName } from '../../workspace/names.ts';
import type { Check } from '../check.ts';
import { fail, nothingRequired, pass, quoted } from '../judgement.ts';
import { judgeSample } from '../sampled-contracts.ts';

export const check: Check = {
  id: 'external-metadata.convention',
  item: 'external-metadata',
  title: 'External metadata follows the conventions',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const rules = input.externalMetadata?.rules ?? [];
    if (rules.length === 0) return nothingRequired('no rule for external metadata is configured');
    return judgeSample(input, 'external metadata that fits a rule', (contracts) => {
      const misfits = contracts.flatMap(({ id, metadata, sources }) => {
        const misfit = misfitOf(metadata, rules);
        const remedy = `Correct the external metadata of contract ${id}, or the program that writes it`;
        return misfit ? [fail(`contract ${id} fits a rule`, misfit, remedy, sources)] : [];
      });
      if (misfits.length > 0 || contracts.length === 0) return misfits;
      const evidence = input.facts.contracts?.sources ?? [];
      return [pass('each sampled contract fits a rule', `all ${contracts.length} do`, evidence)];
    });
  },
};

/** Reason why the metadata fits no rule; null when it fits one. */
function misfitOf(metadata: ExternalMetadata | null, rules: readonly ExternalMetadataRule[]): string | null {
  if (metadata === null) return 'no external metadata';
  const { id, integration, recordType } = metadata;
  const named = `${integration ?? 'no integration'} / ${recordType ?? 'no record type'}`;
  if (id === null) return `no record id (${named})`;
  const candidates = rules.filter(
    (rule) => sameName(rule.integration, integration ?? '') && sameName(rule.recordType, recordType ?? ''),
  );
  if (candidates.length === 0) return `no rule is for ${named}`;
  if (candidates.some((rule) => rule.id === null || rule.id.test(id))) return null;
  return `id ${quoted(id)} of ${named} does not match ${candidates.map((rule) => rule.id?.source).join(' or ')}`;
}
